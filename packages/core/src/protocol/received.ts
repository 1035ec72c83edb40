import * as v from 'valibot';
import { ProtocolError } from '../errors.ts';

/** A message of a kind this library does not know; it is passed on as it came. */
export type UnknownMessage = { type: 'unknown'; raw: unknown };

/** Message schemas by their `type`. */
export type MessageTable = Readonly<
  Record<string, v.BaseSchema<unknown, { type: string }, v.BaseIssue<unknown>>>
>;

type MessageOf<Table extends MessageTable> = {
  [Key in keyof Table]: v.InferOutput<Table[Key]>;
}[keyof Table];

/**
 * Reads one received message: unknown fields pass, an unknown `type` becomes {@link UnknownMessage}.
 *
 * @throws {ProtocolError} when the message is no object, or one of a known `type` lacks a field it cannot be used
 *   without. The error names the field, never its content.
 */
export function readMessage<Table extends MessageTable>(
  table: Table,
  raw: unknown,
): MessageOf<Table> | UnknownMessage {
  if (typeof raw !== 'object' || raw === null) {
    throw new ProtocolError(`The service sent ${describe(raw)} where a message object belongs.`, {
      code: 'malformed_message',
    });
  }
  const type = (raw as { type?: unknown }).type;
  const schema = typeof type === 'string' && Object.hasOwn(table, type) ? table[type] : undefined;
  if (schema === undefined) return { type: 'unknown', raw };
  const result = v.safeParse(schema, raw, { abortEarly: true });
  if (!result.success) {
    const issue = result.issues[0];
    throw new ProtocolError(
      `The service sent a malformed "${type as string}" message: ${v.getDotPath(issue) ?? 'message'} should be ${issue.expected ?? 'present'}.`,
      { code: 'malformed_message' },
    );
  }
  return result.output as MessageOf<Table>;
}

function describe(value: unknown): string {
  return value === null ? 'null' : `a ${typeof value}`;
}
