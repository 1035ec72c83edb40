import fc from 'fast-check';
import { expect, test } from 'vitest';
import { queueProperties } from '../definition/queue-properties.ts';
import { JobLanes, type Job } from './job-lanes.ts';
import type { FlowMessage } from './node-red.ts';
import { streamPlace } from './stream-place.ts';
import { fakeNode, type FakeNode } from './testing/fake-host.ts';

const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

type Rig = {
  node: FakeNode;
  started: FlowMessage[];
  read: unknown[];
  release: (() => void)[];
  running: () => number;
  lanes: () => JobLanes<typeof queueProperties>;
};

/** A node whose jobs read their stream and then wait to be released. */
function makeRig(config: object = {}): Rig {
  const started: FlowMessage[] = [];
  const read: unknown[] = [];
  const release: (() => void)[] = [];
  let running = 0;
  let lanes: JobLanes<typeof queueProperties>;
  const run = async (job: Job<typeof queueProperties>): Promise<void> => {
    running += 1;
    started.push(job.message);
    try {
      for await (const message of job.messages()) read.push(message.payload);
      await new Promise<void>((resolve, reject) => {
        release.push(resolve);
        job.signal.addEventListener('abort', () => reject(job.signal.reason));
      });
      job.send(0, { payload: `done ${String(job.message.payload)}` });
      if (job.message.payload === 'bad') throw new Error('bad');
    } finally {
      running -= 1;
    }
  };
  const node = fakeNode(
    queueProperties,
    (host) => {
      lanes = new JobLanes(host, { run, streamOf: streamPlace, eventsOutput: 1 });
      return { input: (call) => lanes.take(call), close: () => lanes.close() };
    },
    { config },
  );
  return { node, started, read, release, running: () => running, lanes: () => lanes };
}

test('one at a time, in their order; a failure does not stop the next', async () => {
  const { node, started, release, running } = makeRig();
  const ends = ['a', 'bad', 'c'].map((payload) => node.input({ payload }));
  await settle();
  expect(started.map(({ payload }) => payload)).toEqual(['a']);
  for (let turn = 0; turn < 3; turn += 1) {
    expect(running()).toBe(1);
    release.shift()?.();
    await settle();
  }
  expect(started.map(({ payload }) => payload)).toEqual(['a', 'bad', 'c']);
  expect(ends.map(({ dones }) => dones.length)).toEqual([1, 1, 1]);
  expect(ends.map(({ dones }) => dones[0] === undefined)).toEqual([true, false, true]);
});

test('sessions do not wait for each other', async () => {
  const { node, started } = makeRig();
  node.input({ payload: 1, sessionId: 'a' });
  node.input({ payload: 2, sessionId: 'a' });
  node.input({ payload: 3, _session: { id: 'b' } });
  await settle();
  expect(started.map(({ payload }) => payload)).toEqual([1, 3]);
});

test('messages of one stream are one job, each done when it is read, the first with the whole', async () => {
  const { node, started, read, release } = makeRig();
  const part = (index: number, extra: object = {}): FlowMessage => ({
    payload: index,
    parts: { id: 's', index },
    ...extra,
  });
  const first = node.input(part(0));
  const second = node.input(part(1));
  const last = node.input(part(2, { complete: true }));
  await settle();
  expect(started).toHaveLength(1);
  expect(read).toEqual([0, 1, 2]);
  expect([first.dones, second.dones, last.dones]).toEqual([[], [undefined], [undefined]]);
  release.shift()?.();
  await settle();
  expect(first.dones).toEqual([undefined]);
});

test('what still comes of a stream that was cancelled is swallowed, up to its end', async () => {
  const { node, started } = makeRig();
  const part = { payload: 1, parts: { id: 's', index: 0 } };
  const first = node.input(part);
  await settle();
  node.input({ action: 'cancel' });
  await settle();
  expect(first.dones).toEqual([undefined]);
  expect(node.input(part).dones).toEqual([]);
  node.input({ ...part, complete: true });
  await settle();
  expect(started).toHaveLength(1);
  node.input(part);
  await settle();
  expect(started).toHaveLength(2);
});

test('interrupt ends what runs, drop leaves it, and a full queue is an error', async () => {
  const interrupting = makeRig({ overlap: 'interrupt' });
  const first = interrupting.node.input({ payload: 1 });
  await settle();
  interrupting.node.input({ payload: 2 });
  await settle();
  expect(first.dones).toEqual([undefined]);
  expect(interrupting.started.map(({ payload }) => payload)).toEqual([1, 2]);

  const dropping = makeRig({ overlap: 'drop' });
  dropping.node.input({ payload: 1 });
  const dropped = dropping.node.input({ payload: 2 });
  await settle();
  expect(dropped.dones).toEqual([undefined]);
  expect(dropping.node.sent).toEqual([[null, { payload: {}, event: 'dropped' }]]);

  const full = makeRig({ maxQueued: 1 });
  full.node.input({ payload: 1 });
  full.node.input({ payload: 2 });
  const refused = full.node.input({ payload: 3 });
  await settle();
  expect(refused.dones).toEqual([expect.objectContaining({ code: 'queue_full' })]);
});

test('cancel ends all, or one session; clear leaves what runs; other actions are named', async () => {
  const { node, started, release } = makeRig();
  const inputs = ['a', 'a', 'b', 'b'].map((sessionId) => node.input({ payload: 1, sessionId }));
  await settle();
  node.input({ action: 'clear', sessionId: 'a' });
  node.input({ action: 'cancel', sessionId: 'b' });
  await settle();
  expect(inputs.map(({ dones }) => dones.length)).toEqual([0, 1, 1, 1]);
  expect(started).toHaveLength(2);
  node.input({ reset: true });
  await settle();
  expect(inputs[0]?.dones).toEqual([undefined]);
  expect(release).toHaveLength(2);
  for (const action of ['dance', 7, {}]) {
    const { dones } = node.input({ action });
    await settle();
    expect(dones).toEqual([
      expect.objectContaining({ cause: expect.objectContaining({ path: 'msg.action' }) }),
    ]);
  }
});

test('any sequence: every message is done exactly once, no lane runs two, nothing is left', async () => {
  const step = fc.oneof(
    fc.record({
      kind: fc.constant('message' as const),
      lane: fc.constantFrom('', 'a', 'b'),
      stream: fc.constantFrom(undefined, 's', 't'),
      last: fc.boolean(),
      bad: fc.boolean(),
    }),
    fc.record({
      kind: fc.constantFrom(
        'cancel' as const,
        'clear' as const,
        'release' as const,
        'wait' as const,
      ),
      lane: fc.constantFrom(undefined, 'a', 'b'),
    }),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 30 }),
      fc.constantFrom('queue', 'interrupt', 'drop'),
      async (steps, overlap) => {
        const { node, release, running, lanes } = makeRig({ overlap, maxQueued: 3 });
        const inputs: { dones: unknown[] }[] = [];
        for (const next of steps) {
          if (next.kind === 'message') {
            const { lane, stream, last, bad } = next;
            const parts = stream === undefined ? {} : { parts: { id: stream, index: 0 } };
            inputs.push(
              node.input({
                payload: bad ? 'bad' : 'good',
                ...(lane === '' ? {} : { sessionId: lane }),
                ...parts,
                ...(last ? { complete: true } : {}),
              }),
            );
          } else if (next.kind === 'release') release.shift()?.();
          else if (next.kind === 'wait') await settle();
          else
            inputs.push(
              node.input({ action: next.kind, ...(next.lane && { sessionId: next.lane }) }),
            );
          expect(running()).toBeLessThanOrEqual(6);
        }
        await node.close();
        await settle();
        for (const { dones } of inputs) expect(dones).toHaveLength(1);
        expect(running()).toBe(0);
        expect(lanes().size).toBe(0);
      },
    ),
    { numRuns: 150 },
  );
});

test('an event says nothing of the payload whose place it takes, and has no facts that are none', async () => {
  const node = fakeNode(queueProperties, (host) => {
    const lanes = new JobLanes(host, {
      run: async (job) => job.event('told', { known: 1, unknown: undefined }),
      streamOf: streamPlace,
      eventsOutput: 1,
    });
    return { input: (call) => lanes.take(call), close: () => lanes.close() };
  });
  const parts = { id: 'p', index: 0, count: 1 };
  const of = { complete: true, audio: { format: 'wav' }, stepvoice: { stream: 'audio' } };
  node.input({ payload: 'x', topic: 'kept', parts, ...of });
  await settle();
  const told = { topic: 'kept', event: 'told', payload: { known: 1 } };
  expect(node.sent).toStrictEqual([[null, told]]);
});
