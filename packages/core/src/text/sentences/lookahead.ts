import { isHighSurrogate, isLowSurrogate } from '../character-boundary.ts';

/** What stands where a text has ended. */
export const END_OF_TEXT = -1;

/**
 * A text of which the end may not be there yet. Rules read it through {@link at}, so that a decision for which too little
 * has arrived shows as `ranDry` and is taken again with more: whatever the chunks, the decision is the whole text's.
 */
export class Lookahead {
  text = '';
  /** Where the sentence begins. What stands before it may be gone, and so must not count. */
  from = 0;
  isWhole = false;
  ranDry = false;

  /** A code unit, or {@link END_OF_TEXT}, also before the sentence. */
  at(index: number): number {
    if (index < this.from) return END_OF_TEXT;
    if (index < this.text.length) return this.text.charCodeAt(index);
    if (!this.isWhole) this.ranDry = true;
    return END_OF_TEXT;
  }

  /** The character at a place, both halves of a pair; empty at the end. */
  characterAt(index: number): string {
    const code = this.at(index);
    if (code === END_OF_TEXT) return '';
    if (!isHighSurrogate(code)) return String.fromCharCode(code);
    const low = this.at(index + 1);
    return isLowSurrogate(low) ? String.fromCharCode(code, low) : String.fromCharCode(code);
  }
}
