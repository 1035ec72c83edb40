import { expect, test } from 'vitest';
import { withStreamInfo } from './flac-stream-info.ts';

test('only what was unknown is filled in', () => {
  const header = new Uint8Array(60).fill(0xff);
  header.fill(0, 12, 18); // frame sizes
  header[21] = 0xf0;
  header.fill(0, 22, 42); // samples and checksum
  const filled = withStreamInfo(header, {
    min_framesize: 0x010203,
    max_framesize: 0xa0b0c0,
    total_samples: 0xe_1234_5678,
    md5sum: '00112233445566778899aabbccddeeff',
  });

  const expected = new Uint8Array(60).fill(0xff);
  expected.set([0x01, 0x02, 0x03, 0xa0, 0xb0, 0xc0], 12);
  expected.set([0xfe, 0x12, 0x34, 0x56, 0x78], 21);
  expected.set(Buffer.from('00112233445566778899aabbccddeeff', 'hex'), 26);
  expect(filled).toEqual(expected);
  expect(header[21]).toBe(0xf0);
});
