import process from 'node:process';
import { StepAudio, createNodeRuntime } from '@stepvoice/core/node';
import type { StepAudioOptions } from '@stepvoice/core/node';
import { startEmulator } from '@stepvoice/emulator';
import { prepare } from '../prepare-calls.ts';
import { compareSides } from './live-suite.ts';
import type { Side } from './live-suite.ts';
import { WireRecorder } from './wire-recorder.ts';

/**
 * Makes every call of the contract at the real service and at the emulator, and prints where they differ. It costs what
 * the calls cost: a few cents, and a cloned voice.
 */
async function main(): Promise<void> {
  const { STEPFUN_API_KEY, STEPFUN_BASE_URL, STEPFUN_REGION } = process.env;
  if (STEPFUN_API_KEY === undefined || STEPFUN_API_KEY === '') {
    process.stdout.write('live: left out, because STEPFUN_API_KEY is not set.\n');
    return;
  }
  await using emulator = await startEmulator();
  const sides = [
    open({ apiKey: emulator.apiKey, baseURL: emulator.url }),
    open({
      apiKey: STEPFUN_API_KEY,
      ...(STEPFUN_BASE_URL === undefined ? {} : { baseURL: STEPFUN_BASE_URL }),
      ...(STEPFUN_REGION === 'intl' ? { region: 'intl' } : {}),
    }),
  ] as const;
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  const differences = await compareSides(sides, ({ client }) => prepare(client, 'voice'), say);
  say('');
  say(
    differences.length === 0
      ? 'live: no differences between the emulator and the service.'
      : 'live: - is what only the emulator sends, + what only the service sends.',
  );
  for (const { call, lines } of differences) say([call, ...lines].join('\n  '));
  for (const { client } of sides) await client.close();
}

function open(options: StepAudioOptions): Side {
  const recorder = new WireRecorder(createNodeRuntime());
  return { recorder, client: new StepAudio({ ...options, runtime: recorder.runtime }) };
}

await main();
