import { ValidationError } from '../errors.ts';
import type { Issue } from './speech-rules.ts';

/**
 * The error for a request that must not leave, in the caller's words.
 *
 * @param others paths of what else is wrong
 */
export function toValidationError(issue: Issue, others: readonly string[] = []): ValidationError {
  const { path, value, allowed, instead } = issue;
  const advice = instead === undefined ? '' : ` Use ${instead}.`;
  const more = others.length === 0 ? '' : ` Also refused: ${others.join(', ')}.`;
  return new ValidationError(
    `${path}${describe(value)} is not allowed: it takes ${allowed}.${advice}${more}`,
    { path, value, allowed, instead },
  );
}

/**
 * An option that is not known would otherwise be left out without a word.
 *
 * @param meant what somebody who knows the wire might write by mistake, and the option's own name
 * @throws {ValidationError} for the first such option.
 */
export function refuseUnknownOptions(
  options: object,
  known: readonly string[],
  meant: Readonly<Record<string, string>> = {},
): void {
  if (typeof options !== 'object' || options === null) {
    throw toValidationError({ path: 'options', value: options, allowed: 'an object' });
  }
  for (const key of Object.keys(options)) {
    if (known.includes(key)) continue;
    const instead = Object.hasOwn(meant, key) ? meant[key] : undefined;
    throw toValidationError({
      path: key,
      value: undefined,
      allowed: `the options ${known.join(', ')}`,
      ...(instead === undefined || !known.includes(instead) ? {} : { instead }),
    });
  }
}

function describe(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'boolean') return ` ${value}`;
  if (typeof value === 'string') return value.length <= 40 ? ` "${value}"` : '';
  if (typeof value !== 'object' || value === null) return '';
  const { length, offset } = value as { length?: unknown; offset?: unknown };
  if (typeof length !== 'number' || Array.isArray(value)) return '';
  return ` of ${length} characters${typeof offset === 'number' ? `, at offset ${offset},` : ''}`;
}
