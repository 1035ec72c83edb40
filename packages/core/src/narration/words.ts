import type { TextRange } from '../text/text-range.ts';

const WHOLE = String.raw`\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}`;
const WORD = new RegExp(
  String.raw`[${WHOLE}][\u30fc\p{M}]*|(?:(?![${WHOLE}])[\p{L}\p{N}\p{M}])+(?:[.,:/_'’-](?:(?![${WHOLE}])[\p{L}\p{N}\p{M}])+)*`,
  'gu',
);

/** The words of a text, and Han characters and kana one by one, without the punctuation around them. */
export function findWords(text: string): TextRange[] {
  return [...text.matchAll(WORD)].map(({ index, 0: word }) => ({
    start: index,
    end: index + word.length,
  }));
}

const SAID = /[\p{L}\p{N}]/u;

/** The letters and digits of a text, in the form in which two spellings of one word are the same. */
export function lettersOf(text: string): string[] {
  return Array.from(text.normalize('NFKC').toLowerCase()).filter((character) =>
    SAID.test(character),
  );
}
