import type { ApiError } from './api-error.ts';
import { BodySink } from './body-sink.ts';
import type { Exchange } from './exchange.ts';

/** Answers with a whole body of known length. */
export async function answerBytes(
  exchange: Exchange,
  status: number,
  bytes: Uint8Array,
  headers: Readonly<Record<string, string>>,
): Promise<void> {
  const sink = new BodySink(exchange);
  await sink.open(status, headers, bytes.length);
  if (exchange.request.method !== 'HEAD' && bytes.length > 0) await sink.write(bytes);
  await sink.end();
}

export function answerText(
  exchange: Exchange,
  status: number,
  contentType: string,
  text: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<void> {
  const bytes = new TextEncoder().encode(text);
  return answerBytes(exchange, status, bytes, { 'content-type': contentType, ...headers });
}

export function answerJson(
  exchange: Exchange,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<void> {
  return answerText(
    exchange,
    status,
    'application/json; charset=utf-8',
    JSON.stringify(body),
    headers,
  );
}

export function answerError(exchange: Exchange, error: ApiError): Promise<void> {
  return answerJson(exchange, error.status, error.toBody(), error.headers);
}
