import { afterAll, expect, test } from 'vitest';
import { AWKWARD_UNITS } from './testing/awkward-units.ts';
import { createSpeechEngine } from './worker-speech-engine.ts';

const engine = createSpeechEngine();
afterAll(() => engine.close());

test.each(AWKWARD_UNITS)('a thousand characters of %j begin and end in good time', async (unit) => {
  const started = performance.now();
  let length = 0;
  const text = unit.repeat(1000).slice(0, 1000);
  const request = { text, voice: 'linjiajiejie', sampleRate: 24_000, directives: false };
  for await (const { samples } of engine.synthesize(request)) length += samples.length;
  expect(length).toBeGreaterThan(0);
  expect(performance.now() - started).toBeLessThan(10_000);
});
