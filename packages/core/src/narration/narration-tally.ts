import { DEFAULT_SPEECH_MODEL } from '../speech/wire-mapping.ts';
import type { FetchedRequest } from './fetcher.ts';
import { billedUnits, priceOf } from './prices.ts';
import type { Money, SpeechPrices } from './prices.ts';

/** Counts what a narration asks for and gets. */
export class NarrationTally {
  requests = 0;
  /** Sent to the service, in code points. */
  characters = 0;
  /** Sentences that came from the service. */
  fetched = 0;
  /** Units of sound that came out of the cache. */
  cached = 0;
  readonly #prices: SpeechPrices;
  #amount: number | undefined = 0;

  constructor(prices: SpeechPrices) {
    this.#prices = prices;
  }

  /** `undefined` once a model was used that the price table does not have. */
  get cost(): Money | undefined {
    if (this.#amount === undefined) return undefined;
    return { amount: this.#amount, currency: this.#prices.currency };
  }

  addRequest({ characters, text, voice }: FetchedRequest): void {
    this.requests += 1;
    this.characters += characters;
    const price = priceOf(billedUnits(text), voice.model ?? DEFAULT_SPEECH_MODEL, this.#prices);
    this.#amount =
      price === undefined || this.#amount === undefined ? undefined : this.#amount + price.amount;
  }
}
