import {
  AuthenticationError,
  CapabilityError,
  ConnectionError,
  ModerationError,
  ProtocolError,
  RateLimitError,
  ServiceError,
  TimeoutError,
  ValidationError,
} from '@stepvoice/core';
import { expect, test } from 'vitest';
import { CliError } from './cli-error.ts';
import { explainError } from './explain-error.ts';
import { createTranslate } from './language/translate.ts';

const en = createTranslate('en');
const zh = createTranslate('zh');
const refused = Object.assign(new Error('x'), { code: 'ECONNREFUSED' });
const text = (value: object, allowed: string) =>
  new ValidationError('x', { path: 'text', value, allowed });

test.each<[string, unknown, number, RegExp, RegExp]>([
  ['our own', new CliError('Oh.', { exitCode: 2, advice: 'Do.' }), 2, /^Oh\.$/, /^Do\.$/],
  [
    'wrong key',
    new AuthenticationError('x', { code: 'a', status: 401 }),
    3,
    /refused the API key/,
    /--region/,
  ],
  ['no balance', new AuthenticationError('x', { code: 'a', status: 402 }), 3, /balance/, /Top up/],
  ['no right', new AuthenticationError('said', { code: 'a', status: 403 }), 3, /said/, /voices/],
  [
    'not in the subscription',
    new CapabilityError('x', { code: 'not_in_plan', status: 404 }),
    3,
    /plan does not include/,
    /--plan payg/,
  ],
  [
    'a hotword',
    new ValidationError('x', { path: 'hotwords[2]', value: { length: 99 }, allowed: 'words' }),
    2,
    /^--hotwords cannot be used like that. Allowed: words/,
    /^$/,
  ],
  [
    'a sound',
    new ValidationError('x', { path: 'input', value: 'flac', allowed: 'wav', instead: 'decode' }),
    2,
    /^The sound cannot be used/,
    /Use in its place: decode/,
  ],
  ['limit', new RateLimitError('x', { code: 'a', retryAfterMs: 1500 }), 5, /rate limit/, /in 2 s/],
  ['limit without a time', new RateLimitError('x', { code: 'a' }), 5, /rate limit/, /Wait/],
  ['moderation', new ModerationError('x', { code: 'a' }), 1, /moderation/, /Change the text/],
  [
    'refused request',
    new ServiceError('voice x is not valid', { code: 'a', status: 400 }),
    1,
    /not valid/,
    /stepvoice voices/,
  ],
  ['not there', new ServiceError('x', { code: 'a', status: 404 }), 1, /address/, /Check the id/],
  [
    'overload',
    new ServiceError('x', { code: 'a', status: 503, retryable: true }),
    5,
    /x/,
    /Try again/,
  ],
  [
    'nobody there',
    new ConnectionError('x', { code: 'connection_failed', cause: refused }),
    4,
    /nobody listens/,
    /doctor/,
  ],
  ['cut', new ConnectionError('It was cut.', { code: 'stream_cut' }), 4, /It was cut/, /doctor/],
  [
    'slow',
    new TimeoutError('x', { phase: 'idle', timeoutMs: 30_000 }),
    4,
    /between two pieces of sound, 30 s/,
    /doctor/,
  ],
  ['HTML', new ProtocolError('a page of text', { code: 'a' }), 4, /not the service/, /doctor/],
  ['NUL', text({ length: 3, offset: 1 }, 'well-formed'), 2, /offset 1/, /Remove/],
  ['blank', text({ length: 3 }, 'text that is not blank'), 2, /blank/, /Try/],
  ['long', text({ length: 1001 }, '1 to 1000 characters'), 2, /1001 characters/, /^$/],
  [
    'an option',
    new ValidationError('x', { path: 'sampleRate', value: 1, allowed: 'one of 8000' }),
    2,
    /--rate .*8000/,
    /^$/,
  ],
  ['a full disk', Object.assign(new Error('x'), { code: 'ENOSPC' }), 1, /no space is left/, /^$/],
  ['a bug', new TypeError('undefined is not a function'), 1, /unexpected.*undefined/, /issues/],
  ['a thrown text', 'nonsense', 1, /nonsense/, /issues/],
])('%s', (_name, error, exitCode, message, advice) => {
  const explanation = explainError(error, en);
  expect(explanation.exitCode).toBe(exitCode);
  expect(explanation.message).toMatch(message);
  expect(explanation.advice.join('\n')).toMatch(advice);
});

test('in Chinese, too; what the service said is passed on', () => {
  const error = new ServiceError('voice x is not valid', { code: 'a', status: 400 });
  const { message, advice } = explainError(error, zh);
  expect(message).toBe('服务返回错误：voice x is not valid');
  expect(advice.join()).toMatch(/音色/);
});

test('the request id is given for the support', () => {
  const error = new ServiceError('x', { code: 'a', status: 500, requestId: 'trace-7' });
  expect(explainError(error, en).advice.join()).toContain('trace-7');
});
