import {
  AuthenticationError,
  CapabilityError,
  ModerationError,
  RateLimitError,
  ServiceError,
} from '../errors.ts';
import type { StepAudioError } from '../errors.ts';

/** What the service says about a failure, in an error body or in an `error` event. */
export type ServiceFailure = {
  /** The service's own sentence; may be empty. */
  message: string;
  type?: string | undefined;
  /** An HTTP status as text on sockets, anything elsewhere. */
  code?: string | undefined;
  /** The field of the request that it is about, where the service names one. */
  param?: string | undefined;
  /** Whether moderation refused the content. */
  blocked: boolean;
};

/** Finds the failure in a parsed body or event; `undefined` where there is none. */
export type FailureReader = (raw: unknown) => ServiceFailure | undefined;

export type FailureContext = {
  status?: number | undefined;
  requestId?: string | undefined;
  retryAfterMs?: number | undefined;
  /** Said after the failure: what is known about the address it came from. */
  advice?: string | undefined;
  /** Where the request went to the subscription: its scope in words. */
  planScope?: string | undefined;
  /** What must not be repeated in a message even if the service does: the key, the text. */
  secrets?: readonly string[] | undefined;
};

const LONGEST_MESSAGE = 300;

/**
 * The error for a failure the service has stated. Its status decides the kind; where the answer had none (an event), a
 * numeric code does.
 */
export function toServiceError(
  failure: ServiceFailure,
  context: FailureContext = {},
): StepAudioError {
  const status = context.status ?? statusOf(failure.code);
  const said =
    quote(failure.message, context.secrets) ??
    (status === undefined ? 'no reason given' : `HTTP ${status}`);
  const { requestId, retryAfterMs } = context;
  const options = { status: context.status, requestId, retryAfterMs };
  const code = failure.type ?? failure.code;
  const because = (text: string): string =>
    context.advice === undefined ? text : `${text} ${context.advice}`;

  if (failure.blocked || status === 451) {
    return new ModerationError(
      `The service's moderation blocked the text (${said}). Change the text.`,
      {
        ...options,
        code: code ?? 'censorship_block',
      },
    );
  }
  if (context.planScope !== undefined && isOutsidePlan(status)) {
    return new CapabilityError(
      `The subscription (plan "step-plan") does not serve this (${said}). ${context.planScope}`,
      { ...options, code: 'not_in_plan' },
    );
  }
  switch (status ?? 0) {
    case 401:
      return new AuthenticationError(
        because(`The service refused the key (${said}). Keys work only at their own host.`),
        { ...options, code: code ?? 'invalid_api_key' },
      );
    case 402:
      return new AuthenticationError(
        because(`The account's balance is used up (${said}). Top it up and try again.`),
        { ...options, code: code ?? 'insufficient_balance' },
      );
    case 403:
      return new AuthenticationError(because(`The account may not do this (${said}).`), {
        ...options,
        code: code ?? 'permission_denied',
      });
    case 404:
      return new ServiceError(because(`The service has nothing of that name (${said}).`), {
        ...options,
        code: code ?? 'not_found',
      });
    case 429:
      return new RateLimitError(
        `The account's rate limit is reached (${said}). Wait, or send fewer requests at once.`,
        { ...options, code: code ?? 'rate_limited' },
      );
    default: {
      const atFault = status !== undefined && (status >= 500 || status === 408);
      return new ServiceError(
        because(
          atFault ? `The service failed (${said}).` : `The service refused the request (${said}).`,
        ),
        { ...options, code: code ?? 'service_error', retryable: atFault },
      );
    }
  }
}

/** What the key, the balance, a limit or moderation answer for has a status of its own. */
function isOutsidePlan(status: number | undefined): boolean {
  return status !== undefined && status < 500 && ![401, 402, 408, 429, 451].includes(status);
}

function statusOf(code: string | undefined): number | undefined {
  return code !== undefined && /^[45]\d\d$/.test(code) ? Number(code) : undefined;
}

/** A foreign sentence made fit for an error message: one line of bounded length, or `undefined` for an empty one. */
export function quote(message: string, secrets: readonly string[] = []): string | undefined {
  let open = message;
  for (const secret of secrets) if (secret.length > 3) open = open.replaceAll(secret, '[…]');
  const line = open
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim()
    .replace(/\.$/, '');
  if (line === '') return undefined;
  return line.length > LONGEST_MESSAGE ? `${line.slice(0, LONGEST_MESSAGE)}…` : line;
}
