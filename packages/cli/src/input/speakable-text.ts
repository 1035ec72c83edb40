import { findTextIssue } from '@stepvoice/core/protocol';
import type { TextFault } from '@stepvoice/core/protocol';
import { UsageError } from '../cli-error.ts';
import type { Translate } from '../language/translate.ts';
import type { TextSource } from './text-source.ts';

/**
 * Checks a text that is known as a whole, before anything is started for it. One that arrives over time is checked as it
 * arrives; for FLAC it is waited for, since a FLAC stream cannot be continued by another one after a pause.
 *
 * @throws {UsageError} for a blank text, and one with characters that cannot be spoken.
 */
export async function toSpeakable(
  source: TextSource,
  format: string,
  t: Translate,
): Promise<TextSource> {
  if (source.kind === 'stream') {
    if (format !== 'flac') return source;
    let text = '';
    for await (const piece of source.pieces) text += piece;
    return toSpeakable({ kind: 'whole', text }, format, t);
  }
  refuseUnspeakable(source.text, 0, t);
  return source;
}

/**
 * @param start how much text stood before this one, in UTF-16 units.
 * @throws {UsageError} for a blank text, and one with characters that cannot be spoken.
 */
export function refuseUnspeakable(text: string, start: number, t: Translate): void {
  const issue = findTextIssue('text', text, Number.POSITIVE_INFINITY);
  if (issue === undefined) return;
  const { offset } = issue.value as TextFault;
  if (offset === undefined) throw new UsageError(t('error.blank'), t('advice.say'));
  throw new UsageError(
    t('error.unreadableText', { offset: start + offset }),
    t('advice.unreadableText'),
  );
}
