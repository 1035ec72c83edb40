import type { StepAudioError } from '../errors.ts';
import type { CallErrors } from '../net/call-errors.ts';
import type { Connection } from '../net/connection.ts';
import type { ServiceFailure } from '../net/service-failure.ts';

export type FailureContext = {
  connection: Connection;
  errors: CallErrors;
  secrets: readonly string[];
  requestId: string | undefined;
};

/**
 * The error for an event that reports a failure. What the socket calls a risk, and the HTTP endpoint says in words only,
 * is moderation.
 */
export function toFailure(raw: unknown, context: FailureContext): StepAudioError {
  const { connection, errors, secrets, requestId } = context;
  const failure = readLegacyFailure(raw) ?? connection.readFailure(raw);
  if (failure === undefined) return errors.fromFailure(raw, requestId);
  const blocked =
    failure.blocked ||
    failure.type === 'risk' ||
    failure.code === 'risk_blocked' ||
    /^content blocked\b/i.test(failure.message);
  return connection.toEventError({ ...failure, blocked }, { requestId, secrets });
}

/** `transcript.response.error` has its sentence in `data.error`. */
function readLegacyFailure(raw: unknown): ServiceFailure | undefined {
  const { data } = raw as { data?: { error?: unknown; code?: unknown } | null };
  const { error, code } = data ?? {};
  if (typeof error !== 'string') return undefined;
  const isCode = typeof code === 'string' || typeof code === 'number';
  return { message: error, code: isCode ? String(code) : undefined, blocked: false };
}
