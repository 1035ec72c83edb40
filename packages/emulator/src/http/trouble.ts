import { answerText } from './answer.ts';
import { defaultErrorFor } from './api-error.ts';
import type { Exchange } from './exchange.ts';

/** Answers in place of the endpoint where a fault asks for it. Answers whether one did. */
export async function answerTrouble(exchange: Exchange): Promise<boolean> {
  const { faults } = exchange;
  const latency = faults.get('latency');
  if (latency !== undefined) await exchange.sleep(latency.ms);
  if (faults.stallsAtOnce !== undefined) await exchange.breakOff(faults.stallsAtOnce);
  const redirect = faults.get('redirect');
  if (redirect !== undefined) {
    const location = { location: redirect.to };
    await answerText(exchange, redirect.status ?? 307, 'text/plain; charset=utf-8', '', location);
    return true;
  }
  const fault = faults.get('status');
  if (fault === undefined) return false;
  const { status, retryAfter } = fault;
  const expected = defaultErrorFor(status);
  const message = fault.message ?? expected.message;
  const headers: Record<string, string> = {};
  if (retryAfter !== undefined) headers['retry-after'] = String(retryAfter);
  const [contentType, text] = {
    service: [JSON_TYPE, JSON.stringify({ error: { message, type: fault.type ?? expected.type } })],
    json: [JSON_TYPE, JSON.stringify({ message })],
    html: [
      'text/html; charset=utf-8',
      `<html>\r\n<head><title>${status}</title></head>\r\n<body><center><h1>${status} ${escapeHtml(message)}</h1></center></body>\r\n</html>\r\n`,
    ],
    text: ['text/plain; charset=utf-8', `${message}\n`],
    empty: ['text/plain; charset=utf-8', ''],
  }[fault.body ?? 'service'] as [string, string];
  await answerText(exchange, status, contentType, text, headers);
  return true;
}

const JSON_TYPE = 'application/json; charset=utf-8';

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
