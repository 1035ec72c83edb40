import type { ExitCode } from '../exit-code.ts';
import type { CapabilityName } from './probe-capabilities.ts';

/** What one check found. */
export type Finding = {
  readonly check:
    | 'program'
    | 'settings'
    | 'emulator'
    | 'key'
    | 'address'
    | 'http'
    | 'socket'
    | 'clock'
    | 'player'
    | 'microphone'
    | CapabilityName;
  /** `warning` is for what one can do without. */
  readonly state: 'good' | 'warning' | 'broken';
  readonly text: string;
  /** What to do about it. */
  readonly fix?: string | undefined;
  /** What the process is to end with because of it. */
  readonly exitCode?: ExitCode | undefined;
};
