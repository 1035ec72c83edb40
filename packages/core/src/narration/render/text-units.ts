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

/** Made on first use: its dictionary takes 15 ms to load. */
let words: Intl.Segmenter | undefined;
const GRAPHEMES = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** Closing marks never begin a line, and opening ones never end it (a rule of all scripts, kinsoku in Japanese). */
const CLOSING = /^[\p{Pe}\p{Pf}\p{Po}\p{Pd}%‰°℃〜～ー々]+$/u;
const OPENING = /^[\p{Ps}\p{Pi}¿¡]+$/u;

/**
 * Cuts a text where lines may break: between words, also Chinese ones, and never before a closing or behind an opening
 * mark. A part wider than `limit` is cut between characters. Joined, with a space wherever `spaced` says so, the parts
 * are the text with its white space made single.
 */
export function toTextUnits(text: string, limit: number, measure: Measure): TextUnit[] {
  const parts: { text: string; start: number; spaced: boolean }[] = [];
  let opens = false;
  words ??= new Intl.Segmenter('zh', { granularity: 'word' });
  for (const { segment, index } of words.segment(text)) {
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
