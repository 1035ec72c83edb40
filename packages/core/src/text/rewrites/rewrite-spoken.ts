import type { MappedText } from '../mapped-text.ts';
import type { Policy } from '../speakable-options.ts';
import { rewriteLinks } from './links.ts';
import { shortenOpaqueTokens } from './opaque-tokens.ts';
import { rewriteParentheses } from './parentheses.ts';
import { reduceRepeatedMarks } from './repeated-marks.ts';
import { dropUnspeakable } from './unspeakable-characters.ts';

export type RewriteOptions = {
  /** `rewrite` for models to which a text in parentheses is a silent direction; else `keep`. */
  readonly parentheses: 'rewrite' | 'keep';
  /** Of a bare address are spoken: its host and short words of its path, nothing, or "link to" and its host. */
  readonly url: Policy;
  /** Language of the few words that are put in; by default Chinese in a text with Han characters, else English. */
  readonly announcements?: 'en' | 'zh' | undefined;
};

/**
 * Rewrites a text where a speech model would go silent, wrong or on for ever: parentheses, bare addresses, hashes,
 * repeated marks and emoji, drawings, characters without a sound. Numbers, dates, units, identifiers and symbols are the
 * model's business and stay. What was rewritten once is not rewritten again. Linear.
 */
export function rewriteSpoken(spoken: MappedText, options: RewriteOptions): MappedText {
  const language = options.announcements ?? languageOf(spoken.text);
  let rewritten = spoken;
  // What one rewrite takes out can bring marks together for another, hence until nothing changes.
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const before = rewritten;
    rewritten = dropUnspeakable(rewritten);
    rewritten = rewriteLinks(rewritten, { policy: options.url, language });
    rewritten = shortenOpaqueTokens(rewritten, language);
    if (options.parentheses === 'rewrite') rewritten = rewriteParentheses(rewritten);
    rewritten = reduceRepeatedMarks(rewritten);
    if (rewritten.text === before.text) return before;
  }
  return rewritten;
}

/** Two are enough for nearly all texts; the bound holds the time linear for one that was made to hurt. */
const MAX_ROUNDS = 8;

function languageOf(text: string): 'en' | 'zh' {
  return /\p{Script=Han}/u.test(text) && !/[\p{Script=Hiragana}\p{Script=Katakana}]/u.test(text)
    ? 'zh'
    : 'en';
}
