import { expect, test } from 'vitest';
import type { Narration } from './narration.ts';
import type { NarrationEvents } from './narration-events.ts';
import { ScriptedOutput } from './player/testing/scripted-output.ts';
import { setUp } from './testing/narration-bench.ts';

const NOTE = 'One two. Three four.\n\n# Five\n\nSix seven.';

const EVENTS = ['state', 'utterance', 'word', 'position', 'progress', 'ended', 'skipped'] as const;

const COMMANDS: Record<string, (narration: Narration) => void> = {
  play: (narration) => narration.play(),
  pause: (narration) => narration.pause(),
  stop: (narration) => narration.stop(),
  seek: (narration) => narration.seek({ utterance: 2 }),
  'seek back': (narration) => narration.seek({ sourceOffset: 0 }),
  skip: (narration) => narration.skip('heading', 1),
  setRate: (narration) => narration.setRate(2.5),
  setVoice: (narration) => narration.setVoice({ voice: 'wenrounansheng' }),
  edit: (narration) => narration.edit({ start: 0, end: 3, insert: 'Another' }),
  'edit all': (narration) => {
    const end = narration.plan.source.text.length;
    narration.edit({ start: 0, end, insert: 'New.' });
  },
  close: (narration) => void narration.close(),
};

const cases = EVENTS.flatMap((event) =>
  Object.keys(COMMANDS).map((command) => [command, event] as const),
);

test.each(cases)('%s inside of %s', async (command, event) => {
  const { clock, service, device, start } = setUp({
    service: { fault: ({ text }) => (text.includes('Three') ? { status: 451 } : undefined) },
  });
  device.close();
  const output = new ScriptedOutput(() => clock.now());
  const narration = start(NOTE, { output });
  let calls = 0;
  let isClosed = false;
  const stop = narration.on(event, () => {
    calls += 1;
    // Not for ever: from the third time on it is let be.
    if (calls === 3) stop();
    isClosed ||= command === 'close';
    COMMANDS[command]!(narration);
  });
  const told: (keyof NarrationEvents)[] = [];
  for (const name of EVENTS) narration.on(name, () => told.push(name));
  narration.play();
  let isSilentInPause = true;
  for (let waited = 0; waited < 60_000 && !isClosed && narration.state !== 'ended'; waited += 100) {
    await clock.advance(100);
    output.play(100);
    const { state } = narration;
    isSilentInPause &&= state !== 'paused' || output.isPaused || output.held.length === 0;
    if (state === 'paused' || state === 'idle') narration.play();
  }
  expect(calls).toBeGreaterThan(0);
  expect(isSilentInPause).toBe(true);
  expect(isClosed || narration.state === 'ended').toBe(true);
  await narration.done;
  const count = told.length;
  await narration.close();
  await clock.advance(60_000);
  output.play(1000);
  expect(told).toHaveLength(count);
  expect(output.held).toHaveLength(0);
  expect(output.listeners.size).toBe(0);
  expect(clock.pending).toBe(0);
  expect(service.active).toBe(0);
});

test('a pause as soon as it plays again is one: the device stands still', async () => {
  const { clock, device, start } = setUp();
  device.close();
  const output = new ScriptedOutput(() => clock.now());
  const narration = start(NOTE, { output });
  narration.play();
  await clock.advance(1000);
  output.play(100);
  narration.pause();
  narration.on('state', ({ state }) => {
    if (state === 'playing') narration.pause();
  });
  narration.play();
  expect(narration.state).toBe('paused');
  expect(output.isPaused).toBe(true);
  await narration.close();
});
