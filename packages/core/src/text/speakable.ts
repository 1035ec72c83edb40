import { ValidationError } from '../errors.ts';
import { codeSegments } from './code/code-segments.ts';
import { markdownSegments } from './markdown/markdown-segments.ts';
import { plainSegments } from './plain-text.ts';
import type { SpeakableOptions } from './speakable-options.ts';
import type { SpokenSegment, TextSource } from './spoken-segment.ts';

/**
 * Turns a note, a plain text or source code into what is spoken, segment by segment, each with an exact map to the
 * source. Lazy: a segment is made when it is asked for, in a time that does not depend on how long the text is.
 *
 * Any text is readable; what is broken in its syntax is read as the text it is.
 *
 * @throws {ValidationError} for an unknown format, or an offset outside of the text.
 */
export function speakable(
  source: TextSource,
  options: SpeakableOptions = {},
): Iterable<SpokenSegment> {
  const { from = 0 } = options;
  if (!Number.isInteger(from) || from < 0 || from > source.text.length) {
    throw new ValidationError(
      `The offset to begin at is ${from}, but the text is ${source.text.length} code units long.`,
      { path: 'from', value: from, allowed: `an integer from 0 to ${source.text.length}` },
    );
  }
  switch (source.format) {
    case 'markdown':
      return { [Symbol.iterator]: () => markdownSegments(source, options) };
    case 'plain':
      return { [Symbol.iterator]: () => plainSegments(source, options) };
    case 'code':
      return { [Symbol.iterator]: () => codeSegments(source, options)[Symbol.iterator]() };
    default:
      throw new ValidationError(`A text's format cannot be ${String(source.format)}.`, {
        path: 'format',
        value: source.format,
        allowed: 'markdown, plain or code',
      });
  }
}
