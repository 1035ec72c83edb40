import { readFile, readdir } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { chinese } from './chinese.ts';
import { english } from './english.ts';
import { createTranslate } from './translate.ts';
import type { MessageKey } from './translate.ts';

const placeholders = (text: string) => (text.match(/\{\w+\}/g) ?? []).toSorted().join(' ');

test('both languages have the same messages', () => {
  expect(Object.keys(chinese).toSorted()).toEqual(Object.keys(english).toSorted());
});

test('both languages have the same placeholders', () => {
  const differing = Object.entries(english).filter(
    ([key, text]) => placeholders(text) !== placeholders(chinese[key as MessageKey]),
  );
  expect(differing).toEqual([]);
});

test('every message is in its language', () => {
  const notEnglish = Object.entries(english).filter(([, text]) => !/^\P{Script=Han}+$/u.test(text));
  const notChinese = Object.entries(chinese).filter(([, text]) => !/\p{Script=Han}/u.test(text));
  expect(notEnglish).toEqual([]);
  expect(notChinese).toEqual([]);
});

test('fills in placeholders, also where a value looks like one', () => {
  const t = createTranslate('en');
  expect(t('error.folder', { file: '$& {file}' })).toContain('$& {file}');
});

test('every message is used', async () => {
  const folder = new URL('../', import.meta.url);
  const names = await readdir(folder, { recursive: true });
  const sources = names.filter(
    (name) => name.endsWith('.ts') && !name.endsWith('.test.ts') && !name.startsWith('language'),
  );
  const code = (
    await Promise.all(sources.map((name) => readFile(new URL(name, folder), 'utf8')))
  ).join('\n');
  const families = [...code.matchAll(/`([a-z.]+\.)\$\{/g)].map(([, family = '']) => family);
  const unused = Object.keys(english).filter(
    (key) => !code.includes(`'${key}'`) && !families.some((family) => key.startsWith(family)),
  );
  expect(families).not.toEqual([]);
  expect(unused).toEqual([]);
});
