import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TranscriptQueue } from './transcript-queue.ts';

function word(text: string, startMs: number) {
  return { text, startMs, endMs: startMs + 100 };
}

test('words come with their sound, signs with the word before them', () => {
  const queue = new TranscriptQueue();
  queue.begin('Hello, world! ', 0);
  queue.push([word('Hello, ', 0)]);
  queue.push([word('world', 500)]);
  queue.end();
  expect(queue.takeBefore(100)).toEqual({ text: 'Hello, ', atMs: 0 });
  expect(queue.takeBefore(500)).toBeUndefined();
  queue.begin('Again.', 1000);
  queue.push([word('Again.', 0)]);
  queue.end();
  expect(queue.takeBefore(501)).toEqual({ text: 'world! ', atMs: 500 });
  expect(queue.takeBefore(Infinity)).toEqual({ text: 'Again.', atMs: 1000 });
});

test('what the voice left out is not lost', () => {
  const queue = new TranscriptQueue();
  queue.begin('**bold** move', 0);
  queue.push([word('bold ', 0), word('move', 300)]);
  queue.end();
  expect(queue.takeBefore(200)).toBeUndefined();
  expect(queue.takeBefore(Infinity)?.text).toBe('**bold** move');
});

test('whatever words are reported when, the text comes out as it went in and times do not go back', () => {
  const words = fc.array(fc.tuple(fc.string({ maxLength: 6 }), fc.nat(3000)), { maxLength: 8 });
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.string({ maxLength: 60 }), words)), (texts) => {
      const queue = new TranscriptQueue();
      let out = '';
      let last = 0;
      const take = (ms: number): void => {
        const piece = queue.takeBefore(ms);
        if (piece === undefined) return;
        expect(piece.atMs).toBeGreaterThanOrEqual(last);
        last = piece.atMs;
        out += piece.text;
      };
      for (const [index, [text, reported]] of texts.entries()) {
        queue.begin(text, index * 3000);
        for (const [spoken, startMs] of reported) {
          queue.push([word(spoken, startMs)]);
          take(index * 3000 + startMs);
        }
        queue.end();
      }
      take(Infinity);
      expect(out).toBe(texts.map(([text]) => text).join(''));
    }),
  );
});
