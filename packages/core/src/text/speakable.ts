import { ValidationError } from '../errors.ts';
import { markdownSegments } from './markdown/markdown-segments.ts';
import { plainSegments } from './plain-text.ts';
import type { SpeakableOptions } from './speakable-options.ts';
import type { SpokenSegment, SpokenStep, TextSource } from './spoken-segment.ts';

/**
 * Turns a note, a plain text or source code into what is spoken, segment by segment, each with an exact map to the
 * source. Lazy: a segment is made when it is asked for, in a time that does not depend on how long the text is, except for
 * what lies before it that says nothing.
 *
 * Any text is readable; what is broken in its syntax is read as the text it is. Code is read by the reader that is handed
 * in: `speakable(source, { readCode })`.
 *
 * @throws {ValidationError} for an unknown format, code without its reader, or an offset outside of the text.
 */
export function speakable(
  source: TextSource,
  options: SpeakableOptions = {},
): Iterable<SpokenSegment> {
  const steps = speakableSteps(source, options);
  return {
    *[Symbol.iterator]() {
      for (const step of steps) if (step !== undefined) yield step;
    },
  };
}

/** The same in steps that are all short, also where a text of megabytes says nothing. */
export function speakableSteps(
  source: TextSource,
  options: SpeakableOptions = {},
): Iterable<SpokenStep> {
  const { from = 0, readCode } = options;
  if (!Number.isInteger(from) || from < 0 || from > source.text.length) {
    throw new ValidationError(
      `The offset to begin at is ${from}, but the text is ${source.text.length} code units long.`,
      { path: 'from', value: from, allowed: `an integer from 0 to ${source.text.length}` },
    );
  }
  switch (source.format) {
    case 'markdown':
      if (options.policies?.codeBlock === 'read' && readCode === undefined) {
        throw withoutReader('policies.codeBlock', 'read');
      }
      return { [Symbol.iterator]: () => markdownSegments(source, options) };
    case 'plain':
      return { [Symbol.iterator]: () => plainSegments(source, options) };
    case 'code':
      if (readCode === undefined) throw withoutReader('format', 'code');
      return { [Symbol.iterator]: () => readCode(source, options)[Symbol.iterator]() };
    default:
      throw new ValidationError(`A text's format cannot be ${String(source.format)}.`, {
        path: 'format',
        value: source.format,
        allowed: 'markdown, plain or code',
      });
  }
}

function withoutReader(path: string, value: string): ValidationError {
  return new ValidationError(
    `To read code (${path}: ${value}) its reader is needed: pass readCode of @stepvoice/core/text in the text's options.`,
    { path: 'readCode', value: undefined, allowed: 'readCode of @stepvoice/core/text' },
  );
}
