import { inject } from 'vitest';
import { commands } from 'vitest/browser';
import { StepAudio } from '@stepvoice/core';
import { describeSpeechContract } from './speech-contract.ts';

describeSpeechContract({
  emulator: () => {
    const address = inject('emulator');
    return { ...address, admin: (...request) => commands.admin(address, ...request) };
  },
  createClient: (options) => new StepAudio({ ...options, keyInSubprotocol: true }),
});
