import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { checkAuthorization, selectProtocol } from './authentication.ts';

function requestWith(headers: Record<string, string>): IncomingMessage {
  const request = new IncomingMessage(new Socket());
  Object.assign(request.headers, headers);
  return request;
}

test.each([
  [{ authorization: 'Bearer the-key' }, 'valid'],
  [{ authorization: 'bearer the-key' }, 'valid'],
  [{ authorization: 'BEARER   the-key  ' }, 'valid'],
  [{ authorization: 'the-key' }, 'valid'],
  [{ authorization: 'Bearer other' }, 'invalid'],
  [{ authorization: 'Bearer' }, 'invalid'],
  [{ authorization: 'Basic the-key' }, 'invalid'],
  [{ authorization: 'Bearer the-key2' }, 'invalid'],
  [{ authorization: '' }, 'none'],
  [{}, 'none'],
  [{ 'sec-websocket-protocol': 'realtime, openai-insecure-api-key.the-key' }, 'valid'],
  [{ 'sec-websocket-protocol': 'realtime,openai-insecure-api-key.nope' }, 'invalid'],
  [{ 'sec-websocket-protocol': 'realtime' }, 'none'],
])('%j is %s', (headers, authorization) => {
  expect(checkAuthorization(requestWith(headers), 'the-key')).toBe(authorization);
});

test('selects realtime, else another protocol, and never one with a key', () => {
  const key = 'openai-insecure-api-key.k';
  expect(selectProtocol(new Set([key, 'openai-beta.realtime-v1', 'realtime']))).toBe('realtime');
  expect(selectProtocol(new Set([key, 'openai-beta.realtime-v1']))).toBe('openai-beta.realtime-v1');
  expect(selectProtocol(new Set([key]))).toBe(false);
});
