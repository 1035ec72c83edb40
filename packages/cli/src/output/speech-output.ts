import path from 'node:path';
import { SPEECH_FORMATS } from '@stepvoice/core/protocol';
import type { SpeechFormat } from '@stepvoice/core/protocol';
import { UsageError } from '../cli-error.ts';
import type { Translate } from '../language/translate.ts';

/** Where the sound goes. */
export type Destination =
  | { readonly kind: 'player' }
  | { readonly kind: 'stdout' }
  | { readonly kind: 'file'; readonly path: string };

export type SpeechOutput = { readonly destination: Destination; readonly format: SpeechFormat };

const EXTENSIONS: Readonly<Record<string, SpeechFormat>> = {
  '.wav': 'wav',
  '.mp3': 'mp3',
  '.flac': 'flac',
  '.opus': 'opus',
  '.ogg': 'opus',
  '.pcm': 'pcm',
  '.raw': 'pcm',
};

/**
 * Reads `--out` and `--format`: without `--out` the player, `-` is stdout, else a file whose extension names the format.
 *
 * @throws {UsageError} for a format there is not, an extension that names none, and one that names another.
 */
export function toSpeechOutput(
  given: { out?: string | undefined; format?: string | undefined },
  t: Translate,
): SpeechOutput {
  const format = given.format === undefined ? undefined : toFormat(given.format, t);
  if (given.out === undefined) {
    if (format !== undefined) throw new UsageError(t('error.formatWithoutOut'), t('advice.out'));
    return { destination: { kind: 'player' }, format: 'pcm' };
  }
  if (given.out === '-') return { destination: { kind: 'stdout' }, format: format ?? 'wav' };
  if (given.out.trim() === '') throw new UsageError(t('error.outEmpty'));

  const extension = path.extname(given.out).toLowerCase();
  const named = EXTENSIONS[extension];
  const formats = SPEECH_FORMATS.join(', ');
  if (format === undefined && named === undefined) {
    throw new UsageError(t('error.outExtension', { file: given.out, formats }));
  }
  if (format !== undefined && named !== undefined && format !== named) {
    throw new UsageError(t('error.outFormat', { extension, format }));
  }
  return { destination: { kind: 'file', path: given.out }, format: format ?? named ?? 'wav' };
}

function toFormat(value: string, t: Translate): SpeechFormat {
  const format = SPEECH_FORMATS.find((known) => known === value.toLowerCase());
  if (format !== undefined) return format;
  const choices = SPEECH_FORMATS.join(', ');
  throw new UsageError(t('error.choice', { label: '--format', value, choices }));
}
