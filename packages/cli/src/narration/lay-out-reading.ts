import { toTextUnits } from '@stepvoice/core/subtitles';
import type { TextRange } from '@stepvoice/core/text';
import stringWidth from 'string-width';
import type { Colors } from '../terminal/colors.ts';

export type ReadingMarks = {
  /** The sentence that is being read, in the paragraph. */
  readonly sentence: TextRange;
  /** The word of it that is being spoken, where it is known. */
  readonly word: TextRange | undefined;
};

/**
 * A paragraph as lines of a terminal: the sentence that is read stands out, and the word that is spoken even more. Of a
 * paragraph that is longer than `rows`, those around the word are shown.
 */
export function layOutReading(
  paragraph: string,
  { sentence, word }: ReadingMarks,
  { columns, rows, colors }: { columns: number; rows: number; colors: Colors },
): string[] {
  const lines = toLines(paragraph, columns);
  const spoken = word?.start ?? sentence.start;
  const at = lines.findIndex(({ end }) => end > spoken);
  // One line of what was read before stays above the word.
  const first = Math.max(0, Math.min(at - 1, lines.length - rows));
  return lines.slice(first, first + rows).map((line) => {
    const cuts = [sentence.start, sentence.end, word?.start, word?.end]
      .filter((cut) => cut !== undefined)
      .filter((cut) => cut > line.start && cut < line.end);
    const edges = [line.start, ...new Set(cuts.toSorted((one, other) => one - other)), line.end];
    return edges
      .slice(1)
      .map((end, index) => {
        const start = edges[index]!;
        const text = paragraph.slice(start, end).replaceAll(/\s/g, ' ');
        if (word !== undefined && start >= word.start && end <= word.end) {
          return colors.inverse(text);
        }
        return start >= sentence.start && end <= sentence.end ? text : colors.dim(text);
      })
      .join('');
  });
}

/** The stretches of a text that stand on one line each; white space between them stands on none. */
function toLines(text: string, columns: number): TextRange[] {
  const lines: { start: number; end: number }[] = [];
  let width = 0;
  let gap = 0;
  for (const unit of toTextUnits(text, columns, stringWidth)) {
    const last = lines.at(-1);
    const end = unit.start + unit.text.length;
    if (last === undefined || width + gap + unit.width > columns) {
      lines.push({ start: unit.start, end });
      width = unit.width;
    } else {
      // White space counts as it stands, for it is shown as it stands.
      width += unit.start - last.end + unit.width;
      last.end = end;
    }
    gap = unit.spaced ? 1 : 0;
  }
  return lines;
}
