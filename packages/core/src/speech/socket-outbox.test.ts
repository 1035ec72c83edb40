import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ManualClock } from '../net/testing/manual-clock.ts';
import { SocketOutbox } from './socket-outbox.ts';
import type { OutboxItem } from './socket-outbox.ts';
import { TextGate, estimateSeconds } from './text-gate.ts';

function createOutbox(gate?: TextGate) {
  const clock = new ManualClock();
  const sent: OutboxItem[] = [];
  const state = { unread: 0 };
  const outbox = new SocketOutbox({
    clock,
    send: (item) => sent.push(item),
    unreadSeconds: () => state.unread,
    gate,
  });
  const texts = () => sent.flatMap((item) => (item.type === 'text' ? [item.text] : []));
  return { clock, outbox, sent, texts, state };
}

test('holds everything, in order, until the service is ready', () => {
  const { outbox, sent } = createOutbox();
  outbox.write('a');
  outbox.flush();
  outbox.write('b');
  outbox.end();
  outbox.end();
  expect(sent).toEqual([]);
  outbox.open();
  expect(sent).toEqual([
    { type: 'text', text: 'a' },
    { type: 'flush' },
    { type: 'text', text: 'b' },
    { type: 'end' },
  ]);
});

test('sends at once when it is, in pieces of at most 1000 characters', () => {
  const { outbox, texts } = createOutbox();
  outbox.open();
  outbox.write('一句话。'.repeat(600));
  expect(texts().join('')).toBe('一句话。'.repeat(600));
  for (const text of texts()) {
    expect(text.length).toBeLessThanOrEqual(1000);
    expect(text.endsWith('。')).toBe(true);
  }
});

test('any text in any pieces arrives whole, and no piece is half a character', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', maxLength: 60 }).filter((text) => !text.includes('\0')),
      fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 8 }),
      (text, cuts) => {
        const { outbox, texts } = createOutbox();
        outbox.open();
        const places = [
          0,
          ...cuts.map((at) => Math.min(at, text.length)).toSorted((a, b) => a - b),
          text.length,
        ];
        for (const [index, at] of places.slice(1).entries())
          outbox.write(text.slice(places[index], at));
        outbox.end();
        expect(texts().join('')).toBe(text);
        for (const piece of texts()) expect(piece.isWellFormed()).toBe(true);
      },
    ),
  );
});

test.each([
  ['a low half alone', ['a\udc00'], { length: 2, offset: 1 }],
  ['a high half before something else', ['\ud83c', 'xy'], { length: 3, offset: 0 }],
  ['U+0000', ['ab\0'], { length: 3, offset: 2 }],
  ['no text', [7 as unknown as string], 7],
])('%s is refused with its place', (_, writes, value) => {
  const { outbox } = createOutbox();
  const write = () => {
    for (const text of writes) outbox.write(text);
  };
  expect(write).toThrow(expect.objectContaining({ name: 'ValidationError', path: 'text', value }));
});

test('a text that ends inside a character is refused', () => {
  const { outbox } = createOutbox();
  outbox.write('ab\ud83c');
  expect(() => outbox.end()).toThrow(expect.objectContaining({ path: 'text' }));
});

test('nothing is taken after the end, nothing is sent after closing', () => {
  const { outbox, sent } = createOutbox();
  outbox.write('a');
  outbox.end();
  expect(() => outbox.write('b')).toThrow(expect.objectContaining({ code: 'socket_ended' }));
  outbox.close();
  outbox.open();
  outbox.close();
  expect(sent.filter((item) => item.type === 'text')).toEqual([]);
});

test.each([
  ['', false],
  [' \n', false],
  ['a', true],
])('knows whether there is anything to speak in %j', (text, expected) => {
  const { outbox } = createOutbox();
  outbox.write(text);
  expect(outbox.hasText).toBe(expected);
});

describe('behind a gate', () => {
  const sentence = '今天天气很好我们去走走。';

  test('only as much text leaves as the bound allows', async () => {
    const { clock, outbox, texts, state, sent } = createOutbox(new TextGate(8, 1));
    outbox.open();
    outbox.write(sentence.repeat(20));
    outbox.flush();
    outbox.end();
    expect(estimateSeconds(texts().join(''))).toBeLessThan(8 + 3);
    expect(texts().every((text) => text === sentence)).toBe(true);
    const first = texts().length;
    // The audio has come and nobody has read it: nothing more leaves, however long that takes.
    state.unread = estimateSeconds(texts().join(''));
    outbox.received(state.unread);
    await clock.advance(60_000);
    expect(texts()).toHaveLength(first);
    // It is read.
    state.unread = 0;
    outbox.drain();
    expect(texts().length).toBeGreaterThan(first);
    while (sent.at(-1)?.type !== 'end') {
      outbox.received(100);
      outbox.drain();
    }
    expect(texts().join('')).toBe(sentence.repeat(20));
    expect(sent.at(-2)).toEqual({ type: 'flush' });
    expect(clock.pending).toBe(0);
  });

  test('a sentence is sent to its end when little is left to hear', () => {
    const { outbox, texts, state } = createOutbox(new TextGate(8, 1));
    outbox.open();
    state.unread = 5;
    outbox.write(`${'没有句号的一句话'.repeat(9)}。${sentence}`);
    expect(texts().join('').length).toBeLessThan(30);
    state.unread = 1;
    outbox.drain();
    expect(texts().join('')).toBe(`${'没有句号的一句话'.repeat(9)}。`);
    outbox.close();
  });

  test('a service that has nothing more to say gets more, though more was expected', async () => {
    const { clock, outbox, texts } = createOutbox(new TextGate(8, 1));
    outbox.open();
    outbox.write(sentence.repeat(20));
    const first = texts().length;
    await clock.advance(1000);
    expect(texts().length).toBeGreaterThan(first);
    for (let second = 0; second < 60; second += 1) await clock.advance(1000);
    expect(texts().join('')).toBe(sentence.repeat(20));
    expect(clock.pending).toBe(0);
  });

  test('closing leaves no timer', () => {
    const { clock, outbox } = createOutbox(new TextGate(1, 1));
    outbox.open();
    outbox.write(sentence.repeat(5));
    expect(clock.pending).toBe(1);
    outbox.close();
    expect(clock.pending).toBe(0);
  });

  test('whatever the service says and the reader takes, all text leaves, in order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.string({ unit: 'grapheme', maxLength: 80 }).filter((text) => !text.includes('\0')),
          { maxLength: 8 },
        ),
        fc.double({ min: 0.1, max: 3, noNaN: true }),
        async (writes, ratio) => {
          const { clock, outbox, texts, state, sent } = createOutbox(new TextGate(8, 1));
          outbox.open();
          for (const text of writes) outbox.write(text);
          outbox.end();
          let heard = 0;
          for (let turn = 0; turn < 500 && sent.at(-1)?.type !== 'end'; turn += 1) {
            // The service makes more or less audio than was expected, the reader takes it a second at a time.
            const made = estimateSeconds(texts().slice(heard).join('')) * ratio;
            heard = texts().length;
            state.unread += made;
            outbox.received(made);
            state.unread = Math.max(0, state.unread - 1);
            outbox.drain();
            await clock.advance(1000);
          }
          expect(texts().join('')).toBe(writes.join(''));
          expect(sent.at(-1)).toEqual({ type: 'end' });
        },
      ),
      { numRuns: 25 },
    );
  });
});
