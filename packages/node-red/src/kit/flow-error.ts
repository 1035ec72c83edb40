import type { StepAudioError } from '@stepvoice/core';
import { STATUS_TEXTS, type StatusKey } from '../definition/shared-texts.ts';
import type { Text } from '../definition/node-definition.ts';

/** What a Catch node is told beside the message and the code. */
export type FlowErrorFacts = {
  /** Of the error as the library throws it: `RateLimitError`. */
  name: string;
  /** HTTP status. */
  status?: number | undefined;
  /** The service's trace id. */
  requestId?: string | undefined;
  /** Whether the same message may succeed later. */
  retryable: boolean;
  retryAfterMs?: number | undefined;
  /** Of what was wrong: `speed`, `msg.voice`. */
  path?: string | undefined;
};

/**
 * Why a message could not be worked on. A Catch node copies `message` (as `String(error)`), `code`, `stack` and `cause`, and
 * of those only what is the error's own: so `code` and `cause` are.
 */
export class FlowError extends Error {
  readonly code: string;
  override readonly cause: FlowErrorFacts;
  /** What the badge says. */
  readonly badge: StatusKey;

  constructor(
    message: string,
    options: {
      code: string;
      badge?: StatusKey;
      facts?: Partial<FlowErrorFacts>;
      stack?: string | undefined;
    },
  ) {
    super(message);
    this.code = options.code;
    this.badge = options.badge ?? 'failed';
    this.cause = { name: 'StepvoiceError', retryable: false, ...options.facts };
    this.name = this.cause.name;
    if (options.stack !== undefined) this.stack = options.stack;
  }
}

/** A failure in the reader's language. Thrown by nodes; `toFlowError` makes of it what the flow sees. */
export class LocalizedError extends Error {
  override name = 'LocalizedError';
  readonly text: Text;
  readonly code: string;
  readonly badge: StatusKey;
  readonly path: string | undefined;

  constructor(code: string, text: Text, options: { badge?: StatusKey; path?: string } = {}) {
    super(text.en);
    this.text = text;
    this.code = code;
    this.badge = options.badge ?? 'failed';
    this.path = options.path;
  }
}

/** @param where such as `msg.voice` or `speed` */
export function badInput(where: string, text: Text): LocalizedError {
  return new LocalizedError(
    'invalid_input',
    { en: `${where}: ${text.en}`, zh: `${where}：${text.zh}` },
    { badge: 'badInput', path: where },
  );
}

/** Anything that was thrown, as a flow should see it. Never throws. */
export function toFlowError(error: unknown, language: 'en' | 'zh'): FlowError {
  if (error instanceof FlowError) return error;
  if (error instanceof LocalizedError) {
    const { code, badge, path } = error;
    return new FlowError(error.text[language], {
      code,
      badge,
      facts: { path },
      stack: error.stack,
    });
  }
  if (isLibraryError(error)) {
    const badge = badgeOf(error);
    const { code, name, status, requestId, retryable, retryAfterMs } = error;
    const path = 'path' in error && typeof error.path === 'string' ? error.path : undefined;
    // The library speaks English only.
    const message =
      language === 'en' ? error.message : `${STATUS_TEXTS[badge].zh}。${error.message}`;
    const facts = { name, status, requestId, retryable, retryAfterMs, path };
    return new FlowError(message, { code, badge, facts, stack: error.stack });
  }
  if (error instanceof Error) {
    const code = 'code' in error && typeof error.code === 'string' ? error.code : 'node_failed';
    return new FlowError(error.message, { code, facts: { name: error.name }, stack: error.stack });
  }
  return new FlowError(describe(error), { code: 'node_failed' });
}

/** By the library's own marker: the library itself may not have been loaded yet. */
function isLibraryError(error: unknown): error is StepAudioError {
  return typeof error === 'object' && error !== null && Symbol.for('stepvoice.error') in error;
}

const BADGES: Record<string, StatusKey> = {
  ValidationError: 'badInput',
  RateLimitError: 'rateLimited',
  ModerationError: 'textRefused',
  CapabilityError: 'notInPlan',
  ConnectionError: 'noConnection',
  TimeoutError: 'tooSlow',
};

function badgeOf(error: StepAudioError): StatusKey {
  if (error.name === 'AuthenticationError') {
    if (error.code === 'missing_api_key') return 'noKey';
    if (error.status === 402) return 'noBalance';
    return error.status === 403 ? 'notAllowed' : 'keyRefused';
  }
  return BADGES[error.name] ?? 'serviceFailed';
}

function describe(value: unknown): string {
  try {
    return String(value);
  } catch {
    return 'Something was thrown that cannot be described.';
  }
}
