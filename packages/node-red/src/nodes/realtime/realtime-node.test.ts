import { Buffer } from 'node:buffer';
import { concatSamples, decodePcm16, encodePcm16, resample, writeWav } from '@stepvoice/core/audio';
import { StepAudio } from '@stepvoice/core/node';
import { createManualClock, hearDataSpeech } from '@stepvoice/emulator';
import { afterEach, describe, expect, test } from 'vitest';
import registerAccount from '../../entries/stepvoice-account.ts';
import registerRealtime from '../../entries/stepvoice-realtime.ts';
import type { FlowMessage, MessageParts, NodeRed } from '../../kit/node-red.ts';
import { registerNode, type RegisterOptions } from '../../kit/register-node.ts';
import {
  startFlowRig,
  type FlowItem,
  type FlowRig,
  type NodeFile,
} from '../../testing/flow-rig.ts';
import { syntheticVoice } from '../../../../core/src/audio/vad/testing/synthetic-voice.ts';
import { PageClient } from '../play/testing/page-client.ts';
import { playWith } from '../play/testing/register-play.ts';
import { realtimeDefinition } from './definition.ts';
import { createRealtime } from './realtime-node.ts';

const TOKEN = 'a-key-of-the-page-0123';

let rig: FlowRig;
afterEach(() => rig.close());

const weather = {
  name: 'get_weather',
  description: 'Current weather of a city',
  parameters: '{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}',
};

const realtimeWith = (options: RegisterOptions) => (RED: NodeRed) =>
  registerNode(RED, realtimeDefinition, createRealtime, options);

const flowOf =
  (more: Record<string, unknown>) =>
  (account: string): FlowItem[] => [
    {
      id: 'talk',
      type: 'stepvoice-realtime',
      account,
      voice: 'data-voice',
      turns: 'manual',
      ...more,
      wires: [['audio'], ['text'], ['tools'], ['events']],
    },
    ...['audio', 'text', 'tools', 'events', 'caught'].map((id) => ({ id, type: 'helper' })),
    { id: 'catch', type: 'catch', scope: null, wires: [['caught']] },
  ];

function start(
  more: Record<string, unknown> = {},
  { emulator, realtime = registerRealtime }: { emulator?: object; realtime?: NodeFile } = {},
): Promise<FlowRig> {
  const behind = emulator === undefined ? {} : { emulator };
  return startFlowRig([registerAccount, realtime], flowOf(more), behind);
}

/** The code of the next error. */
async function caught(): Promise<string | undefined> {
  return ((await rig.next('caught')) as { error?: { code?: string } }).error?.code;
}

async function until(
  id: string,
  isWanted: (message: FlowMessage) => boolean,
): Promise<FlowMessage> {
  for (;;) {
    const message = await rig.next(id);
    if (isWanted(message)) return message;
  }
}

const event = (name: string) => until('events', (message) => message['event'] === name);

/** Of the answer that comes next. */
async function answer(): Promise<{ samples: Int16Array; messages: FlowMessage[] }> {
  const messages: FlowMessage[] = [];
  do messages.push(await rig.next('audio'));
  while (messages.at(-1)?.complete !== true);
  const bytes = Buffer.concat(messages.map(({ payload }) => payload as Buffer));
  return { samples: decodePcm16(bytes), messages };
}

/** What `data-voice` makes of a text, as a microphone of 16 kHz hears it. */
async function dataSpeech(text: string): Promise<Int16Array> {
  const { apiKey, url } = rig.emulator;
  const client = new StepAudio({ apiKey, baseURL: `${url}/v1` });
  const { audio } = await client.speech.create({
    text,
    voice: 'data-voice',
    format: 'pcm',
    sampleRate: 24_000,
  });
  await client.close();
  const silence = new Int16Array(12_000);
  const samples = concatSamples([silence, decodePcm16(audio), silence]);
  return resample(samples, 24_000, 16_000);
}

describe('a conversation', () => {
  test('answers what is said with a button', async () => {
    rig = await start();
    const speech = Buffer.from(encodePcm16(await dataSpeech('三加四等于几？')));
    const parts = { id: 'turn', type: 'buffer' };
    const audio = { format: 'pcm', encoding: 's16le', sampleRate: 16_000, channels: 1 };
    const half = 10_001;
    const kept = { sessionId: 'hall', room: 'hall' };
    rig.send('talk', {
      ...kept,
      payload: speech.subarray(0, half),
      parts: { ...parts, index: 0 },
      audio,
    });
    rig.send('talk', {
      ...kept,
      payload: speech.subarray(half),
      parts: { ...parts, index: 1 },
      audio,
    });
    rig.send('talk', {
      ...kept,
      payload: Buffer.alloc(0),
      parts: { ...parts, index: 2, count: 3 },
      complete: true,
      audio,
    });
    const said = await until('text', ({ complete }) => complete === true);
    expect(said).toMatchObject({ payload: '三加四等于几？', role: 'user', ...kept });
    const { samples, messages } = await answer();
    const told = await until(
      'text',
      ({ role, complete }) => role === 'assistant' && complete === true,
    );
    expect(told.payload).toMatch(/^三加四等于.*[7七]/u);
    expect(await hearDataSpeech({ samples, sampleRate: 24_000 })).toBe(told.payload);
    expect(messages[0]).toMatchObject({
      ...kept,
      parts: { type: 'buffer', index: 0 },
      audio: { format: 'pcm', encoding: 's16le', sampleRate: 24_000, channels: 1 },
      stepvoice: { stream: 'audio', voice: 'data-voice' },
    });
    expect(messages.at(-1)).toMatchObject({ parts: { count: messages.length } });
    expect(messages.every(({ payload }) => Buffer.isBuffer(payload))).toBe(true);
    expect(await event('answer-done')).toMatchObject({ payload: { status: 'completed' }, ...kept });
    expect(rig.ended('talk').map(({ error }) => error)).toEqual([undefined, undefined, undefined]);
  });

  test('finds the end of a clip by itself', async () => {
    rig = await start({ turns: 'server', output: 'whole' });
    const samples = resample(await dataSpeech('hello'), 16_000, 44_100);
    rig.send('talk', { payload: Buffer.from(writeWav({ samples, sampleRate: 44_100 })) });
    const { payload, audio } = await rig.next('audio');
    expect(audio).toMatchObject({ format: 'wav', sampleRate: 24_000 });
    expect((payload as Buffer).toString('latin1', 0, 4)).toBe('RIFF');
    await event('speech-started');
    await event('speech-stopped');
    expect(await until('text', ({ role }) => role === 'assistant')).toMatchObject({
      complete: true,
    });
  });

  test('is interrupted by whoever speaks into what is still heard', async () => {
    rig = await start({ turns: 'server' });
    rig.send('talk', { payload: 'count to 9', sessionId: 'hall' });
    const { messages } = await answer();
    const samples = await dataSpeech('hello');
    const payload = Buffer.from(writeWav({ samples, sampleRate: 16_000 }));
    rig.send('talk', { payload, sessionId: 'hall' });
    const cancel = await until('audio', ({ action }) => action === 'cancel');
    expect(cancel).not.toHaveProperty('payload');
    expect(cancel.sessionId).toBe('hall');
    const played = { stream: messages[0]?.parts?.id, heardMs: 120, whole: false };
    rig.send('talk', { event: 'played', payload: played, sessionId: 'hall' });
    expect(await event('heard')).toMatchObject({ payload: { heardMs: 120, isReported: true } });
    const told = ({ role, payload: text }: FlowMessage): boolean =>
      role === 'assistant' && /hello/i.test(String(text));
    await until('text', told);
    expect(rig.received('caught')).toEqual([]);
  });

  test('of two sessions are two', async () => {
    rig = await start();
    rig.send('talk', { payload: 'my name is Ann', sessionId: 'a' });
    rig.send('talk', { payload: 'what is 2 plus 3?', sessionId: 'b' });
    const told = [await rig.next('text'), await rig.next('text')];
    const b = told.find(({ sessionId }) => sessionId === 'b');
    expect(new Set(told.map(({ sessionId }) => sessionId))).toEqual(new Set(['a', 'b']));
    expect(b?.payload).toMatch(/5|five/);
    await expect.poll(() => rig.emulator.counters.openSockets, { interval: 5 }).toBe(2);
    rig.send('talk', { action: 'stop', sessionId: 'a' });
    await until(
      'events',
      ({ sessionId, event: name }) => sessionId === 'a' && name === 'disconnected',
    );
    rig.send('talk', { action: 'stop' });
    await event('disconnected');
  });

  test('calls the flow, and goes on with its answer', async () => {
    rig = await start({ tools: [weather] });
    rig.send('talk', { payload: 'What is the weather in Paris?', kept: 1 });
    const call = await rig.next('tools');
    expect(call).toMatchObject({
      name: 'get_weather',
      payload: { city: 'Paris' },
      arguments: { city: 'Paris' },
      kept: 1,
    });
    rig.send('talk', { ...call, payload: { sky: 'purple' } });
    expect(await event('tool-result')).toMatchObject({ payload: { isAnswered: true } });
    const told = await until('text', ({ payload }) => /purple/.test(String(payload)));
    expect(told['role']).toBe('assistant');
    // Once is enough.
    rig.send('talk', { ...call, payload: 'again' });
    expect(await caught()).toBe('unknown_call');
  });

  test('goes on after its connection was lost', async () => {
    rig = await start();
    rig.emulator.faults.add({ fault: 'cut:events=12', endpoint: 'realtime', times: 1 });
    rig.send('talk', { payload: 'what is 2 plus 3?' });
    await event('reconnecting');
    expect(await event('connected')).toMatchObject({ payload: { isRenewed: true } });
    const told = await until('text', ({ payload }) => /5|five/.test(String(payload)));
    expect(told['role']).toBe('assistant');
  });
});

describe('what goes wrong', () => {
  test('a refusal is an error of the message, and sound is told of it once', async () => {
    rig = await start({ turns: 'server' });
    const takeBack = rig.emulator.faults.add({ fault: 'status:451', endpoint: 'realtime' });
    rig.send('talk', { payload: 'hello' });
    expect(await caught()).toBe('censorship_block');
    takeBack();
    rig.emulator.faults.add({ fault: 'status:401', endpoint: 'realtime' });
    rig.send('talk', { payload: 'hello' });
    expect(await caught()).toBe('invalid_api_key');
    const audio = { format: 'pcm', encoding: 's16le', sampleRate: 16_000, channels: 1 };
    for (let count = 0; count < 50; count += 1) {
      rig.send('talk', { payload: Buffer.alloc(640), audio });
    }
    rig.send('talk', { payload: ' ' });
    expect(await caught()).toBe('invalid_input');
    expect(rig.received('caught')).toHaveLength(3);
    expect(rig.ended('talk')).toHaveLength(53);
  });

  test.each([
    ['MP3', Buffer.from(`ID3${'\0'.repeat(2000)}`), 'unsupported_format'],
    [
      'Ogg in parts',
      Buffer.from(`OggS${'\0'.repeat(200)}`),
      'unsupported_format',
      { id: 'o', index: 0 },
    ],
    ['five minutes of a studio', Buffer.alloc(16_000_001), 'sound_too_large'],
  ])('%s is refused, and nobody connected for it', async (_, payload, code, parts?: object) => {
    rig = await start();
    rig.send('talk', { payload, ...(parts && { parts: parts as MessageParts }) });
    expect(await caught()).toBe(code);
    await expect.poll(() => rig.emulator.counters.openSockets, { interval: 5 }).toBe(0);
  });

  test('deploys that follow each other end everything, and the last one works', async () => {
    rig = await start({}, { emulator: { pace: 'real-time' } });
    rig.send('talk', { payload: 'count to 50' });
    await rig.next('audio');
    const deployed = Promise.all([1, 2].map((name) => rig.deploy(flowOf({ name }))));
    rig.send('talk', { payload: 'hello' });
    await deployed;
    await expect.poll(() => rig.emulator.counters.openSockets, { interval: 5 }).toBe(0);
    rig.send('talk', { payload: 'hello' });
    await rig.next('audio');
    await rig.deploy(() => []);
    await expect.poll(() => rig.emulator.counters.openSockets, { interval: 5 }).toBe(0);
    expect(rig.ended('talk').filter(({ error }) => error !== undefined)).toEqual([]);
  });
});

test('speech wakes a conversation that sleeps, and none of it is lost', async () => {
  const clock = createManualClock();
  rig = await start({ turns: 'server', idleMinutes: 1 }, { realtime: realtimeWith({ clock }) });
  rig.send('talk', { payload: 'my name is Ann' });
  await until('text', ({ role }) => role === 'assistant');
  await event('answer-done');
  // Until the answer was heard to its end, nobody is silent.
  clock.advance(60_000);
  clock.advance(60_000);
  expect(await event('disconnected')).toMatchObject({ payload: { reason: 'idle' } });
  await expect.poll(() => rig.emulator.counters.openSockets, { interval: 5 }).toBe(0);
  const audio = { format: 'pcm', encoding: 's16le', sampleRate: 16_000, channels: 1 };
  // Data speech is no voice, so that a voice comes before it.
  const voice = syntheticVoice({ seconds: 0.8, sampleRate: 16_000, pitch: 180, dbfs: -25 });
  const pause = new Int16Array(16_000);
  const words = await dataSpeech('hello');
  const speech = encodePcm16(concatSamples([pause, voice, pause, words, pause]));
  for (let at = 0; at < speech.length; at += 640) {
    rig.send('talk', { payload: Buffer.from(speech.subarray(at, at + 640)), audio });
  }
  await until('text', ({ role, payload }) => role === 'user' && payload === 'hello');
  await until('text', ({ role }) => role === 'assistant');
  rig.send('talk', { payload: 'what is my name?' });
  await until(
    'text',
    ({ role, payload }) => role === 'assistant' && /\bAnn\b/.test(String(payload)),
  );
  expect(rig.received('caught')).toEqual([]);
});

test('with a page: what is said there is answered there, until somebody speaks into it', async () => {
  rig = await startFlowRig(
    [registerAccount, registerRealtime, playWith(() => Promise.resolve('<p></p>'))],
    (account) => [
      { id: 'page', type: 'stepvoice-play', wires: [['talk'], ['talk', 'reports']] },
      {
        id: 'talk',
        type: 'stepvoice-realtime',
        account,
        voice: 'data-voice',
        turns: 'manual',
        wires: [['page'], ['page', 'text'], [], ['events']],
      },
      ...['reports', 'text', 'events', 'caught'].map((id) => ({ id, type: 'helper' })),
      { id: 'catch', type: 'catch', scope: null, wires: [['caught']] },
    ],
    { credentials: { page: { token: TOKEN } } },
  );
  const { client, session } = await PageClient.enter(rig, 'page', TOKEN);
  const speak = async (text: string): Promise<void> => {
    const speech = encodePcm16(await dataSpeech(text));
    client.say({ type: 'talk-start', handsFree: false });
    for (let at = 0; at < speech.length; at += 640) {
      client.sendRaw(new Uint8Array(speech.subarray(at, at + 640)));
    }
    client.say({ type: 'talk-stop' });
  };
  await speak('count to 9');
  expect(await client.next('caption')).toMatchObject({ text: 'count to 9', speaker: 'user' });
  const { sound } = await client.next('sound');
  client.say({ type: 'playing', sound });
  await event('answer-done');
  await client.next('sound-end');
  await speak('三加四等于几？');
  await client.next('cancel');
  client.say({ type: 'played', sound, heardMs: 240, whole: false });
  expect(await event('interrupted')).toMatchObject({ payload: { by: 'button' } });
  expect(await event('heard')).toMatchObject({
    sessionId: session,
    payload: { heardMs: 240, isReported: true },
  });
  const told = await until('text', ({ payload }) => /^三加四等于[^几]/u.test(String(payload)));
  expect(told).toMatchObject({ role: 'assistant', sessionId: session });
  expect((await client.next('sound')).sound).toBeGreaterThan(sound);
  client.close();
  expect(await event('disconnected')).toMatchObject({ payload: { reason: 'stopped' } });
  expect(rig.received('caught')).toEqual([]);
});
