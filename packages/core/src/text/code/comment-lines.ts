import type { TextRange } from '../text-range.ts';
import type { CodeToken } from './code-tokens.ts';

/** A line of a comment without its decoration. */
export type CommentLine = TextRange & {
  /** Whether it begins a comment; other lines go on with the one before. */
  readonly begins: boolean;
  readonly block: number;
  /** What opened the comment: it tells the dialect of documentation. */
  readonly open: string;
};

/** The lines of a comment; a block's one by one, each without the stars and bars before it. */
export function* commentLines(
  text: string,
  token: CodeToken,
  begins: boolean,
): Generator<CommentLine> {
  const { content, block, open } = token;
  const written = text.slice(content.start, content.end);
  let isFirst = true;
  let place = content.start;
  do {
    LINE_BREAK.lastIndex = place - content.start;
    const found = LINE_BREAK.exec(written);
    const end = found === null ? content.end : content.start + found.index;
    const isLineComment = !token.isBlock;
    const line = withoutDecoration(text, place, end, open, isFirst || isLineComment);
    yield { ...line, begins: begins && isFirst, block, open };
    place = end === content.end ? content.end : end + found![0].length;
    isFirst = false;
  } while (place < content.end);
}

const LINE_BREAK = /\r\n|[\r\n]/gu;

function withoutDecoration(
  text: string,
  start: number,
  end: number,
  open: string,
  isFirst: boolean,
): TextRange {
  let from = start;
  let to = end;
  while (to > from && /\s/u.test(text.charAt(to - 1))) to -= 1;
  if (isFirst) {
    // The rest of the mark: `///`, `//!`, `/**`, `#'`, `;;;`, `%%`.
    while (
      from < to &&
      (text.charAt(from) === open.at(-1) || /^[!*'|<^]$/u.test(text.charAt(from)))
    ) {
      if (/^[A-Za-z"]$/u.test(open.at(-1)!) && text.charAt(from) === open.at(-1)) break;
      from += 1;
    }
  }
  while (from < to && /\s/u.test(text.charAt(from))) from += 1;
  if (!isFirst && open.startsWith('/*')) {
    const stars = /^\*+(?!\*)(?:\s+|$)/u.exec(text.slice(from, Math.min(to, from + 200)));
    if (stars !== null) from += stars[0].length;
  }
  if (open.startsWith('/*')) {
    while (to > from && text.charAt(to - 1) === '*') to -= 1;
  }
  while (to > from && /\s/u.test(text.charAt(to - 1))) to -= 1;
  // A rule, or the border of a box; a fence around an example is neither.
  const isFence = /^(?:```|~~~)/u.test(text.slice(from, from + 3));
  if (!isFence && !/[\p{L}\p{N}]/u.test(text.slice(from, Math.min(to, from + 400))))
    return { start: to, end: to };
  return { start: from, end: to };
}
