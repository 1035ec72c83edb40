const SPOKEN = /[\p{L}\p{N}]/u;

/** Whether there is anything in a text that a voice can say: punctuation and emoji by themselves are not. */
export function isSpoken(text: string): boolean {
  return SPOKEN.test(text);
}
