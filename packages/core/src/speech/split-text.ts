/** Ends of sentences, with the closing quotes and brackets behind them; a full stop only where a space follows. */
const SENTENCE_END = /(?:[。！？!?…]|\.(?=\s))["'”’」』）)\]》】]*\s*|\n+\s*/gu;
const CLAUSE_END = /(?:[，、；：—–]|[,;:](?=\s))["'”’」』）)\]》】]*\s*/gu;
const SPACE = /\s+/gu;

/**
 * Cuts a text into pieces of at most `limit` UTF-16 code units, which is never more than as many characters however they
 * are counted. Each cut stands behind the last end of a sentence that fits, else of a clause, else a space; else anywhere
 * but inside what is seen as one character. All pieces together are the text.
 */
export function splitText(text: string, limit: number): string[] {
  const pieces: string[] = [];
  let rest = text;
  while (rest.length > limit) {
    const cut = findCut(rest, limit);
    pieces.push(rest.slice(0, cut));
    rest = rest.slice(cut);
  }
  if (rest !== '') pieces.push(rest);
  return pieces;
}

/** Length of the first sentence, or of as much of it as {@link splitText} would leave in one piece. */
export function firstSentenceLength(text: string, limit: number): number {
  const [first] = text.matchAll(SENTENCE_END);
  const end = first === undefined ? text.length : first.index + first[0].length;
  return end <= limit ? end : findCut(text, limit);
}

function findCut(text: string, limit: number): number {
  // One unit more than fits, so that a full stop at the limit sees the space behind it.
  const window = text.slice(0, limit + 1);
  for (const end of [SENTENCE_END, CLAUSE_END, SPACE]) {
    const cut = lastEnd(window, end, limit);
    if (cut > 0) return cut;
  }
  return lastWholeCharacter(text, limit);
}

function lastEnd(window: string, end: RegExp, limit: number): number {
  let last = 0;
  for (const match of window.matchAll(end)) {
    // White space behind an end may run past the limit: it can stay with either side.
    const cut = Math.min(match.index + match[0].length, limit);
    if (match.index + match[0].trimEnd().length > limit) break;
    last = cut;
  }
  return last;
}

/** Longest run that is looked at for what belongs together: longer than any emoji of a family. */
const CHARACTER_WINDOW = 64;

function lastWholeCharacter(text: string, limit: number): number {
  const from = Math.max(0, limit - CHARACTER_WINDOW);
  const around = text.slice(from, limit + CHARACTER_WINDOW);
  let cut = 0;
  if (typeof Intl.Segmenter === 'function') {
    for (const { index } of new Intl.Segmenter().segment(around)) {
      if (from + index > limit) break;
      cut = from + index;
    }
    // A single character longer than the window is none that anybody reads.
    if (cut > from) return cut;
  }
  return isLowSurrogate(text, limit) ? limit - 1 : limit;
}

function isLowSurrogate(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  return unit >= 0xdc00 && unit <= 0xdfff;
}
