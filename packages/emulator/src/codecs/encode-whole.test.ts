import { createHash } from 'node:crypto';
import { encodePcm16, readWav } from '@stepvoice/core/audio';
import { SPEECH_FORMATS, SPEECH_SAMPLE_RATES } from '@stepvoice/core/protocol';
import { describe, expect, test } from 'vitest';
import { encodeWhole } from './encode-whole.ts';
import { correlation } from './testing/compare.ts';
import { decode } from './testing/decode.ts';
import { speechLike } from './testing/speech-like.ts';

const every = SPEECH_FORMATS.flatMap((format) =>
  SPEECH_SAMPLE_RATES.map((sampleRate) => ({ format, sampleRate })),
);

describe.each(every)('$format at $sampleRate Hz', ({ format, sampleRate }) => {
  test.each([777, 40_003])('%i samples decode to exactly as many', async (length) => {
    const samples = speechLike(length, sampleRate);
    const decoded = await decode(
      format,
      await encodeWhole(format, samples, sampleRate),
      sampleRate,
    );
    expect(decoded.samples.length).toBe(Math.round((length * decoded.sampleRate) / sampleRate));
    expect(correlation({ samples, sampleRate }, decoded)).toBeGreaterThan(0.95);
  });
});

test.each(SPEECH_FORMATS.filter((format) => format !== 'flac'))(
  '%s of no sample and of one is a file',
  async (format) => {
    for (const length of [0, 1]) {
      const file = await encodeWhole(format, new Int16Array(length).fill(9000), 48_000);
      const decoded = await decode(format, file, 48_000);
      expect(decoded.samples.length).toBe(length);
    }
  },
);

test('WAV says its length', async () => {
  const samples = speechLike(501, 16_000);
  const file = await encodeWhole('wav', samples, 16_000);
  expect(file.length).toBe(44 + 1002);
  expect(readWav(file)).toMatchObject({ samples, sampleRate: 16_000 });
  expect(new DataView(file.buffer).getUint32(40, true)).toBe(1002);
});

test.each([0, 1, 511, 512, 20_001])('FLAC of %i samples says all about them', async (length) => {
  const samples = speechLike(length, 8000);
  const file = await encodeWhole('flac', samples, 8000);
  const info = new DataView(file.buffer, 8, 34);
  expect(info.getUint16(0)).toBe(512);
  // The high nibble is the end of the sample size; the count has 36 bits.
  expect(info.getUint8(13) & 0x0f).toBe(0);
  expect(info.getUint32(14)).toBe(length);
  const digest = createHash('md5').update(encodePcm16(samples)).digest();
  expect(Buffer.from(file.subarray(26, 42))).toEqual(digest);
});

test('others get their turn while a long text is encoded', async () => {
  const samples = new Int16Array(48_000 * 20);
  let turns = 0;
  const timer = setInterval(() => (turns += 1), 1);
  await encodeWhole('opus', samples, 48_000);
  clearInterval(timer);
  expect(turns).toBeGreaterThan(10);
});
