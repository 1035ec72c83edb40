import { Buffer } from 'node:buffer';
import { expect, test } from 'vitest';
import { StepAudioError, ValidationError } from '@stepvoice/core';
import { ANY_SOURCE, number, text } from '../definition/node-definition.ts';
import { FlowError, LocalizedError } from './flow-error.ts';
import { fakeNode } from './testing/fake-host.ts';

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('what is thrown at once, rejected or odd becomes the one error of its message', async () => {
  const thrown: unknown[] = [
    new Error('boom'),
    'a text',
    undefined,
    null,
    {
      toString: () => {
        throw new Error('no');
      },
    },
    Object.create(null),
  ];
  for (const value of thrown) {
    for (const isAsync of [false, true]) {
      const node = fakeNode({}, () => ({
        input: isAsync
          ? () => Promise.reject(value)
          : () => {
              throw value;
            },
      }));
      const { dones } = node.input({ payload: 1 });
      await settle();
      expect(dones).toHaveLength(1);
      expect(dones[0]).toBeInstanceOf(FlowError);
      expect(Object.keys(dones[0] as FlowError)).toEqual(expect.arrayContaining(['code', 'cause']));
      expect(node.statuses.at(-1)).toMatchObject({ fill: 'red', shape: 'ring' });
    }
  }
});

test('a message of any kind reaches the node as an object', async () => {
  const seen: unknown[] = [];
  const node = fakeNode({}, () => ({ input: ({ message }) => void seen.push(message) }));
  for (const message of [undefined, null, 'x', 7, { payload: 1 }]) node.input(message);
  await settle();
  expect(seen).toEqual([
    { payload: undefined },
    { payload: null },
    { payload: 'x' },
    { payload: 7 },
    { payload: 1 },
  ]);
});

test('errors of the library keep their code, and tell a Catch node what it may do', async () => {
  const failure = new StepAudioError('Too many requests.', {
    code: 'rate_limited',
    status: 429,
    requestId: 'trace-1',
    retryable: true,
  });
  const node = fakeNode({}, () => ({ input: () => Promise.reject(failure) }));
  const { dones } = node.input({});
  await settle();
  expect(dones[0]).toMatchObject({
    message: 'Too many requests.',
    code: 'rate_limited',
    cause: { status: 429, requestId: 'trace-1', retryable: true, name: 'StepAudioError' },
  });
});

test('errors are in the language of the server', async () => {
  const own = new LocalizedError('x', { en: 'No.', zh: '不行。' });
  const library = new ValidationError('speed: 9', { path: 'speed', value: 9, allowed: '0.5 to 2' });
  for (const [error, language, message] of [
    [own, 'en', 'No.'],
    [own, 'zh', '不行。'],
    [library, 'en', 'speed: 9'],
    [library, 'zh', '输入有误。speed: 9'],
  ] as const) {
    const node = fakeNode({}, () => ({ input: () => Promise.reject(error) }), { language });
    const { dones } = node.input({});
    await settle();
    expect((dones[0] as Error).message).toBe(message);
  }
});

test('closing ends every message without an error, tells the work, and waits for the node', async () => {
  let told: AbortSignal | undefined;
  let hasClosed = false;
  const node = fakeNode({}, (host) => ({
    input: () =>
      new Promise((_, reject) => {
        told = host.signal;
        host.signal.addEventListener('abort', () => reject(host.signal.reason));
      }),
    async close() {
      await settle();
      hasClosed = true;
    },
  }));
  const first = node.input({});
  const second = node.input({});
  await settle();
  await node.close();
  expect(told?.aborted).toBe(true);
  expect(hasClosed).toBe(true);
  expect([first.dones, second.dones]).toEqual([[undefined], [undefined]]);
  expect(node.input({}).dones).toEqual([undefined]);
});

test('a node that cannot close lets the deploy go on', async () => {
  const node = fakeNode({}, () => ({ close: () => Promise.reject(new Error('stuck')) }));
  await expect(node.close()).resolves.toBeUndefined();
});

test('binary payloads leave as Buffers over the same memory, and nothing leaves after the close', async () => {
  const samples = new Int16Array([1, 2, 3]);
  const node = fakeNode({}, () => ({
    input(call) {
      call.send(1, { payload: samples });
    },
  }));
  node.input({});
  await settle();
  const [none, message] = node.sent[0] as [null, { payload: Buffer }];
  expect(none).toBeNull();
  expect(message.payload).toBeInstanceOf(Buffer);
  expect(message.payload.buffer).toBe(samples.buffer);
  await node.close();
  node.input({});
  expect(node.sent).toHaveLength(1);
});

test('settings: the message wins, then what the dialog says, and a bad value is named with its place', async () => {
  const properties = {
    speed: number({
      label: { en: '', zh: '' },
      help: { en: '', zh: '' },
      min: 0.5,
      max: 2,
      default: 1,
      sources: ANY_SOURCE,
      message: 'speed',
    }),
    style: text({ label: { en: '', zh: '' }, help: { en: '', zh: '' }, sources: ANY_SOURCE }),
  };
  const seen: unknown[] = [];
  const make = (config: object): ReturnType<typeof fakeNode> =>
    fakeNode(
      properties,
      () => ({
        async input(call) {
          seen.push(await call.settings());
        },
      }),
      { config },
    );
  const plain = make({ speed: '1.5', style: 'calm' });
  plain.input({});
  plain.input({ speed: 2 });
  const elsewhere = make({ speed: 'rate', speedType: 'msg', style: 'x', styleType: 'env' });
  const { dones } = elsewhere.input({ rate: 1.25 });
  const bad = plain.input({ speed: 9 });
  const worse = plain.input({ speed: {} });
  await settle();
  expect(seen).toEqual([
    { speed: 1.5, style: 'calm' },
    { speed: 2, style: 'calm' },
  ]);
  expect(String(dones[0])).toContain('env.x');
  expect(String(bad.dones[0])).toBe(
    'StepvoiceError: msg.speed: must be a number from 0.5 to 2, and is 9.',
  );
  expect(worse.dones[0]).toMatchObject({ code: 'invalid_input', cause: { path: 'msg.speed' } });
});

test('a node stored by a newer version says so, and an old one is migrated', async () => {
  const seen: unknown[] = [];
  const migrations = [
    (config: Record<string, unknown>) => {
      config['voice'] = config['speaker'];
      delete config['speaker'];
    },
  ];
  const create = (host: { stored: object }): object => {
    seen.push(host.stored);
    return {};
  };
  fakeNode({}, create, { version: 2, migrations, config: { speaker: 'a' } });
  expect(seen).toEqual([expect.objectContaining({ voice: 'a', version: 2 })]);
  expect(seen[0]).not.toHaveProperty('speaker');
  const newer = fakeNode({}, create, { version: 2, migrations, config: { version: 3 } });
  expect(newer.statuses.at(-1)).toMatchObject({ text: 'stepvoice-fake.status.newerVersion' });
  const { dones } = newer.input({});
  await settle();
  expect(dones).toEqual([expect.objectContaining({ code: 'newer_version' })]);
});
