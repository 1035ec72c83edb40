import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Segmenter, isSpeakable, trimPiece } from './segmenter.ts';
import type { SegmentMode } from './segmenter.ts';

function segment(text: string, mode: SegmentMode = 'default', keepParentheses = false): string[] {
  const segmenter = new Segmenter({ mode, keepParentheses });
  return [...segmenter.push(text), ...segmenter.flush()];
}

describe('default mode', () => {
  test.each([
    [
      '今天天气很好。我们出去走走吧！你觉得呢？',
      ['今天天气很好。', '我们出去走走吧！', '你觉得呢？'],
    ],
    ['今日は。元気ですか？はい', ['今日は。', '元気ですか？', 'はい']],
    ['It costs 3.14 dollars. Really.', ['It costs 3.14 dollars.', ' Really.']],
    [
      'Dr. Smith met Mr. J. R. Jones at 5 p.m. sharp. They left.',
      ['Dr. Smith met Mr. J. R. Jones at 5 p.m. sharp.', ' They left.'],
    ],
    ['We met at 5 p.m. They left.', ['We met at 5 p.m.', ' They left.']],
    ['Use e.g. this, i.e. that. Done.', ['Use e.g. this, i.e. that.', ' Done.']],
    ['See No. 5 there. No. I will not.', ['See No. 5 there.', ' No.', ' I will not.']],
    ['The U.S. Army came. It left.', ['The U.S. Army came.', ' It left.']],
    ['Wait... what? Yes!', ['Wait...', ' what?', ' Yes!']],
    ['1. First thing\n2. Second thing', ['1. First thing\n', '2. Second thing']],
    ['版本2.5发布了。价格是1,000元。', ['版本2.5发布了。', '价格是1,000元。']],
    ['他说：“走吧。”然后离开了。', ['他说：“走吧。”', '然后离开了。']],
    ['“好。我来。”他说。', ['“好。', '我来。”', '他说。']],
    ['He said "Go away." Then he left.', ['He said "Go away."', ' Then he left.']],
    ['真的吗？！是的。', ['真的吗？', '！是的。']],
    ['OK.然后呢', ['OK.', '然后呢']],
    ['visit example.com today. Bye', ['visit example.com today.', ' Bye']],
  ])('cuts %s', (text, pieces) => {
    expect(segment(text)).toEqual(pieces);
  });

  test('gives a sentence as soon as it is complete', () => {
    const segmenter = new Segmenter({ mode: 'default', keepParentheses: false });
    expect(segmenter.push('火车在八点到站。')).toEqual(['火车在八点到站。']);
    expect(segmenter.push('The train is late.')).toEqual([]);
    expect(segmenter.push(' ')).toEqual(['The train is late.']);
    expect(segmenter.push('3.')).toEqual([]);
    expect(segmenter.push('5 hours')).toEqual([]);
    expect(segmenter.pending).toBe(10);
    expect(segmenter.flush()).toEqual([' 3.5 hours']);
    expect(segmenter.pending).toBe(0);
  });

  test('cuts a sentence without an end at a clause, else at a space, else between characters', () => {
    const clauses = segment('他走过山、河与城，'.repeat(40));
    expect(clauses.every((piece) => piece.length <= 200)).toBe(true);
    expect(clauses.slice(0, -1).every((piece) => /[，、]$/.test(piece))).toBe(true);
    const words = segment('word '.repeat(100));
    expect(words.every((piece) => piece.length <= 200 && piece.endsWith(' '))).toBe(true);
    const emoji = segment('👨‍👩‍👧'.repeat(60));
    expect(emoji.every((piece) => piece.startsWith('👨') && piece.endsWith('👧'))).toBe(true);
  });
});

describe('sentence mode', () => {
  test('cuts only at the five marks', () => {
    expect(segment('你好。Hello. World! 再见？好\n的', 'sentence')).toEqual([
      '你好。',
      'Hello. World!',
      ' 再见？',
      '好\n的',
    ]);
  });

  test('cuts what is too long for one synthesis', () => {
    expect(segment('字'.repeat(2500), 'sentence').map((piece) => piece.length)).toEqual([
      1000, 1000, 500,
    ]);
  });
});

test('does not cut inside a direction to the voice', () => {
  expect(segment('（开心！很开心。）你好。再见。', 'sentence', true)).toEqual([
    '（开心！很开心。）你好。',
    '再见。',
  ]);
  expect(segment('(never closed. Yes.\nNext. ', 'default', true)).toEqual([
    '(never closed. Yes.\n',
    'Next.',
    ' ',
  ]);
});

test('knows what can be said', () => {
  expect(['好', 'a', '7', '。', '😀', ' ?! '].map(isSpeakable)).toEqual([
    true,
    true,
    true,
    false,
    false,
    false,
  ]);
  expect(trimPiece(' ！”再见。\n')).toBe('再见。');
});

const texts = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '。',
        '！',
        '？',
        '!',
        '?',
        '.',
        '...',
        ' ',
        '\n',
        ',',
        '，',
        '“',
        '”',
        '「',
        '」',
        '"',
        ')',
        '(',
        '（',
        '）',
        'Dr',
        'etc',
        'e.g',
        'No',
        'U.S',
        '3.14',
        '1,000',
        '12',
        'Hello',
        'world',
        'I',
        'A',
        '你好',
        '世界',
        'カタカナ',
        '😀',
        '👨‍👩‍👧',
        'é',
      ),
      fc.string({ unit: 'grapheme', maxLength: 5 }),
      fc.constantFrom('字'.repeat(150), 'word '.repeat(45), ' '.repeat(30), ')'.repeat(40)),
    ),
    { maxLength: 60 },
  )
  .map((parts) => parts.join(''));

test.each(['default', 'sentence'] as const)(
  'pieces joined are the text, and do not depend on how it arrives (%s mode)',
  (mode) => {
    fc.assert(
      fc.property(
        texts,
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 50 }),
        fc.boolean(),
        (text, sizes, keepParentheses) => {
          const whole = segment(text, mode, keepParentheses);
          expect(whole.join('')).toBe(text);
          expect(whole.every((piece) => piece !== '' && piece.length <= 1000)).toBe(true);
          const segmenter = new Segmenter({ mode, keepParentheses });
          const pieces: string[] = [];
          for (let at = 0, turn = 0; at < text.length; turn += 1) {
            const size = sizes[turn % sizes.length] ?? 1;
            pieces.push(...segmenter.push(text.slice(at, at + size)));
            at += size;
          }
          expect([...pieces, ...segmenter.flush()]).toEqual(whole);
        },
      ),
      { numRuns: 1000 },
    );
  },
);
