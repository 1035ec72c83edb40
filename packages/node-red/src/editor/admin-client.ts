import type { VoiceEntry } from './voice-filter.ts';

/** An answer of the routes that says why there is no other. */
export class AdminError extends Error {
  override name = 'AdminError';
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

export type VoiceAnswer = {
  voices: readonly VoiceEntry[];
  /** `null` for the library's own table. */
  fetchedAt: string | null;
  isStale: boolean;
  /** Why the service could not be asked. */
  problem?: { code: string; message: string };
};

type Request = { url: string; signal: AbortSignal; body?: object; isSound?: boolean };

/**
 * Through the editor's own jQuery, which adds the token of who is logged in, and only where the address is relative.
 *
 * @throws {AdminError} code `not_allowed` without the permission, `unreachable` without an answer, else the route's own
 */
export function askAdmin({ url, signal, body, isSound = false }: Request): Promise<unknown> {
  return new Promise((resolve, reject) => {
    // jQuery does not hand on what came instead of sound.
    const exchange = new XMLHttpRequest();
    const request = $.ajax({
      url,
      xhr: () => exchange,
      method: body === undefined ? 'GET' : 'POST',
      // The reader may have chosen another language in the editor than the browser's.
      headers: { 'Accept-Language': RED.i18n.lang() },
      ...(body === undefined
        ? {}
        : { contentType: 'application/json', data: JSON.stringify(body) }),
      ...(isSound ? { xhrFields: { responseType: 'blob' } } : {}),
      success: (data) => {
        toAnswer(data).then(resolve, reject);
      },
      error: ({ status, responseText }) => {
        toFailure(status, isSound ? exchange.response : responseText).then(reject, reject);
      },
    });
    signal.addEventListener('abort', () => request.abort(), { once: true });
  });
}

async function toAnswer(data: unknown): Promise<unknown> {
  // A failure comes as JSON even where sound was asked for.
  const isTold = data instanceof Blob && data.type.startsWith('application/json');
  const answer = isTold ? (JSON.parse(await data.text()) as unknown) : data;
  if (isRefusal(answer)) throw new AdminError(answer.code, answer.message);
  return answer;
}

async function toFailure(status: number, response: unknown): Promise<AdminError> {
  if (status === 401 || status === 403) return new AdminError('not_allowed', '');
  try {
    const text = response instanceof Blob ? await response.text() : String(response);
    const answer: unknown = JSON.parse(text);
    if (isRefusal(answer)) return new AdminError(answer.code, answer.message);
  } catch {
    // Not one of our routes: a proxy, or a runtime that has stopped.
  }
  return new AdminError('unreachable', '');
}

function isRefusal(answer: unknown): answer is { ok: false; code: string; message: string } {
  return (
    typeof answer === 'object' &&
    answer !== null &&
    'ok' in answer &&
    answer.ok === false &&
    'code' in answer &&
    'message' in answer &&
    typeof answer.code === 'string' &&
    typeof answer.message === 'string'
  );
}
