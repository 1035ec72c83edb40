import type { SyntaxNode } from '@lezer/common';
import { markdownParser } from './markdown-parser.ts';
import type { MarkdownBlock } from './long-block.ts';
import { lineEndAfter, restartPoints, withLineFeeds } from './source-lines.ts';

/** Whether the block holds blocks that can be read one by one. */
export function isHolder({ name }: SyntaxNode): boolean {
  return name === 'Blockquote' || name === 'ListItem' || name === 'FootnoteDefinition';
}

/** So much of a quote or an item is parsed at once at the most, in code units. */
const LONGEST_PART = 131_072;

/**
 * A long quote, footnote or list's item is read block by block like a whole text; each part but the first begins with a line that
 * puts the parser where it was.
 *
 * @returns where it ends.
 */
export function* readHolder(
  text: string,
  block: MarkdownBlock,
  partLength: number,
): Generator<MarkdownBlock, number> {
  const { start, first } = block;
  const opening = block.node.name === 'Blockquote' ? '' : openingOf(text, block);
  let from = start;
  let length = partLength;
  while (from < text.length) {
    const opened = from === start ? '' : opening;
    const to = lineEndAfter(text, from + length);
    const chunk = opened + withLineFeeds(text.slice(from, to));
    const shift = from - opened.length;
    const [node, next] = restartPoints(markdownParser().parse(chunk).topNode);
    if (node === undefined) return to;
    // Nothing begins anew at the first block: its mark and what is said before it belong to it.
    const [, ...blocks] = [...restartPoints(node)].filter(
      ({ name }) => !/(?:Mark|Label)$/.test(name),
    );
    const restart = blocks.at(-1);
    const isWhole = next !== undefined || to === text.length;
    const nextStart = next === undefined ? to : shift + chunk.lastIndexOf('\n', next.from - 1) + 1;
    let end = from;
    if (isWhole) end = nextStart;
    else if (restart !== undefined) end = shift + chunk.lastIndexOf('\n', restart.from - 1) + 1;
    // A single block of such a length inside of another is cut where it stands; what is left of it is read as text.
    if (end <= from && length >= LONGEST_PART) end = to;
    if (end > from) {
      yield { node, shift, start, end, part: { start: from, end }, first };
      from = end;
      length = partLength;
    } else length = (to - from) * 2;
    if (isWhole) return end;
  }
  return text.length;
}

/** An item's or a footnote's mark with a text of its own, behind which its blocks go on. */
function openingOf(text: string, { node, shift, start }: MarkdownBlock): string {
  const mark = node.firstChild!;
  const content = mark.nextSibling;
  const line = withLineFeeds(text.slice(start, lineEndAfter(text, start)));
  const isOnLine = content !== null && content.from + shift < start + line.length;
  const place = isOnLine ? content.from + shift - start : mark.to + shift - start;
  return `${line.slice(0, place)}${isOnLine ? '' : ' '}x\n\n`;
}
