import { expect, test } from 'vitest';
import { AuthenticationError, ModerationError, RateLimitError, ServiceError } from '../errors.ts';
import { quote, toServiceError } from './service-failure.ts';
import type { FailureContext, ServiceFailure } from './service-failure.ts';

test.each<[Partial<ServiceFailure>, FailureContext, unknown, string, boolean]>([
  [{ type: 'invalid_api_key' }, { status: 401 }, AuthenticationError, 'invalid_api_key', false],
  [{}, { status: 402 }, AuthenticationError, 'insufficient_balance', false],
  [{}, { status: 403 }, AuthenticationError, 'permission_denied', false],
  [
    { type: 'request_params_invalid' },
    { status: 400 },
    ServiceError,
    'request_params_invalid',
    false,
  ],
  [{}, { status: 404 }, ServiceError, 'not_found', false],
  [{}, { status: 429 }, RateLimitError, 'rate_limited', true],
  [{ type: 'quota_exceeded' }, { status: 429 }, RateLimitError, 'quota_exceeded', true],
  [{}, { status: 451 }, ModerationError, 'censorship_block', false],
  [
    { type: 'censorship_block', blocked: true },
    { status: 400 },
    ModerationError,
    'censorship_block',
    false,
  ],
  [{ type: 'censorship_block', blocked: true }, {}, ModerationError, 'censorship_block', false],
  [{}, { status: 500 }, ServiceError, 'service_error', true],
  [{}, { status: 503 }, ServiceError, 'service_error', true],
  [{}, { status: 504 }, ServiceError, 'service_error', true],
  [{ code: '503' }, {}, ServiceError, '503', true],
  [{ code: '429' }, {}, RateLimitError, '429', true],
  [{ code: '401' }, {}, AuthenticationError, '401', false],
  [{ code: 'provider_busy' }, {}, ServiceError, 'provider_busy', false],
  [{}, {}, ServiceError, 'service_error', false],
])('%j with %j', (failure, context, kind, code, retryable) => {
  const error = toServiceError(
    { message: '', blocked: false, ...failure },
    { ...context, requestId: 'r1' },
  );
  expect(error).toBeInstanceOf(kind);
  expect(error).toMatchObject({ code, retryable, requestId: 'r1', status: context.status });
  expect(error.message).toMatch(/^[A-Z].*\.$/);
});

test('says what the service said, and what to do', () => {
  const error = toServiceError(
    { message: 'Incorrect API key provided', blocked: false },
    { status: 401, advice: 'This one went to api.stepfun.com.' },
  );
  expect(error.message).toContain('Incorrect API key provided');
  expect(error.message).toContain('This one went to api.stepfun.com.');
});

test('keeps secrets that the service repeats to itself', () => {
  const error = toServiceError(
    { message: 'bad key sk-geheim for "lies das vor"', blocked: false },
    { status: 400, secrets: ['sk-geheim', 'lies das vor'] },
  );
  expect(error.message).toContain('bad key […] for "[…]"');
});

test('a foreign sentence becomes one line of bounded length without control characters', () => {
  expect(quote('a\u001b[31m\r\n b\u202e c.')).toBe('a [31m b c');
  expect(quote(' \n ')).toBeUndefined();
  expect(quote('x'.repeat(5000))).toHaveLength(301);
});

test('how long to wait is kept', () => {
  const error = toServiceError(
    { message: '', blocked: false },
    { status: 429, retryAfterMs: 1500 },
  );
  expect(error).toMatchObject({ retryAfterMs: 1500 });
});
