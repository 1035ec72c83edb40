import { describe, expect, it } from 'vitest';
import { DEFINITIONS } from '../nodes/index.ts';
import { parseSetting } from '../kit/settings.ts';
import { completeExample } from './complete-example.ts';
import { readExamples, type ExampleItem } from './example-files.ts';

/** Those of Node-RED itself that the examples use: nothing else has to be installed. */
const CORE_TYPES = [
  'tab',
  'comment',
  'inject',
  'debug',
  'catch',
  'change',
  'switch',
  'function',
  'link in',
  'link out',
  'template',
  'file',
  'http in',
  'http response',
  'mqtt in',
  'mqtt out',
  'mqtt-broker',
];

const examples = await readExamples();
const definitionOf = (type: string) => DEFINITIONS.find((definition) => definition.type === type);
const all = [...examples.values()].flat();

it('has one for each node, and six recipes', () => {
  const used = all.map(({ type }) => type);
  const nodes = DEFINITIONS.filter(({ isConfig }) => !isConfig).map(({ type }) => type);
  expect(used).toEqual(expect.arrayContaining(nodes));
  expect([...examples.keys()].filter((file) => file.startsWith('Recipe - '))).toHaveLength(6);
});

describe.each([...examples])('%s', (_, items: ExampleItem[]) => {
  const ids = items.map(({ id }) => id);
  const ours = items.filter(({ type }) => type.startsWith('stepvoice-'));

  it('has known nodes with all of their properties, in this version', () => {
    const types = [...CORE_TYPES, ...DEFINITIONS.map(({ type }) => type)];
    for (const { type } of items) expect(types).toContain(type);
    expect(items, 'run: pnpm run examples').toEqual(completeExample(items, DEFINITIONS));
  });

  it('has settings that are allowed', () => {
    for (const item of ours) {
      const properties = Object.entries(definitionOf(item.type)?.properties ?? {});
      for (const [name, property] of properties) {
        const isElsewhere = (property.sources as unknown[]).includes(item[`${name}Type`]);
        const value = isElsewhere ? property.default : (item[name] ?? property.default);
        expect(() => parseSetting(property, value, `${item.type} ${name}`)).not.toThrow();
      }
    }
  });

  it('is wired from every node to nodes that are there', () => {
    expect(new Set(ids).size).toBe(ids.length);
    const [tab] = items;
    expect(tab?.type).toBe('tab');
    for (const { z } of items) expect([undefined, tab?.id]).toContain(z);
    for (const { wires = [] } of items) expect(ids).toEqual(expect.arrayContaining(wires.flat()));
    for (const { type, wires } of ours) {
      const { isConfig, outputs } = definitionOf(type) ?? { isConfig: true, outputs: [] };
      expect(wires?.length ?? 0, type).toBe(isConfig ? 0 : outputs.length);
    }
    const linked = items
      .filter(({ type }) => type === 'link out')
      .map(({ links }) => links as string[]);
    const reached = new Set([...items.flatMap(({ wires = [] }) => wires.flat()), ...linked.flat()]);
    const sources = new Set(['inject', 'catch', 'http in', 'mqtt in', 'stepvoice-play']);
    const placed = items.filter(({ wires, type }) => wires !== undefined && type !== 'comment');
    const lost = placed.filter(({ id, type }) => !reached.has(id) && !sources.has(type));
    expect(lost).toEqual([]);
  });

  it('sends commands that the nodes behind know', () => {
    for (const { rules, wires } of items.filter(({ type }) => type === 'change')) {
      const commands = (rules as { p: string; to: string }[]).filter(({ p }) => p === 'action');
      const behind = ours.filter(({ id }) => wires?.flat().includes(id));
      for (const { to } of commands) {
        for (const { type } of behind) {
          expect(Object.keys(definitionOf(type)?.actions ?? {}), type).toContain(to);
        }
      }
    }
  });

  it('can be tried with a button, says what to do, and shows what fails', () => {
    const types = items.map(({ type }) => type);
    expect(types).toEqual(expect.arrayContaining(['inject', 'comment', 'catch', 'debug']));
    const comments = items.filter(({ type }) => type === 'comment');
    for (const { name, info } of comments) expect(`${String(name)}${String(info)}`).toMatch(/\S.+/);
    expect(items.length).toBeLessThan(20);
  });

  it('has the key from the environment, for the service itself', () => {
    const accounts = items.filter(({ type }) => type === 'stepvoice-account');
    const users = ours.filter(({ account }) => account !== undefined);
    expect(accounts.length).toBe(users.length === 0 ? 0 : 1);
    for (const account of accounts) {
      expect(account).toMatchObject({ apiKeyEnv: 'STEPFUN_API_KEY', baseURL: '' });
    }
    for (const { account } of users) expect(account).toBe(accounts[0]?.id);
    expect(JSON.stringify(items)).not.toMatch(/"(apiKey|token|credentials)"/);
  });
});

it('has the same nodes in several examples only where they are the same', () => {
  const byId = new Map<string, ExampleItem>();
  for (const item of all) {
    const other = byId.get(item.id) ?? item;
    expect(item).toEqual(other);
    byId.set(item.id, item);
  }
});

it('is completed without touching what a flow says', () => {
  const [definition] = DEFINITIONS.filter(({ type }) => type === 'stepvoice-tts');
  if (definition === undefined) throw new Error('There is no such node.');
  const item = { id: '1', type: 'stepvoice-tts', z: '2', voice: 'v', voiceType: 'env', old: 1 };
  const [completed] = completeExample([item], [definition]);
  expect(completed).toMatchObject({ id: '1', z: '2', voice: 'v', voiceType: 'env', version: 1 });
  expect(completed).not.toHaveProperty('old');
  expect(completed).not.toHaveProperty('wires');
  expect(completeExample([{ id: '3', type: 'debug' }], [definition])).toEqual([
    { id: '3', type: 'debug' },
  ]);
});
