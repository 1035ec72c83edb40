/** `default` cuts running text into sentences; `sentence` cuts only at `。！？!?`. */
export type SegmentMode = 'default' | 'sentence';

export type SegmenterOptions = {
  mode: SegmentMode;
  /** Whether text in parentheses directs the voice: no cut falls inside then. */
  keepParentheses: boolean;
};

/** Longest piece in UTF-16 units; running text is cut at a clause or a space before. */
const LONGEST_PIECE = { default: 200, sentence: 1000 } as const;

const STRONG_ENDS = '。！？!?';
const CLAUSE_ENDS = '，、；：…—,;:';
const OPENING_QUOTES = '“「『';
const CLOSING_QUOTES = '”」』';
/** What may stand between the end of a sentence and the next one and belongs to the former. */
const CLOSING = '”’」』》】〉)]}）］"\'»';
/** Words before a full stop that no sentence ends with; capital letters alone are initials, except "I". */
const NEVER_LAST =
  /(?:^|[\s(（“"'])(?:(?:[Mm]rs?|[Mm]s|[Dd]r|[Pp]rof|[Ss]t|[Mm]t|[Gg]en|[Cc]ol|[Cc]apt|[Rr]ev|[Hh]on|[Ss]en|[Gg]ov|vs|cf|ca|approx|e\.g|i\.e)|[A-HJ-Z]|(?:[A-Z]\.)+[A-Z])$/;
/** Words before a full stop that belong to a number after it: "No. 5", but "No. I will not." */
const BEFORE_NUMBER = /(?:^|[\s(（“"'])(?:nos?|figs?|eqs?|vols?|pp?|secs?|ch|art)$/i;
/** Words before a full stop with which a sentence may end: what follows decides. */
const MAYBE_LAST = /(?:^|[\s(（“"'])(?:etc|inc|ltd|co|corp|jr|sr|al|a\.m|p\.m)$/i;
const LIST_NUMBER = /^\s*\d{1,3}$/;
/** How far it looks past a full stop before it decides without knowing what follows. */
const LONGEST_LOOK = 16;

/**
 * Cuts text that arrives in pieces of any size into what is spoken at a time. Where the cuts fall depends on the text
 * alone, not on how it arrived, and the pieces joined are the text.
 */
export class Segmenter {
  readonly #mode: SegmentMode;
  readonly #keepParentheses: boolean;
  readonly #longest: number;
  #buffer = '';
  /** Quotes left open by pieces already cut: only then does a sentence's end wait for a closing one. */
  #openQuotes = 0;

  constructor({ mode, keepParentheses }: SegmenterOptions) {
    this.#mode = mode;
    this.#keepParentheses = keepParentheses;
    this.#longest = LONGEST_PIECE[mode];
  }

  /** Length of what is waiting for its sentence to end, in UTF-16 units. */
  get pending(): number {
    return this.#buffer.length;
  }

  push(text: string): string[] {
    this.#buffer += text;
    return this.#cutAll(false);
  }

  /** Gives everything that is left: the text ends here, or is to be spoken as if it did. */
  flush(): string[] {
    const pieces = this.#cutAll(true);
    if (this.#buffer !== '') pieces.push(this.#take(this.#buffer.length));
    return pieces;
  }

  #cutAll(complete: boolean): string[] {
    const pieces: string[] = [];
    for (;;) {
      const end = this.#findCut(complete);
      if (end === undefined) return pieces;
      pieces.push(this.#take(end));
    }
  }

  #take(end: number): string {
    const piece = this.#buffer.slice(0, end);
    this.#buffer = this.#buffer.slice(end);
    for (const character of piece) this.#openQuotes = countQuote(character, this.#openQuotes);
    return piece;
  }

  /** Where the first piece ends, or `undefined` while that cannot be known. */
  #findCut(complete: boolean): number | undefined {
    const text = this.#buffer;
    let speakable = false;
    let depth = 0;
    let quotes = this.#openQuotes;
    let clauseEnd = 0;
    let space = 0;
    for (let i = 0; i < text.length; i += 1) {
      if (i === this.#longest) {
        // One more unit than fits is known here, so a cut never depends on what has not arrived.
        return clauseEnd > this.#longest / 4 ? clauseEnd : space || wholeCharacterEnd(text, i);
      }
      const character = text[i] as string;
      if (/[\p{L}\p{N}\p{Surrogate}]/u.test(character)) speakable = true;
      if (this.#keepParentheses && /[(（]/.test(character)) depth += 1;
      if (/[)）]/.test(character) && depth > 0) depth -= 1;
      quotes = countQuote(character, quotes);
      if (/\s/.test(character)) space = i + 1;
      if (CLAUSE_ENDS.includes(character) && !/\d/.test(text[i + 1] ?? '')) clauseEnd = i + 1;
      if (!speakable) continue;
      if (character === '\n' && this.#mode === 'default') return i + 1;
      if (depth > 0) continue;
      if (STRONG_ENDS.includes(character)) {
        if (quotes === 0) return i + 1;
        const end = skipClosing(text, i + 1);
        if (end < text.length || complete || end - i > LONGEST_LOOK) return end;
        return undefined;
      }
      if (character === '.' && this.#mode === 'default') {
        const end = this.#judgeFullStop(i, complete);
        if (end === 'unknown') return undefined;
        if (end !== 'inside') return end;
      }
    }
    return undefined;
  }

  #judgeFullStop(at: number, complete: boolean): number | 'inside' | 'unknown' {
    const text = this.#buffer;
    const end = skipClosing(text, at + 1);
    if (end === text.length) return complete ? end : 'unknown';
    const next = text[end] as string;
    if (next === '.') return 'inside';
    if (isHanOrKana(next)) return end;
    if (!/\s/.test(next)) return 'inside';
    const before = text.slice(0, at);
    const piece = before.slice(before.lastIndexOf('\n') + 1);
    if (NEVER_LAST.test(piece) || LIST_NUMBER.test(piece)) return 'inside';
    const numbered = BEFORE_NUMBER.test(piece);
    if (!numbered && !MAYBE_LAST.test(piece)) return end;
    const rest = text.slice(end, end + LONGEST_LOOK);
    const following = rest.trimStart()[0];
    if (following === undefined) {
      return complete || rest.length === LONGEST_LOOK ? end : 'unknown';
    }
    const goesOn = numbered ? /\d/.test(following) : /[\p{Ll}\p{N},;]/u.test(following);
    return goesOn ? 'inside' : end;
  }
}

/** Whether there is anything in a piece that a voice can say. */
export function isSpeakable(text: string): boolean {
  return /[\p{L}\p{N}]/u.test(text);
}

/** A piece without the blanks around it and without what a sentence before it has left in front. */
export function trimPiece(piece: string): string {
  return piece.replace(/^[\s。！？!?.…”’」』》】〉)）\]］]+/u, '').trimEnd();
}

function skipClosing(text: string, from: number): number {
  let end = from;
  while (end < text.length && end - from < LONGEST_LOOK && CLOSING.includes(text[end] as string)) {
    end += 1;
  }
  return end;
}

function countQuote(character: string, open: number): number {
  // A quote that nobody closed must not hold back every sentence after it.
  if (character === '\n') return 0;
  if (OPENING_QUOTES.includes(character)) return open + 1;
  return CLOSING_QUOTES.includes(character) ? Math.max(0, open - 1) : open;
}

/** The last place at or before `end` that lies between two characters as people see them. */
function wholeCharacterEnd(text: string, end: number): number {
  const joins = /[\p{M}\u200d\udc00-\udfff]/u;
  let place = end;
  while (
    place > end - LONGEST_LOOK &&
    (joins.test(text[place] ?? '') || text[place - 1] === '\u200d')
  ) {
    place -= 1;
  }
  return place;
}

function isHanOrKana(character: string): boolean {
  return /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u.test(character);
}
