import {
  finishDraft,
  prosePieces,
  STEP_LENGTH,
  type SpeakingContext,
  speakingContext,
} from './segment-draft.ts';
import type { SpeakableOptions } from './speakable-options.ts';
import type { SegmentKind, SpokenStep, TextSource } from './spoken-segment.ts';
import type { TextRange } from './text-range.ts';

/**
 * Reads plain text: paragraphs by blank lines and indents, one item for each line that begins like one, lines that were
 * wrapped by hand joined. The options as those of `speakable`.
 */
export function* plainSegments(
  source: TextSource,
  options: SpeakableOptions = {},
): Generator<SpokenStep> {
  const { text } = source;
  const context = speakingContext(text, options);
  yield* plainTextIn(context, { start: options.from ?? 0, end: text.length });
}

/** The same for a part of a text, such as one whose Markdown cannot be read; all of one kind, where that is given. */
export function* plainTextIn(
  context: SpeakingContext,
  range: TextRange,
  { block, kind }: { readonly block?: number; readonly kind?: SegmentKind } = {},
): Generator<SpokenStep> {
  for (const paragraph of paragraphs(context.text, range)) {
    if (paragraph === undefined) yield undefined;
    else {
      const prose = kind === undefined ? paragraph : { ...paragraph, kind };
      yield* proseSegments(context, prose, block ?? paragraph.start);
    }
  }
}

type Prose = TextRange & {
  readonly kind?: SegmentKind;
  readonly level?: number;
  /** Where what is spoken begins, behind an item's mark. */
  readonly textStart?: number;
  readonly textEnd?: number;
};

/** Segments of one paragraph, whatever its length. */
export function* proseSegments(
  context: SpeakingContext,
  { start, end, textStart = start, textEnd = end, kind = 'paragraph', level = 0 }: Prose,
  block: number,
): Generator<SpokenStep> {
  let pieceStart = start;
  for (const spoken of prosePieces(context.text, { start: textStart, end: textEnd })) {
    const { sourceRange } = spoken;
    const isLast = sourceRange.end >= textEnd - 1;
    const range = { start: pieceStart, end: isLast ? end : sourceRange.end };
    pieceStart = sourceRange.end;
    yield* finishDraft({ kind, level, spoken, range, block }, context);
    if (!isLast) yield undefined;
  }
}

type Paragraph = TextRange & { kind: SegmentKind; level: number; textStart: number };

/** The paragraphs, and `undefined` now and then, for a pause. */
function* paragraphs(text: string, range: TextRange): Generator<Paragraph | undefined> {
  const line = new RegExp(LINE);
  line.lastIndex = range.start;
  let paragraph: Paragraph | undefined;
  let hasEnded = false;
  let wasIndented = false;
  let stepStart = range.start;
  while (line.lastIndex < range.end) {
    const start = line.lastIndex;
    const [, indent = '', content = ''] = line.exec(text)!;
    const end = Math.min(start + indent.length + content.length, range.end);
    const mark = ITEM.exec(content.slice(0, LONGEST_ITEM_MARK));
    const isItem = mark !== null;
    const isIndented = indent !== '';
    const isOwn = isItem || hasEnded || (isIndented && (!wasIndented || indent.includes('\u3000')));
    if (
      paragraph !== undefined &&
      (content === '' || (isOwn && !goesOn(paragraph, isItem, hasEnded)))
    ) {
      yield paragraph;
      paragraph = undefined;
    }
    if (content !== '') {
      // A bullet is for the eye; a number is read.
      const textStart = mark?.[1] === undefined ? start : start + indent.length + mark[1].length;
      const level = isItem ? 1 : 0;
      paragraph =
        paragraph === undefined
          ? { start, end, kind: isItem ? 'list-item' : 'paragraph', level, textStart }
          : { ...paragraph, end };
    }
    hasEnded = content.length > LONGEST_WRAPPED_LINE || ENDS_CHINESE.test(content.slice(-8));
    wasIndented = isIndented;
    if (end - stepStart >= STEP_LENGTH) {
      stepStart = end;
      yield undefined;
    }
  }
  if (paragraph !== undefined) yield paragraph;
}

/** An item's further lines are indented. */
function goesOn(paragraph: Paragraph, isItem: boolean, hasEnded: boolean): boolean {
  return paragraph.kind === 'list-item' && !isItem && !hasEnded;
}

/** Nobody wraps by hand at more columns; a line beyond it is a paragraph of its own. */
const LONGEST_WRAPPED_LINE = 160;
const LONGEST_ITEM_MARK = 12;

/** Chinese that is wrapped by hand ends a line with a full stop only by chance; mostly the line is a paragraph. */
const ENDS_CHINESE = /[。！？…”」』][\t \u3000]*$/;
const LINE = /([\t \u3000\uFEFF]*)([^\n\r]*)(?:\r\n|[\n\r]|$)/y;
const ITEM =
  /^(?:([-*+•·‣◦▪–—])[\t ]|\d{1,3}[.)][\t ]|\d{1,3}[、．]|[(（]\d{1,3}[)）]|[一二三四五六七八九十]{1,3}、)/;
