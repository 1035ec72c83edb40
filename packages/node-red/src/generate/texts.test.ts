import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { EDITOR_TEXTS } from '../definition/editor-texts.ts';
import type { NodeDefinition, Text } from '../definition/node-definition.ts';
import { STATUS_TEXTS } from '../definition/shared-texts.ts';
import { DEFINITIONS } from '../nodes/index.ts';
import { MIGRATIONS } from '../nodes/migrations.ts';
import { toCatalogue } from './catalogue.ts';
import { DOCS_FILES, docsUrl } from './docs-files.ts';
import { toDocs } from './docs-markdown.ts';
import { toHelpHtml } from './help-html.ts';
import { toKey } from './html.ts';

const CHINESE = /\p{Script=Han}/u;
const each = DEFINITIONS.map((definition) => [definition.type, definition] as const);

/** Every text that is anywhere in a value, with the way to it. */
function textsIn(value: unknown, path = ''): (readonly [string, Text])[] {
  if (typeof value !== 'object' || value === null) return [];
  if ('en' in value && 'zh' in value) return [[path, value as Text]];
  return Object.entries(value).flatMap(([key, inner]) => textsIn(inner, `${path}.${key}`));
}

function keysIn(value: unknown, path = ''): string[] {
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value).flatMap(([key, inner]) => keysIn(inner, `${path}.${key}`));
}

function expectBothLanguages(texts: readonly (readonly [string, Text])[]): void {
  const isBlank = ({ en, zh }: Text): boolean => (en.trim() === '') !== (zh.trim() === '');
  expect(texts.filter(([, text]) => isBlank(text))).toEqual([]);
  // Except as an example of what to type.
  const prose = (text: string): string => text.replace(/`[^`]*`/g, '');
  expect(texts.filter(([, { en }]) => CHINESE.test(prose(en)))).toEqual([]);
  // Names and formats are the same everywhere; a sentence is not.
  const isUntranslated = ({ en, zh }: Text): boolean =>
    /[a-z]+ [a-z]+ [a-z]+/.test(en) && !CHINESE.test(zh);
  expect(texts.filter(([, text]) => isUntranslated(text))).toEqual([]);
}

describe.each(each)('%s', (type, definition) => {
  it('says everything in both languages', () => {
    expectBothLanguages(textsIn(definition));
    const needed = textsIn({ ...definition, details: undefined });
    expect(needed.filter(([, { en }]) => en.trim() === '')).toEqual([]);
  });

  it('has catalogues of the same keys, none of which the look-up would take apart', () => {
    const english = keysIn(toCatalogue(definition, 'en'));
    expect(keysIn(toCatalogue(definition, 'zh'))).toEqual(english);
    const choices = Object.values(definition.properties).map((property) =>
      Object.keys(property.choices ?? {}).map(toKey),
    );
    expect(choices.filter((keys) => new Set(keys).size < keys.length)).toEqual([]);
    expect(english.filter((key) => key.includes(':'))).toEqual([]);
    const own = JSON.stringify(textsIn({ ...definition, details: undefined }));
    expect(own).not.toMatch(/__|\$t\(|\{\{/);
  });

  it('has badges that Node-RED does not cut', () => {
    const badges = { ...STATUS_TEXTS, ...definition.statuses };
    const long = textsIn(badges).filter(([, { en, zh }]) => en.length >= 20 || zh.length >= 20);
    expect(long).toEqual([]);
  });

  it('explains every property, field, command and output in its help', () => {
    for (const language of ['en', 'zh'] as const) {
      const help = toHelpHtml(definition, language);
      expect(help.startsWith(`<script type="text/html" data-help-name="${type}">\n<p>`)).toBe(true);
      expect(help.match(/<\/script>/g)).toHaveLength(1);
      const terms = [...help.matchAll(/<dt[^>]*>([^<]*?)(?: <span|<)/g)].map(([, term]) => term);
      expect(terms).toEqual(expectedTerms(definition, language));
      expect(help.match(/<dd><\/dd>/g)).toBeNull();
    }
  });

  it('makes sense as a form', () => {
    for (const [name, property] of Object.entries(definition.properties)) {
      const { sources, value, shownIf, message } = property;
      expect(name).toMatch(/^[a-z][A-Za-z]*$/);
      const isFixed = ['account', 'secret', 'token'].includes(value);
      expect(isFixed && (sources.length > 0 || message !== undefined)).toBe(false);
      expect(value === 'tools' && sources.length > 0).toBe(false);
      const other = shownIf && definition.properties[shownIf.property];
      expect(shownIf === undefined).toBe(other === undefined);
      const allowed = other?.choices && Object.keys(other.choices);
      expect(shownIf?.is.filter((one) => allowed?.includes(String(one)) === false) ?? []).toEqual(
        [],
      );
    }
  });

  it('has a migration from each earlier version, which the editor knows, too', () => {
    expect(definition.version).toBe(definition.migrations.length + 1);
    expect(MIGRATIONS[type] ?? []).toEqual(definition.migrations);
  });
});

function expectedTerms(definition: NodeDefinition, language: 'en' | 'zh'): string[] {
  const { input, outputs, actions, properties } = definition;
  return [
    ...(input?.fields ?? []).map(({ name }) => name),
    ...Object.keys(actions),
    ...outputs.flatMap(({ fields }) => fields.map(({ name }) => name)),
    ...Object.values(properties).map(({ label }) => label[language]),
  ];
}

it('has the texts of dialogs and badges in both languages, with the same values in them', () => {
  const texts = textsIn({ ...EDITOR_TEXTS, ...STATUS_TEXTS });
  expectBothLanguages(texts);
  const valuesIn = (text: string): string[] => (text.match(/__\w+?__/g) ?? []).sort();
  const other = texts.filter(([, { en, zh }]) => valuesIn(en).join(' ') !== valuesIn(zh).join(' '));
  expect(other).toEqual([]);
});

it.each(DOCS_FILES)(
  'has the docs as the definitions are (%s): `pnpm run docs` writes them',
  (language, file) => {
    expect(existsSync(docsUrl(file))).toBe(true);
    expect(readFileSync(docsUrl(file), 'utf8')).toBe(toDocs(DEFINITIONS, language));
  },
);
