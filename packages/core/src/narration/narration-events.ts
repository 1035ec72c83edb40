import type { StepAudioError } from '../errors.ts';
import type { TextRange } from '../text/text-range.ts';
import type { FetchWait } from './fetcher.ts';
import type { SavedPosition } from './narration-position.ts';
import type { NarrationState } from './player/player-state.ts';
import type { Money } from './prices.ts';
import type { TimingSource } from './speech-unit.ts';
import type { Utterance } from './utterance.ts';

/** What has been planned and bought by now. */
export type NarrationProgress = {
  /** Utterances that are planned; all there are once the whole source is. */
  readonly planned: number;
  /** Sentences that came from the service. */
  readonly fetched: number;
  /** Sent to the service, in code points. */
  readonly characters: number;
  readonly requests: number;
  /** By the price table; `undefined` for a model that it does not have. */
  readonly cost: Money | undefined;
};

/** What a narration tells, by name. */
export type NarrationEvents = {
  state: { readonly state: NarrationState; readonly reason?: 'blocked' | undefined };
  /** It begins to be heard; on an output without a clock, it has been taken. */
  utterance: { readonly utterance: Utterance };
  /** It begins to be heard. Not on an output without a clock. */
  word: {
    readonly utterance: Utterance;
    readonly spokenRange: TextRange;
    readonly sourceRange: TextRange;
    readonly timing: TimingSource;
  };
  /** A few times a second while it plays. */
  position: { readonly position: SavedPosition };
  /**
   * The service wants a pause, or a request failed and is made again (until a time of the clock); or for ten seconds no
   * answer has come, or no other request of the account has made room. What is there plays on.
   */
  waiting:
    | FetchWait
    | { readonly reason: 'no-answer'; readonly untilMs?: undefined; readonly error?: undefined };
  /** The service does not speak a sentence; the next one follows. */
  skipped: { readonly utterance: Utterance; readonly error: StepAudioError };
  /** The narrator speaks for somebody whose voice the service does not know. */
  voiceReplaced: { readonly speaker: string; readonly error: StepAudioError };
  /** The platform wants a gesture of the user: call `play()` in one. */
  blocked: object;
  failed: { readonly error: unknown };
  ended: object;
  progress: NarrationProgress;
};
