import { type MappedText, MappedTextBuilder } from '../mapped-text.ts';
import type { TextRange } from '../text-range.ts';

/** One word of an identifier: how it is said, and where it stands in the name. */
export type IdentifierWord = TextRange & { readonly spoken: string };

/** The words of a name in code, as they are said: `fetchUserById2` is `fetch`, `user`, `by`, `id`, `2`. */
export function splitIdentifier(name: string): string[] {
  return identifierWords(name).map(({ spoken }) => spoken);
}

/** A name in code as words with spaces between, mapped to its characters. */
export function speakableIdentifier(name: string): MappedText {
  const builder = new MappedTextBuilder(name);
  let place = 0;
  for (const { start, end, spoken } of identifierWords(name)) {
    if (builder.length > 0) builder.replace(' ', place, start);
    else if (start > 0) builder.replace('', 0, start);
    if (spoken === name.slice(start, end)) builder.verbatim(start, end);
    else builder.replace(spoken, start, end);
    place = end;
  }
  return builder.build();
}

/**
 * The words of a name in `camelCase`, `PascalCase`, `snake_case`, `kebab-case` or `SCREAMING_CASE`, in its order. Words are
 * small; what is said letter by letter (`HTTP`, `URL`, and capitals within a name that has small letters) is not.
 */
export function identifierWords(name: string): IdentifierWord[] {
  const isScreaming = !/\p{Ll}/u.test(name);
  return [...name.matchAll(WORD)].map(({ 0: word, index }) => ({
    start: index,
    end: index + word.length,
    spoken: spokenWord(word, isScreaming),
  }));
}

/** Capitals up to the one that begins a word; a word with its capital; small letters; digits; letters of other scripts. */
const WORD =
  /\p{Lu}+(?!\p{Ll})|\p{Lu}?\p{Ll}[\p{Ll}\p{M}]*|\p{Lu}|\p{N}+|[\p{Lo}\p{Lm}\p{Lt}\p{M}]+/gu;

/** Said letter by letter wherever they stand, whatever their case. */
const LETTERED =
  /^(?:ai|api|aws|cli|cpu|css|csv|db|dns|dom|ftp|gpu|gui|html|http|https|ios|ip|jpeg|jpg|json|jwt|llm|mp3|mp4|npm|pcm|pdf|png|rgb|rpc|sdk|sql|srt|ssh|ssl|svg|tcp|tls|tts|udp|ui|uri|url|utc|utf|uuid|vtt|wav|wasm|xhr|xml|xss|yaml)$/u;

function spokenWord(word: string, isScreaming: boolean): string {
  const small = word.toLowerCase();
  if (LETTERED.test(small)) return /^\p{Ll}+$/u.test(word) ? word : word.toUpperCase();
  const isCapitals = word.length > 1 && word === word.toUpperCase();
  if (isCapitals && (!isScreaming || !/[aeiouy]/u.test(small))) return word;
  return word.length === 1 && isScreaming ? word : small;
}
