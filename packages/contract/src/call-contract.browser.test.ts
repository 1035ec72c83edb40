import { inject } from 'vitest';
import { commands } from 'vitest/browser';
import { StepAudio } from '@stepvoice/core';
import { describeCallContract } from './call-contract.ts';
import type { EmulatorHandle } from './emulator-handle.ts';

function handleOf(address: { url: string; apiKey: string }): EmulatorHandle {
  return { ...address, admin: (...request) => commands.admin(address, ...request) };
}

describeCallContract({
  emulator: () => handleOf(inject('emulator')),
  otherEmulator: () => handleOf(inject('otherEmulator')),
  createClient: (options) => new StepAudio({ ...options, keyInSubprotocol: true }),
  seesHandshake: false,
});
