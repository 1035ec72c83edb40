import type { Issue } from '@stepvoice/core/protocol';
import { clip } from '../http/api-error.ts';

/** Why a client event is not obeyed: what stands in `error` of the answer to it. */
export class EventRefusal extends Error {
  override name = 'EventRefusal';
  readonly code: string | undefined;
  /** The field that is wrong, as in `session.voice`. */
  readonly param: string | undefined;

  constructor(
    message: string,
    { code, param }: { code?: string | undefined; param?: string | undefined } = {},
  ) {
    super(message);
    this.code = code;
    this.param = param;
  }
}

/** @throws {EventRefusal} for the first of the issues, if there is one. */
export function refuse(issues: readonly Issue[], parent: string): void {
  const issue = issues[0];
  if (issue === undefined) return;
  const param = `${parent}.${issue.path}`;
  throw new EventRefusal(`${param} is not valid: expected ${issue.allowed}`, {
    code: 'invalid_value',
    param,
  });
}

export function invalidVoice(voice: string, param: string): EventRefusal {
  return new EventRefusal(`voice ${clip(voice)} is not valid`, { code: 'invalid_value', param });
}
