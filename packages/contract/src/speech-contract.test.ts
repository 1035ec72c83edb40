import { afterAll, beforeAll } from 'vitest';
import { StepAudio } from '@stepvoice/core/node';
import { startEmulator } from '@stepvoice/emulator';
import type { Emulator } from '@stepvoice/emulator';
import { handleOf } from './emulator-handle.ts';
import { describeSpeechContract } from './speech-contract.ts';

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator();
});
afterAll(() => emulator.close());

describeSpeechContract({
  emulator: () => handleOf(emulator),
  createClient: (options) => new StepAudio(options),
});
