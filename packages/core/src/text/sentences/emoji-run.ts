import type { Lookahead } from './lookahead.ts';

const PICTOGRAPH = /^\p{Extended_Pictographic}/u;
const CONTINUES =
  /^(?:\u200d|[\ufe0e\ufe0f]|\u20e3|\p{Emoji_Modifier}|[\u{1f1e6}-\u{1f1ff}]|[\u{e0020}-\u{e007f}])/u;
/**
 * Faces, gestures and what is thrown at a party: they close what was said. Things and hearts may stand for a word
 * (`Tap 🔍 Search`, `I ❤️ Rome`).
 */
const MOOD =
  /^[\u2639\u263a\u2728\u{1f38a}\u{1f389}\u{1f44a}-\u{1f44f}\u{1f4aa}\u{1f4af}\u{1f525}\u{1f600}-\u{1f64f}\u{1f680}\u{1f910}-\u{1f92f}\u{1f970}-\u{1f97a}\u{1f9d0}\u{1fae0}-\u{1fae8}]/u;

export function isMoodEmoji(character: string): boolean {
  return MOOD.test(character);
}

/** Place behind the emoji that stand together from `at` on; `at` where there is none. */
export function emojiRunEnd(ahead: Lookahead, at: number, limit: number): number {
  let end = at;
  while (end < limit) {
    const character = ahead.characterAt(end);
    if (character === '' || character < '\u00a9') break;
    const continues = end > at && CONTINUES.test(character);
    if (!continues && !PICTOGRAPH.test(character)) break;
    end += character.length;
  }
  return end;
}
