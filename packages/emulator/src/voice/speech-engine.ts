import type { VoiceTraits } from './voice-profile.ts';

/** What is to be spoken, and how. Field values are those of the service's requests; the voice id must be one the caller accepts. */
export type SpeechRequest = {
  text: string;
  /** An official id, a clone id, or `data-voice`. An id without a voice of its own gets one derived from its name. */
  voice: string;
  /** What the voice was cloned from sounds like; without it nothing is known of a clone but its id. */
  traits?: VoiceTraits;
  /** Hz, 8000 to 48000. */
  sampleRate: number;
  /** Pace, 0.5 to 2; default 1. */
  speed?: number;
  /** Amplitude factor, 0.1 to 2; default 1. */
  volume?: number;
  /** Label values as on the wire (`高兴`) or their English names (`happy`). Unknown values have no effect. */
  emotion?: string;
  style?: string;
  /** `粤语`, `四川话`, `日语` or their English names. Without it the script of the text decides. */
  language?: string;
  /** Free words on how to speak, Chinese or English; what is understood is in `prosody.ts`. */
  instruction?: string;
  /** Entries `written/spoken`; `spoken` may hold pinyin with tone digits. */
  pronunciations?: readonly string[];
  /** Takes Markdown syntax out before speaking; default false. */
  markdownFilter?: boolean;
  /** `enhanced` also reads units, ranges, fractions and mathematical signs; default `standard`. */
  textNormalization?: 'standard' | 'enhanced';
  /** Whether text in `( )` or `（ ）` is a direction to the speaker: obeyed, not spoken. */
  directives: boolean;
  signal?: AbortSignal;
};

/** Where a word lies in the utterance's audio, in whole milliseconds from its first sample. */
export type SpokenWord = { text: string; startMs: number; endMs: number };

/** A stretch of an utterance, mostly one clause with the pause after it; `words` are those that end in it. */
export type SpeechChunk = { samples: Int16Array; words: SpokenWord[] };

/**
 * Turns text into speech. The chunks of one utterance follow each other without gaps; the texts of their words joined are the text
 * that was spoken (after Markdown and directions are gone), words do not overlap and never go back. Text with nothing to say gives
 * 200 ms of silence and no words.
 */
export interface SpeechEngine {
  /**
   * Starts speaking. The result can be iterated once; `return()` and the signal end it at once.
   * @throws {RangeError} speed, volume or sample rate outside its range (when called, not while iterating).
   */
  synthesize(request: SpeechRequest): AsyncIterable<SpeechChunk>;
  /** Ends everything, also what is being spoken (its iteration throws). May be called twice. */
  close(): Promise<void>;
}
