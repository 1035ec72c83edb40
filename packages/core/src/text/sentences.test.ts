import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { StepAudioError } from '../errors.ts';
import { isCharacterBoundary } from './character-boundary.ts';
import { type SentenceOptions, sentences, SentenceSplitter } from './sentences.ts';
import { SENTENCE_CASES } from './testing/sentence-cases.ts';

function whole(text: string, options: SentenceOptions = {}): string[] {
  return sentences(text, options).map(({ start, end }) => text.slice(start, end));
}

function incremental(chunks: Iterable<string>, options: SentenceOptions = {}): string[] {
  const splitter = new SentenceSplitter(options);
  const pieces: string[] = [];
  for (const chunk of chunks) pieces.push(...splitter.push(chunk));
  return [...pieces, ...splitter.end()];
}

/** One code unit each: also between the halves of a surrogate pair. */
function units(text: string): string[] {
  return Array.from({ length: text.length }, (_, index) => text.charAt(index));
}

describe.each(SENTENCE_CASES)('$about', ({ cases, language }) => {
  test.each(cases.map((pieces) => [pieces]))('%j', (pieces) => {
    const text = pieces.join('');
    expect(whole(text, { language })).toEqual(pieces);
    expect(incremental(units(text), { language })).toEqual(pieces);
  });
});

describe('length', () => {
  test('a long sentence is cut behind its clauses', () => {
    const clause = 'and another clause that goes on for a while, ';
    const pieces = whole(clause.repeat(40));
    expect(pieces.length).toBeGreaterThan(3);
    for (const piece of pieces) {
      expect(piece.length).toBeLessThanOrEqual(400);
      expect(piece.endsWith(', ')).toBe(true);
    }
  });

  test('words stay whole where there are spaces, and in Chinese', () => {
    const words = whole('lorem ipsum '.repeat(100));
    expect(words.every((piece) => /^(?:lorem|ipsum).*(?:lorem|ipsum) $/su.test(piece))).toBe(true);
    const han = whole('图书馆电影院火车站'.repeat(60), { maxLength: 100 });
    expect(han.length).toBeLessThan(9);
    expect(han.every((piece) => piece.length <= 100 && /^[图电火].*[馆院站]$/su.test(piece))).toBe(
      true,
    );
  });

  test('one line of 40 000 characters without a space', () => {
    for (const unit of ['x', '字', '👩‍👩‍👧‍👦', 'e\u0301', '🇩🇪', 'क्षि', '각', '😀', '\ud83d']) {
      const text = unit.repeat(Math.ceil(40_000 / unit.length));
      const pieces = whole(text);
      expect(pieces.join('')).toBe(text);
      expect(pieces.length).toBeLessThan(120);
      expect(pieces.every((piece) => piece.length <= 400 && piece.length % unit.length === 0)).toBe(
        true,
      );
    }
  });

  test('a character longer than a sentence may be is cut between code points', () => {
    const text = `a${'\u0301'.repeat(1000)}`;
    expect(whole(text, { maxLength: 100 }).map(({ length }) => length)).toEqual([
      ...Array.from({ length: 10 }, () => 100),
      1,
    ]);
  });

  test.each([0, 1, -5, 2.5, Number.NaN, Number.POSITIVE_INFINITY])(
    'maxLength %s is refused',
    (maxLength) => {
      expect(() => sentences('text', { maxLength })).toThrow(StepAudioError);
      expect(() => new SentenceSplitter({ maxLength })).toThrow('maxLength');
    },
  );
});

describe('text that arrives', () => {
  test.each<[string, string[]]>([
    ['Hello. ', []],
    ['Hello. W', ['Hello. ']],
    ['It costs 3.', []],
    ['It costs 3.1', []],
    ['你好。', []],
    ['你好。我', ['你好。']],
    ['Mr. S', []],
    ['in the U.S. Th', []],
    ['in the U.S. The ', ['in the U.S. ']],
    ['Really?', []],
    ['Really? n', ['Really? ']],
    ['One\n\nt', ['One\n\n']],
    ['太好了！🎉我', ['太好了！🎉']],
  ])('after %j', (text, expected) => {
    expect(new SentenceSplitter().push(text)).toEqual(expected);
  });

  test('no more is held than the longest sentence and a few units', () => {
    for (const unit of ['x', '.', ' ', '"', '(', '。」', '\n', '?)', '*', '😀', '\u0301', 'Mr. ']) {
      const splitter = new SentenceSplitter({ maxLength: 100 });
      let held = 0;
      for (let count = 0; count < 300; count += 1) {
        held += unit.length;
        for (const piece of splitter.push(unit)) held -= piece.length;
        expect(held).toBeLessThanOrEqual(100 + 32);
      }
    }
  });

  test('a splitter begins anew behind its end', () => {
    const splitter = new SentenceSplitter();
    expect([...splitter.push('He said "one'), ...splitter.end()]).toEqual(['He said "one']);
    expect([...splitter.push('Two. "Three'), ...splitter.end()]).toEqual(['Two. ', '"Three']);
    expect(splitter.end()).toEqual([]);
  });
});

const AWKWARD = [
  `. ... … …… ! ?! 。 ！ ； ， , : ; ． " ' “ ” ‘ ’ « » 「 」 （ ） ( ) [ ] 《 》 * ** _ \` - — # > ～ －`,
  'Mr e.g U.S J No 3 14 v1.2 a The word iPhone etc z B I Jan https://a.b/c?d 1. 10) --- ===',
  '你好 他说 知道 と でも はい 第一章 一、 ① 한국 สวัสดี है । ؟ نعم Τι é क् षि \u1100 \u1161 \u0600',
  '😀 🎉 ❤️ 👩‍👩‍👧‍👦 🇩🇪 👍🏽 \ud83d \ude00 \u0301 \u200d \u200b',
]
  .flatMap((parts) => parts.split(' '))
  .concat([' ', '  ', '. ', '! ', ', ', ' »', ' — ', '\n', '\r\n', '\r', '\n\n', '\n- ', '\n1. '])
  .concat(['\t', '\u3000', '\u2029', '\u00a0', '\ufeff']);

const awkwardText = fc
  .array(
    fc.oneof(
      { weight: 5, arbitrary: fc.constantFrom(...AWKWARD) },
      fc.string({ unit: 'binary', maxLength: 3 }),
    ),
    {
      maxLength: 60,
    },
  )
  .map((parts) => parts.join(''));

test('pieces make up the text, fit, hold no half character, and are the same for any chunks', () => {
  fc.assert(
    fc.property(
      awkwardText,
      fc.oneof(fc.integer({ min: 2, max: 40 }), fc.constant(400)),
      fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 20 }),
      fc.constantFrom(undefined, 'de'),
      (text, maxLength, sizes, language) => {
        const options = { maxLength, language };
        const pieces = whole(text, options);
        expect(pieces.join('')).toBe(text);
        expect(pieces.every(({ length }) => length > 0 && length <= maxLength)).toBe(true);
        expect(incremental(chunked(text, sizes), options)).toEqual(pieces);
        expect(incremental(units(text), options)).toEqual(pieces);
      },
    ),
    { numRuns: 500 },
  );
});

test('no cut goes through what Intl.Segmenter takes for a character', () => {
  const segmenter = new Intl.Segmenter();
  fc.assert(
    fc.property(awkwardText, (text) => {
      const boundaries = new Set(Array.from(segmenter.segment(text), ({ index }) => index));
      for (const { start } of sentences(text))
        expect(boundaries).toContain(start === 0 ? (boundaries.values().next().value ?? 0) : start);
      for (let at = 1; at < text.length; at += 1) {
        expect(!isCharacterBoundary(text, at) || boundaries.has(at)).toBe(true);
      }
    }),
    { numRuns: 300 },
  );
});

function chunked(text: string, sizes: readonly number[]): string[] {
  const chunks: string[] = [];
  for (let at = 0, index = 0; at < text.length; index += 1) {
    const size = sizes[index % sizes.length]! + (index >= sizes.length ? 1 : 0);
    chunks.push(text.slice(at, at + size));
    at += size;
  }
  return chunks;
}

/** Of the processor's time, so that other programs do not count. */
function cpuMsSince(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1_000;
}

describe('time', () => {
  const hostile =
    `. 。 … " ' ( ) 「 * .) ." .* !*_ ," a.b. 1. 😀 🇩🇪 \u0301 字 x \ud83d ？”他 (. [" क्`.split(' ');
  hostile.push(' ', '\n', '\r', '. ', 'J. ', 'Mr. ', '！😀 ', '. »', ': ', '— ');

  test.each([400, 100_000])(
    'what hurts by the ten thousand, up to %i units in a sentence',
    (maxLength) => {
      for (const unit of hostile) {
        const text = unit.repeat(50_000 / unit.length);
        const start = process.cpuUsage();
        const ranges = sentences(text, { maxLength });
        expect({ unit, isQuick: cpuMsSince(start) < 500 }).toEqual({
          unit,
          isQuick: true,
        });
        expect(ranges.at(-1)?.end).toBe(text.length);
      }
    },
  );

  test('a million characters of prose', () => {
    const prose =
      'Dr. Smith left at 5 p.m. because of (well, mostly) the rain. "Really?" she asked. 今天下雨，“你去吗？”他问。我去！\n\n';
    const text = prose.repeat(1_000_000 / prose.length);
    const start = process.cpuUsage();
    expect(sentences(text).length).toBeGreaterThan(20_000);
    expect(cpuMsSince(start)).toBeLessThan(1500);
  });
});
