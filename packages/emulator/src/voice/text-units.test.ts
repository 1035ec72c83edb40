import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createPronunciationMap } from './pronunciation-map.ts';
import { textUnits } from './text-units.ts';

function divide(
  text: string,
  pronunciations: string[] = [],
  normalization: 'standard' | 'enhanced' = 'standard',
) {
  return textUnits(text, { pronunciations: createPronunciationMap(pronunciations), normalization });
}
const written = (text: string) => divide(text).map((unit) => unit.written);

test.each([
  ['今天，好。', ['今', '天，', '好。']],
  ['Hello, world!', ['Hello, ', 'world!']],
  ['我用 VS Code 写 TypeScript。', ['我', '用 ', 'VS ', 'Code ', '写 ', 'TypeScript。']],
  ['“你好”😀', ['“你', '好”😀']],
  ['しゃべるコーヒー', ['しゃ', 'べ', 'る', 'コー', 'ヒー']],
  ["don't stop-motion e.g. example.com", ["don't ", 'stop-motion ', 'e.g. ', 'example.com']],
  ['价格50%吧', ['价', '格', '50%', '吧']],
  ['C++和C#', ['C++', '和', 'C#']],
  ['5G 3D打印', ['5G ', '3D', '打', '印']],
  ['привет안녕', ['привет', '안녕']],
  ['𠮷野', ['𠮷', '野']],
  ['共４２个', ['共', '４２', '个']],
])('%s', (text, units) => {
  expect(written(text)).toEqual(units);
});

test.each(['', ' \n', '😀🎉', '。！？…', '---', '\u0000', '\ud800', '[[]]'])(
  '%j holds nothing to read',
  (text) => {
    expect(divide(text)).toEqual([]);
  },
);

test('signs inside words are read or left out', () => {
  expect(divide('AT&T snake_case C++ x² ½ ａｂ’ｓ').map((unit) => unit.spoken)).toEqual([
    'AT and T',
    'snake case',
    'C plus plus',
    'x2',
    '1 over 2',
    "ab's",
  ]);
});

test.each(['㈀', '㋐', '⒜', '㍿', 'ﷺ', '㌀'])(
  '%s, whose plain form holds other signs, brings none of them in',
  (text) => {
    for (const { spoken } of divide(text)) expect(spoken).toMatch(/^[\p{L}\p{M}\p{N}'. -]*$/u);
  },
);

test('where the voice pauses', () => {
  const breaks = (text: string) => divide(text).map((unit) => `${unit.break}${unit.mark}`);
  expect(breaks('好，好。好？好！好\n好\n\n好……好 3.5 v1.2 a.')).toEqual([
    'clause,',
    'sentence.',
    'sentence?',
    'sentence!',
    'sentence.',
    'paragraph.',
    'sentence.',
    'none',
    'none',
    'none',
    'sentence.',
  ]);
});

describe('given readings', () => {
  test('syllable by syllable where they match the characters', () => {
    expect(divide('去重庆', ['重庆/chong2庆'])).toMatchObject([
      { written: '去' },
      { written: '重', kind: 'han', spoken: 'chong2', pinyin: true },
      { written: '庆', kind: 'han', spoken: '庆' },
    ]);
  });

  test('as a whole where they do not', () => {
    expect(divide('存WAV。', ['WAV/wave file'])).toMatchObject([
      { written: '存' },
      { written: 'WAV。', kind: 'word', language: 'en', spoken: 'wave file' },
    ]);
    expect(divide('AI', ['AI/人工智能'])).toMatchObject([{ written: 'AI', kind: 'han' }]);
  });

  test('cannot smuggle in the engine’s own notation', () => {
    const [unit] = divide('x', ['x/[[h@l]] <voice name="a">&amp;']);
    expect(unit?.spoken).not.toMatch(/[[\]<>&"=@]/);
  });
});

test('what is fed to the engine holds letters, digits and word signs only, and no text is lost', () => {
  const unit = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 6 }),
    fc.constantFrom(
      '[[',
      ']]',
      '<',
      '&',
      ']]>',
      '1',
      '中',
      'か',
      'a',
      '.',
      ' ',
      '\u0000',
      '\ud800',
      '#',
      '½',
      'Ⅳ',
    ),
  );
  fc.assert(
    fc.property(
      fc.array(unit).map((parts) => parts.join('')),
      (text) => {
        const units = divide(text, [], 'enhanced');
        const joined = units.map((u) => u.written).join('');
        expect(joined).toBe(units.length > 0 ? text : '');
        let offset = 0;
        for (const { spoken, written: part, offset: at } of units) {
          expect(at).toBe(offset || at);
          offset += part.length;
          const readings = typeof spoken === 'string' ? [spoken] : Object.values(spoken);
          for (const reading of readings) expect(reading).toMatch(/^[\p{L}\p{M}\p{N}'. -]*$/u);
        }
      },
    ),
  );
});
