import { afterAll, beforeAll } from 'vitest';
import { StepAudio } from '@stepvoice/core/node';
import { startEmulator } from '@stepvoice/emulator';
import type { Emulator } from '@stepvoice/emulator';
import { sendAdmin } from './emulator-handle.ts';
import type { EmulatorHandle } from './emulator-handle.ts';
import { describeSpeechFaults } from './speech-fault-suite.ts';

let emulators: [Emulator, Emulator];
beforeAll(async () => {
  emulators = [await startEmulator(), await startEmulator()];
});
afterAll(() => Promise.all(emulators.map((emulator) => emulator.close())));

function handleOf({ url, apiKey }: Emulator): EmulatorHandle {
  return { url, apiKey, admin: (...request) => sendAdmin({ url, apiKey }, ...request) };
}

describeSpeechFaults({
  emulator: () => handleOf(emulators[0]),
  otherEmulator: () => handleOf(emulators[1]),
  createClient: (options) => new StepAudio(options),
  seesHandshake: true,
});
