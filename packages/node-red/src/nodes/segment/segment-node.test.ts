import { Buffer } from 'node:buffer';
import { decodePcm16, encodePcm16, readWav, writeWav } from '@stepvoice/core/audio';
import { createManualClock, type ManualClock } from '@stepvoice/emulator';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { FlowMessage } from '../../kit/node-red.ts';
import { fakeNode, type FakeNode } from '../../kit/testing/fake-host.ts';
import { segmentDefinition } from './definition.ts';
import { createSegment } from './segment-node.ts';

const RATE = 16_000;
let sound: Int16Array;
let clock: ManualClock;
let node: FakeNode;

/** A hum that rises and falls like a voice: 1 s of silence, 1 s of it, 1 s of silence. */
beforeAll(() => {
  sound = new Int16Array(3 * RATE);
  for (let i = 0; i < RATE; i += 1) {
    const seconds = i / RATE;
    const envelope = 0.6 + 0.4 * Math.sin(2 * Math.PI * 4 * seconds);
    let value = 0;
    for (let overtone = 1; overtone <= 12; overtone += 1) {
      value += Math.sin(2 * Math.PI * 140 * overtone * seconds) / overtone;
    }
    sound[RATE + i] = Math.round(6000 * envelope * value);
  }
});
beforeEach(() => {
  clock = createManualClock();
});

function start(config: Record<string, unknown> = {}): void {
  node = fakeNode(segmentDefinition.properties, createSegment, {
    config: { inputFormat: 'pcm', ...config },
    clock,
  });
}

const settle = async (): Promise<void> => {
  for (let i = 0; i < 20; i += 1) await new Promise((resolve) => setImmediate(resolve));
};
const sentTo = (output: number): FlowMessage[] =>
  node.sent.flatMap((ports) => {
    const sent = ports[output] ?? [];
    return Array.isArray(sent) ? sent : [sent];
  });
const speech = (): FlowMessage[] => sentTo(0);
const events = (): FlowMessage[] => sentTo(1);
const placeOf = (message: FlowMessage | undefined) =>
  (message?.['utterance'] ?? {}) as { startMs: number; endMs: number };
const bytesOf = (samples: Int16Array): Buffer => Buffer.from(encodePcm16(samples));

/** All of it in frames of 20 ms. */
async function hear(samples: Int16Array, fields: FlowMessage = {}, ms = 20): Promise<unknown[][]> {
  const dones: unknown[][] = [];
  const size = (RATE / 1000) * ms;
  for (let at = 0; at < samples.length; at += size) {
    const payload = bytesOf(samples.slice(at, at + size));
    dones.push(node.input({ payload, topic: at, ...fields }).dones);
  }
  await settle();
  return dones;
}

test('cuts out what was said, as WAV, with what the message had', async () => {
  start();
  const dones = await hear(sound, { sessionId: 's', kept: 1 });
  expect(dones.every((done) => done.length === 1 && done[0] === undefined)).toBe(true);
  const [message, ...others] = speech();
  expect(others).toEqual([]);
  expect(message).toMatchObject({
    sessionId: 's',
    kept: 1,
    audio: { format: 'wav', sampleRate: RATE, channels: 1 },
    utterance: { index: 0, reason: 'pause' },
  });
  expect(message?.payload).toBeInstanceOf(Buffer);
  const { startMs, endMs } = placeOf(message);
  const { samples } = readWav(message?.payload as Buffer);
  expect(Math.abs(startMs - 700)).toBeLessThan(60);
  expect(Math.abs(endMs - 2200)).toBeLessThan(100);
  const at = Math.round((startMs / 1000) * RATE);
  expect(samples).toEqual(sound.slice(at, at + samples.length));
  expect(events().map(({ event }) => event)).toEqual(['speech-start', 'speech-stop']);
});

test('says that somebody speaks while they do', async () => {
  start();
  await hear(sound.slice(0, 1.3 * RATE));
  expect(events()).toMatchObject([{ event: 'speech-start', payload: { index: 0 } }]);
  expect(speech()).toEqual([]);
});

test('a stream can be joined, and lacks nothing', async () => {
  start({ output: 'stream' });
  await hear(sound);
  const messages = speech();
  const { id } = messages[0]?.parts ?? {};
  expect(id).toBeTypeOf('string');
  for (const [index, { parts, stepvoice, audio, payload }] of messages.entries()) {
    expect(parts).toMatchObject({ id, type: 'buffer', index });
    expect(stepvoice).toMatchObject({ stream: 'audio' });
    expect(audio).toMatchObject({ format: 'pcm', sampleRate: RATE });
    expect(payload).toBeInstanceOf(Buffer);
  }
  const last = messages.at(-1);
  expect(last).toMatchObject({ complete: true, parts: { count: messages.length } });
  expect(messages.slice(0, -1).filter((message) => 'complete' in message)).toEqual([]);
  const joined = Buffer.concat(messages.map(({ payload }) => payload as Buffer));
  const { startMs } = placeOf(last);
  const at = Math.round((startMs / 1000) * RATE);
  expect(decodePcm16(new Uint8Array(joined))).toEqual(sound.slice(at, at + joined.length / 2));
});

test.each([
  ['frames of 7 ms', 7],
  ['pieces of half a second', 500],
  ['all at once', 3000],
])('the same from %s', async (_, ms) => {
  start({ output: 'pcm' });
  await hear(sound);
  const expected = speech().map(({ payload, utterance }) => ({ payload, utterance }));
  start({ output: 'pcm' });
  await hear(sound, {}, ms);
  expect(speech().map(({ payload, utterance }) => ({ payload, utterance }))).toEqual(expected);
});

test('a WAV file, and one whose rest comes later', async () => {
  start({ inputFormat: 'auto' });
  const file = Buffer.from(writeWav({ samples: sound, sampleRate: RATE }));
  node.input({ payload: file, sessionId: 'a' });
  for (let at = 0; at < file.length; at += 6000) {
    node.input({ payload: file.subarray(at, at + 6000), sessionId: 'b' });
  }
  await settle();
  expect(new Set(speech().map(({ sessionId }) => sessionId))).toEqual(new Set(['a', 'b']));
});

test('a WAV file that ends in the middle of a word is not waited behind for long', async () => {
  start({ inputFormat: 'auto', idleSeconds: 30 });
  const samples = sound.slice(0, 1.8 * RATE);
  const file = Buffer.from(writeWav({ samples, sampleRate: RATE }));
  node.input({ payload: file });
  await settle();
  clock.advance(2000);
  // The next file of a recorder goes on where this one ended.
  node.input({ payload: file });
  await settle();
  clock.advance(2999);
  expect(speech()).toMatchObject([{ utterance: { reason: 'pause' } }]);
  clock.advance(1);
  expect(speech()).toMatchObject([{}, { utterance: { index: 1, reason: 'flush' } }]);
});

test('the last part of what Split cut up ends it', async () => {
  start();
  const parts = { id: 'file', type: 'buffer', count: 2 };
  const half = 0.8 * RATE;
  node.input({ payload: bytesOf(sound.slice(0, half)), parts: { ...parts, index: 0 } });
  await settle();
  node.input({ payload: bytesOf(sound.slice(half, 2 * half)), parts: { ...parts, index: 1 } });
  await settle();
  expect(speech()).toMatchObject([{ utterance: { reason: 'flush' } }]);
});

test('sessions are streams of their own', async () => {
  start();
  const quiet = new Int16Array(sound.length);
  for (let at = 0; at < sound.length; at += 320) {
    node.input({ payload: bytesOf(quiet.slice(at, at + 320)), sessionId: 'quiet' });
    node.input({ payload: bytesOf(sound.slice(at, at + 320)), sessionId: 'loud' });
  }
  await settle();
  expect(speech().map(({ sessionId }) => sessionId)).toEqual(['loud']);
});

describe('what is being said', () => {
  const part = (): Int16Array => sound.slice(0, 1.6 * RATE);

  test.each([
    ['flush', { action: 'flush' }],
    ['stop', { action: 'stop' }],
    ['the end of the stream', { complete: true, payload: Buffer.alloc(0) }],
    ['an end without a payload', { complete: true }],
  ])('is sent by %s', async (_, message) => {
    start();
    await hear(part());
    expect(node.input(message).dones).toEqual([]);
    await settle();
    expect(speech()).toMatchObject([{ utterance: { reason: 'flush' } }]);
  });

  test.each([['cancel'], ['clear']])('is forgotten by %s', async (action) => {
    start();
    await hear(part());
    node.input({ action });
    await hear(sound.slice(2.5 * RATE));
    expect(speech()).toEqual([]);
  });

  test('and of a stream that was cancelled, the end is told', async () => {
    start({ output: 'stream' });
    await hear(part());
    node.input({ reset: true });
    await settle();
    expect(speech().at(-1)).toMatchObject({ complete: true, stepvoice: { isCut: true } });
  });

  test('is sent when no sound comes any more', async () => {
    start({ idleSeconds: 5 });
    await hear(part());
    clock.advance(4999);
    expect(speech()).toEqual([]);
    clock.advance(1);
    expect(speech()).toHaveLength(1);
    clock.advance(250);
    expect(node.statuses.at(-1)).toEqual({});
  });

  test('is not sent by a node that was closed', async () => {
    start();
    await hear(part());
    await node.close();
    clock.advance(60_000);
    expect(speech()).toEqual([]);
  });
});

test('long speech is cut, without a sample lost', async () => {
  start({ output: 'pcm', maxSeconds: 1 });
  const voice = sound.slice(RATE, 2 * RATE);
  const long = new Int16Array(5 * RATE);
  for (let second = 1; second < 4; second += 1) long.set(voice, second * RATE);
  await hear(long);
  const places = speech().map(({ utterance }) => utterance as { startMs: number; reason: string });
  expect(places.slice(0, 2).map(({ reason }) => reason)).toEqual(['length', 'length']);
  const joined = Buffer.concat(speech().map(({ payload }) => payload as Buffer));
  const at = Math.round(((places[0]?.startMs ?? 0) / 1000) * RATE);
  expect(decodePcm16(new Uint8Array(joined))).toEqual(long.slice(at, at + joined.length / 2));
});

test.each<[string, FlowMessage, string]>([
  ['nothing', {}, 'invalid_input'],
  ['null', { payload: null }, 'invalid_input'],
  ['text', { payload: 'hello' }, 'invalid_input'],
  ['a number', { payload: 7 }, 'invalid_input'],
  ['an array of numbers', { payload: [1, 2] }, 'invalid_input'],
  ['floats', { payload: new Float32Array(3) }, 'invalid_input'],
  ['an object', { payload: {} }, 'invalid_input'],
  ['100 MB', { payload: Buffer.allocUnsafeSlow(100 * 1024 * 1024 + 1) }, 'sound_too_large'],
  [
    'MP3',
    { payload: Buffer.from('ID3\u0004\0\0\0\0\0\0'), audio: { format: 'mp3' } },
    'unsupported_format',
  ],
  ['a broken WAV', { payload: Buffer.from('RIFF\0\0\0\0WAVEfmt \u0001\0\0\0') }, 'invalid_wav'],
  ['no command', { action: 'sing' }, 'unknown_action'],
])('%s is one error, and the next sound is heard', async (_, message, code) => {
  start({ inputFormat: 'auto' });
  const { dones } = node.input(message);
  await settle();
  expect(dones).toMatchObject([{ code }]);
  await hear(sound, { audio: { format: 'pcm', sampleRate: RATE } });
  expect(speech()).toHaveLength(1);
});

test('no more than a thousand sessions', async () => {
  start();
  const payload = Buffer.alloc(0);
  for (let i = 0; i < 1000; i += 1) node.input({ payload, sessionId: i });
  await settle();
  const { dones } = node.input({ payload, sessionId: 1000 });
  await settle();
  expect(dones).toMatchObject([{ code: 'queue_full' }]);
  node.input({ action: 'stop', sessionId: 7 });
  await settle();
  expect(node.input({ payload, sessionId: 1000 }).dones).toEqual([]);
});
