import { describe, expect, test } from 'vitest';
import { ValidationError } from '../errors.ts';
import { isLoopback, regionOf, resolveBaseUrl } from './base-url.ts';
import type { BaseUrlOptions } from './base-url.ts';

test.each<[BaseUrlOptions, string, string]>([
  [{}, 'https://api.stepfun.com/v1', 'payg'],
  [{ region: 'cn', plan: 'step-plan' }, 'https://api.stepfun.com/step_plan/v1', 'step-plan'],
  [{ region: 'intl' }, 'https://api.stepfun.ai/v1', 'payg'],
  [{ region: 'intl', plan: 'step-plan' }, 'https://api.stepfun.ai/step_plan/v1', 'step-plan'],
  [{ baseURL: 'http://127.0.0.1:8080' }, 'http://127.0.0.1:8080/v1', 'payg'],
  [{ baseURL: 'http://127.0.0.1:8080/' }, 'http://127.0.0.1:8080/v1', 'payg'],
  [
    { baseURL: 'http://127.0.0.1:8080', plan: 'step-plan' },
    'http://127.0.0.1:8080/step_plan/v1',
    'step-plan',
  ],
  [{ baseURL: 'https://host.example/v1/' }, 'https://host.example/v1', 'payg'],
  [
    { baseURL: 'https://host.example/step_plan/v1' },
    'https://host.example/step_plan/v1',
    'step-plan',
  ],
  [{ baseURL: 'https://relay.example/stepfun' }, 'https://relay.example/stepfun/v1', 'payg'],
  [{ baseURL: 'wss://host.example/v1' }, 'https://host.example/v1', 'payg'],
  [{ baseURL: 'ws://localhost:9' }, 'http://localhost:9/v1', 'payg'],
  [{ baseURL: 'http://[::1]:9' }, 'http://[::1]:9/v1', 'payg'],
  [{ baseURL: 'http://10.0.0.7:9', allowInsecure: true }, 'http://10.0.0.7:9/v1', 'payg'],
])('%j is %s', (options, href, plan) => {
  expect(resolveBaseUrl(options)).toMatchObject({ href, plan });
});

describe('refused', () => {
  test.each<[BaseUrlOptions, string, RegExp]>([
    [{ baseURL: 'http://api.stepfun.com' }, 'baseURL', /without encryption/],
    [{ baseURL: 'ws://relay.example' }, 'baseURL', /without encryption/],
    [{ baseURL: 'http://127.0.0.1.example.com' }, 'baseURL', /without encryption/],
    [{ baseURL: 'http://localhost.example.com' }, 'baseURL', /without encryption/],
    [{ baseURL: 'ftp://host.example' }, 'baseURL', /ftp: is not spoken/],
    [{ baseURL: 'api.stepfun.com' }, 'baseURL', /not an absolute address/],
    [{ baseURL: '' }, 'baseURL', /not an absolute address/],
    [{ baseURL: 'https://user:geheim@host.example' }, 'baseURL', /nothing secret/],
    [{ baseURL: 'https://host.example/?apiKey=geheim' }, 'baseURL', /nothing secret/],
    [
      { baseURL: 'https://host.example/v1', plan: 'step-plan' },
      'baseURL',
      /belongs to plan "payg"/,
    ],
    [
      { baseURL: 'https://host.example/step_plan/v1', plan: 'payg' },
      'baseURL',
      /belongs to plan "step-plan"/,
    ],
    [{ region: 'eu' as 'cn' }, 'region', /cn, intl/],
    [{ plan: 'free' as 'payg' }, 'plan', /payg, step-plan/],
  ])('%j', (options, path, message) => {
    const resolve = () => resolveBaseUrl(options);
    expect(resolve).toThrow(ValidationError);
    expect(resolve).toThrow(message);
    expect(resolve).not.toThrow(/geheim/);
    expect(resolve).toThrow(expect.objectContaining({ path }));
  });
});

test.each([
  ['http://127.0.0.1', true],
  ['http://127.255.0.3', true],
  ['http://2130706433', true],
  ['http://emulator.localhost', true],
  ['http://[::1]', true],
  ['http://[::2]', false],
  ['http://128.0.0.1', false],
  ['http://0.0.0.0', false],
  ['http://localhost.evil.example', false],
])('%s is this machine: %s', (url, expected) => {
  expect(isLoopback(new URL(url))).toBe(expected);
});

test.each([
  [{}, 'cn'],
  [{ region: 'intl' }, 'intl'],
  [{ baseURL: 'https://api.stepfun.ai/v1' }, 'intl'],
  [{ baseURL: 'https://relay.example' }, undefined],
] as [BaseUrlOptions, string | undefined][])('the host of %j is that of %s', (options, region) => {
  expect(regionOf(resolveBaseUrl(options).origin)).toBe(region);
});
