import { cutAtClause } from '../text/clause-cut.ts';
import { isSpoken } from './is-spoken.ts';
import type { Utterance } from './utterance.ts';

/** A sentence, or a part of a long one: what is spoken, cut and stored by itself. */
export type SpeechPiece = {
  readonly utterance: Utterance;
  /** In the utterance's spoken text. Parts of one sentence touch. */
  readonly start: number;
  readonly end: number;
  /** As it is sent: without white space around. */
  readonly text: string;
};

/** What is spoken by one request. */
export type Batch = {
  readonly text: string;
  readonly pieces: readonly SpeechPiece[];
  /** Where each piece begins in `text`. */
  readonly offsets: readonly number[];
};

/** About four seconds of English or twelve of Chinese: what is heard while the next, larger batch is made. */
export const FIRST_BATCH_CHARACTERS = 60;

/** A part shorter than this share of its limit would be over before the next one is there. */
const SHORTEST_PART = 0.4;

/** How many characters of the service a text has: code points. */
export function countCharacters(text: string): number {
  let count = 0;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    const isPair = unit >= 0xd800 && unit < 0xdc00 && (text.charCodeAt(at + 1) & 0xfc00) === 0xdc00;
    if (isPair) at += 1;
    count += 1;
  }
  return count;
}

export function wholePiece(utterance: Utterance): SpeechPiece {
  const { text } = utterance.spoken;
  return { utterance, start: 0, end: text.length, text: text.trim() };
}

/**
 * The parts that a sentence is spoken in where it cannot be waited for as a whole: the first one of at most 60
 * characters, each next one up to twice as long, none beyond `limit`. They depend on the sentence alone, so that what is
 * stored of it is found again. A sentence that is short enough is its only part.
 */
export function partsOf(utterance: Utterance, limit: number): SpeechPiece[] {
  const { text } = utterance.spoken;
  const cuts: number[] = [];
  let start = 0;
  let most = Math.min(FIRST_BATCH_CHARACTERS, limit);
  while (countCharacters(text.slice(start).trim()) > most) {
    const cut = start + cutPart(text.slice(start), most);
    if (cut <= start || cut >= text.length) break;
    // What nobody can say by itself stays with what is before it.
    if (!isSpoken(text.slice(cut))) break;
    if (isSpoken(text.slice(start, cut))) cuts.push(cut);
    start = cut;
    most = Math.min(most * 2, limit);
  }
  const starts = [0, ...cuts];
  return starts.map((from, index) => {
    const to = starts[index + 1] ?? text.length;
    return { utterance, start: from, end: to, text: clip(text.slice(from, to).trim(), limit) };
  });
}

/** Marks at its end that nobody says may be left out of a part that is too long with them. */
function clip(text: string, limit: number): string {
  let end = text.length;
  while (countCharacters(text.slice(0, end)) > limit && !isSpoken(text[end - 1] ?? '')) end -= 1;
  return text.slice(0, end).trimEnd();
}

function cutPart(text: string, most: number): number {
  let cut = cutAtClause(text, most);
  if (countCharacters(text.slice(0, cut)) < most * SHORTEST_PART) {
    // After the last clause there is none in what is left of the limit: this one stands at a space.
    const rest = text.slice(cut);
    cut += cutAtClause(rest, most - countCharacters(text.slice(0, cut)));
  }
  while (/\s/u.test(text[cut] ?? '')) cut += 1;
  return cut;
}

/** Sentences are not cut to measure: a batch that is too small without its last sentence may grow by half with it. */
const OVERSHOOT = 1.5;
const ENOUGH = 0.8;

/** How long the batch behind one of so many characters, or behind a stretch of them that was known, should be. */
export function budgetAfter(characters: number, limit: number): number {
  return Math.min(limit, Math.max(FIRST_BATCH_CHARACTERS, 2 * characters));
}

/** The longest a batch of this budget becomes. The first one keeps to it, since somebody is waiting. */
export function mostOf(budget: number, limit: number): number {
  return Math.min(limit, budget <= FIRST_BATCH_CHARACTERS ? budget : budget * OVERSHOOT);
}

export type BatchOptions = {
  /** About how many characters the batch should have; see {@link budgetAfter}. */
  readonly budget: number;
  /** Most characters of one request. */
  readonly limit: number;
  /** Whether a piece is stored or on its way, so that it need not be asked for. */
  readonly isKnown: (piece: SpeechPiece) => boolean;
};

/** So much that is known is asked for again between two that are not: that costs less than a request more. */
const BRIDGED_CHARACTERS = 24;

/**
 * The next request: from `first` on, what is not known, up to the next piece that is, the next speaker, or the budget.
 * A "Yes." that is known does not end it, if something behind it is not.
 *
 * @param first where to begin; a piece that is not known
 * @param following the utterances behind its own
 */
export function nextBatch(
  first: SpeechPiece,
  following: Iterable<Utterance>,
  { budget, limit, isKnown }: BatchOptions,
): Batch {
  const pieces = [first];
  let bridge: SpeechPiece[] = [];
  let bridged = 0;
  let characters = countCharacters(first.text);
  const most = mostOf(budget, limit);
  // A part ends its batch, unless it is the last: the next one is a request of its own, which is found again.
  const isOpen = first.end === first.utterance.spoken.text.length;
  for (const utterance of isOpen ? following : []) {
    if (utterance.speaker !== first.utterance.speaker) break;
    const piece = wholePiece(utterance);
    const length = countCharacters(piece.text);
    // With the space or the line's end before it.
    const together = characters + 1 + length;
    if (together > most || (together > budget && characters >= budget * ENOUGH)) break;
    characters = together;
    bridge.push(piece);
    if (isKnown(piece)) {
      bridged += length;
      if (bridged > BRIDGED_CHARACTERS) break;
      continue;
    }
    pieces.push(...bridge);
    bridge = [];
    bridged = 0;
  }
  return joinPieces(pieces);
}

/** Batches of half of the pieces each. */
export function splitBatch(batch: Batch): Batch[] {
  const middle = Math.ceil(batch.pieces.length / 2);
  return [batch.pieces.slice(0, middle), batch.pieces.slice(middle)]
    .filter(({ length }) => length > 0)
    .map((pieces) => joinPieces(pieces));
}

/** A batch of just these pieces. */
export function joinPieces(pieces: readonly SpeechPiece[]): Batch {
  let text = '';
  const offsets: number[] = [];
  let before: SpeechPiece | undefined;
  for (const piece of pieces) {
    if (before !== undefined) text += separator(before, piece);
    offsets.push(text.length);
    text += piece.text;
    before = piece;
  }
  return { text, pieces, offsets };
}

const CLOSE_SCRIPT =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\u3000-\u303f\uff00-\uffef“”‘’…]/u;

/** A line's end between paragraphs makes the service pause; scripts that write no spaces get none between sentences. */
function separator(before: SpeechPiece, after: SpeechPiece): string {
  if (before.utterance === after.utterance) return '';
  if (before.utterance.segment !== after.utterance.segment) return '\n';
  return CLOSE_SCRIPT.test(before.text.at(-1) ?? '') ? '' : ' ';
}
