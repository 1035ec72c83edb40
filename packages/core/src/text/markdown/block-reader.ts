import { markdownParser } from './markdown-parser.ts';
import { isHolder, readHolder } from './holder-parts.ts';
import { isLongLeaf, type LongParagraph, type MarkdownBlock, readLongLeaf } from './long-block.ts';
import { lineEndAfter, restartPoints, skipBlankLines, withLineFeeds } from './source-lines.ts';

/** So much is parsed at once, for a step of a few milliseconds. */
const CHUNK = 16_384;

/** A paragraph, a table, a piece of code that is not whole within so many code units is read by its lines. */
const LONG_LEAF = 65_536;

export type ReadOptions = {
  /** In code units; smaller ones are for tests. */
  readonly chunkLength?: number | undefined;
  /** Whether only the first part of a long table is of interest. */
  readonly onlyTableHeads: boolean;
};

/**
 * Parses a text block by block, from a block's start on. Equal to parsing it at once: a chunk is parsed to its end, and
 * its last block, which may go on behind it, is parsed again as the first of the next. The grammar looks back at nothing
 * but the open blocks, and ahead by one line. `undefined` is a pause in a long search.
 */
export function* readBlocks(
  text: string,
  from: number,
  options: ReadOptions,
): Generator<MarkdownBlock | LongParagraph | undefined> {
  const { chunkLength = CHUNK } = options;
  let start = skipBlankLines(text, from);
  let length = chunkLength;
  while (start < text.length) {
    const end = lineEndAfter(text, start + length);
    const blocks = parseChunk(text, start, end);
    const last = blocks.at(-1);
    if (last === undefined) {
      start = end;
    } else if (end === text.length) {
      yield* blocks;
      return;
    } else if (blocks.length > 1) {
      yield* blocks.slice(0, -1);
      start = last.start;
      length = chunkLength;
    } else if (isHolder(last.node)) {
      start = skipBlankLines(text, yield* readHolder(text, last, chunkLength));
    } else if (end - start >= LONG_LEAF && isLongLeaf(last.node)) {
      start = skipBlankLines(text, yield* readLongLeaf(text, last, options.onlyTableHeads));
      length = chunkLength;
    } else {
      length = (end - start) * 2;
    }
  }
}

function parseChunk(text: string, start: number, end: number): MarkdownBlock[] {
  const chunk = withLineFeeds(text.slice(start, end));
  const blocks: MarkdownBlock[] = [];
  for (const node of restartPoints(markdownParser().parse(chunk).topNode)) {
    const line = start + chunk.lastIndexOf('\n', node.from - 1) + 1;
    const to = start + node.to;
    blocks.push({
      node,
      shift: start,
      start: line,
      end: to,
      part: { start: line, end: to },
      first: { node, shift: start },
    });
  }
  return blocks;
}
