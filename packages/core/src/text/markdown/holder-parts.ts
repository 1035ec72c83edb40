import { markdownParser } from './markdown-parser.ts';
import type { MarkdownBlock } from './long-block.ts';
import { lineEndAfter, restartPoints, withLineFeeds } from './source-lines.ts';

/**
 * A long quote or list's item is read block by block like a whole text; each part but the first begins with a line that
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
  const opening = block.node.name === 'ListItem' ? itemOpening(text, block) : '';
  let from = start;
  let length = partLength;
  while (from < text.length) {
    const opened = from === start ? '' : opening;
    const to = lineEndAfter(text, from + length);
    const chunk = opened + withLineFeeds(text.slice(from, to));
    const shift = from - opened.length;
    const [node, next] = restartPoints(markdownParser().parse(chunk).topNode);
    if (node === undefined) return to;
    const restarts = Array.from(
      restartPoints(node),
      (child) => shift + chunk.lastIndexOf('\n', child.from - 1) + 1,
    );
    const isWhole = next !== undefined || to === text.length;
    const nextStart = next === undefined ? to : shift + chunk.lastIndexOf('\n', next.from - 1) + 1;
    const end = isWhole ? nextStart : restarts.at(-1)!;
    if (end > from) {
      yield { node, shift, start, end, part: { start: from, end }, first };
      from = end;
      length = partLength;
    } else length = (to - from) * 2;
    if (isWhole) return end;
  }
  return text.length;
}

/** An item's mark with a text of its own, behind which its blocks go on. */
function itemOpening(text: string, { node, shift, start }: MarkdownBlock): string {
  const mark = node.getChild('ListMark')!;
  const content = mark.nextSibling;
  const line = withLineFeeds(text.slice(start, lineEndAfter(text, start)));
  const isOnLine = content !== null && content.from + shift < start + line.length;
  const place = isOnLine ? content.from + shift - start : mark.to + shift - start;
  return `${line.slice(0, place)}${isOnLine ? '' : ' '}x\n\n`;
}
