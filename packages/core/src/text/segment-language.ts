import { detectLanguage } from './language.ts';

/**
 * A segment's language: what its own letters tell, but a text's main language where they are too few to tell more than
 * their script.
 */
export function segmentLanguage(text: string, main: string | undefined): string | undefined {
  const own = detectLanguage(text);
  if (main === undefined || own === main) return own;
  const isShort = text.length < ENOUGH;
  if (own === undefined) {
    const isWritten = !/\p{L}/u.test(text) || (isLatin(main) && /\p{Script=Latin}/u.test(text));
    return isWritten ? main : undefined;
  }
  if (isLatin(own) && isLatin(main) && isShort) return main;
  // A few Han characters without kana are Japanese in a Japanese text.
  return own === 'zh' && main.startsWith('ja') && isShort ? main : own;
}

/** In characters; fewer are a phrase, not a sentence. */
const ENOUGH = 20;

function isLatin(language: string): boolean {
  return !OTHER_SCRIPTS.test(language);
}

const OTHER_SCRIPTS =
  /^(?:am|ar|be|bn|bo|el|fa|gu|he|hi|hy|ja|ka|kk|km|kn|ko|lo|ml|my|or|pa|ru|si|sr|ta|te|th|uk|ur|zh)\b/;
