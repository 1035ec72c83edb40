import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import process from 'node:process';
import { decodeBase64, encodePcm16, rmsDbfs, wavHeader, writeWav } from '@stepvoice/core/audio';
import * as fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { encodeWhole } from '../codecs/index.ts';
import { correlation } from '../codecs/testing/compare.ts';
import { speechLike } from '../codecs/testing/speech-like.ts';
import { decodeAudio, decodeChannels } from './decode-audio.ts';
import type { AudioFormat } from './decode-audio.ts';
import { decodeTask } from './decode-task.ts';
import { VORBIS_TONE } from './testing/vorbis-tone.ts';
import { UndecodableAudioError } from './undecodable-audio-error.ts';

const RATE = 16_000;
const sound = { samples: speechLike(RATE, RATE), sampleRate: RATE };

describe('decodes', () => {
  test.each([
    ['wav', 'wav', RATE, 1],
    ['pcm', 'pcm', RATE, 1],
    ['flac', 'flac', RATE, 1],
    ['mp3', 'mp3', RATE, 0.99],
    ['opus', 'ogg', 48_000, 0.9],
  ] as const)('%s', async (codec, format, sampleRate, likeness) => {
    const bytes = await encodeWhole(codec, sound.samples, RATE);
    const decoded = await decodeAudio(bytes, { format, sampleRate: RATE });
    expect(decoded.sampleRate).toBe(sampleRate);
    expect(decoded.samples.length).toBe(sampleRate);
    expect(correlation(sound, decoded)).toBeGreaterThanOrEqual(likeness - 1e-9);
  });

  test('a file that is not said to be anything', async () => {
    expect((await decodeAudio(writeWav(sound))).samples).toEqual(sound.samples);
  });

  test('Vorbis in Ogg', async () => {
    const { samples, sampleRate } = await decodeAudio(decodeBase64(VORBIS_TONE));
    expect([samples.length, sampleRate]).toEqual([2000, 8000]);
    expect(rmsDbfs(samples)).toBeCloseTo(-21, 0);
  });

  test('raw samples of two channels as their mean, or each for itself; half a sample is left out', async () => {
    const bytes = new Uint8Array([...encodePcm16(Int16Array.of(100, 300, -5, -8, 7)), 1]);
    const options = { format: 'pcm', sampleRate: 8000, channels: 2, bits: 16 } as const;
    expect(await decodeAudio(bytes, options)).toEqual({
      samples: Int16Array.of(200, -6),
      sampleRate: 8000,
    });
    expect((await decodeChannels(bytes, options)).channels).toEqual([
      Int16Array.of(100, -5),
      Int16Array.of(300, -8),
    ]);
  });

  test('raw samples behind the header of a WAV file, whose rate counts', async () => {
    const wav = writeWav({ samples: Int16Array.of(1, 2, 3), sampleRate: 8000 });
    expect(await decodeAudio(wav, { format: 'pcm', sampleRate: 48_000 })).toEqual({
      samples: Int16Array.of(1, 2, 3),
      sampleRate: 8000,
    });
  });

  test('channels of a WAV file of any kind of sample', async () => {
    const kinds = [
      [
        1,
        16,
        (view: DataView, at: number, value: number) => view.setInt16(at, value * 32_768, true),
      ],
      [
        1,
        32,
        (view: DataView, at: number, value: number) => view.setInt32(at, value * 2 ** 31, true),
      ],
      [3, 32, (view: DataView, at: number, value: number) => view.setFloat32(at, value, true)],
    ] as const;
    for (const [tag, bits, write] of kinds) {
      const size = bits / 8;
      const file = new Uint8Array(44 + 4 * size);
      file.set(wavHeader({ sampleRate: 8000 }));
      const view = new DataView(file.buffer);
      view.setUint16(20, tag, true);
      view.setUint16(22, 2, true);
      view.setUint16(32, 2 * size, true);
      view.setUint16(34, bits, true);
      [0.5, -0.25, 0.125, 0].forEach((value, i) => write(view, 44 + i * size, value));
      const { channels, sampleRate } = await decodeChannels(file);
      expect(sampleRate).toBe(8000);
      expect(channels).toEqual([Int16Array.of(16_384, 4096), Int16Array.of(-8192, 0)]);
    }
  });
});

describe('refuses', () => {
  const text = new TextEncoder().encode(
    'Here is a text, and nothing that could be heard. '.repeat(9),
  );
  const webm = new Uint8Array([0x1a, 0x45, 0xdf, 0xa3, 0, 0, 0, 0]);
  const emptyOgg = new TextEncoder().encode(`OggS${'\0'.repeat(60)}`);
  test.each<[string, Uint8Array, AudioFormat | undefined, string, string]>([
    ['nothing', new Uint8Array(), undefined, 'invalid', 'the audio is empty'],
    ['text', text, undefined, 'invalid', 'the audio is none of wav, mp3, ogg, flac and m4a'],
    ['text as wav', text, 'wav', 'invalid', 'the audio is not readable wav'],
    ['text as mp3', text, 'mp3', 'invalid', 'the audio is not readable mp3'],
    ['one for another', writeWav(sound), 'flac', 'invalid', 'the audio is wav, not flac'],
    [
      'WebM',
      webm,
      undefined,
      'unsupported',
      'the audio is webm; send wav, mp3, ogg, flac, m4a or pcm',
    ],
    [
      'Ogg with something else',
      emptyOgg,
      'ogg',
      'unsupported',
      'the ogg file holds neither Opus, Vorbis nor FLAC',
    ],
    [
      'a WAV file that ends early',
      writeWav(sound).subarray(0, 30),
      'wav',
      'invalid',
      'Not a readable WAV file: it ends before any sound, after 30 bytes.',
    ],
    [
      'a head without a body',
      new TextEncoder().encode('fLaC'),
      'flac',
      'invalid',
      'the audio is not readable flac',
    ],
  ])('%s', async (_, bytes, format, reason, message) => {
    const failure = decodeAudio(bytes, { format });
    await expect(failure).rejects.toThrow(UndecodableAudioError);
    await expect(failure).rejects.toMatchObject({ reason, message });
  });

  test('samples of other sizes', async () => {
    await expect(decodeAudio(text, { format: 'pcm', bits: 24 })).rejects.toThrow(
      'pcm has 24 bits; send samples of 16',
    );
  });

  test('who does not wait', async () => {
    const bytes = await encodeWhole('mp3', sound.samples, RATE);
    const controller = new AbortController();
    const decoding = decodeAudio(bytes, { signal: controller.signal });
    controller.abort(new Error('gone'));
    await expect(decoding).rejects.toThrow('gone');
    await expect(decodeAudio(bytes, { signal: controller.signal })).rejects.toThrow('gone');
  });
});

test('damaged files are decoded as far as they go, or refused, and never hang', async () => {
  // Decoders print what they think of a file, which their own thread keeps to itself.
  const print = vi.spyOn(console, 'error').mockImplementation(() => undefined);
  const files = {
    mp3: await encodeWhole('mp3', sound.samples, RATE),
    opus: await encodeWhole('opus', sound.samples, RATE),
    flac: await encodeWhole('flac', sound.samples, RATE),
  };
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('mp3', 'opus', 'flac'),
      fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(255)), {
        maxLength: 20,
      }),
      fc.double({ min: 0.2, max: 1, noNaN: true }),
      async (compression, changes, share) => {
        const whole = files[compression];
        const bytes = whole.slice(0, Math.ceil(whole.length * share));
        for (const [place, value] of changes) bytes[Math.floor(place * (bytes.length - 1))] = value;
        const task = { compression, bytes, keepChannels: false, mostSamples: 100_000 };
        const { type } = await decodeTask(task).catch(() => ({ type: 'thrown' }));
        expect(type).toMatch(/^(?:sound|invalid|too-long|thrown)$/);
      },
    ),
    { numRuns: 40 },
  );
  print.mockRestore();
});

test('a file that is longer than was thought possible is given up', async () => {
  const bytes = await encodeWhole('opus', sound.samples, RATE);
  const task = { compression: 'opus', bytes, keepChannels: false, mostSamples: 40_000 } as const;
  expect(await decodeTask(task)).toEqual({ type: 'too-long' });
});

describe('m4a', () => {
  const m4a = new TextEncoder().encode('\0\0\0\u0018ftypM4A \0\0\0\0M4A mp42isom');
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ffmpeg-'));
  });
  afterAll(() => rm(folder, { recursive: true }));
  afterEach(() => vi.unstubAllEnvs());

  /** A program of that name in front of all others. */
  async function standIn(script: string): Promise<void> {
    const file = join(folder, 'ffmpeg');
    await writeFile(file, `#!${process.execPath}\n${script}`);
    await chmod(file, 0o755);
    vi.stubEnv('PATH', `${folder}${delimiter}${process.env['PATH'] ?? ''}`);
  }

  test('says what to do where there is no ffmpeg', async () => {
    vi.stubEnv('PATH', folder + '/none');
    await expect(decodeAudio(m4a)).rejects.toMatchObject({
      reason: 'unsupported',
      message:
        'm4a is decoded with ffmpeg, which is not installed where the emulator runs: install it, or send wav, mp3, ogg, flac or pcm',
    });
  });

  test('is decoded by the user’s ffmpeg, which may read that file and nothing else', async () => {
    const wav = Buffer.from(writeWav({ samples: Int16Array.of(5, 6), sampleRate: 8000 }));
    await standIn(`
      const { readFileSync } = require('node:fs');
      const args = process.argv.slice(2).join(' ');
      const file = /-i file:(\\S+)/.exec(args)[1];
      if (!args.includes('-protocol_whitelist file,pipe -f mov')) process.exit(1);
      if (readFileSync(file).length !== ${m4a.length}) process.exit(2);
      process.stdout.write(Buffer.from('${wav.toString('base64')}', 'base64'));`);
    expect(await decodeAudio(m4a)).toEqual({ samples: Int16Array.of(5, 6), sampleRate: 8000 });
  });

  test('that is broken', async () => {
    await standIn('process.exit(1)');
    await expect(decodeAudio(m4a, { format: 'm4a' })).rejects.toMatchObject({
      reason: 'invalid',
      message: 'the audio is not readable m4a',
    });
  });
});
