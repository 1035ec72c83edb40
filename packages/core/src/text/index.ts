export { MappedText, MappedTextBuilder, type TextRun } from './mapped-text.ts';
export { MappedTextEditor } from './mapped-text-editor.ts';
export { speakable } from './speakable.ts';
export type { CodeReading, Policies, Policy, SpeakableOptions } from './speakable-options.ts';
export type {
  SegmentKind,
  SpokenSegment,
  SpokenStep,
  TextFormat,
  TextSource,
} from './spoken-segment.ts';
export type { TextRange } from './text-range.ts';
export { rewriteSpoken, type RewriteOptions } from './rewrites/rewrite-spoken.ts';
export { splitDialogue } from './dialogue.ts';
export type { CodeOptions } from './code/code-options.ts';
export { readCode } from './code/read-code.ts';
export type { BlockComment, CodeSyntax, LineComment, StringSyntax } from './code/code-syntax.ts';
export { codeSyntaxOf } from './code/code-languages.ts';
export { speakableIdentifier, splitIdentifier } from './code/identifiers.ts';
export {
  compileDirection,
  type CompiledDirection,
  type CompiledLabel,
  type DirectedEmotion,
  type DirectedSpeed,
  type Direction,
  type DirectionBackEnd,
} from './directions.ts';
export { type SentenceOptions, sentences, SentenceSplitter } from './sentences.ts';
export { cutAtClause } from './clause-cut.ts';
export { detectLanguage } from './language.ts';
