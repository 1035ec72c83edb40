import { Buffer } from 'node:buffer';
import {
  applyGain,
  decodePcm16,
  encodePcm16,
  measureLoudness,
  readWav,
  resample,
  trimSilence,
  writeWav,
} from '@stepvoice/core/audio';
import * as fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { FlowMessage } from '../../kit/node-red.ts';
import { fakeNode, type FakeNode } from '../../kit/testing/fake-host.ts';
import { createAudio } from './audio-node.ts';
import { audioDefinition } from './definition.ts';

const RATE = 24_000;
let node: FakeNode;
/** Half a second of a tone between silences of 400 ms. */
let tone: Int16Array;
let wav: Buffer;

beforeAll(() => {
  tone = new Int16Array(1.3 * RATE);
  for (let i = 0; i < RATE / 2; i += 1) {
    tone[0.4 * RATE + i] = Math.round(8000 * Math.sin((2 * Math.PI * 440 * i) / RATE));
  }
  wav = Buffer.from(writeWav({ samples: tone, sampleRate: RATE }));
});

function start(operation: string, config: Record<string, unknown> = {}): void {
  node = fakeNode(audioDefinition.properties, createAudio, { config: { operation, ...config } });
}

const bytesOf = (samples: Int16Array): Buffer => Buffer.from(encodePcm16(samples));
const sent = (): FlowMessage[] =>
  node.sent.flatMap(([first]) => {
    const messages = first ?? [];
    return Array.isArray(messages) ? messages : [messages];
  });
const samplesOf = (payload: unknown): Int16Array =>
  decodePcm16(new Uint8Array(payload as Uint8Array));

/** Hands over messages and waits until all are done. */
async function work(...messages: FlowMessage[]): Promise<unknown[]> {
  const dones = messages.map((message) => node.input(message).dones);
  while (dones.some((done) => done.length === 0)) {
    await new Promise((resolve) => setImmediate(resolve));
  }
  return dones.flat();
}

/** What a Join node would make of the messages. */
function joined(messages: readonly FlowMessage[]): Buffer {
  for (const [index, { parts }] of messages.entries()) {
    expect(parts).toMatchObject({ id: messages[0]?.parts?.id, type: 'buffer', index });
  }
  expect(messages.at(-1)).toMatchObject({ complete: true, parts: { count: messages.length } });
  return Buffer.concat(messages.map(({ payload }) => payload as Buffer));
}

const stream = (chunks: readonly Buffer[], fields: FlowMessage = {}): FlowMessage[] => [
  ...chunks.map((payload, index) => ({
    ...fields,
    payload,
    parts: { id: 's', index },
    stepvoice: { stream: 'audio' as const },
  })),
  {
    ...fields,
    payload: Buffer.alloc(0),
    parts: { id: 's', index: chunks.length, count: chunks.length + 1 },
    complete: true,
    stepvoice: { stream: 'audio' },
  },
];

describe('convert', () => {
  test('WAV into raw sound of another rate', async () => {
    start('convert', { format: 'pcm', sampleRate: '16000' });
    await work({ payload: wav, topic: 'kept' });
    const [message] = sent();
    expect(message).toMatchObject({
      topic: 'kept',
      audio: {
        format: 'pcm',
        sampleRate: 16_000,
        channels: 1,
        encoding: 's16le',
        durationMs: 1300,
      },
    });
    expect(message?.payload).toBeInstanceOf(Buffer);
    expect(samplesOf(message?.payload)).toEqual(resample(tone, RATE, 16_000));
  });

  test('raw stereo into WAV of one channel', async () => {
    start('convert', { inputFormat: 'pcm', inputRate: RATE, inputChannels: 2 });
    const stereo = new Int16Array(2 * tone.length);
    for (const [i, sample] of tone.entries()) stereo[2 * i] = sample;
    await work({ payload: bytesOf(stereo) });
    const { samples, sampleRate } = readWav(sent()[0]?.payload as Buffer);
    expect(sampleRate).toBe(RATE);
    expect(Math.max(...samples)).toBe(Math.max(...tone) / 2);
  });

  test('a stream as it comes, the same as the whole, however it is cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 20_000 }), { maxLength: 8 }),
        fc.boolean(),
        async (sizes, isWav) => {
          const source = isWav ? wav : bytesOf(tone);
          const chunks: Buffer[] = [];
          // A header comes in one piece.
          let at = Math.min(44, source.length);
          chunks.push(source.subarray(0, at));
          for (const size of [...sizes, source.length]) {
            const chunk = source.subarray(at, at + size);
            if (chunk.length > 0) chunks.push(chunk);
            at += size;
          }
          const audio = isWav ? undefined : { format: 'pcm', sampleRate: RATE };
          start('convert', { format: 'pcm', sampleRate: '16000' });
          const dones = await work(...stream(chunks, audio === undefined ? {} : { audio }));
          expect(dones.filter((error) => error !== undefined)).toEqual([]);
          expect(samplesOf(joined(sent()))).toEqual(resample(tone, RATE, 16_000));
        },
      ),
      { numRuns: 20 },
    );
  });

  test('a stream into WAV, which a Join node makes a file of', async () => {
    start('convert');
    const audio = { format: 'pcm', sampleRate: RATE };
    const bytes = bytesOf(tone);
    await work(...stream([bytes.subarray(0, 999), bytes.subarray(999)], { audio }));
    expect(readWav(joined(sent()))).toMatchObject({ samples: tone, sampleRate: RATE });
  });

  test('leaves what came as it was', async () => {
    start('gain', { gainDb: -6, format: 'pcm' });
    const before = Buffer.from(wav);
    await work({ payload: wav });
    expect(wav.equals(before)).toBe(true);
    expect(samplesOf(sent()[0]?.payload)).toEqual(applyGain(tone, -6));
  });
});

test('gain can come with the message', async () => {
  start('gain', { gainDb: 0, format: 'pcm' });
  await work({ payload: wav, gainDb: 6 });
  expect(samplesOf(sent()[0]?.payload)).toEqual(applyGain(tone, 6));
});

test('trim leaves the sound, with a guard', async () => {
  start('trim', { guardMs: 30, format: 'pcm' });
  await work({ payload: wav });
  const options = { guardBeforeMs: 30, guardAfterMs: 30 };
  const { samples } = trimSilence({ samples: tone, sampleRate: RATE }, options);
  expect(samplesOf(sent()[0]?.payload)).toEqual(new Int16Array(samples));
  await work({
    payload: bytesOf(new Int16Array(RATE)),
    audio: { format: 'pcm', sampleRate: RATE },
  });
  expect(sent()[1]).toMatchObject({ payload: Buffer.alloc(0), audio: { durationMs: 0 } });
});

test('normalize brings it to one loudness', async () => {
  start('normalize', { targetLufs: -23 });
  await work({ payload: wav });
  const { integratedLufs } = measureLoudness(readWav(sent()[0]?.payload as Buffer));
  expect(integratedLufs).toBeCloseTo(-23, 1);
});

describe('join', () => {
  test('an array of sounds of any rate, with pauses', async () => {
    start('join', { gapMs: 100, format: 'pcm' });
    const other = Buffer.from(writeWav({ samples: resample(tone, RATE, 8000), sampleRate: 8000 }));
    await work({ payload: [wav, other, wav] });
    const samples = samplesOf(sent()[0]?.payload);
    const gap = 0.1 * RATE;
    expect(samples.length).toBe(3 * tone.length + 2 * gap);
    expect(samples.subarray(0, tone.length)).toEqual(tone);
    expect(samples.subarray(tone.length, tone.length + gap)).toEqual(new Int16Array(gap));
    expect(samples.subarray(-tone.length)).toEqual(tone);
  });

  test('the messages of a stream', async () => {
    start('join');
    await work(...stream([wav.subarray(0, 5001), wav.subarray(5001)]));
    const [message, ...others] = sent();
    expect(others).toEqual([]);
    expect(message?.payload).toEqual(wav);
    for (const name of ['parts', 'complete']) expect(message).not.toHaveProperty(name);
    expect(message?.stepvoice).not.toHaveProperty('stream');
  });

  test('says which of an array is no sound', async () => {
    start('join');
    const [error] = await work({ payload: [wav, 'x'] });
    expect(error).toMatchObject({ code: 'file_not_allowed' });
    expect(await work({ payload: [wav, 7] })).toMatchObject([
      { code: 'invalid_input', cause: { path: 'sound[1]' } },
    ]);
  });
});

test('split makes frames, and the last says so', async () => {
  start('split', { frameMs: 20 });
  await work({ payload: wav });
  const messages = sent();
  expect(messages).toHaveLength(65);
  expect(messages.every(({ payload }) => (payload as Buffer).length === 960)).toBe(true);
  expect(messages[0]).toMatchObject({ audio: { format: 'pcm', durationMs: 20 } });
  expect(samplesOf(joined(messages))).toEqual(tone);
});

describe('info', () => {
  test('of WAV', async () => {
    start('info');
    await work({ payload: wav });
    expect(sent()[0]?.payload).toMatchObject({
      format: 'wav',
      bytes: wav.length,
      durationMs: 1300,
      sampleRate: RATE,
      channels: 1,
      bitsPerSample: 16,
      peakDbfs: -12.25,
    });
  });

  test('of silence, as JSON can say it', async () => {
    start('info', { inputFormat: 'pcm' });
    await work({ payload: Buffer.alloc(32_000) });
    const { payload } = sent()[0] ?? {};
    expect(payload).toMatchObject({ durationMs: 1000, peakDbfs: null, loudnessLufs: null });
    expect(JSON.parse(JSON.stringify(payload))).toEqual(payload);
  });

  test('of FLAC, without decoding it', async () => {
    start('info');
    const flac = Buffer.alloc(60);
    flac.write('fLaC');
    flac.writeBigUInt64BE((48_000n << 44n) | (15n << 36n) | 96_000n, 18);
    await work({ payload: flac });
    expect(sent()[0]?.payload).toEqual({ format: 'flac', bytes: 60, durationMs: 2000 });
  });
});

test.each<[string, FlowMessage, string]>([
  ['nothing', {}, 'invalid_input'],
  ['null', { payload: null }, 'invalid_input'],
  ['an empty Buffer', { payload: Buffer.alloc(0) }, 'invalid_input'],
  ['a header without sound', { payload: Buffer.from('RIFF\0\0\0\0WAVE') }, 'invalid_wav'],
  ['an empty text', { payload: '' }, 'invalid_input'],
  ['text of several lines', { payload: 'a\nb' }, 'invalid_input'],
  ['a path', { payload: 'a.wav' }, 'file_not_allowed'],
  ['a data URL of nothing', { payload: 'data:audio/wav;base64,' }, 'invalid_input'],
  ['a data URL without base64', { payload: 'data:audio/wav,abc' }, 'invalid_input'],
  ['a number', { payload: 7 }, 'invalid_input'],
  ['true', { payload: true }, 'invalid_input'],
  ['an array of numbers', { payload: [1, 2, 3] }, 'invalid_input'],
  ['an object', { payload: {} }, 'invalid_input'],
  ['floats', { payload: new Float32Array(3) }, 'invalid_input'],
  ['bytes of nothing known', { payload: Buffer.from('hello, world') }, 'unknown_format'],
  ['Ogg', { payload: Buffer.from('OggS and more of it') }, 'unsupported_format'],
  [
    'a rate that cannot be',
    { payload: Buffer.alloc(4), audio: { format: 'pcm', sampleRate: 7 } },
    'invalid_input',
  ],
  [
    'more than 100 MB',
    { payload: Buffer.allocUnsafeSlow(100 * 1024 * 1024 + 1) },
    'sound_too_large',
  ],
])('%s is one error that can be caught', async (_, message, code) => {
  start('convert');
  expect(await work(message)).toMatchObject([{ code }]);
  expect(sent()).toEqual([]);
});

test('long work lets everything else have its turn', async () => {
  start('normalize');
  await work({ payload: wav });
  const long = new Int16Array(2 * 1024 * 1024);
  for (let at = 0; at + tone.length < long.length; at += tone.length) long.set(tone, at);
  const payload = Buffer.from(writeWav({ samples: long, sampleRate: RATE }));
  const { dones } = node.input({ payload });
  const turns: number[] = [];
  while (dones.length === 0) {
    const before = busyMs();
    await new Promise((resolve) => setImmediate(resolve));
    turns.push(busyMs() - before);
  }
  expect(dones).toEqual([undefined]);
  expect(sent()).toHaveLength(2);
  expect(turns.length).toBeGreaterThan(10);
  expect(Math.max(...turns)).toBeLessThan(20);
});

/** Time of the processor, not of the clock: others may keep the machine busy. */
function busyMs(): number {
  const { user, system } = process.threadCpuUsage?.() ?? process.cpuUsage();
  return (user + system) / 1000;
}

test('a cancelled one ends at once, and sends nothing', async () => {
  start('normalize');
  const payload = bytesOf(new Int16Array(8 * 1024 * 1024));
  const { dones } = node.input({ payload, audio: { format: 'pcm', sampleRate: RATE } });
  await new Promise((resolve) => setImmediate(resolve));
  await work({ action: 'cancel' });
  await new Promise((resolve) => setImmediate(resolve));
  expect(dones).toEqual([undefined]);
  await work({ payload: wav });
  expect(sent()).toHaveLength(1);
});
