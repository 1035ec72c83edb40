/** What an error answer says, whatever its shape. */
export type ServiceErrorBody = {
  /** The service's own sentence; empty where the body holds none. */
  message: string;
  /** `error.type`: `request_params_invalid`, `invalid_api_key`, `censorship_block` … */
  type: string | undefined;
  /** `error.code` or `data.code` as text. */
  code: string | undefined;
  /** `error.param`: the field of the request that is wrong. */
  param: string | undefined;
};

/** `error.type` of content that moderation refused; the status is 451 in the documentation, not always on the wire. */
export const CENSORSHIP_BLOCK = 'censorship_block';

/**
 * Reads the body of an error: `{error: {message, type, code?}}`, `{error: "…"}`, `{message}`, `{data: {code, message}}`,
 * each with or without the rest. Answers `undefined` where there is nothing to read, so that a gateway's HTML page is
 * not taken for a sentence of the service.
 */
export function readErrorBody(raw: unknown): ServiceErrorBody | undefined {
  if (!isRecord(raw)) return undefined;
  const error = raw['error'];
  if (typeof error === 'string') {
    return {
      message: error,
      type: textOf(raw['type']),
      code: textOf(raw['code']),
      param: textOf(raw['param']),
    };
  }
  const inner = isRecord(error) ? error : isRecord(raw['data']) ? raw['data'] : raw;
  const message = textOf(inner['message']) ?? detailOf(inner['details']);
  const type = inner === raw ? undefined : textOf(inner['type']);
  const code = textOf(inner['code']);
  if (message === undefined && type === undefined && code === undefined) return undefined;
  return { message: message ?? '', type, code, param: textOf(inner['param']) };
}

function detailOf(details: unknown): string | undefined {
  return isRecord(details) ? textOf(details['error']) : undefined;
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value;
  return typeof value === 'number' ? String(value) : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
