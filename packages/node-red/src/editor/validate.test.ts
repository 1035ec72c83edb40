import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Property } from '../definition/node-definition.ts';
import {
  choice,
  flag,
  json,
  list,
  model,
  number,
  optionalNumber,
  text,
  tools,
} from '../definition/node-definition.ts';
import { toNodeView, type PropertyView } from '../generate/node-view.ts';
import { parseSetting } from '../kit/settings.ts';
import { findFault, findJsonFault } from './validate.ts';

const said = { label: { en: '', zh: '' }, help: { en: '', zh: '' } };
const PROPERTIES: Record<string, Property> = {
  number: number({ ...said, min: 0.5, max: 2, default: 1 }),
  integer: number({ ...said, min: 1, max: 100, integer: true, default: 1 }),
  optionalNumber: optionalNumber({ ...said, min: 0, max: 9 }),
  choice: choice({ ...said, choices: { wav: said.label, mp3: said.label }, default: 'wav' }),
  model: model({ ...said, models: 'speech' }),
  flag: flag({ ...said, default: true }),
  text: text(said),
  list: list(said),
  tools: tools(said),
  json: json(said),
};
const views = toNodeView({
  type: 'test',
  version: 1,
  isConfig: false,
  properties: PROPERTIES,
}).properties;
const viewOf = (name: string): PropertyView => {
  const view = views.find((candidate) => candidate.name === name);
  if (view === undefined) throw new Error(`There is no ${name}.`);
  return view;
};

function isParsed(property: Property, value: string): boolean {
  try {
    parseSetting(property, value, 'value');
    return true;
  } catch {
    return false;
  }
}

const typed = fc.oneof(
  fc.string(),
  fc.double().map(String),
  fc.integer({ min: -5, max: 120 }).map(String),
  fc.constantFrom('', ' ', '1', '0.5', '2', '2.01', '1e1', '0x10', 'Infinity', 'wav', 'true'),
);

describe('what the dialog takes', () => {
  it.each(['number', 'integer', 'optionalNumber', 'choice', 'model', 'flag', 'text', 'list'])(
    'is what the runtime takes (%s)',
    (name) => {
      fc.assert(
        fc.property(typed, (value) => {
          const isTaken = findFault(viewOf(name), value) === undefined;
          return isTaken === isParsed(PROPERTIES[name] as Property, value);
        }),
        { numRuns: 300 },
      );
    },
  );

  it('says which numbers are allowed', () => {
    expect(findFault(viewOf('number'), '2.1')).toEqual({
      key: 'invalidNumber',
      values: { min: 0.5, max: 2 },
    });
    expect(findFault(viewOf('integer'), '1.5')).toMatchObject({ key: 'invalidInteger' });
  });
});

describe('tools', () => {
  const schema = '{ "type": "object" }';
  it.each([
    ['no list', 'x', 'invalidTools'],
    ['a blank name', [{ name: '' }], 'invalidToolName'],
    ['a name with a space', [{ name: 'turn on' }], 'invalidToolName'],
    ['a name of 65 letters', [{ name: 'a'.repeat(65) }], 'invalidToolName'],
    ['a row that is nothing', [null], 'invalidToolName'],
    ['the same name twice', [{ name: 'on' }, { name: 'on' }], 'duplicateTool'],
    ['parameters that are no JSON', [{ name: 'on', parameters: '{' }], 'invalidToolSchema'],
    ['parameters that are no object', [{ name: 'on', parameters: '[]' }], 'invalidToolSchema'],
  ])('with %s are refused', (_what, value, key) => {
    expect(findFault(viewOf('tools'), value)).toMatchObject({ key });
  });

  it('with names of their own are taken, with or without parameters', () => {
    const value = [
      { name: 'on', parameters: schema },
      { name: 'off-2', parameters: '' },
    ];
    expect(findFault(viewOf('tools'), value)).toBeUndefined();
  });
});

it('takes JSON of any kind, or nothing', () => {
  expect(['', '  ', '1', '{}', '[1]', '"a"'].map(findJsonFault)).toEqual(
    Array.from({ length: 6 }, () => undefined),
  );
  expect(findJsonFault('{a:1}')).toMatchObject({ key: 'invalidJson' });
});
