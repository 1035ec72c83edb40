import { Buffer } from 'node:buffer';
import { writeWav } from '@stepvoice/core/audio';
import registerAccount from '../entries/stepvoice-account.ts';
import registerAsr from '../entries/stepvoice-asr.ts';
import registerAudio from '../entries/stepvoice-audio.ts';
import registerChat from '../entries/stepvoice-chat.ts';
import registerNarrate from '../entries/stepvoice-narrate.ts';
import registerPlay from '../entries/stepvoice-play.ts';
import registerRealtime from '../entries/stepvoice-realtime.ts';
import registerSegment from '../entries/stepvoice-segment.ts';
import registerTts from '../entries/stepvoice-tts.ts';
import registerVoice from '../entries/stepvoice-voice.ts';
import type { FlowMessage } from '../kit/node-red.ts';
import type { NodeFile } from './flow-rig.ts';

/** A node set up to do its main job, and a message that makes it. */
export type Specimen = {
  type: string;
  config: Record<string, unknown>;
  good(): FlowMessage;
  /** Whether the main job asks the service. */
  asksService: boolean;
  /** Whether a message is done when it was taken, and what comes of it later is reported by itself. */
  answersLater?: boolean;
  /** Faults that are no failure here: it waits, or has nothing that could be struck so. */
  outlasts?: readonly string[];
  /** The main job's own error, where nobody is there for it to be done for. */
  goodCode?: string;
};

export const ALL_FILES: readonly NodeFile[] = [
  registerAccount,
  registerAsr,
  registerAudio,
  registerChat,
  registerNarrate,
  registerPlay,
  registerRealtime,
  registerSegment,
  registerTts,
  registerVoice,
];

/** Half a second of a tone, as a WAV file. */
export function toneWav(): Buffer {
  const sampleRate = 16_000;
  const samples = Int16Array.from({ length: sampleRate / 2 }, (_, index) =>
    Math.round(8000 * Math.sin((2 * Math.PI * 440 * index) / sampleRate)),
  );
  return Buffer.from(writeWav({ samples, sampleRate }));
}

/** One of each node that takes messages. */
export const SPECIMENS: readonly Specimen[] = [
  {
    type: 'stepvoice-tts',
    config: { voice: 'data-voice', format: 'pcm', output: 'stream' },
    good: () => ({ payload: 'Hello.' }),
    asksService: true,
  },
  {
    type: 'stepvoice-asr',
    config: {},
    good: () => ({ payload: toneWav() }),
    asksService: true,
  },
  {
    type: 'stepvoice-chat',
    config: {},
    good: () => ({ payload: 'Hello.' }),
    asksService: true,
  },
  {
    type: 'stepvoice-narrate',
    config: { voice: 'data-voice', format: 'wav' },
    good: () => ({ payload: 'One. Two.' }),
    asksService: true,
    outlasts: ['too many requests', 'service failed', 'connection cut', 'no answer', 'no protocol'],
  },
  {
    type: 'stepvoice-voice',
    config: { operation: 'list' },
    good: () => ({ payload: '' }),
    asksService: true,
    outlasts: ['no protocol'],
  },
  {
    type: 'stepvoice-realtime',
    config: {},
    good: () => ({ payload: 'Hello.' }),
    asksService: true,
    answersLater: true,
  },
  {
    type: 'stepvoice-segment',
    config: {},
    good: () => ({ payload: toneWav() }),
    asksService: false,
  },
  {
    type: 'stepvoice-audio',
    config: { operation: 'convert' },
    good: () => ({ payload: toneWav() }),
    asksService: false,
  },
  {
    type: 'stepvoice-play',
    config: {},
    good: () => ({ payload: toneWav() }),
    asksService: false,
    goodCode: 'no_page',
  },
];
