import type { Transport } from './speech-client.ts';
import type { UnpausableSocketTask } from './tasks/unpausable-socket.ts';

export const CLIENTS = [
  'ours',
  'floor',
  'fetch',
  'openai',
  'undici',
  'eventsource-parser',
  'ws',
  'ws with pause',
] as const;
export type ClientName = (typeof CLIENTS)[number];

/** How a listener stops. */
export const STOPS = ['break', 'abort', 'return', 'pendingReturn'] as const;
export type Stop = (typeof STOPS)[number];

/** What a measured process is asked to do. */
export type Task = { client: ClientName; baseUrl: string } & (
  | { kind: 'processorTime'; transport: Transport; audioBytes: number; requests: number }
  | { kind: 'firstAudio'; transport: Transport; requests: number }
  | { kind: 'coldFirstAudio'; transport: Transport }
  | { kind: 'pause'; transport: Transport; pauseMs: number }
  | { kind: 'import'; specifier: string }
  | { kind: 'lateModules'; specifier: string }
  | { kind: 'stop'; transport: Transport; stop: Stop; tries: number }
  | { kind: 'slowConsumer'; transport: Transport; forMs: number; timesRealTime: number }
  | { kind: 'peakMemory'; transport: Transport }
  | ({ kind: 'unpausableSocket' } & UnpausableSocketTask)
  | { kind: 'failure'; transport: Transport; unknownOption: boolean }
);

/** What it answers. Times are those of `nowMs`. */
export type TaskResults = {
  processorTime: { cpuMs: number };
  firstAudio: { calledAt: number[]; firstAudioAt: number[] };
  coldFirstAudio: { startedAt: number; firstAudioAt: number };
  pause: Record<string, never>;
  import: { importMs: number };
  lateModules: { modules: number };
  stop: { stoppedAt: number[] };
  slowConsumer: { audioBytes: number; memoryBytes: number };
  peakMemory: { peakBytes: number };
  unpausableSocket: { heldSeconds: number; heardSeconds: number };
  failure: { noticed: boolean };
};
