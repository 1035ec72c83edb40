import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PullQueue } from './pull-queue.ts';

function createQueue(highWater = 100) {
  const calls: string[] = [];
  const queue = new PullQueue<number>({
    highWater,
    onFull: () => calls.push('full'),
    onDrained: () => calls.push('drained'),
  });
  return { queue, calls };
}

const done = { value: undefined, done: true };

test('what waits gets what comes, in order', async () => {
  const { queue } = createQueue();
  const reads = [queue.next(), queue.next(), queue.next()];
  queue.push(1, 1);
  queue.push(2, 1);
  queue.end();
  expect(await Promise.all(reads)).toEqual([
    { value: 1, done: false },
    { value: 2, done: false },
    done,
  ]);
});

test('what came before an end or a failure can still be read', async () => {
  const { queue } = createQueue();
  queue.push(1, 1);
  queue.fail(new Error('cut'));
  queue.push(2, 1);
  expect(await queue.next()).toEqual({ value: 1, done: false });
  await expect(queue.next()).rejects.toThrow('cut');
  expect(await queue.next()).toEqual(done);
});

test('a failure goes to one reader, the others see an end', async () => {
  const { queue } = createQueue();
  const [first, second] = [queue.next(), queue.next()];
  queue.fail('reason');
  await expect(first).rejects.toBe('reason');
  expect(await second).toEqual(done);
});

test('closing settles who waits and forgets what is unread', async () => {
  const { queue } = createQueue();
  const waiting = queue.next();
  queue.close();
  queue.close();
  expect(await waiting).toEqual(done);
  const other = createQueue().queue;
  other.push(1, 1);
  other.close();
  expect(await other.next()).toEqual(done);
});

test('an abort overtakes what is unread, but not an end that was read', async () => {
  const { queue } = createQueue();
  queue.push(1, 1);
  queue.end();
  queue.abort('stop');
  await expect(queue.next()).rejects.toBe('stop');
  expect(await queue.next()).toEqual(done);
  queue.abort('again');
  expect(await queue.next()).toEqual(done);
});

test('says once that it is full, and once that there is room again', async () => {
  const { queue, calls } = createQueue(10);
  for (let value = 0; value < 6; value += 1) queue.push(value, 4);
  expect(calls).toEqual(['full']);
  expect(queue.size).toBe(24);
  for (let read = 0; read < 4; read += 1) await queue.next();
  expect(calls).toEqual(['full']);
  await queue.next();
  expect(calls).toEqual(['full', 'drained']);
  for (let value = 0; value < 3; value += 1) queue.push(value, 4);
  expect(calls).toEqual(['full', 'drained', 'full']);
});

test('an empty queue has no size left, whatever was added up', async () => {
  const { queue } = createQueue();
  for (const size of [0.1, 0.2, 0.3]) queue.push(1, size);
  for (let read = 0; read < 3; read += 1) await queue.next();
  expect(queue.size).toBe(0);
});

test('a reader of some values waits for one of them, and the others are for nobody', async () => {
  const { queue } = createQueue();
  const even = (value: number) => (value % 2 === 0 ? `${value}` : undefined);
  for (const value of [1, 3, 4, 5]) queue.push(value, 1);
  expect(await queue.nextOf(even)).toEqual({ value: '4', done: false });
  const waiting = queue.nextOf(even);
  for (const value of [7, 9, 10]) queue.push(value, 1);
  expect(await waiting).toEqual({ value: '10', done: false });
  const last = queue.nextOf(even);
  queue.push(11, 1);
  queue.end();
  expect(await last).toEqual(done);
  expect(queue.size).toBe(0);
});

test('what is not wanted any more makes room, and the rest keeps its order', async () => {
  const { queue, calls } = createQueue(10);
  for (let value = 0; value < 6; value += 1) queue.push(value, 4);
  await queue.next();
  expect(queue.discard((value) => value % 2 === 1)).toBe(3);
  expect(queue.size).toBe(8);
  expect(calls).toEqual(['full']);
  expect(queue.discard((value) => value === 2)).toBe(1);
  expect(calls).toEqual(['full', 'drained']);
  queue.end();
  expect(await queue.next()).toEqual({ value: 4, done: false });
  expect(await queue.next()).toEqual(done);
});

test('any mix of pushing and pulling keeps the order and loses nothing', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.boolean(), { maxLength: 3000 }), async (steps) => {
      const { queue } = createQueue(50);
      const reads: Promise<IteratorResult<number, undefined>>[] = [];
      let pushed = 0;
      for (const isPush of steps) {
        if (isPush) queue.push(pushed++, 7);
        else reads.push(queue.next());
      }
      queue.end();
      while (reads.length < pushed) reads.push(queue.next());
      const values = (await Promise.all(reads)).flatMap((read) => (read.done ? [] : [read.value]));
      expect(values).toEqual(Array.from({ length: pushed }, (_, index) => index));
    }),
    { numRuns: 30 },
  );
});
