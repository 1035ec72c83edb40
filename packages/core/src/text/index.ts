export { MappedText, MappedTextBuilder, type TextRun } from './mapped-text.ts';
export type { SegmentKind, SpokenSegment, TextFormat, TextSource } from './spoken-segment.ts';
export type { TextRange } from './text-range.ts';
