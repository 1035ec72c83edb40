import { AuthenticationError, ValidationError } from '../errors.ts';
import { openPlatformSocket } from './web-socket.ts';
import type { OpenSocket } from './web-socket.ts';

/** Letters that may stand in a header's name or a subprotocol (RFC 9110 §5.6.2). */
const TOKEN = /^[\w!#$%&'*+.^`|~-]+$/;

/**
 * The key as it will be sent; `undefined` where something else authenticates.
 *
 * @throws {AuthenticationError} where there is none, or one that no header can carry.
 */
export function toKey(options: {
  apiKey?: string | undefined;
  baseURL?: string | undefined;
  headers?: Readonly<Record<string, string>> | undefined;
}): string | undefined {
  const { apiKey, baseURL, headers = {} } = options;
  const hasOwn = Object.keys(headers).some((name) => name.toLowerCase() === 'authorization');
  if (apiKey === undefined && (baseURL !== undefined || hasOwn)) return undefined;
  const key = typeof apiKey === 'string' ? apiKey.trim() : '';
  if (key === '') {
    throw new AuthenticationError('There is no key: hand in apiKey.', { code: 'missing_api_key' });
  }
  // Checked here because a platform's own complaint would repeat the key.
  if (!/^[\x21-\x7e]+$/.test(key)) {
    throw new AuthenticationError(
      'The key holds spaces or characters that no header can carry: copy it again.',
      { code: 'unusable_api_key' },
    );
  }
  return key;
}

/** @throws {ValidationError} for a header that cannot be sent; its value is not repeated. */
export function toHeaders(headers: Readonly<Record<string, string>> = {}): Record<string, string> {
  const lower: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (!TOKEN.test(name) || !/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) {
      const allowed =
        'names of letters, digits and dashes; values of one line without control characters';
      throw new ValidationError(`headers holds one that cannot be sent. Allowed: ${allowed}.`, {
        path: 'headers',
        value: undefined,
        allowed,
      });
    }
    lower[name.toLowerCase()] = value;
  }
  return lower;
}

/**
 * How to open a socket that authenticates.
 *
 * @throws {ValidationError} where the platform has no socket, or none that can carry the key.
 * @throws {AuthenticationError} for a key that a subprotocol cannot carry.
 */
export function chooseOpener(
  openSocket: OpenSocket | undefined,
  key: string | undefined,
  keyInSubprotocol: boolean,
): { open: OpenSocket; protocols: string[] } {
  if (openSocket !== undefined) return { open: openSocket, protocols: [] };
  if (typeof WebSocket === 'undefined') {
    const allowed = 'a function that opens a socket';
    throw new ValidationError(`This platform has no WebSocket: openSocket takes ${allowed}.`, {
      path: 'openSocket',
      value: undefined,
      allowed,
    });
  }
  if (key === undefined) return { open: openPlatformSocket, protocols: [] };
  if (!keyInSubprotocol) throw socketHeaderError();
  if (!TOKEN.test(key)) {
    throw new AuthenticationError('The key has characters that no subprotocol can carry.', {
      code: 'unusable_api_key',
    });
  }
  return {
    open: openPlatformSocket,
    // What the service's own console offers; the answer selects the first.
    protocols: ['realtime', `openai-insecure-api-key.${key}`, 'openai-beta.realtime-v1'],
  };
}

function socketHeaderError(): ValidationError {
  const instead =
    'openSocket with a socket of your own, baseURL with a relay that adds the header (and no apiKey), or keyInSubprotocol: true if the page may see the key';
  return new ValidationError(
    `A browser's WebSocket cannot send the header that carries the key. Use ${instead}.`,
    {
      path: 'openSocket',
      value: undefined,
      allowed: 'a function that opens a socket with these headers, on a platform that can',
      instead,
    },
  );
}
