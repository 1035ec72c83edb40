import type { Clock } from './clock.ts';
import type { VoiceClones } from './clones/voice-clones.ts';
import type { Ledger } from './counters.ts';
import type { Ear } from './ear/ear.ts';
import type { FileShelf } from './http/file-shelf.ts';
import type { Mind } from './mind/mind.ts';
import type { Pace, RealtimeHabits } from './realtime/realtime-habits.ts';
import type { VoiceAccess } from './speech/speech-order.ts';
import type { StoredFiles } from './stored-files/stored-files.ts';
import type { FileTasks } from './transcription/file-tasks.ts';
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
  readonly ear: Ear;
  readonly fileTasks: FileTasks;
  readonly mind: Mind;
  /** What `return_url` answers name. */
  readonly files: FileShelf;
  /** What clients have uploaded. */
  readonly storedFiles: StoredFiles;
  readonly clones: VoiceClones;
  readonly voices: VoiceAccess;
  readonly socketHabits: SocketHabits;
  readonly realtimeHabits: RealtimeHabits;
  /** Of realtime replies; a connection may ask for another. */
  readonly pace: Pace;
  /** Whether to answer as the documentation says where the service was seen to answer otherwise. */
  readonly strict: boolean;
  /** Seeded; for jitter. */
  readonly random: () => number;
  /** Where the emulator is reached, without a slash at the end. */
  readonly url: string;
};
