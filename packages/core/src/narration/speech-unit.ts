import type { AudioClip } from '../audio/output/audio-output.ts';
import type { Pcm } from '../audio/pcm.ts';
import type { TextRange } from '../text/text-range.ts';

/** Whether times are the service's own, or reckoned from the length of the words. */
export type TimingSource = 'service' | 'estimate';

/** When a word (or a Han character) is spoken. */
export type TimedWord = {
  /** The utterance it belongs to, by index. */
  readonly utterance: number;
  /** In the utterance's spoken text. */
  readonly range: TextRange;
  /** From the start of the unit's sound, at rate 1. */
  readonly startSeconds: number;
  readonly endSeconds: number;
};

/** A place in what is spoken: in the spoken text of an utterance. */
export type SpokenPlace = { readonly utterance: number; readonly offset: number };

/**
 * The least that is played, stored and paid for by itself: a sentence, a part of a long one, or, in a format that cannot
 * be cut, a batch of sentences.
 */
export type SpeechUnit = {
  readonly from: SpokenPlace;
  /** Behind the last character. */
  readonly to: SpokenPlace;
  readonly sound: Pcm | AudioClip;
  readonly seconds: number;
  /** In order, none beyond the sound. */
  readonly words: readonly TimedWord[];
  readonly timing: TimingSource;
  /** Whether the sound came out of the cache. */
  readonly cached: boolean;
};
