import * as v from 'valibot';
import { ProtocolError } from '../errors.ts';

/**
 * Reads a parsed answer by its schema.
 *
 * @param what was asked for, for the message: `a list of files`
 * @throws {ProtocolError} when it lacks what it cannot be used without. The error names the field, never its content.
 */
export function readAnswer<Schema extends v.GenericSchema>(
  schema: Schema,
  raw: unknown,
  { what, requestId }: { what: string; requestId: string | undefined },
): v.InferOutput<Schema> {
  const result = v.safeParse(schema, raw, { abortEarly: true });
  if (result.success) return result.output;
  const issue = result.issues[0];
  throw new ProtocolError(
    `The service sent a malformed answer in place of ${what}: ${v.getDotPath(issue) ?? 'it'} should be ${issue.expected ?? 'present'}.`,
    { code: 'malformed_answer', requestId },
  );
}
