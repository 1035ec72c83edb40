import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { WireChatCall } from '../protocol/chat-answer.ts';
import { ToolCallAssembler } from './tool-call-assembler.ts';

function assemble(fragments: WireChatCall[]) {
  const assembler = new ToolCallAssembler();
  for (const fragment of fragments) assembler.push(fragment);
  return assembler
    .calls()
    .map(({ id, name, parsed, arguments: text }) => ({ id, name, text, parsed }));
}

const part = (args: string, more: object = {}): WireChatCall => ({
  function: { arguments: args },
  ...more,
});
const begin = (id: string | undefined, name: string, more: object = {}): WireChatCall => ({
  id,
  function: { name, arguments: '' },
  ...more,
});
const weather = {
  id: 'a',
  name: 'weather',
  text: '{"city":"北京"}',
  parsed: { ok: true, value: { city: '北京' } },
};
const clock = { id: 'b', name: 'clock', text: '', parsed: { ok: true, value: {} } };

test('a call that comes whole', () => {
  const whole = { id: 'a', function: { name: 'weather', arguments: '{"city":"北京"}' } };
  expect(assemble([whole, { id: 'b', function: { name: 'clock' } }])).toEqual([weather, clock]);
});

test.each<[string, WireChatCall[]]>([
  [
    'their index, mixed',
    [
      begin('a', 'weather', { index: 0 }),
      begin('b', 'clock', { index: 1 }),
      part('{"city"', { index: 0 }),
      part('', { index: 1 }),
      part(':"北京"}', { index: 0 }),
    ],
  ],
  [
    'their id in each fragment',
    [
      begin('a', 'weather'),
      begin('b', 'clock'),
      part('{"city"', { id: 'a' }),
      part(':"北京"}', { id: 'a' }),
    ],
  ],
  [
    'their id, all with the index 0',
    [
      begin('a', 'weather', { index: 0 }),
      part('{"city":"北京"}', { index: 0 }),
      begin('b', 'clock', { index: 0 }),
      part('', { index: 0 }),
    ],
  ],
  [
    'their order, the name said again',
    [
      begin('a', 'weather'),
      { function: { name: 'weather', arguments: '{"city"' } },
      { function: { name: 'weather', arguments: ':"北京"}' } },
      begin('b', 'clock'),
    ],
  ],
  [
    'their order, an id that is empty from the second fragment on',
    [begin('a', 'weather'), part('{"city":"北京"}', { id: '' }), begin('b', 'clock')],
  ],
])('fragments that belong together by %s', (_, fragments) => {
  expect(assemble(fragments)).toEqual([weather, clock]);
});

test('two calls of one tool without index and id', () => {
  const call = (city: string) => ({
    function: { name: 'weather', arguments: `{"city":"${city}"}` },
  });
  expect(assemble([call('Paris'), call('Rome')])).toMatchObject([
    { id: 'call_0', parsed: { value: { city: 'Paris' } } },
    { id: 'call_1', parsed: { value: { city: 'Rome' } } },
  ]);
});

test.each([
  ['{"city": "Par', 'malformed-json'],
  ['[1]', 'not-an-object'],
  ['null', 'not-an-object'],
  ['"text"', 'not-an-object'],
])('arguments %s are kept, and told to be %s', (args, reason) => {
  expect(assemble([{ id: 'a', function: { name: 'weather', arguments: args } }])).toMatchObject([
    { text: args, parsed: { ok: false, reason } },
  ]);
});

test('what has no name is no call', () => {
  const assembler = new ToolCallAssembler();
  assembler.push(part('{}', { index: 0 }));
  assembler.push({ index: 1 });
  expect(assembler.calls()).toEqual([]);
  expect(assembler.isComplete).toBe(false);
});

test('any fragmenting gives the same calls', () => {
  const call = fc.record({
    name: fc.constantFrom('weather', 'clock', 'search'),
    value: fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 4 }),
  });
  const scenario = fc.record({
    calls: fc.array(call, { minLength: 1, maxLength: 4 }),
    cuts: fc.infiniteStream(fc.integer({ min: 1, max: 9 })),
    turns: fc.infiniteStream(fc.nat()),
    tie: fc.constantFrom('index', 'id', 'both', 'order'),
    repeatName: fc.boolean(),
  });
  fc.assert(
    fc.property(scenario, ({ calls, cuts, turns, tie, repeatName }) => {
      const lanes = calls.map(({ name, value }, index) => {
        const ties = {
          ...(tie === 'index' || tie === 'both' ? { index } : {}),
          ...(tie === 'id' || tie === 'both' ? { id: `id-${index}` } : {}),
        };
        const lane: WireChatCall[] = [{ ...begin(`id-${index}`, name), ...ties }];
        const text = JSON.stringify(value);
        for (let at = 0; at < text.length;) {
          const length = cuts.next().value as number;
          const again = repeatName ? { name } : {};
          lane.push({ ...ties, function: { ...again, arguments: text.slice(at, at + length) } });
          at += length;
        }
        return lane;
      });
      const fragments: WireChatCall[] = [];
      // The first fragments come in order; the rest are mixed, where something ties them.
      if (tie !== 'order') for (const lane of lanes) fragments.push(lane.shift()!);
      while (lanes.some((lane) => lane.length > 0)) {
        const open = lanes.filter((lane) => lane.length > 0);
        const turn = tie === 'order' ? 0 : (turns.next().value as number) % open.length;
        fragments.push(open[turn]!.shift()!);
      }
      expect(assemble(fragments)).toEqual(
        calls.map(({ name, value }, index) => ({
          id: `id-${index}`,
          name,
          text: JSON.stringify(value),
          parsed: { ok: true, value: JSON.parse(JSON.stringify(value)) },
        })),
      );
    }),
  );
});
