/** A Han character, up to four letters or digits, or a sign, each with the blanks before it. */
const TOKEN = /\s*(?:\p{Script=Han}|[\p{L}\p{N}\p{M}]{1,4}|\S)|\s+/gu;

/** Tokens that a second of sound counts for. */
const TOKENS_PER_SECOND = 12.5;

/**
 * A text in pieces that are about what a language model counts as tokens; the service's own are not published. Joined,
 * they are the text.
 */
export function toTokens(text: string): string[] {
  return text.match(TOKEN) ?? [];
}

export function countTokens(text: string): number {
  return toTokens(text).length;
}

export function countSoundTokens(seconds: number): number {
  return Math.ceil(seconds * TOKENS_PER_SECOND);
}
