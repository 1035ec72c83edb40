const marker: unique symbol = Symbol.for('stepvoice.error') as never;

export type StepAudioErrorOptions = {
  code: string;
  status?: number | undefined;
  requestId?: string | undefined;
  retryable?: boolean | undefined;
  retryAfterMs?: number | undefined;
  cause?: unknown;
};

/**
 * Root of every error this library throws on its own account. A cancelled call is not one of them: the signal's
 * `reason` passes through as it is.
 *
 * `message` never holds a key or the text that was to be spoken.
 */
export class StepAudioError extends Error {
  override name = 'StepAudioError';
  readonly [marker] = true;
  /** Stable, machine-readable: `invalid_argument`, `rate_limited`, `idle_timeout` … or the service's own code. */
  readonly code: string;
  /** HTTP status, where the failure came as an HTTP answer. */
  readonly status: number | undefined;
  /** The service's trace id; its support asks for it. */
  readonly requestId: string | undefined;
  /** Whether the same call may succeed later without any change. */
  readonly retryable: boolean;
  /** How long the service asked to wait, where it said so. */
  readonly retryAfterMs: number | undefined;
  /** Failures of the attempts before this one, oldest first; empty where the first attempt decided. */
  attempts: readonly StepAudioError[] = [];
  /** What had arrived before the failure, where a call that returns whole files failed half-way. */
  partial: Uint8Array | undefined = undefined;
  /**
   * Where in the input a long transcription stopped, in milliseconds: what stands before it is in the stream's
   * `transcript`, and the input from there on can be sent again.
   */
  stoppedAtMs: number | undefined = undefined;

  constructor(message: string, options: StepAudioErrorOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = options.code;
    this.status = options.status;
    this.requestId = options.requestId;
    this.retryable = options.retryable ?? false;
    this.retryAfterMs = options.retryAfterMs;
  }

  /** Holds across two copies of this package, where `instanceof` does not. */
  static isInstance(value: unknown): value is StepAudioError {
    return typeof value === 'object' && value !== null && marker in value;
  }
}

/** Fix the call: a request was refused before it left. */
export class ValidationError extends StepAudioError {
  override name = 'ValidationError';
  /** Where the bad value stands, as the caller wrote it: `text`, `label.emotion`, `pronunciations[2]`. */
  readonly path: string;
  /** The offending value; of a text only its length and, where one place is wrong, the offset: never the text. */
  readonly value: unknown;
  /** What would have been accepted, in words. */
  readonly allowed: string;
  /** What to use in its place, where there is such a thing. */
  readonly instead: string | undefined;

  constructor(
    message: string,
    options: { path: string; value: unknown; allowed: string; instead?: string | undefined },
  ) {
    super(message, { code: 'invalid_argument' });
    this.path = options.path;
    this.value = options.value;
    this.allowed = options.allowed;
    this.instead = options.instead;
  }
}

/** Fix the key or the account: no key, a wrong one (401), an empty balance (402), no right to the model (403). */
export class AuthenticationError extends StepAudioError {
  override name = 'AuthenticationError';
}

/** Wait: the account's concurrency or requests per minute are used up (429). */
export class RateLimitError extends StepAudioError {
  override name = 'RateLimitError';

  constructor(message: string, options: StepAudioErrorOptions) {
    super(message, { retryable: true, ...options });
  }
}

/** Change the text: the service's moderation blocked it (451, or a `censorship_block` with any status). */
export class ModerationError extends StepAudioError {
  override name = 'ModerationError';
}

/** The service answered with an error of its own: a refused request (400, 404) or a fault (5xx, an `error` event). */
export class ServiceError extends StepAudioError {
  override name = 'ServiceError';
}

/**
 * Use another plan or model: the subscription (plan `step-plan`) does not serve this. It answers what lies outside it
 * with a 404, a refused handshake, or an error without a reason.
 */
export class CapabilityError extends StepAudioError {
  override name = 'CapabilityError';
}

/** Retry: no answer, a connection refused, cut, or closed before the last event. */
export class ConnectionError extends StepAudioError {
  override name = 'ConnectionError';
  /** WebSocket close code, where a socket was closed. */
  readonly closeCode: number | undefined;

  constructor(
    message: string,
    options: StepAudioErrorOptions & { closeCode?: number | undefined },
  ) {
    super(message, { retryable: true, ...options });
    this.closeCode = options.closeCode;
  }
}

export type TimeoutPhase = 'connect' | 'first-byte' | 'idle' | 'total';

/** Retry or raise the limit: the service was too slow in the phase named. */
export class TimeoutError extends StepAudioError {
  override name = 'TimeoutError';
  readonly phase: TimeoutPhase;
  readonly timeoutMs: number;

  constructor(
    message: string,
    options: { phase: TimeoutPhase; timeoutMs: number; requestId?: string | undefined },
  ) {
    super(message, {
      code: `${options.phase.replace('-', '_')}_timeout`,
      retryable: true,
      requestId: options.requestId,
    });
    this.phase = options.phase;
    this.timeoutMs = options.timeoutMs;
  }
}

/** Report: the answer is not what the protocol says (HTML from a gateway, malformed JSON, broken base64). */
export class ProtocolError extends StepAudioError {
  override name = 'ProtocolError';
}
