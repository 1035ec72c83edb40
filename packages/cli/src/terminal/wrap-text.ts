import stringWidth from 'string-width';

/** A part of a text that stays on one line, and the white space that follows it. */
export type TextUnit = {
  readonly text: string;
  /** Offset in the text, in UTF-16 units. */
  readonly start: number;
  readonly width: number;
  /** Whether white space follows. */
  readonly spaced: boolean;
};

/** How many columns a text takes. */
export type Measure = (text: string) => number;

const WORDS = new Intl.Segmenter('zh', { granularity: 'word' });
const GRAPHEMES = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** Closing marks never begin a line, and opening ones never end it (a rule of all scripts, kinsoku in Japanese). */
const CLOSING = /^[\p{Pe}\p{Pf}\p{Po}\p{Pd}%‰°℃〜～ー々]+$/u;
const OPENING = /^[\p{Ps}\p{Pi}¿¡]+$/u;

/**
 * Cuts a text where lines may break: between words, also Chinese ones, and never before a closing or behind an opening
 * mark. A part wider than `limit` is cut between characters. Joined, with a space wherever `spaced` says so, the parts
 * are the text with its white space made single.
 */
export function toTextUnits(
  text: string,
  limit: number,
  measure: Measure = stringWidth,
): TextUnit[] {
  const parts: { text: string; start: number; spaced: boolean }[] = [];
  let opens = false;
  for (const { segment, index } of WORDS.segment(text)) {
    const last = parts.at(-1);
    if (segment.trim() === '') {
      if (last !== undefined) last.spaced = true;
      opens = false;
      continue;
    }
    const joins = last !== undefined && !last.spaced && (opens || CLOSING.test(segment));
    if (joins) last.text += segment;
    else parts.push({ text: segment, start: index, spaced: false });
    opens = OPENING.test(segment);
  }
  return parts.flatMap((part) => cutWide(part, limit, measure));
}

/**
 * Lines of at most `limit` columns. White space at a break is dropped; everything else is kept.
 *
 * @param limit at least 2, which one Chinese character takes.
 */
export function wrapText(text: string, limit: number, measure: Measure = stringWidth): string[] {
  const lines: string[] = [];
  for (const paragraph of text.split(/\r?\n/)) {
    lines.push(...wrapParagraph(toTextUnits(paragraph, limit, measure), limit, measure));
  }
  return lines;
}

function wrapParagraph(units: readonly TextUnit[], limit: number, measure: Measure): string[] {
  const lines: string[] = [];
  let line = '';
  let gap = '';
  for (const { text, width, spaced } of units) {
    if (line !== '' && measure(line) + gap.length + width > limit) {
      lines.push(line);
      line = '';
      gap = '';
    }
    line += gap + text;
    gap = spaced ? ' ' : '';
  }
  lines.push(line);
  return lines;
}

/** A code that colours what follows it (ECMA-48, SGR). */
const COLOR = /(\p{Cc}\[[\d;]*m)/u;

/** The text as far as it goes into `columns`, with `…` where it goes on. Codes of colours take no room, and stay. */
export function cutToWidth(text: string, columns: number): string {
  if (stringWidth(text) <= columns) return text;
  let kept = '';
  let width = 0;
  for (const part of text.split(COLOR)) {
    if (COLOR.test(part)) kept += part;
    else if (width < columns) {
      for (const { segment } of GRAPHEMES.segment(part)) {
        const next = width + stringWidth(segment);
        kept += next < columns ? segment : '…';
        width = next < columns ? next : columns;
        if (width === columns) break;
      }
    }
  }
  return kept;
}

function cutWide(
  part: { text: string; start: number; spaced: boolean },
  limit: number,
  measure: Measure,
): TextUnit[] {
  const width = measure(part.text);
  if (width <= limit) return [{ ...part, width }];
  const pieces = [''];
  for (const { segment } of GRAPHEMES.segment(part.text)) {
    const last = pieces.at(-1) ?? '';
    if (last === '' || measure(last + segment) <= limit) pieces[pieces.length - 1] = last + segment;
    else pieces.push(...keepTogether(last, segment, limit, measure, pieces));
  }
  let start = part.start;
  return pieces.map((text, index) => {
    const unit = {
      text,
      start,
      width: measure(text),
      spaced: part.spaced && index === pieces.length - 1,
    };
    start += text.length;
    return unit;
  });
}

/** Takes a character over to the next line, where that would begin with a closing mark. */
function keepTogether(
  last: string,
  segment: string,
  limit: number,
  measure: Measure,
  pieces: string[],
): string[] {
  if (!CLOSING.test(segment)) return [segment];
  const graphemes = Array.from(GRAPHEMES.segment(last), (grapheme) => grapheme.segment);
  const moved = graphemes.pop() ?? '';
  if (graphemes.length === 0 || measure(moved + segment) > limit) return [segment];
  pieces[pieces.length - 1] = graphemes.join('');
  return [moved + segment];
}
