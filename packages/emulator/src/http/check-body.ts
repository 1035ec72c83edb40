import type { Issue } from '@stepvoice/core/protocol';
import * as v from 'valibot';
import { invalidParameters } from './api-error.ts';

/** @throws {ApiError} 400 naming the first field that the schema does not take, never its value. */
export function checkSchema<Schema extends v.GenericSchema>(
  schema: Schema,
  value: unknown,
): v.InferOutput<Schema> {
  const result = v.safeParse(schema, value, { abortEarly: true });
  if (result.success) return result.output;
  const issue = result.issues[0];
  const path = v.getDotPath(issue) ?? 'request';
  throw invalidParameters(
    issue.received === 'undefined'
      ? `${path} is required`
      : `${path} is not valid: expected ${issue.expected ?? 'another type'}`,
  );
}

/** @throws {ApiError} 400 for the first of the issues, in the words that `wordsFor` has for it. */
export function refuseIssues(issues: readonly Issue[], wordsFor = wordsForIssue): void {
  const issue = issues[0];
  if (issue !== undefined) throw invalidParameters(wordsFor(issue));
}

export function wordsForIssue({ path, allowed }: Issue): string {
  return `${path} is not valid: expected ${allowed}`;
}
