import type { VoiceConsent } from '@stepvoice/core/node';
import { UsageError } from '../cli-error.ts';
import type { CommandContext } from '../command-context.ts';
import type { Translate } from '../language/translate.ts';
import { askLine } from '../terminal/secret-prompt.ts';

/**
 * Who allowed it, and how: from the option, else asked on a terminal. A voice belongs to the person who speaks with it, so
 * nothing is cloned without an answer.
 */
export async function askConsent(
  given: string | undefined,
  { terminal, t, signal }: CommandContext,
): Promise<VoiceConsent> {
  if (given !== undefined) return toConsent(given, t);
  if (!terminal.stdin.isTTY) throw new UsageError(t('error.noConsent'), t('advice.consent'));
  terminal.stderr.write(`${t('clone.whyConsent')}\n`);
  const by = await askLine({ terminal, question: t('clone.askWho'), signal });
  const how = await askLine({ terminal, question: t('clone.askHow'), signal });
  return toConsent(`${by}: ${how}`, t);
}

/**
 * Two parts, for one of them alone says nothing: `Li Hua, in writing`.
 *
 * @throws {UsageError} for a statement that is none.
 */
export function toConsent(statement: string, t: Translate): VoiceConsent {
  const [, by = '', how = ''] = /^([^,:，：]+)[,:，：](.+)$/su.exec(statement.trim()) ?? [];
  if (by.trim() === '' || how.trim() === '') {
    throw new UsageError(t('error.consentForm'), t('advice.consent'));
  }
  return { by: by.trim(), how: how.trim() };
}
