import { toTextUnits } from '@stepvoice/core/subtitles';
import type { Measure, TextUnit } from '@stepvoice/core/subtitles';
import stringWidth from 'string-width';

const GRAPHEMES = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/**
 * Lines of at most `limit` columns. White space at a break is dropped; everything else is kept.
 *
 * @param limit at least 2, which one Chinese character takes.
 */
export function wrapText(text: string, limit: number, measure: Measure = stringWidth): string[] {
  const lines: string[] = [];
  for (const paragraph of text.split(/\r?\n/)) {
    lines.push(...wrapParagraph(toTextUnits(paragraph, limit, measure), limit, measure));
  }
  return lines;
}

function wrapParagraph(units: readonly TextUnit[], limit: number, measure: Measure): string[] {
  const lines: string[] = [];
  let line = '';
  let gap = '';
  for (const { text, width, spaced } of units) {
    if (line !== '' && measure(line) + gap.length + width > limit) {
      lines.push(line);
      line = '';
      gap = '';
    }
    line += gap + text;
    gap = spaced ? ' ' : '';
  }
  lines.push(line);
  return lines;
}

/** A code that colours what follows it (ECMA-48, SGR). */
const COLOR = /(\p{Cc}\[[\d;]*m)/u;

/** The text as far as it goes into `columns`, with `…` where it goes on. Codes of colours take no room, and stay. */
export function cutToWidth(text: string, columns: number): string {
  if (stringWidth(text) <= columns) return text;
  let kept = '';
  let width = 0;
  for (const part of text.split(COLOR)) {
    if (COLOR.test(part)) kept += part;
    else if (width < columns) {
      for (const { segment } of GRAPHEMES.segment(part)) {
        const next = width + stringWidth(segment);
        kept += next < columns ? segment : '…';
        width = next < columns ? next : columns;
        if (width === columns) break;
      }
    }
  }
  return kept;
}
