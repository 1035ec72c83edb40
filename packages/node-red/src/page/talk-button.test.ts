import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TalkButton } from './talk-button.ts';

function createButton() {
  const said: string[] = [];
  const button = new TalkButton({
    onStart: () => said.push('start'),
    onStop: () => said.push('stop'),
  });
  return { button, said };
}

test('held, it ends with its release', () => {
  const { button, said } = createButton();
  button.press(0);
  expect([button.state, said]).toEqual(['held', ['start']]);
  button.release(350);
  expect([button.state, said]).toEqual(['off', ['start', 'stop']]);
});

test('tapped, it goes on until the next press', () => {
  const { button, said } = createButton();
  button.press(0);
  button.release(349);
  expect([button.state, said]).toEqual(['latched', ['start']]);
  button.letGo();
  expect(button.state).toBe('latched');
  button.press(5000);
  button.release(9000);
  expect([button.state, said]).toEqual(['off', ['start', 'stop']]);
});

test('whoever holds it and goes away has let go', () => {
  const { button, said } = createButton();
  button.press(0);
  button.letGo();
  button.release(10);
  expect([button.state, said]).toEqual(['off', ['start', 'stop']]);
});

test('whatever is done to it, each start has its stop', () => {
  const acts = ['press', 'release', 'toggle', 'letGo', 'stop'] as const;
  const step = fc.record({ act: fc.constantFrom(...acts), afterMs: fc.nat(1000) });
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const { button, said } = createButton();
      let nowMs = 0;
      for (const { act, afterMs } of steps) {
        nowMs += afterMs;
        button[act](nowMs);
      }
      const isOn = button.state !== 'off';
      expect(said).toEqual(said.map((_, at) => (at % 2 === 0 ? 'start' : 'stop')));
      expect(said.length % 2 === 1).toBe(isOn);
    }),
  );
});
