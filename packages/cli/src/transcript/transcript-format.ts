import path from 'node:path';
import { toSrt, toSubtitleCues, toVtt } from '@stepvoice/core/subtitles';
import { UsageError } from '../cli-error.ts';
import type { Translate } from '../language/translate.ts';
import type { DraftSegment } from './transcript-draft.ts';

export const TRANSCRIPT_FORMATS = ['text', 'json', 'srt', 'vtt'] as const;
export type TranscriptFormat = (typeof TRANSCRIPT_FORMATS)[number];

const EXTENSIONS: Readonly<Record<string, TranscriptFormat>> = {
  '.txt': 'text',
  '.text': 'text',
  '.md': 'text',
  '.json': 'json',
  '.srt': 'srt',
  '.vtt': 'vtt',
};

/** The extension of a file of the format. */
export function extensionOf(format: TranscriptFormat): string {
  return format === 'text' ? '.txt' : `.${format}`;
}

/**
 * Reads `--format` and the extension of `--out`; without both it is text.
 *
 * @throws {UsageError} for a format there is not, and for an extension that names another.
 */
export function toTranscriptFormat(
  given: { out?: string | undefined; format?: string | undefined },
  t: Translate,
): TranscriptFormat {
  const named = EXTENSIONS[path.extname(given.out ?? '').toLowerCase()];
  if (given.format === undefined) return named ?? 'text';
  const format = TRANSCRIPT_FORMATS.find((known) => known === given.format?.toLowerCase());
  if (format === undefined) {
    const choices = TRANSCRIPT_FORMATS.join(', ');
    throw new UsageError(t('error.choice', { label: '--format', value: given.format, choices }));
  }
  if (named !== undefined && named !== format) {
    const extension = path.extname(given.out ?? '');
    throw new UsageError(t('error.outFormat', { extension, format }));
  }
  return format;
}

/** Of what a transcript was made. */
export type TranscriptFacts = {
  model: string;
  /** Whether all of the sound was understood. */
  complete: boolean;
  usedTokens: number | undefined;
  /** Whether times were asked for. */
  timestamps: boolean;
};

/** The text of a transcript's file, with the end of its last line. */
export function formatTranscript(
  format: TranscriptFormat,
  segments: readonly DraftSegment[],
  facts: TranscriptFacts,
): string {
  switch (format) {
    case 'text':
      return segments.map(({ text }) => `${text.trim()}\n`).join('');
    case 'srt':
      return toSrt(toSubtitleCues(segments));
    case 'vtt':
      return toVtt(toSubtitleCues(segments));
    case 'json':
      return `${JSON.stringify(toJson(segments, facts), undefined, 2)}\n`;
  }
}

function toJson(
  segments: readonly DraftSegment[],
  { model, complete, usedTokens, timestamps }: TranscriptFacts,
): object {
  return {
    text: segments.map(({ text }) => text.trim()).join('\n'),
    complete,
    model,
    segments: segments.map(({ text, startMs, endMs, words, final }) => ({
      text: text.trim(),
      startMs: startMs ?? null,
      endMs: endMs ?? null,
      ...(final ? {} : { final }),
      ...(timestamps
        ? {
            words: words.map((word) => ({
              text: word.text.trim(),
              startMs: word.startMs,
              endMs: word.endMs,
            })),
          }
        : {}),
    })),
    usage: usedTokens === undefined ? null : { totalTokens: usedTokens },
  };
}
