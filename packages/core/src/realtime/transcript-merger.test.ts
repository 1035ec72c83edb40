import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TranscriptMerger } from './transcript-merger.ts';

function merge(usual: 'whole' | 'increment', pieces: readonly string[]): string[] {
  const merger = new TranscriptMerger(usual);
  return pieces.flatMap((piece) => merger.push(piece)?.text ?? []);
}

describe('what the user said', () => {
  test('comes as the whole text so far, and twice', () => {
    expect(merge('whole', ['今天', '今天', '今天天气', '今天天气很好', '今天天气很好'])).toEqual([
      '今天',
      '今天天气',
      '今天天气很好',
    ]);
  });

  test('is corrected by the recognizer', () => {
    expect(merge('whole', ['今天天', '今天天汽', '今天天气很好'])).toEqual([
      '今天天',
      '今天天汽',
      '今天天气很好',
    ]);
  });

  test('comes as increments from other servers', () => {
    expect(merge('whole', ['What ', 'is ', 'the time?'])).toEqual([
      'What ',
      'What is ',
      'What is the time?',
    ]);
  });

  test('in any order and any number of times, the longest stays, and the end decides', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }),
        fc.infiniteStream(fc.nat()),
        fc.integer({ min: 1, max: 40 }),
        (text, cuts, count) => {
          const merger = new TranscriptMerger('whole');
          let longest = '';
          for (const cut of cuts.take(count)) {
            const piece = text.slice(0, cut % (text.length + 1));
            const isNews = piece.length > longest.length;
            const delta = piece.slice(longest.length);
            expect(merger.push(piece)).toEqual(isNews ? { delta, text: piece } : undefined);
            if (isNews) longest = piece;
          }
          expect(merger.finish(text)!.text).toBe(text);
          expect(merger.finish(text)).toBeUndefined();
          expect(merger.push(`${text}!`)).toBeUndefined();
          expect(merger.text).toBe(text);
        },
      ),
    );
  });
});

describe('what the model says', () => {
  test('comes as increments, of which some are the same', () => {
    expect(merge('increment', ['哈', '哈', '哈哈', '！'])).toEqual([
      '哈',
      '哈哈',
      '哈哈哈哈',
      '哈哈哈哈！',
    ]);
  });

  test('comes as the whole text so far from other servers', () => {
    expect(merge('increment', ['It is', 'It is eight', 'It is', 'It is eight.'])).toEqual([
      'It is',
      'It is eight',
      'It is eight.',
    ]);
  });

  test('a message that is sent twice counts once', () => {
    const merger = new TranscriptMerger('increment');
    merger.push('ha', 'evt_1');
    expect(merger.push('ha', 'evt_1')).toBeUndefined();
    expect(merger.push('ha', 'evt_2')).toEqual({ delta: 'ha', text: 'haha' });
  });

  test('the end tells what is missing, or corrects', () => {
    const merger = new TranscriptMerger('increment');
    merger.push('八点');
    expect(merger.finish('八点到。')).toEqual({ delta: '到。', text: '八点到。' });
    expect(merger.finish('九点到。')).toEqual({ delta: '', text: '九点到。' });
    const silent = new TranscriptMerger('increment');
    silent.push('so far');
    expect(silent.finish('')).toEqual({ delta: '', text: 'so far' });
  });

  test('any increments give their sum, once the end is known', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ minLength: 1 }), { minLength: 1 }), (pieces) => {
        const merger = new TranscriptMerger('increment');
        let shown = '';
        for (const piece of pieces) shown = merger.push(piece)?.text ?? shown;
        expect(merger.text).toBe(shown);
        expect(merger.finish(pieces.join(''))!.text).toBe(pieces.join(''));
      }),
    );
  });
});
