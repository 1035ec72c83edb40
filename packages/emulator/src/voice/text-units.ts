import { digitByDigit } from './numerals.ts';
import { isPinyin, readingParts, type PronunciationMap } from './pronunciation-map.ts';
import { readQuantity, type Normalization, type Readings } from './text-normalization.ts';

/** How the voice closes what stands before a break: its punctuation, as the engine understands it. */
export type ClosingMark = '' | ',' | '.' | '?' | '!';

/** The smallest piece of text that is read as one: a Han character, a kana, a word, a quantity. */
export type TextUnit = {
  /** As written, with the punctuation, spaces and signs that cling to it. Those of all units joined are the text. */
  written: string;
  /** Where it begins in the text; signs before the first unit do not count. */
  offset: number;
  kind: 'han' | 'kana' | 'word' | 'quantity';
  /** The engine's language for letters that are neither Han, kana nor Latin. */
  language?: string;
  /** What to read; `''` for a character nobody can read. A quantity is read by the language around it. */
  spoken: string | Readings;
  /** A given reading that is written in Latin letters with tones: stays with the Han characters around it. */
  pinyin?: boolean;
  break: 'none' | 'clause' | 'sentence' | 'paragraph';
  mark: ClosingMark;
};

/** Scripts with a voice of their own in eSpeak NG, beyond those the service speaks. */
const wordByLanguage: readonly (readonly [language: string, word: RegExp])[] = [
  ['ru', wordOf('Cyrillic')],
  ['ko', wordOf('Hangul')],
  ['el', wordOf('Greek')],
  ['ar', wordOf('Arabic')],
  ['he', wordOf('Hebrew')],
  ['hi', wordOf('Devanagari')],
  ['th', wordOf('Thai')],
];

function wordOf(script: string): RegExp {
  return new RegExp(`\\p{Script=${script}}[\\p{Script=${script}}\\p{M}]*`, 'uy');
}

const latinWord =
  /[\p{Script=Latin}\p{N}][\p{Script=Latin}\p{M}\p{N}]*(?:['’._/&-][\p{Script=Latin}\p{N}]+\p{M}*)*(?:\+\+|#)?/uy;
const wideDigits = /[０-９]+/y;
const unknownLetter = /\p{L}\p{M}*/uy;
/** A kana with what only lengthens or softens it. */
const kana =
  /[\p{Script=Hiragana}\p{Script=Katakana}][ゃゅょぁぃぅぇぉャュョァィゥェォーｰ\u3099\u309a゛゜ﾞﾟ]*/uy;
const han = /\p{Script=Han}\p{M}*/uy;
const hanOrKana = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u;
/** In characters; the engine's buffer for one word has 160 bytes. */
const longestWord = 40;
const overlong = new RegExp(`\\S{${longestWord}}(?=\\S)`, 'gu');
/** What eSpeak NG knows a reading of; for other ideographs it spells out their code. */
const readableHan = /^[\u3007\u3400-\u4dbf\u4e00-\u9fff]$/;

/** Divides a text into units. Nothing of it is lost: leading signs cling to the first unit, all others to the one before them. */
export function textUnits(
  text: string,
  options: { pronunciations: PronunciationMap; normalization: Normalization },
): TextUnit[] {
  const units: TextUnit[] = [];
  let lead = '';
  let glue = '';
  const close = (): void => {
    const last = units.at(-1);
    if (!last) return;
    last.written += glue;
    Object.assign(last, breakAfter(glue));
    glue = '';
  };
  for (let offset = 0; offset < text.length;) {
    const found = unitsAt(text, offset, options);
    if (!found) {
      const sign = String.fromCodePoint(text.codePointAt(offset)!);
      if (units.length === 0) lead += sign;
      else glue += sign;
      offset += sign.length;
      continue;
    }
    close();
    for (const unit of found) {
      units.push({ break: 'none', mark: '', ...unit, written: lead + unit.written, offset });
      offset += unit.written.length;
      lead = '';
    }
  }
  close();
  return units;
}

type NewUnit = Pick<TextUnit, 'written' | 'kind' | 'spoken'> & Partial<TextUnit>;

function unitsAt(
  text: string,
  offset: number,
  {
    pronunciations,
    normalization,
  }: { pronunciations: PronunciationMap; normalization: Normalization },
): NewUnit[] | undefined {
  const given = pronunciations.match(text, offset);
  if (given) return givenUnits(given.written, given.spoken);

  const quantity = readQuantity(text, offset, normalization);
  if (quantity) {
    return /^\d{17,}$/.test(quantity.written)
      ? digitRun(quantity.written)
      : one({ written: quantity.written, kind: 'quantity', spoken: quantity.readings });
  }
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = offset;
    return pattern.exec(text)?.[0];
  };
  const ideograph = match(han);
  if (ideograph !== undefined) {
    const spoken = ideograph.normalize('NFKC');
    return one({ written: ideograph, kind: 'han', spoken: readableHan.test(spoken) ? spoken : '' });
  }
  const mora = match(kana);
  if (mora !== undefined) return one({ written: mora, kind: 'kana', spoken: readable(mora) });
  const digits = match(wideDigits);
  if (digits !== undefined) {
    const { readings } = readQuantity(digits.normalize('NFKC'), 0, 'standard')!;
    return one({ written: digits, kind: 'quantity', spoken: readings });
  }
  const word = match(latinWord);
  if (word !== undefined) {
    return inSlices(word, (slice) => ({
      written: slice,
      kind: 'word',
      language: 'en',
      spoken: latinReading(slice),
    }));
  }
  const foreign = foreignWord(match);
  if (foreign) {
    return inSlices(foreign.written, (slice) => ({
      written: slice,
      kind: 'word',
      language: foreign.language,
      spoken: readable(slice),
    }));
  }
  const letter = match(unknownLetter);
  return letter === undefined ? undefined : one({ written: letter, kind: 'word', spoken: '' });
}

/** A number too long to be named, ten digits after the other: nobody wants to listen to it without a way out. */
function digitRun(digits: string): NewUnit[] {
  const slices = digits.match(/.{1,10}/g) ?? [];
  return slices.map((slice): NewUnit => {
    const han = digitByDigit(slice);
    return {
      written: slice,
      kind: 'quantity',
      spoken: { zh: han, en: Array.from(slice).join(' '), ja: han },
    };
  });
}

/** A word, in pieces where it is too long for the engine. */
function inSlices(word: string, toUnit: (slice: string) => NewUnit): NewUnit[] {
  if (word.length <= longestWord) return one(toUnit(word));
  const characters = Array.from(word);
  const units: NewUnit[] = [];
  for (let start = 0; start < characters.length; start += longestWord) {
    units.push(toUnit(characters.slice(start, start + longestWord).join('')));
  }
  return units;
}

function foreignWord(
  match: (pattern: RegExp) => string | undefined,
): { written: string; language: string } | undefined {
  for (const [language, pattern] of wordByLanguage) {
    const written = match(pattern);
    if (written !== undefined) return { written, language };
  }
  return undefined;
}

function one(unit: NewUnit): NewUnit[] {
  return [unit];
}

/** A word whose reading was given. Syllable by character where both have as many, else the whole word at once. */
function givenUnits(written: string, spoken: string): NewUnit[] {
  const parts = readingParts(spoken);
  const characters = Array.from(written);
  const isHan = characters.every((character) => /\p{Script=Han}/u.test(character));
  const kind = parts.some((part) => isPinyin(part) || /\p{Script=Han}/u.test(part))
    ? 'han'
    : 'word';
  if (isHan && kind === 'han' && parts.length === characters.length) {
    return characters.map((character, i) => {
      const part = parts[i]!;
      return { written: character, kind, spoken: part, pinyin: isPinyin(part) };
    });
  }
  const reading = parts.map(readable).join(' ').trim().replace(overlong, '$& ');
  if (kind === 'han') return [{ written, kind, spoken: reading, pinyin: true }];
  if (hanOrKana.test(reading)) return [{ written, kind: 'kana', spoken: reading }];
  const foreign = foreignWord((pattern) => {
    pattern.lastIndex = 0;
    return pattern.exec(reading)?.[0];
  });
  return [{ written, kind, language: foreign?.language ?? 'en', spoken: reading }];
}

/** Signs inside a word that the engine would take for something else, or pass over, as words. */
function latinReading(word: string): string {
  const named = word
    .normalize('NFKC')
    .replace(/’/g, "'")
    .replace(/\u2044/g, ' over ')
    .replace(/\+\+$/, ' plus plus')
    .replace(/#$/, ' sharp')
    .replace(/&/g, ' and ')
    .replace(/[_/]/g, ' ');
  return readable(named);
}

function breakAfter(signs: string): Pick<TextUnit, 'break' | 'mark'> {
  const mark: ClosingMark = /[?？]/.test(signs) ? '?' : /[!！]/.test(signs) ? '!' : '.';
  if (/\n\s*\n/.test(signs)) return { break: 'paragraph', mark };
  // A full stop inside a number or a name has no space after it.
  if (/[。！？!?．｡…\n]|\.(?:["'”’)\]]|\s|$)/.test(signs)) return { break: 'sentence', mark };
  if (/[，、,;；:：—|()（）]|\s[-–]\s|--/.test(signs)) return { break: 'clause', mark: ',' };
  return { break: 'none', mark: '' };
}

/**
 * What of a text the engine may be given: letters, digits and the signs inside words. Everything else is notation to it (SSML, phonemes),
 * or would be named aloud.
 */
function readable(text: string): string {
  return text.normalize('NFKC').replace(/[^\p{L}\p{M}\p{N}'. -]/gu, ' ');
}
