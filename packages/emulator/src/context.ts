import type { Clock } from './clock.ts';
import type { Ledger } from './counters.ts';
import type { FileShelf } from './http/file-shelf.ts';
import type { VoiceAccess } from './speech/speech-order.ts';
import type { SpeechEngine } from './voice/index.ts';

/** How the speech socket behaves where the service's documentation contradicts itself. */
export type SocketHabits = {
  /**
   * `audio` of `tts.response.audio.done`: all the audio once more as one file (newest documentation), or empty (older
   * sample). Default `complete`; beyond 11 MiB it is empty in either case.
   */
  audioDone: 'complete' | 'empty';
  /** After 60 s without activity: finish as after `tts.text.done`, or close without a word. Default `finish`. */
  idleEnd: 'finish' | 'close';
};

/** What every request needs of the emulator around it. */
export type EmulatorContext = {
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly engine: SpeechEngine;
  readonly files: FileShelf;
  readonly voices: VoiceAccess;
  readonly socketHabits: SocketHabits;
  /** Seeded; for jitter. */
  readonly random: () => number;
  /** Where the emulator is reached, without a slash at the end. */
  readonly url: string;
};
