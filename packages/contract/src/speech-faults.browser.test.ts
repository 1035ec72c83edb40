import { inject } from 'vitest';
import { commands } from 'vitest/browser';
import { StepAudio } from '@stepvoice/core';
import type { EmulatorHandle } from './emulator-handle.ts';
import { describeSpeechFaults } from './speech-fault-suite.ts';

function handleOf(address: { url: string; apiKey: string }): EmulatorHandle {
  return { ...address, admin: (...request) => commands.admin(address, ...request) };
}

describeSpeechFaults({
  emulator: () => handleOf(inject('emulator')),
  otherEmulator: () => handleOf(inject('otherEmulator')),
  createClient: (options) => new StepAudio({ ...options, keyInSubprotocol: true }),
  seesHandshake: false,
});
