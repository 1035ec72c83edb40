import { afterAll, beforeAll, expect, test } from 'vitest';
import { ConnectionError, StepAudio } from '@stepvoice/core/node';
import { startEmulator } from '@stepvoice/emulator';
import type { Emulator } from '@stepvoice/emulator';
import { speak } from './speech-calls.ts';
import type { Call } from './speech-calls.ts';

// The long form of the cuts: the connection is broken after every so many bytes of the whole answer.
const STEP = 61;

let emulator: Emulator;
let client: StepAudio;
beforeAll(async () => {
  emulator = await startEmulator();
  client = new StepAudio({ apiKey: emulator.apiKey, baseURL: emulator.url, retry: false });
});
afterAll(async () => {
  await client.close();
  await emulator.close();
});

test.each<[Call, 'fin' | 'reset']>([
  ['create', 'fin'],
  ['create', 'reset'],
  ['stream', 'fin'],
  ['stream', 'reset'],
  ['connect', 'fin'],
  ['connect', 'reset'],
])('%s cut by %s anywhere keeps what came and says that it was cut', async (call, how) => {
  const text = '好。';
  const { audio: whole } = await speak(client, call, { text });
  const length = emulator.log.at(-1)!.bytesSent;
  expect(length).toBeGreaterThan(10_000);
  for (let bytes = 0; bytes < length; bytes += STEP) {
    const remove = emulator.faults.add({ fault: { kind: 'cut', bytes, how }, times: 1 });
    const { audio, error } = await speak(client, call, { text });
    remove();
    if (error !== undefined) {
      if (!(error instanceof ConnectionError)) throw error;
    } else if (audio.length !== whole.length) {
      throw new Error(
        `Cut after ${bytes} bytes, ${audio.length} of ${whole.length} came: silence.`,
      );
    }
    if (Buffer.compare(audio, whole.subarray(0, audio.length)) !== 0) {
      throw new Error(`Cut after ${bytes} bytes, other audio came.`);
    }
  }
});
