import { Buffer } from 'node:buffer';
import { concatSamples, decodePcm16, encodePcm16, resample, writeWav } from '@stepvoice/core/audio';
import { StepAudio } from '@stepvoice/core/node';
import { hearDataSpeech } from '@stepvoice/emulator';
import { afterEach, describe, expect, test } from 'vitest';
import registerAccount from '../../entries/stepvoice-account.ts';
import registerRealtime from '../../entries/stepvoice-realtime.ts';
import type { FlowMessage } from '../../kit/node-red.ts';
import { startFlowRig, type FlowRig } from '../../testing/flow-rig.ts';

let rig: FlowRig;
afterEach(() => rig.close());

const weather = {
  name: 'get_weather',
  description: 'Current weather of a city',
  parameters: '{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}',
};

function start(more: Record<string, unknown> = {}, emulator = {}): Promise<FlowRig> {
  return startFlowRig(
    [registerAccount, registerRealtime],
    (account) => [
      {
        id: 'talk',
        type: 'stepvoice-realtime',
        account,
        voice: 'data-voice',
        turns: 'manual',
        ...more,
        wires: [['audio'], ['text'], ['tools'], ['events']],
      },
      { id: 'audio', type: 'helper' },
      { id: 'text', type: 'helper' },
      { id: 'tools', type: 'helper' },
      { id: 'events', type: 'helper' },
      { id: 'catch', type: 'catch', scope: null, wires: [['caught']] },
      { id: 'caught', type: 'helper' },
    ],
    { emulator },
  );
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
    rig.send('talk', { payload: 'count to 20', sessionId: 'hall' });
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
    expect(rig.emulator.counters.openSockets).toBe(2);
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
    const { error } = (await rig.next('caught')) as { error?: { code: string } };
    expect(error).toMatchObject({ code: 'unknown_call' });
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
  test.each([
    ['status:401', 'invalid_api_key'],
    ['status:451', 'censorship_block'],
  ])('%s is an error of the message', async (fault, code) => {
    rig = await start({ reconnects: false });
    rig.emulator.faults.add({ fault, endpoint: 'realtime' });
    rig.send('talk', { payload: 'hello' });
    const { error } = (await rig.next('caught')) as { error?: { code: string } };
    expect(error?.code).toBe(code);
    expect(rig.ended('talk')).toHaveLength(1);
  });

  test.each([
    ['number[]', [1, 2, 3]],
    ['number', 7],
    ['nothing', undefined],
    ['blank text', '  '],
    ['an object', { a: 1 }],
    ['floats', new Float32Array(4)],
    ['MP3', Buffer.from(`ID3${'\0'.repeat(2000)}`)],
  ])('%s is refused', async (_, payload) => {
    rig = await start();
    rig.send('talk', { payload });
    const { error } = (await rig.next('caught')) as { error?: { code: string } };
    expect(error?.code).toMatch(/^(invalid_input|unsupported_format)$/);
    expect(rig.ended('talk')).toHaveLength(1);
  });

  test('a node without an account', async () => {
    rig = await start({ account: '' });
    rig.send('talk', { payload: 'hello' });
    const { error } = (await rig.next('caught')) as { error?: { code: string } };
    expect(error?.code).toBe('no_account');
    expect(rig.ended('talk')).toHaveLength(1);
  });

  test('a deploy in the middle ends everything', async () => {
    rig = await start({}, { pace: 'real-time' });
    rig.send('talk', { payload: 'count to 50' });
    await rig.next('audio');
    await rig.deploy(() => []);
    await expect.poll(() => rig.emulator.counters.openSockets).toBe(0);
    expect(rig.ended('talk')).toMatchObject([{ error: undefined }]);
  });
});
