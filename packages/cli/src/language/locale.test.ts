import { expect, test } from 'vitest';
import { detectLanguage } from './locale.ts';

test.each([
  [{}, undefined, 'en'],
  [{ LANG: 'zh_CN.UTF-8' }, undefined, 'zh'],
  [{ LANG: 'zh_TW' }, undefined, 'zh'],
  [{ LANG: 'de_DE.UTF-8' }, undefined, 'en'],
  [{ LANG: 'zh_CN.UTF-8', LC_ALL: 'en_US.UTF-8' }, undefined, 'en'],
  [{ LANG: 'en_US.UTF-8', LC_MESSAGES: 'zh_CN' }, undefined, 'zh'],
  [{ LANG: 'en_US.UTF-8', LC_MESSAGES: 'zh_CN', LC_ALL: 'C' }, undefined, 'en'],
  [{ LANG: 'zh_CN', LC_ALL: '' }, undefined, 'zh'],
  [{ LANG: 'de_DE', LANGUAGE: 'de:zh_CN:en' }, undefined, 'zh'],
  [{ LANG: 'zh_CN', LANGUAGE: 'en:zh' }, undefined, 'en'],
  [{ LANG: 'C', LANGUAGE: 'zh' }, undefined, 'en'],
  [{ LANG: 'C.UTF-8', LANGUAGE: 'zh' }, undefined, 'en'],
  [{ LANG: 'POSIX' }, 'zh-CN', 'en'],
  [{}, 'zh-Hans-CN', 'zh'],
  [{}, 'fr-FR', 'en'],
  [{ LANG: 'en_GB.UTF-8' }, 'zh-CN', 'en'],
])('%j with platform locale %s reads %s', (env, platformLocale, expected) => {
  expect(detectLanguage(env, platformLocale)).toBe(expected);
});
