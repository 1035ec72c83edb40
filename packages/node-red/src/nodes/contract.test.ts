import { Buffer } from 'node:buffer';
import { afterEach, describe, expect, test } from 'vitest';
import type { FlowMessage } from '../kit/node-red.ts';
import { startFlowRig, type FlowItem, type FlowRig } from '../testing/flow-rig.ts';
import { ALL_FILES, SPECIMENS, toneWav, type Specimen } from '../testing/specimens.ts';
import { DEFINITIONS } from './index.ts';

// What holds for every node, whatever it does: each message is done exactly once, what failed can be caught by its code, and
// nothing of it is left. An unhandled rejection, which would end Node-RED, fails the run.

let rig: FlowRig;
afterEach(() => rig.close());

/** How often to look, in milliseconds: what is waited for is there at once. */
const SOON = { interval: 5 };
/** Short limits, and no second attempts: a fault is felt at once. */
const ACCOUNT = { attempts: 1, connectSeconds: 1, answerSeconds: 0.3, silenceSeconds: 0.3 };

/** Of the node with a page. */
const CREDENTIALS = { node: { token: 'a'.repeat(43) } };

async function start(specimen: Specimen, account: object = {}): Promise<void> {
  rig = await startFlowRig(ALL_FILES, flowOf(specimen), {
    account: { ...ACCOUNT, ...account },
    credentials: CREDENTIALS,
  });
}

function flowOf({ type, config }: Specimen, more: object = {}): (account: string) => FlowItem[] {
  const outputs = DEFINITIONS.find((definition) => definition.type === type)?.outputs.length ?? 0;
  return (account) => [
    {
      id: 'node',
      type,
      account,
      ...config,
      ...more,
      wires: Array.from({ length: outputs }, () => ['out']),
    },
    { id: 'out', type: 'helper' },
    { id: 'catch', type: 'catch', scope: ['node'], wires: [['caught']] },
    { id: 'caught', type: 'helper' },
  ];
}

/** Hands the node a message and waits until it is done with it. */
async function handle(message: object): Promise<{ code: string | undefined }> {
  rig.send('node', message as FlowMessage);
  const { error } = await rig.nextEnded('node');
  return { code: (error as { code?: string } | undefined)?.code };
}

const circular: FlowMessage = { payload: 'x' };
circular['self'] = circular;

/** Messages that a flow may well send to a node that was not made for them. */
const STRANGE: Readonly<Record<string, () => object>> = {
  'no payload': () => ({}),
  null: () => ({ payload: null }),
  'empty text': () => ({ payload: '' }),
  blanks: () => ({ payload: ' \n\t ' }),
  'half a character': () => ({ payload: '\ud83d' }),
  'a null character': () => ({ payload: 'a\u0000b' }),
  emoji: () => ({ payload: '👩‍👩‍👧‍👦🎉' }),
  zero: () => ({ payload: 0 }),
  'not a number': () => ({ payload: Number.NaN }),
  'a big integer': () => ({ payload: 10n ** 30n }),
  true: () => ({ payload: true }),
  false: () => ({ payload: false }),
  'an object': () => ({ payload: { text: 'x' } }),
  'an object without a prototype': () => ({ payload: Object.create(null) }),
  'an array of texts': () => ({ payload: ['a', 'b'] }),
  'an array of numbers as sound': () => ({ payload: [0, 1, -1, 32_767], audio: { format: 'pcm' } }),
  'a date': () => ({ payload: new Date(0) }),
  'a map': () => ({ payload: new Map([['a', 1]]) }),
  'a function': () => ({ payload: () => 'x' }),
  'a symbol': () => ({ payload: Symbol('x') }),
  'an error': () => ({ payload: new Error('x') }),
  circular: () => circular,
  'an empty buffer': () => ({ payload: Buffer.alloc(0) }),
  'one byte': () => ({ payload: Buffer.of(1) }),
  'bytes of nothing known': () => ({ payload: Buffer.from('not a sound at all, only text') }),
  '100 MB of nothing known': () => ({ payload: Buffer.alloc(100_000_000) }),
  'half a WAV header': () => ({ payload: toneWav().subarray(0, 20) }),
  'bytes as Uint8Array': () => ({ payload: new Uint8Array(640) }),
  floats: () => ({ payload: new Float32Array(480) }),
  'an ArrayBuffer': () => ({ payload: new ArrayBuffer(640) }),
  'sound that lies about itself': () => ({
    payload: Buffer.alloc(640),
    audio: { format: 'pcm', sampleRate: -1, channels: 'two' },
  }),
  'sound described by a text': () => ({ payload: Buffer.alloc(640), audio: 'pcm' }),
  'parts that are none': () => ({ payload: 'x', parts: 'y' }),
  'parts without an id': () => ({ payload: 'x', parts: { index: 0 } }),
  'parts out of nowhere': () => ({ payload: 'x', parts: { id: 'p', index: 7, count: 3 } }),
  'an action that is none': () => ({ action: 'dance' }),
  'an action that is no text': () => ({ action: { do: 'it' } }),
  'a session that is none': () => ({ payload: 'x', sessionId: { a: 1 }, _session: 'b' }),
  'facts that are none': () => ({ payload: 'x', stepvoice: 'y' }),
  'a stream that says nothing else': () => ({ payload: 'x', stepvoice: { stream: 'text' } }),
  'an answer to no tool call': () => ({ payload: 'x', call_id: 'never' }),
  'an answer whose id is no text': () => ({ payload: 'x', call_id: 7 }),
  'voice and speed that are none': () => ({ payload: 'x', voice: {}, speed: 'fast' }),
};

/** What the service, or the way there, may do to a request. */
const FAULTS: Readonly<Record<string, string>> = {
  'key refused': 'status:401',
  'no balance': 'status:402',
  'too many requests': 'status:429,retry-after=0',
  'text refused': 'status:451',
  'service failed': 'status:500',
  'connection cut': 'cut:bytes=0',
  'no answer': 'stall:bytes=0',
  'no protocol': 'malformed:json,events=0',
};

describe.each(SPECIMENS)('$type', (specimen) => {
  test('is done once with whatever comes, and goes on', async () => {
    await start(specimen);
    const outcomes: Record<string, string | undefined> = {};
    for (const [name, make] of Object.entries(STRANGE)) {
      outcomes[name] = (await handle(make())).code;
    }
    // What nobody thought of would be an error without a code of its own.
    expect(Object.entries(outcomes).filter(([, code]) => code === 'node_failed')).toEqual([]);
    expect(await handle({ action: 'cancel' })).toEqual({ code: undefined });
    expect(await handle(specimen.good())).toEqual({ code: specimen.goodCode });
    expect(rig.ended('node')).toHaveLength(Object.keys(STRANGE).length + 2);
    const failures = rig.ended('node').filter(({ error }) => error !== undefined);
    await expect.poll(() => rig.received('caught').length, SOON).toBe(failures.length);
  });

  test('without an account says so', async () => {
    const flow = flowOf(specimen);
    for (const account of ['', 'gone']) {
      rig = await startFlowRig(ALL_FILES, () => flow(account), {
        credentials: CREDENTIALS,
      });
      const { code } = await handle(specimen.good());
      expect(code).toBe(specimen.asksService ? 'no_account' : specimen.goodCode);
      await rig.close();
    }
    rig = await startFlowRig(ALL_FILES, flow, {
      account: { d: true },
      credentials: CREDENTIALS,
    });
    const { code } = await handle(specimen.good());
    expect(code).toBe(specimen.asksService ? 'no_account' : specimen.goodCode);
  });

  test('survives deploys that follow each other', async () => {
    await start(specimen);
    for (let time = 0; time < 3; time += 1) {
      rig.send('node', specimen.good());
      await rig.deploy(flowOf(specimen, { name: `at ${time}` }), 'nodes');
    }
    await expect.poll(() => rig.ended('node').length, SOON).toBe(3);
    expect(rig.ended('node').filter(({ error }) => error !== undefined)).toEqual([]);
    await expect
      .poll(() => rig.emulator.counters.openRequests + rig.emulator.counters.openSockets, SOON)
      .toBe(0);
  });
});

describe.each(SPECIMENS.filter(({ asksService }) => asksService))('$type', (specimen) => {
  test('tells Catch what the service did, and goes on', async () => {
    await start(specimen);
    const key = rig.emulator.apiKey;
    for (const [name, fault] of Object.entries(FAULTS)) {
      if (specimen.outlasts?.includes(name) === true) continue;
      const takeBack = rig.emulator.faults.add({ fault });
      const before = rig.received('caught').length;
      rig.send('node', specimen.good());
      await rig.nextEnded('node');
      await expect
        .poll(() => rig.received('caught').length, { ...SOON, message: name })
        .toBe(before + 1);
      const { error } = rig.received('caught')[before] as { error?: Record<string, unknown> };
      expect(error?.['code'], name).toEqual(expect.any(String));
      expect(error?.['code'], name).not.toBe('node_failed');
      expect(JSON.stringify(rig.received('caught')), name).not.toContain(key);
      takeBack();
      if (specimen.answersLater === true) await handle({ action: 'cancel' });
    }
    expect(await handle(specimen.good())).toEqual({ code: undefined });
    expect(JSON.stringify(rig.statuses('node'))).not.toContain(key);
  });

  test('a cancel or a deploy in its middle ends it at once, and the request', async () => {
    await start(specimen, { answerSeconds: 60, silenceSeconds: 60 });
    rig.emulator.faults.add({ fault: 'latency:30000' });
    const open = (): number =>
      rig.emulator.counters.openRequests + rig.emulator.counters.openSockets;
    rig.send('node', specimen.good());
    await expect.poll(open, SOON).toBe(1);
    rig.send('node', { action: specimen.answersLater === true ? 'stop' : 'cancel' });
    await expect.poll(open, SOON).toBe(0);
    await expect.poll(() => rig.ended('node').length, SOON).toBe(2);
    rig.send('node', specimen.good());
    await expect.poll(open, SOON).toBe(1);
    await rig.deploy(flowOf(specimen, { name: 'again' }), 'nodes');
    await expect.poll(open, SOON).toBe(0);
    expect(rig.ended('node').map(({ error }) => error)).toEqual([undefined, undefined, undefined]);
  });
});
