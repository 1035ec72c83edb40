import type { Figures } from '../harness/row.ts';

/** What a measured process or page is asked to do: one contender's share of one kind of work. */
export type AudioTask = { contender: string } & (
  | { kind: 'eventParsing'; eventSeconds: number; events: number; readBytes: number }
  | { kind: 'base64'; direction: 'decode' | 'encode' }
  | { kind: 'pcm'; conversion: 'toFloat' | 'toFloatOdd' | 'fromFloat' }
  | { kind: 'framing'; minutes: number; chunkSamples: number }
  | { kind: 'resamplerQuality'; from: number; to: number }
  | { kind: 'resamplerSpeed'; from: number; to: number }
  | { kind: 'resamplerStreaming' }
  | { kind: 'detection' }
);

export type AudioTaskOf<Kind extends AudioTask['kind']> = Extract<AudioTask, { kind: Kind }>;

/** Performs one task where it is to be measured. */
export type PerformAudioTask = (task: AudioTask) => Promise<Figures>;
