import type { MappedText } from '../mapped-text.ts';
import { editSpoken, type SpokenEdit } from './edit-spoken.ts';

/**
 * Leaves out what has no sound and what no server reads: U+0000 and other control characters, halves of surrogate
 * pairs, non-characters, zero-width and direction marks, soft hyphens, private use. What joins letters (ZWJ and ZWNJ in
 * Persian or Hindi) or emoji stays, tabs and ends of line stay, form feeds become spaces.
 */
export function dropUnspeakable(spoken: MappedText): MappedText {
  const { text } = spoken;
  if (!UNSPEAKABLE.test(text)) return spoken;
  const edits: SpokenEdit[] = [];
  for (const match of text.matchAll(new RegExp(UNSPEAKABLE, 'gu'))) {
    const end = match.index + match[0].length;
    if (isJoiner(match[0]) && joins(text, match.index)) continue;
    if (isTag(match[0]) && tagsFlag(text, match.index)) continue;
    const last = edits.at(-1);
    const words = /^[\v\f\u0085]$/u.test(match[0]) ? ' ' : '';
    if (last?.end === match.index)
      edits[edits.length - 1] = { start: last.start, end, words: last.words || words };
    else edits.push({ start: match.index, end, words });
  }
  return editSpoken(spoken, edits);
}

const UNSPEAKABLE =
  /(?![\t\n\r])\p{Cc}|[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff0-\ufffc]|\p{Surrogate}|\p{Noncharacter_Code_Point}|\p{Private_Use}|[\u{e0000}-\u{e0fff}]/u;

function isJoiner(character: string): boolean {
  return character === '\u200c' || character === '\u200d';
}

/** Whether what stands on both sides of a joiner is what joiners are for. */
function joins(text: string, place: number): boolean {
  const before = characterBefore(text, place);
  const after = characterAt(text, place + 1);
  if (/^[\p{Extended_Pictographic}\p{Emoji_Modifier}\ufe0f]$/u.test(before)) {
    return /^\p{Extended_Pictographic}$/u.test(after);
  }
  return JOINED_LETTER.test(before) && JOINED_LETTER.test(after);
}

const JOINED_LETTER =
  /^[\p{Script=Arabic}\p{Script=Syriac}\p{Script=Mongolian}\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Gurmukhi}\p{Script=Gujarati}\p{Script=Oriya}\p{Script=Tamil}\p{Script=Telugu}\p{Script=Kannada}\p{Script=Malayalam}\p{Script=Sinhala}\p{Script=Khmer}\p{Script=Myanmar}]$/u;

function isTag(character: string): boolean {
  const code = character.codePointAt(0)!;
  return code >= 0xe_0020 && code <= 0xe_007f;
}

/** Tag characters spell the region of a flag behind U+1F3F4. */
function tagsFlag(text: string, place: number): boolean {
  let before = place;
  // The longest sequence in use has six tags and the end mark.
  for (let count = 0; count < 8; count += 1) {
    const character = characterBefore(text, before);
    if (character === '\u{1f3f4}') return true;
    if (character === '' || !isTag(character)) return false;
    before -= character.length;
  }
  return false;
}

function characterAt(text: string, place: number): string {
  const code = text.codePointAt(place);
  return code === undefined ? '' : String.fromCodePoint(code);
}

/** The character that ends at a place. */
function characterBefore(text: string, place: number): string {
  if (place <= 0) return '';
  const pair = place >= 2 ? characterAt(text, place - 2) : '';
  return pair.length === 2 ? pair : text.charAt(place - 1);
}
