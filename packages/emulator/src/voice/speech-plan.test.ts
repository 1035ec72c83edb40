import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { takeInlineDirections } from './inline-directions.ts';
import { readKanaOnly } from './japanese-reading.ts';
import { mannersOf } from './manner.ts';
import { createPronunciationMap } from './pronunciation-map.ts';
import { understandDirection } from './prosody.ts';
import { planSpeech, type SpeechPiece } from './speech-plan.ts';

function plan(
  text: string,
  options: {
    directions?: boolean;
    general?: string;
    pronunciations?: string[];
    home?: 'zh' | 'en';
  } = {},
): SpeechPiece[] {
  const directed = options.directions ? takeInlineDirections(text) : { text, directions: [] };
  return planSpeech(directed.text, {
    pronunciations: createPronunciationMap(options.pronunciations ?? []),
    normalization: 'standard',
    homeLanguage: options.home ?? 'zh',
    manners: mannersOf(directed, { ...understandDirection(options.general ?? ''), pauseMs: 0 }),
    readJapanese: readKanaOnly,
  });
}
const written = (piece: SpeechPiece) => piece.parts.flatMap((part) => part.words).join('');
const outline = (text: string, options = {}) =>
  plan(text, options).map((piece) => `${piece.language}:${written(piece)}`);

describe('languages', () => {
  test.each([
    ['我用 VS Code 写 TypeScript。', ['cmn:我用 ', 'en:VS Code ', 'cmn:写 ', 'en:TypeScript。']],
    ['Hello, 世界!', ['en:Hello, ', 'cmn:世界!']],
    ['东京は日本の首都。东京是首都。', ['ja:东京は日本の首都。', 'cmn:东京是首都。']],
    ['Windows 11 系统', ['en:Windows 11 ', 'cmn:系统']],
    ['11 个', ['cmn:11 个']],
    ['2026。', ['cmn:2026。']],
    ['好。2026！', ['cmn:好。', 'cmn:2026！']],
    ['привет 世界', ['ru:привет ', 'cmn:世界']],
    ['Ꭳ世', ['cmn:Ꭳ世']],
  ])('%s', (text, pieces) => {
    expect(outline(text)).toEqual(pieces);
  });

  test('a bare number is read in the language of the voice', () => {
    expect(outline('42', { home: 'en' })).toEqual(['en:42']);
  });

  test.each([
    ['粤语', 'yue'],
    ['四川话', 'sichuan'],
    ['日语', 'ja'],
  ])('%s changes how Han characters are read, and nothing else', (general, language) => {
    expect(outline('你好 world', { general })).toEqual([`${language}:你好 `, 'en:world']);
  });

  test('a direction may change the language on the way', () => {
    expect(outline('你好（用粤语）你好', { directions: true })).toEqual(['cmn:你好', 'yue:你好']);
  });
});

describe('pieces', () => {
  test('end where the voice pauses, longer after sentences than after clauses', () => {
    const pieces = plan('一，二。三\n\n四');
    expect(pieces.map(written)).toEqual(['一，', '二。', '三\n\n', '四']);
    expect(pieces.map((piece) => piece.pauseAfterMs)).toEqual([150, 330, 550, expect.any(Number)]);
  });

  test('carry the mark that shapes their melody', () => {
    expect(plan('好，好？好！好。').map((piece) => piece.mark)).toEqual([',', '?', '!', '.']);
  });

  test('are never long, whatever the text', () => {
    for (const text of [
      '字'.repeat(500),
      'a'.repeat(1000),
      '1'.repeat(1000),
      'か'.repeat(300),
      'word '.repeat(200),
    ]) {
      for (const { parts } of plan(text)) {
        expect(parts.map((part) => part.spoken).join('').length, text.slice(0, 2)).toBeLessThan(
          150,
        );
      }
    }
  });

  test('obey directions from where they stand', () => {
    const [first, second, third] = plan('甲(whisper)乙(pause)丙', { directions: true });
    expect(first?.prosody.breath).toBe(0);
    expect(second).toMatchObject({ pauseBeforeMs: 0, prosody: { breath: 1 } });
    expect(third).toMatchObject({ pauseBeforeMs: 600, prosody: { breath: 1 } });
  });

  test('directions in a row hold together, unknown ones change nothing', () => {
    const [both] = plan('(慢速) (whisper)甲', { directions: true });
    expect(both?.prosody).toMatchObject({ breath: 1 });
    expect(both?.prosody.rate).toBeLessThan(0.75);
    const [unknown] = plan('(whisper)(blorp)甲', { directions: true });
    expect(unknown?.prosody.breath).toBe(1);
  });
});

test('given readings replace what is read, not what is written', () => {
  const [piece] = plan('去重庆存WAV', { pronunciations: ['重庆/chong2庆', 'WAV/wave file'] });
  expect(piece?.parts).toEqual([
    { words: ['去'], spoken: '去', attached: false },
    { words: ['重'], spoken: 'chong2', attached: false },
    { words: ['庆'], spoken: '庆', attached: false },
    { words: ['存'], spoken: '存', attached: true },
  ]);
});

test.each(['', '😀', '。！', ' \n ', '\u0000', '𠮷'])('%j says nothing', (text) => {
  expect(plan(text)).toEqual([]);
});

test('nothing of a text is lost, and the engine is given letters, digits and word signs only', () => {
  const fragment = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 5 }),
    fc.constantFrom(
      '你好，',
      'hello ',
      'ひらがな',
      '漢字',
      '3.5%',
      '(高兴)',
      '[[',
      '<b>',
      '&',
      '。\n\n',
      '\ud800',
      '𠮷',
    ),
  );
  fc.assert(
    fc.property(
      fc.array(fragment, { maxLength: 12 }),
      fc.constantFrom('', '日语', '粤语'),
      (fragments, general) => {
        const text = fragments.join('');
        const pieces = plan(text, { general });
        if (pieces.length === 0) return;
        expect(pieces.map(written).join('')).toBe(text);
        for (const { parts } of pieces) {
          for (const { spoken } of parts) expect(spoken).toMatch(/^[\p{L}\p{M}\p{N}'. -]*$/u);
        }
      },
    ),
  );
});
