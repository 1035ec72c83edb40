import type { MappedText } from './mapped-text.ts';
import type { TextRange } from './text-range.ts';

/** What a segment is in its source. */
export type SegmentKind =
  | 'heading'
  | 'paragraph'
  | 'list-item'
  | 'quote'
  | 'callout'
  | 'table'
  | 'code'
  | 'math'
  | 'image'
  | 'embed'
  | 'footnote'
  | 'html'
  | 'front-matter'
  | 'comment'
  | 'string'
  | 'identifier';

/** A stretch of a source that is spoken in one go: a paragraph, a heading, an item, a row; never longer than 10 000 code units. */
export type SpokenSegment = {
  readonly kind: SegmentKind;
  /** Of a heading 1 to 6, of a list's item, a quote or a callout its depth from 1; else 0. */
  readonly level: number;
  readonly spoken: MappedText;
  /** The segment with its marks in the source. */
  readonly range: TextRange;
  /**
   * Where the top-level block that holds the segment begins: from there the source can be read again, and gives the
   * same segments as the whole source has from there on.
   */
  readonly block: number;
  /** BCP 47 (`en`, `zh`, `ja`, `ko` …) where the script or the source tells; `undefined` where neither does. */
  readonly language: string | undefined;
  /** Who speaks, where the text says so and the caller named a cast; the narrator otherwise. */
  readonly speaker: string | undefined;
};

/**
 * What a reader gives at each step: a segment, or `undefined` after a stretch of the source that says nothing, so that a
 * caller can pause there.
 */
export type SpokenStep = SpokenSegment | undefined;

/** How code, comments and prose are told apart. */
export type TextFormat = 'markdown' | 'plain' | 'code';

export type TextSource = {
  readonly text: string;
  readonly format: TextFormat;
  /** Of `code`: the language's id as editors have it (`typescript`, `python` …). */
  readonly codeLanguage?: string | undefined;
};
