import type { SyntaxNode } from '@lezer/common';
import { ProseBuilder } from '../prose-builder.ts';
import { announcementDraft, type SegmentDraft } from '../segment-draft.ts';
import type { MarkdownBlock } from './long-block.ts';
import type { InlineSpeech } from './inline-speech.ts';

/** One draft for each row of a table, or one that says how large it is. */
export function* tableDrafts(
  table: SyntaxNode,
  block: MarkdownBlock,
  speak: (prose: ProseBuilder) => InlineSpeech,
): Generator<SegmentDraft> {
  const { context } = speak(new ProseBuilder(''));
  const { policies, announcements, options } = context;
  const header = table.getChild('TableHeader')!;
  const base = { kind: 'table', level: 0, block: block.start } as const;
  if (policies.table === 'announce') {
    // A part of a long table: the first has said it.
    if (block.part.start > block.start) return;
    const start = table.from + block.shift;
    const isTop = table.parent?.type.isTop === true;
    const end = isTop ? block.end : table.to + block.shift;
    const rows = countLines(context.text.slice(start, end)) - 2;
    const words = announcements.table(columns(header).size, Math.max(0, rows));
    yield announcementDraft(context, words, { ...base, range: { start, end } });
    return;
  }
  const headings = options.tableHeadings === true ? headingTexts(header, speak) : undefined;
  for (let row = table.firstChild; row !== null; row = row.nextSibling) {
    const start = row.from + block.shift;
    const isRow = row.name === 'TableRow' || (row.name === 'TableHeader' && headings === undefined);
    if (!isRow || start < block.part.start) continue;
    const prose = new ProseBuilder(context.text);
    const inline = speak(prose);
    let place = start;
    for (const [column, cell] of columns(row)) {
      const from = cell.from + block.shift;
      if (!prose.isEmpty) prose.words(announcements.cellSeparator, place, from);
      const heading = headings?.get(column) ?? '';
      if (heading !== '') prose.words(heading + announcements.headingSeparator, from, from);
      inline.content(cell);
      place = cell.to + block.shift;
    }
    yield { ...base, spoken: prose.build(), range: { start, end: row.to + block.shift } };
  }
}

/** The cells that are not empty, by their column. */
function columns(row: SyntaxNode): Map<number, SyntaxNode> {
  const cells = new Map<number, SyntaxNode>();
  let column = 0;
  for (let child = row.firstChild; child !== null; child = child.nextSibling) {
    if (child.name === 'TableCell') cells.set(column, child);
    else if (child.name === 'TableDelimiter' && child.from > row.from) column += 1;
  }
  return cells;
}

function headingTexts(
  header: SyntaxNode,
  speak: (prose: ProseBuilder) => InlineSpeech,
): Map<number, string> {
  const { text } = speak(new ProseBuilder('')).context;
  const headings = new Map<number, string>();
  for (const [column, cell] of columns(header)) {
    const prose = new ProseBuilder(text);
    speak(prose).content(cell);
    headings.set(column, prose.build().text);
  }
  return headings;
}

function countLines(text: string): number {
  return text.trimEnd().split(/\r\n|[\n\r]/).length;
}
