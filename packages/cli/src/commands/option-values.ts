import { findModel, modelsServing } from '@stepvoice/core/protocol';
import type { Endpoint } from '@stepvoice/core/protocol';
import { UsageError } from '../cli-error.ts';
import type { Translate } from '../language/translate.ts';

/** @throws {UsageError} for what is no number in the range, ends included. */
export function toNumber(
  label: string,
  value: string,
  [least, most]: readonly [number, number],
  t: Translate,
): number {
  const number = value.trim() === '' ? Number.NaN : Number(value);
  if (number >= least && number <= most) return number;
  throw new UsageError(t('error.number', { label, least, most }));
}

/** @throws {UsageError} for what is no whole number in the range, ends included. */
export function toWholeNumber(
  label: string,
  value: string,
  range: readonly [number, number],
  t: Translate,
): number {
  const number = toNumber(label, value, range, t);
  if (Number.isInteger(number)) return number;
  throw new UsageError(t('error.wholeNumber', { label, least: range[0], most: range[1] }));
}

/**
 * The model of `--model`, or the default. One that the table does not know may be newer than the table.
 *
 * @throws {UsageError} for a model that is known to do something else.
 */
export function toModelId(
  value: string | undefined,
  endpoint: Endpoint,
  standard: string,
  t: Translate,
): string {
  if (value === undefined) return standard;
  const known = findModel(value);
  if (known === undefined || known.endpoints.includes(endpoint)) return value;
  const choices = modelsServing(endpoint).join(', ');
  throw new UsageError(t('error.otherModel', { model: value, choices }));
}
