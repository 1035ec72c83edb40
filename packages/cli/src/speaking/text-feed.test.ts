import { expect, test } from 'vitest';
import { TextFeed } from './text-feed.ts';

function source() {
  const waiting: ((result: IteratorResult<string>) => void)[] = [];
  const failing: ((error: Error) => void)[] = [];
  let asked = 0;
  const pieces: AsyncIterable<string> = {
    [Symbol.asyncIterator]: () => ({
      next: () => {
        asked += 1;
        return new Promise((resolve, reject) => {
          waiting.push(resolve);
          failing.push(reject);
        });
      },
    }),
  };
  return {
    pieces,
    asked: () => asked,
    give: (value: string) => waiting.shift()?.({ value, done: false }),
    end: () => waiting.shift()?.({ value: undefined, done: true }),
    fail: (error: Error) => failing.shift()?.(error),
  };
}

const never = new AbortController().signal;

test('a piece that came after waiting was given up is the next one', async () => {
  const { pieces, give, asked } = source();
  const feed = new TextFeed(pieces);
  const controller = new AbortController();
  const waiting = feed.next(controller.signal);
  controller.abort(new Error('enough'));
  await expect(waiting).rejects.toThrow('enough');

  expect(await feed.next(never, 1)).toEqual({ kind: 'quiet' });
  const again = feed.next(never);
  give('one');
  expect(await again).toEqual({ kind: 'text', text: 'one' });
  expect(asked()).toBe(1);
});

test('an end stays an end', async () => {
  const { pieces, end } = source();
  const feed = new TextFeed(pieces);
  const first = feed.next(never);
  end();
  expect(await first).toEqual({ kind: 'end' });
  expect(await feed.next(never)).toEqual({ kind: 'end' });
});

test('the failure of the source is told, also when it came while nobody waited', async () => {
  const { pieces, fail } = source();
  const feed = new TextFeed(pieces);
  expect(await feed.next(never, 1)).toEqual({ kind: 'quiet' });
  fail(new Error('broken'));
  await expect(feed.next(never)).rejects.toThrow('broken');
});

test('an aborted signal asks for nothing', async () => {
  const { pieces, asked } = source();
  await expect(new TextFeed(pieces).next(AbortSignal.abort(new Error('no')))).rejects.toThrow('no');
  expect(asked()).toBe(0);
});
