import { afterAll, beforeAll } from 'vitest';
import { StepAudio } from '@stepvoice/core/node';
import { startEmulator } from '@stepvoice/emulator';
import type { Emulator } from '@stepvoice/emulator';
import { describeCallContract } from './call-contract.ts';
import { handleOf } from './emulator-handle.ts';

let emulators: [Emulator, Emulator];
beforeAll(async () => {
  emulators = [await startEmulator(), await startEmulator()];
});
afterAll(() => Promise.all(emulators.map((emulator) => emulator.close())));

describeCallContract({
  emulator: () => handleOf(emulators[0]),
  otherEmulator: () => handleOf(emulators[1]),
  createClient: (options) => new StepAudio(options),
  seesHandshake: true,
});
