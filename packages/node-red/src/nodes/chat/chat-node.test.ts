import { Buffer } from 'node:buffer';
import { createManualClock } from '@stepvoice/emulator';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { FlowMessage } from '../../kit/node-red.ts';
import { until, type Caught, type FreshFlows } from '../../testing/fresh-flows.ts';
import type { Ended, FlowRig } from '../../testing/flow-rig.ts';
import { deployChat, startChatFlows, type MoreNodes } from './testing/chat-flows.ts';

let flows: FreshFlows;
let rig: FlowRig;
beforeAll(async () => {
  flows = await startChatFlows();
  ({ rig } = flows);
});
afterAll(() => rig.close());
afterEach(() => flows.reset());

const start = (settings: Record<string, unknown> = {}, more: MoreNodes = {}): Promise<void> =>
  deployChat(flows, settings, more);
const send = (message: FlowMessage): void => flows.send('chat', message);
const next = (id: string): Promise<FlowMessage> => flows.next(id);
const nextEnded = (): Promise<Ended> => flows.nextEnded('chat');
const caught = (): Promise<Caught> => flows.caught();
const wholeStream = (id: string): Promise<FlowMessage[]> => flows.wholeStream(id);
const eventsUpTo = async (name: string): Promise<unknown[]> =>
  (await flows.eventsUpTo(name)).map(({ event }) => event);

const TOOLS = [
  {
    name: 'get_weather',
    description: 'Tells the weather of a city.',
    parameters: '{"type":"object","properties":{"city":{"type":"string"}}}',
  },
];

describe('an answer', () => {
  it('is one message', async () => {
    await start();
    const parts = { id: 'lines', type: 'string', ch: '\n', index: 0, count: 2 };
    send({ payload: 'How are you?', topic: 'talk', parts });
    const message = await next('out');
    expect(message).toMatchObject({
      payload: 'I am fine, thank you. And you?',
      topic: 'talk',
      parts,
      stepvoice: {
        model: 'stepaudio-2.5-chat',
        requestId: expect.any(String) as string,
        usage: { outputTokens: expect.any(Number) as number },
        finishReason: 'stop',
      },
    });
    expect(message.stepvoice?.totalMs).toBeGreaterThanOrEqual(
      message.stepvoice?.['firstTextMs'] as number,
    );
    expect((await nextEnded()).error).toBeUndefined();
    expect(await eventsUpTo('done')).toEqual(['start', 'first-text', 'done']);
  });

  it.each([
    ['tokens', /^I am fine, \|thank you\. \|And you\?\|$/],
    ['sentences', /^I am fine, thank you\. \|And you\?\|$/],
  ])('leaves as a stream of %s, which Join makes one of', async (output, pieces) => {
    await start(
      { output },
      {
        wires: ['join'],
        helpers: ['joined'],
        more: (_, named) => [
          { id: 'join', type: 'join', mode: 'auto', wires: [[named('joined')]] },
        ],
      },
    );
    send({ payload: 'How are you?' });
    const messages = await wholeStream('out');
    const texts = messages.map(({ payload }) => payload);
    expect(texts.join('')).toBe('I am fine, thank you. And you?');
    expect(messages.every(({ stepvoice }) => stepvoice?.stream === 'text')).toBe(true);
    expect(texts.join('|')).toMatch(pieces);
    expect((await next('joined')).payload).toBe('I am fine, thank you. And you?');
  });

  it('is an object where JSON was asked for, and an error where it is none', async () => {
    await start({ answer: 'json', jsonSchema: '{"type":"object"}', output: 'tokens' });
    send({ payload: 'Repeat: {"on": true}' });
    expect(await next('out')).toMatchObject({ payload: { on: true } });
    send({ payload: 'How are you?' });
    expect((await caught()).error.code).toBe('invalid_json');
  });
});

describe('a prompt', () => {
  it('may be a whole conversation, also in the names that others use', async () => {
    await start({ history: 'memory' });
    const messages = [
      { role: 'user', content: 'What is the weather in Rome?' },
      {
        role: 'assistant',
        content: null,
        tool_calls: [
          { id: 'c1', type: 'function', function: { name: 'get_weather', arguments: '{}' } },
        ],
      },
      { role: 'tool', tool_call_id: 'c1', content: 'Sunny' },
    ];
    send({ payload: 'not looked at', messages });
    const message = await next('out');
    expect(message.payload).toMatch(/Sunny/);
    expect(message).not.toHaveProperty('messages');
  });

  it('may be a stream', async () => {
    await start();
    const parts = { id: 'p', type: 'string', ch: '' };
    const stepvoice = { stream: 'text' } as const;
    send({ payload: 'How are ', parts: { ...parts, index: 0 }, stepvoice });
    send({ payload: 'you?', parts: { ...parts, index: 1, count: 2 }, complete: true, stepvoice });
    const message = await next('out');
    expect(message.payload).toMatch(/^I am fine/);
    expect(message).not.toHaveProperty('parts');
    expect(message).not.toHaveProperty('complete');
    expect(message.stepvoice?.stream).toBeUndefined();
  });

  it('whose stream stops without its end is an error, and the next is answered', async () => {
    const clock = createManualClock();
    flows.clock = clock;
    await start();
    send({ payload: 'How ', parts: { id: 'p', index: 0 }, stepvoice: { stream: 'text' } });
    await until(() => clock.pending > 0);
    send({ payload: 'How are you?' });
    clock.advance(60_000);
    expect((await caught()).error.code).toBe('stream_stopped');
    expect((await next('out')).payload).toMatch(/^I am fine/);
  });

  it('is refused if it is nothing of this', async () => {
    await start();
    for (const payload of [undefined, null, ' ', [1, 2], { text: 'x' }, new Float32Array(4)]) {
      send({ payload });
      expect((await caught()).error).toMatchObject({ code: 'invalid_input' });
    }
    for (const messages of ['x', [], [1], [{ content: 'x' }]]) {
      send({ messages });
      expect((await caught()).error.message).toMatch(/msg\.messages/);
    }
    const sound = { format: 'pcm', sampleRate: 16_000 };
    send({ payload: Buffer.alloc(100_000_000), audio: sound });
    expect((await caught()).error.code).toBe('prompt_too_long');
    send({ payload: Buffer.alloc(100), audio: { ...sound, channels: 2 } });
    expect((await caught()).error.message).toMatch(/channels/);
    send({ payload: Buffer.from('no sound at all') });
    expect((await caught()).error.code).toBe('unknown_format');
    expect(rig.emulator.counters.requests).toEqual({});
  });
});

describe('the history', () => {
  it('is of each session by itself', async () => {
    await start({ history: 'memory' });
    send({ payload: 'My name is Ada.', sessionId: 'a' });
    await next('out');
    send({ payload: 'What is my name?', sessionId: 'a' });
    expect((await next('out')).payload).toMatch(/Ada/);
    send({ payload: 'What is my name?', sessionId: 'b' });
    expect((await next('out')).payload).not.toMatch(/Ada/);
    send({ action: 'forget', sessionId: 'b' });
    send({ payload: 'What is my name?', sessionId: 'a' });
    expect((await next('out')).payload).toMatch(/Ada/);
    send({ reset: true });
    send({ payload: 'What is my name?', sessionId: 'a' });
    expect((await next('out')).payload).not.toMatch(/Ada/);
  });

  it('in the context of the flow outlives a deploy, until it is forgotten', async () => {
    const { rig } = flows;
    const deploy = (history: string): Promise<void> =>
      rig.deploy((account) => [
        { id: 'kept', type: 'stepvoice-chat', account, history, wires: [['kept-out'], [], [], []] },
        { id: 'kept-out', type: 'helper' },
      ]);
    const ask = async (payload: string): Promise<unknown> => {
      rig.send('kept', { payload });
      return (await rig.next('kept-out')).payload;
    };
    for (const [history, isKept] of [
      ['memory', false],
      ['context', true],
    ] as const) {
      await deploy(history);
      await ask('My name is Ada.');
      await deploy('none');
      await deploy(history);
      expect(/Ada/.test(String(await ask('What is my name?'))), history).toBe(isKept);
    }
    rig.send('kept', { action: 'forget' });
    await deploy('context');
    expect(await ask('What is my name?')).not.toMatch(/Ada/);
  });
});

describe('tools', () => {
  it('are called through the flow, and the answer says what they said', async () => {
    await start({ tools: TOOLS, history: 'memory' });
    send({ payload: 'What is the weather in Rome?', kept: 1 });
    const call = await next('tools');
    expect(call).toMatchObject({
      name: 'get_weather',
      payload: { city: expect.any(String) as string },
      kept: 1,
    });
    expect(call['arguments']).toEqual(call.payload);
    send({ ...call, payload: { sky: 'sunny' } });
    const message = await next('out');
    expect(message.payload).toMatch(/sunny/);
    expect(message).not.toHaveProperty('call_id');
    send({ ...call, payload: 'once more' });
    for (const _ of [1, 2, 3]) expect((await nextEnded()).error).toBeUndefined();
    expect(await eventsUpTo('late-answer')).toEqual([
      'start',
      'tool-result',
      'first-text',
      'done',
      'late-answer',
    ]);
    expect(rig.emulator.counters.requests['chat']).toEqual({ 200: 2 });
  });

  it('that do not answer in time do not hold up the conversation', async () => {
    const clock = createManualClock();
    flows.clock = clock;
    await start({ tools: TOOLS });
    send({ payload: 'What is the weather in Rome?' });
    await next('tools');
    clock.advance(30_000);
    expect((await next('out')).payload).toMatch(/did not answer in time/);
  });

  it('are cancelled with the rest', async () => {
    await start({ tools: TOOLS });
    send({ payload: 'What is the weather in Rome?' });
    const call = await next('tools');
    send({ action: 'cancel' });
    for (const _ of [1, 2]) expect((await nextEnded()).error).toBeUndefined();
    send({ ...call, payload: 'too late' });
    await nextEnded();
    expect(await eventsUpTo('late-answer')).toEqual(['start', 'cancelled', 'late-answer']);
  });

  it('must answer what can be told, and be described in JSON', async () => {
    await start({ tools: TOOLS });
    send({ payload: 'What is the weather in Rome?' });
    const call = await next('tools');
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    for (const payload of [undefined, new Uint8Array(3), circle]) {
      send({ ...call, payload });
      expect((await caught()).error).toMatchObject({ code: 'invalid_input' });
    }
    send({ ...call, payload: 21 });
    expect((await next('out')).payload).toMatch(/21/);
    await start({ tools: [{ name: 'a', description: '', parameters: '{' }] });
    send({ payload: 'Hi' });
    expect((await caught()).error.message).toMatch(/JSON/);
  });
});

describe('trouble', () => {
  it.each([
    ['status:401', { status: 401 }],
    ['status:451', { status: 451 }],
    ['status:429,retry-after=0', { retryable: true }],
    ['malformed:how=json', {}],
    ['cut:events=2', {}],
  ])('%s is handed to Catch, once', async (fault, cause) => {
    await start({ output: 'tokens' });
    rig.emulator.faults.add({ fault });
    send({ payload: 'A secret.' });
    const { error } = await caught();
    expect(error.cause).toMatchObject(cause);
    expect(JSON.stringify(error)).not.toContain('secret');
    await nextEnded();
    expect(flows.ended('chat')).toHaveLength(1);
  });

  it('in mid-stream ends the stream for those behind, and what was heard is remembered', async () => {
    await start({ output: 'tokens', history: 'memory' });
    rig.emulator.faults.add({ fault: 'stall:events=4', times: 1 });
    send({ messages: [{ role: 'user', content: 'My name is Ada.' }] });
    await next('out');
    send({ action: 'cancel' });
    expect((await wholeStream('out')).at(-1)).not.toHaveProperty('messages');

    rig.emulator.faults.add({ fault: 'stall:events=4', times: 1 });
    send({ payload: 'My name is Ada.' });
    await next('out');
    send({ action: 'cancel' });
    const messages = await wholeStream('out');
    expect(messages.at(-1)).toMatchObject({ payload: '', stepvoice: { isCut: true } });
    await flows.quiet();
    send({ payload: 'What is my name?' });
    const texts = (await wholeStream('out')).map(({ payload }) => payload);
    expect(texts.join('')).toMatch(/Ada/);
  });

  it('by a reset leaves nothing to remember', async () => {
    await start({ output: 'tokens', history: 'memory' });
    rig.emulator.faults.add({ fault: 'stall:events=4', times: 1 });
    send({ payload: 'My name is Ada.' });
    await next('out');
    send({ reset: true });
    await wholeStream('out');
    send({ payload: 'What is my name?' });
    const texts = (await wholeStream('out')).map(({ payload }) => payload);
    expect(texts.join('')).not.toMatch(/Ada/);
  });

  it('of a redeploy lets go of what was asked', async () => {
    await start();
    rig.emulator.faults.add({ fault: 'stall' });
    send({ payload: 'Hi' });
    await until(() => rig.emulator.counters.openRequests > 0);
    await rig.deploy(() => []);
    await flows.quiet();
    expect(flows.ended('chat')).toMatchObject([{ error: undefined }]);
  });
});
