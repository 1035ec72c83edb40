import { Buffer } from 'node:buffer';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StepAudio } from '@stepvoice/core/node';
import { readWav, resample } from '@stepvoice/core/audio';
import { createManualClock, type ManualClock } from '@stepvoice/emulator';
import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, test } from 'vitest';
import registerAccount from '../../entries/stepvoice-account.ts';
import { systemClock, type Clock } from '../../kit/clock.ts';
import type { FlowMessage } from '../../kit/node-red.ts';
import { registerNode } from '../../kit/register-node.ts';
import { startFlowRig, type FlowRig, type NodeFile } from '../../testing/flow-rig.ts';
import { createAsr } from './asr-node.ts';
import { asrDefinition } from './definition.ts';

type Caught = { error?: { code?: string; message?: string } };

const registerCatch = createRequire(import.meta.url)(
  '@node-red/nodes/core/common/25-catch.js',
) as NodeFile;

let rig: FlowRig;
let folder: string;
/** What says `ok` at 24 kHz. */
let wav: Buffer;
let mp3: Buffer;
let clock: ManualClock | undefined;
let run = 0;
const id = (name: string): string => `${name}${run}`;
const now: Clock['now'] = () => (clock ?? systemClock).now();
const after: Clock['after'] = (ms, callback) => (clock ?? systemClock).after(ms, callback);

beforeAll(async () => {
  const registerAsr: NodeFile = (RED) =>
    registerNode(RED, asrDefinition, createAsr, { clock: { now, after } });
  rig = await startFlowRig([registerAccount, registerAsr, registerCatch], () => []);
  const { apiKey, url } = rig.emulator;
  const client = new StepAudio({ apiKey, baseURL: `${url}/v1` });
  const say = async (format: 'wav' | 'mp3') => {
    const file = await client.speech.create({ text: 'ok', voice: 'data-voice', format });
    return Buffer.from(file.audio);
  };
  [wav, mp3] = await Promise.all([say('wav'), say('mp3')]);
  await client.close();
  folder = await mkdtemp(join(tmpdir(), 'stepvoice-asr-'));
  await writeFile(join(folder, 'memo.wav'), wav);
});
afterAll(async () => {
  await rig.close();
  await rm(folder, { recursive: true });
});
beforeEach(() => {
  run += 1;
  clock = undefined;
});
afterEach(() => rig.emulator.faults.clear());

async function start(settings: Record<string, unknown> = {}): Promise<void> {
  rig.emulator.resetCounters();
  await rig.deploy((account) => [
    {
      id: id('asr'),
      type: 'stepvoice-asr',
      account,
      ...settings,
      wires: [[id('text')], [id('interim')], [id('events')]],
    },
    { id: id('text'), type: 'helper' },
    { id: id('interim'), type: 'helper' },
    { id: id('events'), type: 'helper' },
    { id: id('catch'), type: 'catch', scope: null, wires: [[id('caught')]] },
    { id: id('caught'), type: 'helper' },
  ]);
}

const send = (message: FlowMessage): void => rig.send(id('asr'), message);
const nextText = (): Promise<FlowMessage> => rig.next(id('text'));
const nextEnded = () => rig.nextEnded(id('asr'));
const nextCaught = async (): Promise<Caught> => (await rig.next(id('caught'))) as Caught;

/** Raw sound at 16 kHz, with silence behind it, in frames. */
function framesOf(file: Buffer, ms = 20, silenceMs = 1200): Buffer[] {
  const { samples, sampleRate } = readWav(file);
  const sound = resample(samples, sampleRate, 16_000);
  const bytes = Buffer.alloc(2 * (sound.length + 16 * silenceMs));
  Buffer.from(sound.buffer, sound.byteOffset, sound.byteLength).copy(bytes);
  const frames: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += 32 * ms) frames.push(bytes.subarray(at, at + 32 * ms));
  return frames;
}

/** A condition that other turns of the event loop bring about. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

describe('whole sounds', () => {
  test('writes down a file', async () => {
    await start({ language: 'en', timestamps: true });
    send({ payload: wav, topic: 'kept', audio: { format: 'wav' }, parts: { id: 'x' } });
    const message = await nextText();
    expect(message).toMatchObject({
      payload: 'ok',
      topic: 'kept',
      language: 'en',
      segments: [{ text: 'ok' }],
      stepvoice: { bytes: wav.length },
    });
    // It is no sound any more, and no part of anything.
    for (const name of ['audio', 'parts', 'complete']) expect(message).not.toHaveProperty(name);
    expect(message['words']).toHaveLength(1);
    await nextEnded();
    expect(rig.ended(id('asr'))).toMatchObject([{ error: undefined }]);
    expect((await rig.next(id('events')))['event']).toBe('start');
  });

  test.each<[string, Record<string, unknown>, () => FlowMessage]>([
    ['MP3', {}, () => ({ payload: mp3 })],
    ['a data URL', {}, () => ({ payload: `data:audio/wav;base64,${wav.toString('base64')}` })],
    [
      'raw sound that says what it is',
      {},
      () => ({
        payload: Buffer.concat(framesOf(wav)),
        audio: { format: 'pcm', sampleRate: 16_000, encoding: 's16le' },
      }),
    ],
    [
      'raw sound that the dialog knows',
      { inputFormat: 'pcm', inputRate: 16_000 },
      () => ({ payload: Buffer.concat(framesOf(wav)) }),
    ],
    ['a Uint8Array', {}, () => ({ payload: new Uint8Array(wav) })],
    ['another property', { sound: 'recording', soundType: 'msg' }, () => ({ recording: wav })],
  ])('takes %s', async (_, settings, message) => {
    await start(settings);
    send(message());
    expect((await nextText()).payload).toBe('ok');
  });

  test('reads a file in its folder, and no other', async () => {
    await start({ folder });
    send({ payload: 'memo.wav' });
    expect((await nextText()).payload).toBe('ok');
    send({ payload: '/etc/hostname' });
    expect((await nextCaught()).error?.code).toBe('file_not_allowed');
    await start();
    send({ payload: join(folder, 'memo.wav') });
    expect((await nextCaught()).error?.code).toBe('file_not_allowed');
  });

  test('puts a stream together', async () => {
    await start();
    const half = wav.length >> 1;
    const stepvoice = { stream: 'audio' as const };
    send({ payload: wav.subarray(0, half), parts: { id: 's', index: 0 }, stepvoice });
    send({ payload: wav.subarray(half), parts: { id: 's', index: 1 }, stepvoice });
    send({ payload: Buffer.alloc(0), parts: { id: 's', index: 2 }, complete: true, stepvoice });
    const message = await nextText();
    expect(message).toMatchObject({ payload: 'ok', stepvoice: { bytes: wav.length } });
    expect(message.stepvoice).not.toHaveProperty('stream');
    for (let i = 0; i < 3; i += 1) expect((await nextEnded()).error).toBeUndefined();
    expect(rig.emulator.counters.requests).toMatchObject({ 'asr-sse': { 200: 1 } });
  });

  test('sounds that Split took out of an array are each one by itself', async () => {
    await start();
    for (let index = 0; index < 2; index += 1) {
      send({ payload: wav, parts: { id: 's', type: 'array', index, count: 2 } });
    }
    expect([(await nextText()).payload, (await nextText()).payload]).toEqual(['ok', 'ok']);
  });

  test('a stream without its end does not hold up what follows', async () => {
    clock = createManualClock();
    await start({ idleSeconds: 5 });
    send({ payload: wav, parts: { id: 's' }, stepvoice: { stream: 'audio' } });
    const caught = nextCaught();
    await until(() => rig.received(id('events')).length > 0);
    clock.advance(5000);
    expect((await caught).error?.code).toBe('stream_stopped');
    send({ payload: wav });
    expect((await nextText()).payload).toBe('ok');
  });

  test('silence is no message, where it is not wanted', async () => {
    await start({ skipEmpty: true });
    const silence = Buffer.alloc(32_000);
    send({ payload: silence, audio: { format: 'pcm', sampleRate: 16_000 } });
    await nextEnded();
    await until(() => rig.received(id('events')).some(({ event }) => event === 'empty'));
    expect(rig.received(id('text'))).toEqual([]);
  });
});

describe.each(['whole', 'live', 'utterance'])('what is no sound, mode %s', (mode) => {
  test.each<[string, FlowMessage, string]>([
    ['nothing', {}, 'invalid_input'],
    ['null', { payload: null }, 'invalid_input'],
    ['a number', { payload: 7 }, 'invalid_input'],
    ['true', { payload: true }, 'invalid_input'],
    ['an array of numbers', { payload: [1, 2, 3] }, 'invalid_input'],
    ['an object', { payload: { a: 1 } }, 'invalid_input'],
    ['a Buffer as JSON', { payload: { type: 'Buffer', data: [1] } }, 'invalid_input'],
    ['floats', { payload: new Float32Array(4) }, 'invalid_input'],
    ['bytes of nothing known', { payload: Buffer.from('some text') }, 'unknown_format'],
    [
      'floats that say so',
      { payload: Buffer.alloc(8), audio: { format: 'pcm', encoding: 'f32le' } },
      'invalid_input',
    ],
    [
      'a rate that cannot be',
      { payload: Buffer.alloc(8), audio: { format: 'pcm', sampleRate: 1 } },
      'invalid_input',
    ],
  ])('%s', async (_, message, code) => {
    await start({ mode });
    send(message);
    expect((await nextCaught()).error?.code).toBe(code);
    await nextEnded();
    expect(rig.ended(id('asr'))).toHaveLength(1);
    await until(() => rig.emulator.counters.openSockets === 0);
  });
});

test('the service’s refusal can be caught', async () => {
  await start();
  rig.emulator.faults.add({ fault: 'status:401' });
  send({ payload: wav });
  expect((await nextCaught()).error?.code).toBe('invalid_api_key');
});

test('100 MB are neither copied nor waited for, and more is refused', async () => {
  await start();
  const large = Buffer.allocUnsafeSlow(100 * 1024 * 1024 + 1);
  const startedMs = performance.now();
  send({ payload: large });
  expect((await nextCaught()).error?.code).toBe('sound_too_large');
  expect(performance.now() - startedMs).toBeLessThan(100);
});

describe('a live stream', () => {
  test('gives each sentence by itself, and goes on until it is stopped', async () => {
    await start({ mode: 'live', inputFormat: 'pcm', inputRate: 16_000 });
    for (const payload of framesOf(wav)) send({ payload, sessionId: 'a' });
    const first = await nextText();
    expect(first).toMatchObject({ payload: 'ok', sessionId: 'a', segment: { index: 0 } });
    for (const payload of framesOf(wav)) send({ payload, sessionId: 'a' });
    expect(await nextText()).toMatchObject({ payload: 'ok', segment: { index: 1 } });
    send({ action: 'stop' });
    await until(() => rig.emulator.counters.openSockets === 0);
    for (const event of ['start', 'speech-start', 'speech-stop', 'done']) {
      await until(() => rig.received(id('events')).some((message) => message['event'] === event));
    }
    expect(rig.emulator.counters.requests).toMatchObject({ 'asr-socket': { 101: 1 } });
    for (const payload of framesOf(wav)) send({ payload, sessionId: 'a' });
    expect(await nextText()).toMatchObject({ payload: 'ok', segment: { index: 0 } });
    await until(() => rig.ended(id('asr')).length > 3);
    expect(rig.ended(id('asr')).filter(({ error }) => error !== undefined)).toEqual([]);
  });

  test('ends when no sound comes any more, and begins again with more', async () => {
    clock = createManualClock();
    await start({ mode: 'live', inputFormat: 'pcm', idleSeconds: 3 });
    for (const payload of framesOf(wav)) send({ payload });
    expect((await nextText()).payload).toBe('ok');
    clock.advance(3000);
    await until(() => rig.emulator.counters.openSockets === 0);
    for (const payload of framesOf(wav)) send({ payload });
    expect((await nextText()).payload).toBe('ok');
  });

  test('one message that is no sound is reported, and the rest is heard', async () => {
    await start({ mode: 'live', inputFormat: 'pcm' });
    const frames = framesOf(wav);
    for (const [i, payload] of frames.entries()) {
      if (i === 10) send({ payload: 'no sound' });
      send({ payload });
    }
    expect((await nextText()).payload).toBe('ok');
    expect((await nextCaught()).error?.code).toBe('invalid_input');
  });

  test('after a failure it rests, and does not try again with each frame', async () => {
    clock = createManualClock();
    await start({ mode: 'live', inputFormat: 'pcm' });
    rig.emulator.faults.add({ fault: 'status:401' });
    const frames = framesOf(wav);
    for (const payload of frames) send({ payload });
    expect((await nextCaught()).error?.code).toBe('invalid_api_key');
    for (const payload of frames) send({ payload });
    await until(() => rig.ended(id('asr')).length === 2 * frames.length);
    expect(rig.received(id('caught'))).toHaveLength(1);
    rig.emulator.faults.clear();
    clock.advance(1000);
    for (const payload of frames) send({ payload });
    expect((await nextText()).payload).toBe('ok');
  });

  test('a deploy in its middle leaves nothing open', async () => {
    await start({ mode: 'live', inputFormat: 'pcm' });
    const asr = id('asr');
    for (const payload of framesOf(wav).slice(0, 20)) send({ payload });
    await until(() => rig.emulator.counters.openSockets === 1);
    await rig.deploy(() => []);
    await until(() => rig.emulator.counters.openSockets === 0);
    expect(rig.ended(asr)).toHaveLength(20);
    expect(rig.ended(asr).filter(({ error }) => error !== undefined)).toEqual([]);
  });
});

describe('utterances', () => {
  test('come one after the other over one connection, with times of their own', async () => {
    await start({ mode: 'utterance', timestamps: true });
    for (let i = 0; i < 2; i += 1) {
      send({ payload: wav, utterance: { index: i } });
      const message = await nextText();
      expect(message.payload).toBe('ok');
      expect(message).not.toHaveProperty('utterance');
      const words = message['words'] as { startMs: number; endMs: number }[];
      const { endMs } = message['segment'] as { endMs: number };
      expect(Math.max(...words.map((word) => word.endMs))).toBeLessThanOrEqual(endMs);
    }
    expect(rig.emulator.counters.requests).toMatchObject({ 'asr-socket': { 101: 1 } });
    send({ action: 'stop' });
    await until(() => rig.emulator.counters.openSockets === 0);
  });

  test('are heard while they are said', async () => {
    await start({ mode: 'utterance' });
    const frames = framesOf(wav, 100);
    const audio = { format: 'pcm', sampleRate: 16_000 };
    for (const [index, payload] of frames.entries()) {
      send({ payload, audio, parts: { id: 'u', index }, stepvoice: { stream: 'audio' } });
    }
    // All of it was taken before its end is known.
    await until(() => rig.ended(id('asr')).length === frames.length - 1);
    const parts = { id: 'u', index: frames.length };
    send({
      payload: Buffer.alloc(0),
      audio,
      parts,
      complete: true,
      stepvoice: { stream: 'audio' },
    });
    expect((await nextText()).payload).toBe('ok');
  });

  test('one that was cancelled is no part of the next', async () => {
    await start({ mode: 'utterance' });
    const audio = { format: 'pcm', sampleRate: 16_000 };
    const stepvoice = { stream: 'audio' as const };
    for (const payload of framesOf(wav)) send({ payload, audio, parts: { id: 'u' }, stepvoice });
    await until(() => rig.emulator.counters.openSockets === 1);
    send({ action: 'cancel' });
    await until(() => rig.emulator.counters.openSockets === 0);
    send({ payload: wav });
    expect((await nextText()).payload).toBe('ok');
    await until(() => rig.received(id('events')).some(({ event }) => event === 'cancelled'));
  });

  test('a connection is not kept longer than it is used', async () => {
    clock = createManualClock();
    await start({ mode: 'utterance', idleSeconds: 7 });
    send({ payload: wav });
    await nextText();
    await nextEnded();
    clock.advance(7000);
    await until(() => rig.emulator.counters.openSockets === 0);
    send({ payload: wav });
    expect((await nextText()).payload).toBe('ok');
  });
});
