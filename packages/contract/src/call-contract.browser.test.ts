import { inject } from 'vitest';
import { commands } from 'vitest/browser';
import { StepAudio } from '@stepvoice/core';
import { describeCallContract } from './call-contract.ts';

describeCallContract({
  emulator: () => {
    const address = inject('emulator');
    return { ...address, admin: (...request) => commands.admin(address, ...request) };
  },
  createClient: (options) => new StepAudio({ ...options, keyInSubprotocol: true }),
  seesHandshake: false,
});
