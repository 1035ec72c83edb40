/** A refusal in the service's own form: an HTTP status and `{error: {message, type}}`. */
export class ApiError extends Error {
  override name = 'ApiError';
  readonly status: number;
  readonly type: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    type: string,
    message: string,
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.status = status;
    this.type = type;
    this.headers = headers;
  }

  toBody(): { error: { message: string; type: string } } {
    return { error: { message: this.message, type: this.type } };
  }
}

export function invalidParameters(message: string): ApiError {
  return new ApiError(400, 'request_params_invalid', message);
}

/** The refusal that goes with a status, in the words the service has for it. */
export function refusalFor(status: number): ApiError {
  const { type, message } = defaultErrorFor(status);
  return new ApiError(status, type, message);
}

export function modelNotSupported(model: string): ApiError {
  return invalidParameters(`model ${clip(model)} not supported`);
}

export function methodNotAllowed(allowed: readonly string[]): ApiError {
  const allow = allowed.join(', ');
  return new ApiError(405, 'method_not_allowed', `method not allowed, use ${allow}`, { allow });
}

/** An id as it may stand in an answer: whatever the client sent, but not at any length. */
export function clip(id: string): string {
  return id.length > 80 ? `${id.slice(0, 80)}…` : id;
}

/** What the service answers with a status of its own accord; used where trouble is asked for by status alone. */
export function defaultErrorFor(status: number): { type: string; message: string } {
  return ERRORS[status] ?? { type: 'server_error', message: `status ${status}` };
}

const ERRORS: Readonly<Record<number, { type: string; message: string }>> = {
  400: { type: 'request_params_invalid', message: 'request parameters are invalid' },
  401: { type: 'invalid_api_key', message: 'Incorrect API key provided' },
  402: { type: 'insufficient_balance', message: 'the balance of the account is exhausted' },
  403: { type: 'permission_denied', message: 'the account may not use this model' },
  404: { type: 'not_found', message: 'the requested path does not exist' },
  429: { type: 'rate_limited', message: 'rate limit reached, try again later' },
  451: {
    type: 'censorship_block',
    message: 'The content you provided or machine outputted is blocked.',
  },
  500: { type: 'internal_error', message: 'internal error' },
  503: { type: 'engine_overloaded', message: 'engine overloaded' },
  504: { type: 'gateway_timeout', message: 'gateway timeout' },
};
