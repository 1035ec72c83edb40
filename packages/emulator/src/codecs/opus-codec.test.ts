import { fromFloat32 } from '@stepvoice/core/audio';
import { SPEECH_SAMPLE_RATES } from '@stepvoice/core/protocol';
import { OggOpusDecoder } from 'ogg-opus-decoder';
import { describe, expect, test } from 'vitest';
import { concatBytes } from './codec.ts';
import { oggChecksum } from './ogg-page.ts';
import { OpusCodec } from './opus-codec.ts';
import { correlation } from './testing/compare.ts';
import { decode } from './testing/decode.ts';
import { oggPages } from './testing/ogg-pages.ts';
import { speechLike } from './testing/speech-like.ts';

async function encode(samples: Int16Array, sampleRate: number): Promise<Uint8Array> {
  const codec = await OpusCodec.create(sampleRate);
  try {
    return concatBytes([codec.streamHeader, codec.encode(samples), codec.finish()]);
  } finally {
    codec.free();
  }
}

describe.each(SPEECH_SAMPLE_RATES)('at %i Hz', (sampleRate) => {
  test('a decoder with a demuxer of its own agrees', async () => {
    const file = await encode(speechLike(sampleRate + 99, sampleRate), sampleRate);
    const decoder = new OggOpusDecoder();
    await decoder.ready;
    const { channelData, samplesDecoded, errors } = await decoder.decodeFile(file);
    decoder.free();
    expect(errors).toEqual([]);
    const { samples } = await decode('opus', file, sampleRate);
    expect(samplesDecoded).toBe(samples.length);
    expect(channelData).toHaveLength(1);
    const heard = { samples: fromFloat32(channelData[0]!), sampleRate: 48_000 };
    expect(correlation({ samples, sampleRate: 48_000 }, heard)).toBeGreaterThan(0.999);
  });

  const lengths = [0, 1, sampleRate / 50 - 7, sampleRate / 50, 3 * sampleRate + 5].map(Math.floor);

  test('the headers say what was encoded', async () => {
    const [head, tags] = oggPages(await encode(speechLike(4000, sampleRate), sampleRate));
    expect(head?.packets).toHaveLength(1);
    const view = new DataView(Uint8Array.from(head!.packets[0]!).buffer);
    expect(new TextDecoder().decode(head!.packets[0]!.subarray(0, 8))).toBe('OpusHead');
    expect(view.getUint8(8)).toBe(1);
    expect(view.getUint8(9)).toBe(1);
    // libopus looks 6.5 ms ahead at all rates.
    expect(view.getUint16(10, true)).toBe(312);
    expect(view.getUint32(12, true)).toBe(sampleRate);
    expect(new TextDecoder().decode(tags?.packets[0])).toMatch(/^OpusTags.{4}libopus 1\..*\0{4}$/s);
  });

  test.each(lengths)('the pages of %i samples are in order', async (length) => {
    const pages = oggPages(await encode(speechLike(length, sampleRate), sampleRate));
    expect(pages.map(({ sequence }) => sequence)).toEqual(pages.map((_, i) => i));
    expect(new Set(pages.map(({ serial }) => serial)).size).toBe(1);
    expect(pages.map(({ flags }) => flags)).toEqual(
      pages.map((_, i) => (i === 0 ? 2 : i === pages.length - 1 ? 4 : 0)),
    );
    for (const page of pages) expect(page.checksum).toBe(oggChecksum(page.unchecked));

    let coded = 0;
    const positions = pages.map(({ packets }, i) => {
      if (i >= 2) coded += 960 * packets.length;
      return BigInt(coded);
    });
    // The last one ends with the sound, inside its last packet.
    const end = 312 + Math.round((length * 48_000) / sampleRate);
    expect(coded).toBeGreaterThanOrEqual(end);
    expect(coded - end).toBeLessThan(960);
    expect(pages.map(({ granulePosition }) => granulePosition)).toEqual([
      ...positions.slice(0, -1),
      BigInt(end),
    ]);
  });
});

test('the first sound leaves after 20 ms, the rest in pages of 200 ms', async () => {
  const codec = await OpusCodec.create(24_000);
  const frame = speechLike(480, 24_000);
  const sent = Array.from({ length: 22 }, () => codec.encode(frame).length > 0);
  codec.free();
  expect(sent.flatMap((isSent, i) => (isSent ? [i + 1] : []))).toEqual([1, 11, 21]);
});

test('files one behind the other have different serials and play one after the other', async () => {
  const samples = speechLike(4800, 48_000);
  const files = [await encode(samples, 48_000), await encode(samples, 48_000)];
  const chain = concatBytes(files);
  expect(new Set(oggPages(chain).map(({ serial }) => serial)).size).toBe(2);
  const lengths = await Promise.all(
    files.map(async (file) => (await decode('opus', file, 48_000)).samples.length),
  );
  expect(lengths).toEqual([4800, 4800]);
});
