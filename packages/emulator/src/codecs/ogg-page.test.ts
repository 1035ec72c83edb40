import { describe, expect, test } from 'vitest';
import { OggPageWriter, oggChecksum } from './ogg-page.ts';
import { oggPages } from './testing/ogg-pages.ts';

test('the checksum is the one of its polynomial', () => {
  // The published check value of CRC-32/CKSUM, without its final inversion.
  expect(oggChecksum(new TextEncoder().encode('123456789'))).toBe(0x89a1897f);
});

describe('pages', () => {
  test('carry flags, number, serial and position', () => {
    const writer = new OggPageWriter(0xfedcba98);
    const packets = [Uint8Array.of(1, 2, 3), Uint8Array.of(4)];
    const file = [
      writer.page({ packets, granulePosition: 0 }),
      writer.page({ packets, granulePosition: 2 ** 33 + 5 }),
      writer.page({ packets, granulePosition: 2 ** 33 + 6, isLast: true }),
    ];
    const pages = oggPages(new Uint8Array(Buffer.concat(file)));
    expect(pages.map(({ flags }) => flags)).toEqual([2, 0, 4]);
    expect(pages.map(({ sequence }) => sequence)).toEqual([0, 1, 2]);
    expect(pages.map((page) => page.granulePosition)).toEqual([0n, 2n ** 33n + 5n, 2n ** 33n + 6n]);
    for (const page of pages) {
      expect(page.serial).toBe(0xfedcba98);
      expect(page.packets).toEqual(packets);
      expect(page.checksum).toBe(oggChecksum(page.unchecked));
    }
  });

  test('keep packets of every length apart', () => {
    const packets = [0, 1, 254, 255, 256, 509, 510, 511].map((length) =>
      new Uint8Array(length).fill(length),
    );
    const page = new OggPageWriter(1).page({ packets, granulePosition: 0 });
    expect(oggPages(page)[0]?.packets).toEqual(packets);
  });

  test('hold 255 lacing values and not one more', () => {
    const writer = new OggPageWriter(1);
    const largest = new Uint8Array(254 * 255 + 254);
    expect(oggPages(writer.page({ packets: [largest], granulePosition: 0 }))).toHaveLength(1);
    const packets = [new Uint8Array(255 * 255)];
    expect(() => writer.page({ packets, granulePosition: 0 })).toThrow(
      '1 packets need 256 lacing values; a page has 255.',
    );
  });
});
