import { afterAll, beforeAll } from 'vitest';
import { StepAudio } from '@stepvoice/core/node';
import { startEmulator } from '@stepvoice/emulator';
import type { Emulator } from '@stepvoice/emulator';
import { describeCallContract } from './call-contract.ts';
import { sendAdmin } from './emulator-handle.ts';

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator();
});
afterAll(() => emulator.close());

describeCallContract({
  emulator: () => ({
    url: emulator.url,
    apiKey: emulator.apiKey,
    admin: (...request) => sendAdmin(emulator, ...request),
  }),
  createClient: (options) => new StepAudio(options),
  seesHandshake: true,
});
