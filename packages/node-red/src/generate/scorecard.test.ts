import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { parseAst } from 'rolldown/parseAst';
import { describe, expect, it } from 'vitest';
import { COLORS } from '../definition/palette.ts';
import { DEFINITIONS } from '../nodes/index.ts';
import { toNodeHtml } from './node-html.ts';

// The rules of the flow library's scorecard (node-red-dev), as far as they can be told without the network. Two of its twelve
// cannot: whether another package has a similar name, and whether the dependencies are the newest.

const inPackage = (path: string): URL => new URL(`../../${path}`, import.meta.url);
const readJson = (path: string): unknown => JSON.parse(readFileSync(inPackage(path), 'utf8'));

type Package = {
  name: string;
  license?: string;
  repository?: object;
  bugs?: object;
  keywords: string[];
  engines: { node: string };
  dependencies: Record<string, string>;
  'node-red': { version: string; nodes: Record<string, string> };
};
const own = readJson('package.json') as Package;
const core = readJson('../core/package.json') as Package;

type Syntax = { type: string; [key: string]: unknown };
type Registration = { type: unknown; properties: Map<string, Syntax> };

/** Finds the calls of `registerType` where the scorecard looks for them, and of them what it reads. */
function parseRegistrations(html: string): Registration[] {
  const scripts = html.matchAll(
    /<script.+?type=['"]text\/javascript['"].*?>([\S\s]*?)<\/script>/gi,
  );
  const found: Registration[] = [];
  for (const [, script = ''] of scripts) {
    const { body } = parseAst(script) as unknown as { body: Syntax[] };
    for (const { expression } of body) {
      if (expression === undefined) continue;
      const call = expression as Syntax;
      const callee = call['callee'] as { property?: { name?: string } } | undefined;
      if (callee?.property?.name !== 'registerType') continue;
      const [type, definition] = call['arguments'] as [{ value: unknown }, Syntax];
      found.push({ type: type.value, properties: propertiesOf(definition) });
    }
  }
  return found;
}

/** Only of an object that stands there as it is, with plain names. */
function propertiesOf(syntax: Syntax | undefined): Map<string, Syntax> {
  if (syntax?.type !== 'ObjectExpression') throw new Error('No object stands there.');
  const properties = syntax['properties'] as { key: { name: string }; value: Syntax }[];
  return new Map(properties.map(({ key, value }) => [key.name, value]));
}

/** WCAG 2.2, of two luminances. */
function contrast(lighter: number, darker: number): number {
  return (lighter + 0.05) / (darker + 0.05);
}

function luminance(color: string, shade = 1): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const value = (shade * Number.parseInt(color.slice(at, at + 2), 16)) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function literal(registration: Registration, name: string): unknown {
  const syntax = registration.properties.get(name);
  return syntax?.type === 'Literal' ? syntax['value'] : syntax?.type;
}

describe('the package', () => {
  it('P01 has a licence, P03 says where to report, P04 has a scope, P05 is found by its keyword', () => {
    expect(own.license).toBe('MIT');
    expect(own.repository).toBeDefined();
    expect(own.bugs).toBeDefined();
    expect(own.name).toMatch(/^@[a-z\d][\w-.]+\/[a-z\d][\w-.]*$/);
    expect(own.keywords).toContain('node-red');
  });

  it('P06 and P07 let the current Node-RED and its oldest Node in, and so does the dependency', () => {
    expect(own['node-red'].version).toBe('>=4.1.0');
    expect(own.engines.node).toBe('>=22.9');
    expect(core.engines.node).toBe('>=22.9');
  });

  it('D01 depends on the library and on nothing else', () => {
    expect(Object.keys(own.dependencies)).toEqual(['@stepvoice/core']);
  });

  it('names a script for every definition, and the scorecard finds its form', () => {
    const files = Object.entries(own['node-red'].nodes);
    expect(files.map(([set]) => set).sort()).toEqual(DEFINITIONS.map(({ type }) => type).sort());
    expect(files).toEqual(files.map(([set]) => [set, `dist/${set}.js`]));
    const entries = files.filter(([set]) => !existsSync(inPackage(`src/entries/${set}.ts`)));
    expect(entries).toEqual([]);
  });

  it('N02 has an example of every node', () => {
    const examples = readdirSync(inPackage('examples/'), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.json'))
      .flatMap((file) => readJson(`examples/${file}`) as { type: string }[]);
    const used = new Set(examples.map(({ type }) => type));
    const unused = DEFINITIONS.filter(({ type, isConfig }) => !isConfig && !used.has(type));
    expect(unused.map(({ type }) => type)).toEqual([]);
  });
});

describe('the forms', () => {
  it('N01 register types whose names nobody else has', () => {
    const types = DEFINITIONS.map(({ type }) => type);
    expect(new Set(types).size).toBe(types.length);
    expect(types.filter((type) => !type.startsWith('stepvoice-'))).toEqual([]);
  });

  it.each(DEFINITIONS.map((definition) => [definition.type, definition] as const))(
    '%s is read without being run',
    (type, definition) => {
      const registrations = parseRegistrations(toNodeHtml(definition));
      expect(registrations.map((registration) => registration.type)).toEqual([type]);
      const [registration] = registrations as [Registration];
      expect(literal(registration, 'category')).toBe(definition.isConfig ? 'config' : 'Stepvoice');
      expect(literal(registration, 'color')).toBe(definition.color);
      expect(literal(registration, 'icon')).toBe(definition.icon);
      expect(literal(registration, 'inputs') ?? 0).toBe(definition.input === undefined ? 0 : 1);
      expect(literal(registration, 'outputs') ?? 0).toBe(definition.outputs.length);
      const isCredential = (name: string): boolean =>
        ['secret', 'token'].includes(definition.properties[name]?.value ?? '');
      const names = Object.keys(definition.properties);
      const defaults = propertiesOf(registration.properties.get('defaults'));
      expect([...defaults.keys()].filter((name) => !name.endsWith('Type'))).toEqual([
        'version',
        'name',
        ...names.filter((name) => !isCredential(name)),
      ]);
      const credentials = registration.properties.get('credentials');
      expect(credentials === undefined ? [] : [...propertiesOf(credentials).keys()]).toEqual(
        names.filter(isCredential),
      );
    },
  );

  // As WCAG 2 asks of what is drawn and of what is read. Behind the icon the editor makes the colour darker by a twentieth.
  it.each(Object.entries(COLORS))(
    '%s has a colour to see an icon and read a label on',
    (_, color) => {
      expect(contrast(luminance('#ffffff'), luminance(color, 0.95))).toBeGreaterThanOrEqual(3);
      expect(contrast(luminance(color), luminance('#333333'))).toBeGreaterThanOrEqual(4.5);
    },
  );

  it.each(DEFINITIONS.map(({ type, icon }) => [type, icon] as const))(
    '%s has a white icon of the size that Node-RED wants',
    (_type, icon) => {
      const svg = readFileSync(inPackage(`icons/${icon}`), 'utf8');
      expect(svg).toContain('width="40" height="60"');
      expect(new Set(svg.match(/#[\da-f]{3,6}/gi))).toEqual(new Set(['#fff']));
    },
  );
});
