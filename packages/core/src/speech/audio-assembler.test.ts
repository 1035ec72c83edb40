import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodePcm16, readWav, wavHeader, writeWav } from '../audio/index.ts';
import { ProtocolError } from '../errors.ts';
import { createSocketAssembler, createStreamAssembler } from './audio-assembler.ts';
import type { AudioAssembler } from './audio-assembler.ts';
import type { SpeechAudioEvent, SpeechClipEvent } from './speech-events.ts';

const RATE = 24_000;
const ramp = (length: number, from = 0) =>
  Int16Array.from({ length }, (_, index) => ((from + index) * 37) % 30_000);
const wav = (samples: Int16Array, sampleRate = RATE) => writeWav({ samples, sampleRate });

function run(
  assembler: AudioAssembler<SpeechAudioEvent | SpeechClipEvent>,
  pieces: Uint8Array[],
): (SpeechAudioEvent | SpeechClipEvent)[] {
  return [...pieces.map((piece) => assembler.push(piece)), assembler.flush()].filter(
    (event) => event !== undefined,
  );
}

function join(events: { audio: Uint8Array }[]): Uint8Array {
  return new Uint8Array(events.flatMap(({ audio }) => [...audio]));
}

function cut(bytes: Uint8Array, sizes: number[]): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const size = sizes[turn % sizes.length]!;
    pieces.push(bytes.subarray(at, at + size));
    at += size;
  }
  return pieces;
}

const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 20 });

describe('a stream of samples', () => {
  test('comes in whole samples, cut anywhere', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 200 }), sizes, (length, cuts) => {
        const bytes = encodePcm16(ramp(length));
        const events = run(createStreamAssembler('pcm', RATE), cut(bytes, cuts));
        expect(join(events)).toEqual(new Uint8Array(bytes));
        let seconds = 0;
        for (const event of events) {
          expect(event.audio.length % 2).toBe(0);
          seconds += event.durationSeconds ?? Number.NaN;
        }
        expect(seconds).toBeCloseTo(length / RATE, 9);
      }),
    );
  });

  test('is handed on without a copy where it can be', () => {
    const assembler = createStreamAssembler('pcm', RATE);
    const piece = encodePcm16(ramp(100));
    expect(assembler.push(piece)?.audio.buffer).toBe(piece.buffer);
    expect(assembler.push(piece)?.audio).toBe(piece);
  });

  test('that comes as a WAV is unwrapped, cut anywhere', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 200 }), sizes, (length, cuts) => {
        const events = run(createStreamAssembler('pcm', RATE), cut(wav(ramp(length)), cuts));
        expect(join(events)).toEqual(new Uint8Array(encodePcm16(ramp(length))));
      }),
    );
  });

  test('that come as a WAV end where its header says, whatever stands behind them', () => {
    const file = wav(ramp(50));
    const padded = new Uint8Array(file.length + 26);
    padded.set(file);
    padded.set(new TextEncoder().encode('LIST'), file.length);
    const events = run(createStreamAssembler('pcm', RATE), cut(padded, [31]));
    expect(join(events)).toEqual(new Uint8Array(encodePcm16(ramp(50))));
    const piece = createSocketAssembler('pcm', RATE).push(padded);
    expect(piece?.audio).toHaveLength(100);
  });

  test('of another kind are refused, as is a header that never ends', () => {
    const stereo = wav(ramp(10));
    stereo[22] = 2;
    expect(() => run(createStreamAssembler('pcm', RATE), [stereo])).toThrow(/16-bit mono/);
    const endless = new Uint8Array(70_000);
    endless.set(wav(ramp(0)).subarray(0, 36));
    endless.set([0x4a, 0x55, 0x4e, 0x4b, 0xff, 0xff, 0x0f, 0], 36);
    expect(() => run(createStreamAssembler('pcm', RATE), cut(endless, [1000]))).toThrow(
      /without samples/,
    );
    expect(() => run(createSocketAssembler('wav', RATE), [endless])).toThrow(/without samples/);
  });

  test('of unknown length go on to the end', () => {
    const streamed = new Uint8Array([...wavHeader({ sampleRate: RATE }), ...encodePcm16(ramp(70))]);
    const events = run(createStreamAssembler('pcm', RATE), cut(streamed, [50]));
    expect(join(events)).toEqual(new Uint8Array(encodePcm16(ramp(70))));
  });

  test('at another rate than was asked for is refused', () => {
    expect(() => run(createStreamAssembler('pcm', RATE), [wav(ramp(100), 16_000)])).toThrow(
      /16000 Hz where 24000 Hz/,
    );
  });

  test.each([
    ['ID3', 'ID3\u0004\u0000\u0000\u0000\u0000\u0000\u0000 and more'],
    ['FLAC', 'fLaC\u0000\u0000\u0000\u0022 and more of it'],
    ['Ogg', 'OggS\u0000\u0002\u0000\u0000 and more of it'],
  ])('that is a file (%s) would be noise and is refused', (_, start) => {
    const bytes = Uint8Array.from(start, (character) => character.charCodeAt(0));
    for (const format of ['pcm'] as const) {
      expect(() => run(createStreamAssembler(format, RATE), [bytes])).toThrow(ProtocolError);
      expect(() => run(createSocketAssembler(format, RATE), [bytes])).toThrow(/asked for samples/);
    }
  });

  test('that begins like an MP3 frame is still sound', () => {
    const bytes = new Uint8Array(64).fill(0);
    bytes.set([0xff, 0xfb, 0x90, 0x64]);
    expect(join(run(createStreamAssembler('pcm', RATE), [bytes]))).toEqual(bytes);
  });
});

test.each(['mp3', 'wav', 'flac', 'opus'] as const)('a stream of %s is passed on', (format) => {
  const pieces = [Uint8Array.of(1, 2, 3), new Uint8Array(0), Uint8Array.of(4)];
  const events = run(createStreamAssembler(format, RATE), pieces);
  expect(events.map(({ type, audio }) => [type, ...audio])).toEqual([
    ['audio', 1, 2, 3],
    ['audio', 4],
  ]);
});

describe('pieces of a socket', () => {
  const parts = [ramp(50), ramp(30, 50), ramp(20, 80)];
  const all = ramp(100);

  test.each(['pcm', 'wav'] as const)(
    '%s: WAV files, each with its header, become one',
    (format) => {
      const events = run(
        createSocketAssembler(format, RATE),
        parts.map((part) => wav(part)),
      );
      const headerBytes = format === 'wav' ? 44 : 0;
      expect(join(events).subarray(headerBytes)).toEqual(new Uint8Array(encodePcm16(all)));
      const seconds = events.map((event) => event.durationSeconds);
      expect(seconds).toEqual([50 / RATE, 30 / RATE, 20 / RATE]);
    },
  );

  test('the one WAV can be read as one', () => {
    const events = run(
      createSocketAssembler('wav', RATE),
      parts.map((part) => wav(part)),
    );
    const file = readWav(join(events));
    expect(file).toMatchObject({ sampleRate: RATE, truncated: false });
    expect(file.samples).toEqual(all);
  });

  test('samples without a header get one, once', () => {
    const events = run(
      createSocketAssembler('wav', RATE),
      parts.map((part) => encodePcm16(part)),
    );
    expect(readWav(join(events)).samples).toEqual(all);
  });

  test('a header in the first piece alone will do', () => {
    const bytes = wav(all);
    expect(
      readWav(join(run(createSocketAssembler('wav', RATE), cut(bytes, [61, 33])))).samples,
    ).toEqual(all);
    const headerOnly = cut(bytes, [44, 200]);
    expect(readWav(join(run(createSocketAssembler('wav', RATE), headerOnly))).samples).toEqual(all);
  });

  test('samples may be cut inside one', () => {
    fc.assert(
      fc.property(sizes, (cuts) => {
        const events = run(createSocketAssembler('pcm', RATE), cut(encodePcm16(all), cuts));
        expect(join(events)).toEqual(new Uint8Array(encodePcm16(all)));
        for (const { audio } of events) expect(audio.length % 2).toBe(0);
      }),
    );
  });

  test('a WAV keeps the rate it came at; a change in the middle is refused', () => {
    const assembler = createSocketAssembler('wav', RATE);
    const first = assembler.push(wav(ramp(10), 16_000));
    expect(readWav(first!.audio).sampleRate).toBe(16_000);
    expect(() => assembler.push(wav(ramp(10), 24_000))).toThrow(/24000 Hz where 16000 Hz/);
    expect(() => createSocketAssembler('pcm', RATE).push(wav(ramp(10), 16_000))).toThrow(
      ProtocolError,
    );
  });

  test.each(['mp3_stream', 'opus_stream', 'flac_stream'] as const)('%s is passed on', (format) => {
    const events = run(createSocketAssembler(format, RATE), [Uint8Array.of(1), Uint8Array.of(2)]);
    expect(events).toEqual([
      { type: 'audio', audio: Uint8Array.of(1), durationSeconds: undefined },
      { type: 'audio', audio: Uint8Array.of(2), durationSeconds: undefined },
    ]);
  });

  test.each(['mp3', 'opus', 'flac'] as const)('%s is marked as clips of their own', (format) => {
    const assembler = createSocketAssembler(format, RATE);
    expect(assembler.push(Uint8Array.of(1), 0.5)).toEqual({
      type: 'clip',
      audio: Uint8Array.of(1),
      format,
      durationSeconds: 0.5,
    });
    expect(assembler.push(new Uint8Array(0))).toBeUndefined();
  });
});
