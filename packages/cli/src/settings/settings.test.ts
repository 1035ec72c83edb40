import { expect, test } from 'vitest';
import { UsageError } from '../cli-error.ts';
import { createTranslate } from '../language/translate.ts';
import { maskKey, resolveSettings } from './settings.ts';
import type { SettingValues } from './settings.ts';

const t = createTranslate('en');

function resolve(env: Record<string, string>, file: SettingValues = {}, flags: SettingValues = {}) {
  return resolveSettings({ env, file, flags, filePath: '/config.json' }, t);
}

test('flags come before the environment, and that before the file', () => {
  const file = { region: 'cn', plan: 'payg', voice: 'from-file' };
  const env = { STEPFUN_REGION: 'intl', STEPFUN_VOICE: 'from-environment' };
  const settings = resolve(env, file, { voice: 'from-flag' });
  expect(settings.voice).toEqual({ value: 'from-flag', origin: 'flag', label: '--voice' });
  expect(settings.region?.label).toBe('STEPFUN_REGION');
  expect(settings.plan).toEqual({ value: 'payg', origin: 'file', label: '/config.json' });
  expect(settings.model).toBeUndefined();
});

test('STEPFUN_API_KEY comes before STEP_API_KEY; an empty variable is none', () => {
  expect(resolve({ STEPFUN_API_KEY: 'a', STEP_API_KEY: 'b' }).apiKey?.value).toBe('a');
  expect(resolve({ STEPFUN_API_KEY: ' ', STEP_API_KEY: ' b\n' }).apiKey?.value).toBe('b');
  expect(resolve({ STEPFUN_API_KEY: '' }).apiKey).toBeUndefined();
});

test('a region from a higher place puts a base URL aside; a plan goes with it', () => {
  const env = { STEPFUN_BASE_URL: 'http://127.0.0.1:1' };
  expect(resolve(env).baseURL?.value).toBe('http://127.0.0.1:1');
  expect(resolve(env, {}, { region: 'intl' }).baseURL).toBeUndefined();
  expect(resolve(env, {}, { plan: 'step-plan' }).baseURL).toBeDefined();
  expect(resolve({ ...env, STEPFUN_REGION: 'intl' }).baseURL).toBeDefined();
  expect(resolve(env, { region: 'intl' }).baseURL).toBeDefined();
});

test('a value that cannot be right is refused, with its place', () => {
  expect(() => resolve({ STEPFUN_REGION: 'us' })).toThrow(/STEPFUN_REGION .*us.*cn, intl/);
  expect(() => resolve({}, { plan: 'free' })).toThrow(/config\.json/);
  expect(() => resolve({}, {}, { voice: 'two words' })).toThrow(/--voice/);
});

test.each(['with space', 'line\nbreak', 'ключ', '“quoted”', 'tab\tkey'])(
  'the key %j is refused and not repeated',
  (key) => {
    const read = () => resolve({ STEPFUN_API_KEY: key });
    expect(read).toThrow(UsageError);
    expect(read).not.toThrow(key);
  },
);

test('a masked key shows at most its last four characters, and not its length', () => {
  expect(maskKey('sk-1234567890abcdef')).toBe('••••••••cdef');
  expect(maskKey('short')).toBe('••••••••');
  expect(maskKey('x'.repeat(500))).toHaveLength(12);
});
