import type { SyntaxNode } from '@lezer/common';
import type { TextRange } from '../text-range.ts';
import { markdownParser } from './markdown-parser.ts';
import { lineEndAfter, withLineFeeds } from './source-lines.ts';

/** A top-level block, or one item of a top-level list: where the source can be read anew. */
export type MarkdownBlock = {
  /** Its places are the source's less `shift`. */
  readonly node: SyntaxNode;
  readonly shift: number;
  /** Offset of its first line in the source. */
  readonly start: number;
  readonly end: number;
  /** A long block comes in parts; what of the node lies outside of this one is read with another. */
  readonly part: TextRange;
  /** The first part, which says what the block is. */
  readonly first: { readonly node: SyntaxNode; readonly shift: number };
};

/** A paragraph too long to be parsed at once; it is plain text. */
export type LongParagraph = TextRange & { readonly node: undefined };

/** So much of a long block is parsed at once. */
const PART = 16_384;

/** Whether the block can be read by its lines. */
export function isLongLeaf({ name }: SyntaxNode): boolean {
  return /^(?:Paragraph|Table|FencedCode|CodeBlock|(?:Math|HTML|Comment|ProcessingInstruction)Block)$/.test(
    name,
  );
}

/**
 * Reads a block that goes on far behind what was parsed of it; `undefined` is a pause.
 *
 * @returns where it ends.
 */
export function* readLongLeaf(
  text: string,
  block: MarkdownBlock,
  onlyTableHeads: boolean,
): Generator<MarkdownBlock | LongParagraph | undefined, number> {
  const { name } = block.node;
  const end = yield* endByLines(text, block);
  if (name === 'Paragraph') yield { node: undefined, start: block.start, end };
  else if (name === 'Table') yield* tableParts(text, block, end, onlyTableHeads);
  else yield { ...block, end, part: { start: block.start, end } };
  return end;
}

function* endByLines(
  text: string,
  { node, shift, start }: MarkdownBlock,
): Generator<undefined, number> {
  if (/^(?:HTML|Comment|Pro)/.test(node.name)) return endOfHtml(text, start);
  if (node.name === 'MathBlock') {
    const close = new RegExp(ENDS_FORMULA);
    close.lastIndex = lineEndAfter(text, start) - 1;
    const found = close.exec(text);
    return found === null ? text.length : lineEndAfter(text, found.index);
  }
  if (node.name === 'FencedCode') {
    const mark = node.firstChild!;
    const fence = text.slice(mark.from + shift, mark.to + shift);
    const close = new RegExp(`^ {0,3}[${fence[0]}]{${fence.length},}[ \\t]*$`, 'gm');
    close.lastIndex = lineEndAfter(text, mark.to + shift);
    return close.exec(text) === null ? text.length : lineEndAfter(text, close.lastIndex);
  }
  const ends = node.name === 'CodeBlock' ? ENDS_INDENTED_CODE : ENDS_PARAGRAPH;
  let end = lineEndAfter(text, start);
  for (let lines = 1; end < text.length && !ends.test(text.slice(end, end + 80)); lines += 1) {
    end = lineEndAfter(text, end);
    if (lines % LINES_AT_ONCE === 0) yield undefined;
  }
  return end;
}

/** By the seven kinds of HTML block of CommonMark: five end with a mark of their own, the others at a blank line. */
function endOfHtml(text: string, start: number): number {
  const opening = text.slice(start, start + 80);
  const end = HTML_ENDS.find(([opens]) => opens.test(opening))?.[1];
  const close = new RegExp(end ?? BLANK_LINE);
  close.lastIndex = start;
  const found = close.exec(text);
  if (found === null) return text.length;
  return end === undefined ? found.index : lineEndAfter(text, found.index);
}

const HTML_ENDS: readonly (readonly [opens: RegExp, closes: RegExp])[] = [
  [/^\s*<(?:script|pre|style|textarea)(?:\s|>|$)/i, /<\/(?:script|pre|style|textarea)>/gi],
  [/^\s*<!--/, /-->/g],
  [/^\s*<\?/, /\?>/g],
  [/^\s*<![A-Z]/, />/g],
  [/^\s*<!\[CDATA\[/, /\]\]>/g],
];
const BLANK_LINE = /^[ \t]*$/gm;
/** So many lines are looked at in one step. */
const LINES_AT_ONCE = 10_000;

const ENDS_FORMULA = /\$\$[ \t]*$|^[ \t]*$/gm;
const ENDS_INDENTED_CODE = /^ {0,3}[^\s]/;
const ENDS_PARAGRAPH =
  /^(?:[ \t]*(?:[\n\r]|$)| {0,3}(?:#{1,6}[ \t]|`{3}|~{3}|>|[-*+][ \t]|1[.)][ \t]|<\/?[a-z!]|\$\$\s))/i;

/** Each part of a table is parsed with its head. */
function* tableParts(
  text: string,
  block: MarkdownBlock,
  end: number,
  onlyHead: boolean,
): Generator<MarkdownBlock> {
  const { start, first } = block;
  const headEnd = lineEndAfter(text, lineEndAfter(text, start));
  const head = withLineFeeds(text.slice(start, headEnd));
  for (let from = headEnd; from < end;) {
    const to = onlyHead && from > headEnd ? end : Math.min(lineEndAfter(text, from + PART), end);
    const rows = onlyHead && from > headEnd ? '' : withLineFeeds(text.slice(from, to));
    const node = markdownParser().parse(head + rows).topNode.firstChild!;
    const part = { start: from === headEnd ? start : from, end: to };
    yield { node, shift: from - head.length, start, end, part, first };
    from = to;
  }
}
