import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ReplyLimits } from './reply-limits.ts';
import { SentenceBuffer } from './sentence-buffer.ts';
import { countTokens, toTokens } from './tokens.ts';

const cutAt = (text: string, cuts: number[]): string[] => {
  const places = cuts.map((cut) => cut % (text.length + 1)).toSorted((a, b) => a - b);
  return [...places, text.length].map((end, index) => text.slice(places[index - 1] ?? 0, end));
};
const pieces = fc.array(fc.nat(), { maxLength: 6 });

test('a stop text ends the reply before it, in whatever pieces it comes', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '好'), maxLength: 20 });
  const stops = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', '好'), maxLength: 3 }), {
    maxLength: 3,
  });
  fc.assert(
    fc.property(text, stops, pieces, (whole, stop, cuts) => {
      const limits = new ReplyLimits({ stop, maxTokens: undefined });
      const said =
        cutAt(whole, cuts)
          .map((piece) => limits.text(piece))
          .join('') + limits.flush();
      const found = stop
        .filter((each) => each !== '')
        .map((each) => whole.indexOf(each))
        .filter((at) => at >= 0);
      // Of overlapping stop texts the one that is complete first may win.
      const ends = found.length === 0 ? [whole] : found.map((at) => whole.slice(0, at));
      expect(ends).toContain(said);
      expect(limits.ended).toBe(found.length === 0 ? undefined : 'stop');
    }),
  );
});

test('so many tokens and no more', () => {
  const limits = new ReplyLimits({ stop: [], maxTokens: 5 });
  expect([
    limits.thought('好的'),
    limits.text('一二三'),
    limits.text('四'),
    limits.flush(),
  ]).toEqual(['好的', '一二三', '', '']);
  expect(limits).toMatchObject({ ended: 'length', tokens: 5 });
});

test('a reply of exactly the limit is whole', () => {
  const limits = new ReplyLimits({ stop: [], maxTokens: 3 });
  expect(limits.text('一二三')).toBe('一二三');
  expect(limits.ended).toBeUndefined();
});

test('tokens, joined, are the text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      expect(toTokens(text).join('')).toBe(text);
    }),
  );
  expect(countTokens('你好，world!')).toBe(6);
});

test('sentences, joined, are the text, however it comes', () => {
  const text = fc.string({
    unit: fc.constantFrom('a', '好', '.', '。', '?', ' ', '5', '"', '\n', '，'),
    maxLength: 600,
  });
  fc.assert(
    fc.property(text, pieces, (whole, cuts) => {
      const buffer = new SentenceBuffer();
      const sentences = cutAt(whole, cuts).flatMap((piece) => buffer.push(piece));
      expect(sentences.every((sentence) => sentence.length > 0 && sentence.length <= 700)).toBe(
        true,
      );
      expect(sentences.join('') + buffer.flush()).toBe(whole);
    }),
  );
});

test.each([
  [['It costs 3', '.5 dollars. ', 'Really?'], ['It costs 3.5 dollars. ', 'Really?'], ''],
  [['你好！有什么', '可以帮你？'], ['你好！', '有什么可以帮你？'], ''],
  [['The end.'], [], 'The end.'],
  [['x'.repeat(150), `, ${'y'.repeat(150)}`], [`${'x'.repeat(150)}, `], 'y'.repeat(150)],
  [['好'.repeat(450)], ['好'.repeat(200), '好'.repeat(200)], '好'.repeat(50)],
])('%j is spoken in %j', (parts, sentences, rest) => {
  const buffer = new SentenceBuffer();
  expect(parts.flatMap((part) => buffer.push(part))).toEqual(sentences);
  expect(buffer.flush()).toBe(rest);
});
