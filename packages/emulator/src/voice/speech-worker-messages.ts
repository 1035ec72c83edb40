import type { SpeechChunk } from './speech-engine.ts';
import type { UtteranceRequest } from './utterance.ts';

/** To the speaking thread. Each `next` is answered by one `chunk`, or ends the utterance with `end` or `failure`. */
export type ToSpeaker =
  | { type: 'open'; id: number; request: UtteranceRequest }
  | { type: 'next'; id: number }
  | { type: 'close'; id: number };

export type FromSpeaker =
  | { type: 'chunk'; id: number; chunk: SpeechChunk }
  | { type: 'end'; id: number }
  | { type: 'failure'; id: number; error: unknown };
