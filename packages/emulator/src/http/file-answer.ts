import { answerBytes } from './answer.ts';
import { ApiError, methodNotAllowed } from './api-error.ts';
import type { Exchange } from './exchange.ts';

/** Answers the address of a `return_url` answer, with `Range` as players ask for it. */
export async function answerFile(exchange: Exchange): Promise<void> {
  const { method = '' } = exchange.request;
  if (method !== 'GET' && method !== 'HEAD') throw methodNotAllowed(['GET', 'HEAD']);
  const file = exchange.context.files.get(exchange.parameter);
  if (file === undefined) {
    throw new ApiError(404, 'not_found', 'the file does not exist, or its 12 hours are over');
  }
  const { bytes, contentType } = file;
  const headers = { 'content-type': contentType, 'accept-ranges': 'bytes' };
  const range = readRange(exchange.request.headers.range, bytes.length);
  if (range === undefined) return answerBytes(exchange, 200, bytes, headers);
  if (range === 'unsatisfiable') {
    throw new ApiError(416, 'range_not_satisfiable', 'the range lies outside the file', {
      'content-range': `bytes */${bytes.length}`,
    });
  }
  const { start, end } = range;
  return answerBytes(exchange, 206, bytes.subarray(start, end), {
    ...headers,
    'content-range': `bytes ${start}-${end - 1}/${bytes.length}`,
  });
}

/** One range of RFC 9110, section 14; anything else is answered as if there were none. */
function readRange(
  header: string | undefined,
  length: number,
): { start: number; end: number } | 'unsatisfiable' | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? '');
  if (match === null) return undefined;
  const [, first = '', last = ''] = match;
  if (first === '' && last === '') return undefined;
  const start = first === '' ? Math.max(0, length - Number(last)) : Number(first);
  const end = first === '' || last === '' ? length : Math.min(length, Number(last) + 1);
  return start < end ? { start, end } : 'unsatisfiable';
}
