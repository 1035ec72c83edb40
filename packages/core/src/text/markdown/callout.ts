import type { SyntaxNode } from '@lezer/common';
import type { TextRange } from '../text-range.ts';

/** A quotation that begins with `[!type]`, a title behind it on the same line. */
export type Callout = {
  readonly type: string;
  readonly paragraph: SyntaxNode;
  readonly mark: TextRange;
  /** Empty where there is none. */
  readonly title: TextRange;
  /** What is left of the first paragraph. */
  readonly body: TextRange;
};

export function calloutOf(text: string, quote: SyntaxNode, shift: number): Callout | undefined {
  const paragraph = quote.getChild('Paragraph');
  if (paragraph === null || paragraph.prevSibling?.name !== 'QuoteMark') return undefined;
  if (paragraph.prevSibling.prevSibling !== null) return undefined;
  const start = paragraph.from + shift;
  const end = paragraph.to + shift;
  const match = /^\[!([\p{L}\p{N}_-]{1,40})(?:\|[^\]\n\r]{0,40})?\][+-]?[ \t]*/u.exec(
    text.slice(start, end),
  );
  if (match === null) return undefined;
  const titleStart = start + match[0].length;
  const line = /[^\n\r]*/.exec(text.slice(titleStart, end))![0];
  const titleEnd = titleStart + line.trimEnd().length;
  return {
    type: match[1]!.toLowerCase(),
    paragraph,
    mark: { start, end: titleStart },
    title: { start: titleStart, end: titleEnd },
    body: { start: titleStart + line.length, end },
  };
}
