import { afterAll, beforeAll, expect, test } from 'vitest';
import { StepAudio, createNodeRuntime } from '@stepvoice/core/node';
import { startEmulator } from '@stepvoice/emulator';
import type { Emulator } from '@stepvoice/emulator';
import { prepare } from '../prepare-calls.ts';
import { SERVICE_CALLS } from '../service-calls.ts';
import { compareSides } from './live-suite.ts';
import type { Difference, Side } from './live-suite.ts';
import { WireRecorder } from './wire-recorder.ts';

let observed: Emulator;
let documented: Emulator;
beforeAll(async () => {
  [observed, documented] = await Promise.all([startEmulator(), startEmulator({ strict: true })]);
});
afterAll(() => Promise.all([observed.close(), documented.close()]));

async function compare(one: Emulator, other: Emulator): Promise<[Difference[], string[]]> {
  const lines: string[] = [];
  const sides = [open(one), open(other)] as const;
  const differences = await compareSides(
    sides,
    ({ client }) => prepare(client, 'voice'),
    (line) => lines.push(line),
  );
  for (const { client } of sides) await client.close();
  return [differences, lines];
}

function open({ apiKey, url }: Emulator): Side & { client: StepAudio } {
  const recorder = new WireRecorder(createNodeRuntime());
  const client = new StepAudio({ apiKey, baseURL: url, runtime: recorder.runtime });
  return { recorder, client };
}

test('two services that are alike have no differences', async () => {
  const [differences, lines] = await compare(observed, observed);
  expect(differences).toEqual([]);
  expect(lines).toEqual(SERVICE_CALLS.map(({ name }) => `${name}: well`));
});

test('what only one of them sends is named by message and field', async () => {
  const [differences] = await compare(observed, documented);
  const lines = differences.flatMap((difference) => difference.lines);
  expect(lines.length).toBeGreaterThan(0);
  for (const line of lines) expect(line).toMatch(/^[-+] \S/);
  // The documentation has no such field in the session it confirms.
  expect(differences.map(({ call }) => call)).toContain('realtime.connect');
});
