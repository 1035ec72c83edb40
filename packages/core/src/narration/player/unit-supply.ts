import type { FetchedSpeech } from '../fetcher.ts';
import type { SpokenPlace } from '../speech-unit.ts';
import type { Utterance } from '../utterance.ts';

/** Where a player has its sound from. */
export interface UnitSupply {
  /** In the order of reading, from the unit that holds the place. Reading on from it is what makes it fetch ahead. */
  from(place: SpokenPlace, signal: AbortSignal): AsyncIterableIterator<FetchedSpeech, undefined>;
  /** How fast sound is used up, as a multiple of its own time. */
  setRate(rate: number): void;
}

/** What a player asks a plan for. */
export interface UtteranceSource {
  utteranceAt(index: number): Utterance | undefined;
}
