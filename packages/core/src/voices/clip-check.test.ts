import { describe, expect, test } from 'vitest';
import { syntheticVoice, whiteNoise } from '../audio/vad/testing/synthetic-voice.ts';
import { writeWav } from '../audio/wav-writer.ts';
import { ValidationError } from '../errors.ts';
import { checkClip } from './clip-check.ts';

const MODEL = 'stepaudio-2.5-tts';
const RATE = 16_000;
const voice = (seconds: number, { dbfs = -22, sampleRate = RATE } = {}): Int16Array =>
  syntheticVoice({ seconds, sampleRate, pitch: 160, dbfs });
const wav = (samples: Int16Array, sampleRate = RATE): Uint8Array =>
  writeWav({ samples, sampleRate });

function join(...parts: readonly Int16Array[]): Int16Array {
  return Int16Array.from(parts.flatMap((part) => [...part]));
}

function mix(a: Int16Array, b: Int16Array): Int16Array {
  return a.map((sample, i) => sample + (b[i] ?? 0));
}

/** Frames of silence in MPEG-2 layer III, 24 kHz, 64 kbit/s, 24 ms each. */
function mp3(frames: number): Uint8Array {
  const bytes = new Uint8Array(192 * frames);
  for (let at = 0; at < bytes.length; at += 192) bytes.set([0xff, 0xf3, 0x84, 0xc4], at);
  return bytes;
}

/** The same samples in two channels, the second turned over. */
function againstItself(samples: Int16Array): Uint8Array {
  const both = Int16Array.from([...samples].flatMap((sample) => [sample, -sample]));
  const file = wav(both);
  const view = new DataView(file.buffer);
  view.setUint16(22, 2, true);
  view.setUint32(28, RATE * 4, true);
  view.setUint16(32, 4, true);
  return file;
}

test('a good clip has no warnings, and is described', () => {
  const { clip, warnings } = checkClip(wav(voice(6)), MODEL);
  expect(warnings).toEqual([]);
  expect(clip).toMatchObject({ container: 'wav', seconds: 6, sampleRate: RATE, channels: 1 });
  expect(clip.inspection!.speechSeconds).toBeGreaterThan(4);
});

test('of an mp3 the length is told without decoding', () => {
  const { clip, warnings } = checkClip(mp3(250), MODEL);
  expect(clip).toEqual({
    container: 'mp3',
    seconds: expect.closeTo(6) as number,
    sampleRate: 24_000,
    channels: 1,
    inspection: undefined,
  });
  expect(warnings).toEqual([]);
});

describe('is refused', () => {
  test.each<[string, () => Uint8Array, RegExp]>([
    ['nothing', () => new Uint8Array(), /it is empty/],
    ['a text', () => new TextEncoder().encode('no sound at all'), /takes wav or mp3/],
    ['another container', () => Uint8Array.from('OggS …', (c) => c.charCodeAt(0)), /it is ogg/],
    ['a header without sound', () => wav(voice(1)).slice(0, 30), /cannot be read \(Not a readable/],
    ['half a second', () => wav(voice(0.5)), /lasts 0\.5 s.*1 to 60 s/],
    ['over a minute', () => wav(new Int16Array(RATE * 61)), /lasts 61\.0 s.*5 to 10 s/],
    ['an mp3 of over a minute', () => mp3(2600), /lasts 62\.4 s/],
    ['silence', () => wav(new Int16Array(RATE * 6)), /holds 0\.0 s of speech.*microphone on/],
    ['noise', () => wav(whiteNoise({ seconds: 6, sampleRate: RATE, dbfs: -30 })), /s of speech/],
    [
      'two channels that cancel each other',
      () => againstItself(voice(3)),
      /holds 0\.0 s.*two channels cancel each other/,
    ],
  ])('%s', (_, create, message) => {
    const bytes = create();
    expect(() => checkClip(bytes, MODEL)).toThrow(ValidationError);
    expect(() => checkClip(bytes, MODEL)).toThrow(message);
    expect(() => checkClip(bytes, MODEL)).toThrow(expect.objectContaining({ path: 'audio' }));
  });
});

describe('is warned of', () => {
  test.each<[string, string, () => Uint8Array]>([
    ['a short clip', 'short', () => wav(voice(2))],
    ['a long clip', 'long', () => wav(voice(14))],
    ['a quiet voice', 'quiet', () => wav(voice(6, { dbfs: -48 }))],
    ['a telephone’s rate', 'low-sample-rate', () => wav(voice(6, { sampleRate: 8000 }), 8000)],
    ['much silence', 'little-speech', () => wav(join(voice(1.5), new Int16Array(RATE * 5)))],
    [
      'a voice in noise',
      'noisy',
      () =>
        wav(
          mix(
            join(new Int16Array(RATE), voice(5, { dbfs: -25 })),
            whiteNoise({ seconds: 6, sampleRate: RATE, dbfs: -36 }),
          ),
        ),
    ],
    [
      'a microphone that was too loud',
      'clipped',
      () => wav(voice(6, { dbfs: -12 }).map((s) => Math.max(-32_768, Math.min(32_767, s * 4)))),
    ],
    ['two channels', 'channels', () => stereo(voice(6))],
  ])('%s', (_, code, create) => {
    const { warnings } = checkClip(create(), MODEL);
    expect(warnings.map((warning) => warning.code)).toContain(code);
    for (const { message } of warnings) expect(message).toMatch(/^[A-Z0-9].*\.$/);
  });

  test('the length by what the pages of the service promise', () => {
    const messageFor = (seconds: number, model: string) =>
      checkClip(wav(voice(seconds)), model).warnings.find(({ code }) => code === 'short')?.message;
    expect(messageFor(3.5, 'stepaudio-2.5-tts')).toMatch(/this model calls enough/);
    expect(messageFor(2, 'stepaudio-2.5-tts')).not.toMatch(/enough/);
    expect(messageFor(3.5, 'step-tts-2')).not.toMatch(/enough/);
    expect(messageFor(5, 'step-tts-2')).toBeUndefined();
  });
});

function stereo(samples: Int16Array): Uint8Array {
  const file = againstItself(samples);
  const view = new DataView(file.buffer);
  for (let at = 44; at < file.length; at += 4) view.setInt16(at + 2, view.getInt16(at, true), true);
  return file;
}
