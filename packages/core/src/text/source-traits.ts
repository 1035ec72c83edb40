import { guessCodeLanguage } from './code/guess-code-language.ts';
import { frontMatter } from './markdown/front-matter.ts';
import { speakingContext } from './segment-draft.ts';
import type { SpeakableOptions } from './speakable-options.ts';
import type { TextSource } from './spoken-segment.ts';

/** In code, so far what stands before a comment decides whether it is the licence at the head of a file. */
export const CONTEXT_REACH = 4001;

/** In code a change may close a string or a comment that was opened so far before it; what is longer is hardly one. */
export const OPENING_REACH = 20_000;

/**
 * What a text as a whole says about each of its parts: its language, and the syntax of code whose language is not
 * known. Where it is the same after a change, parts that the change does not touch are read as before.
 */
export function traitsOf({ text, format }: TextSource, options: SpeakableOptions): string {
  const matter = format === 'markdown' ? frontMatter(text) : undefined;
  const { language } = speakingContext(text, options, matter?.language);
  const code = format === 'code' ? guessCodeLanguage(text) : undefined;
  return JSON.stringify([language, code]);
}
