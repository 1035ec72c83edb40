import type { Clock } from '../../net/clock.ts';
import { countCharacters } from '../batches.ts';
import type { FetchedRequest } from '../fetcher.ts';
import { billedUnits, priceOf } from '../prices.ts';
import type { Money, SpeechPrices } from '../prices.ts';
import { DEFAULT_MODEL } from './narration-survey.ts';
import type { NarrationEstimate } from './narration-survey.ts';
import type { RenderTotals } from './render-journal.ts';
import type { RenderProgress } from './render-options.ts';

const NOTHING: RenderTotals = {
  requests: 0,
  characters: 0,
  billedUnits: 0,
  amount: 0,
  doneUtterances: 0,
  doneCharacters: 0,
};

/** Counts what a render does and costs, and reckons what is left. */
export class RenderTally {
  readonly #estimate: NarrationEstimate;
  readonly #prices: SpeechPrices;
  readonly #clock: Clock;
  readonly #startedMs: number;
  readonly #startCharacters: number;
  #totals: RenderTotals;

  constructor(
    estimate: NarrationEstimate,
    prices: SpeechPrices,
    totals: RenderTotals = NOTHING,
    clock: Clock,
  ) {
    this.#estimate = estimate;
    this.#prices = prices;
    this.#totals = totals;
    this.#clock = clock;
    this.#startedMs = clock.now();
    this.#startCharacters = totals.doneCharacters;
  }

  get totals(): RenderTotals {
    return this.#totals;
  }

  get cost(): Money | undefined {
    if (this.#estimate.cost === undefined) return undefined;
    return { amount: this.#totals.amount, currency: this.#prices.currency };
  }

  countRequest(): void {
    this.#totals = { ...this.#totals, requests: this.#totals.requests + 1 };
  }

  countPaid({ text, characters, voice }: FetchedRequest): void {
    const units = billedUnits(text);
    const price = priceOf(units, voice.model ?? DEFAULT_MODEL, this.#prices);
    this.#totals = {
      ...this.#totals,
      characters: this.#totals.characters + characters,
      billedUnits: this.#totals.billedUnits + units,
      amount: this.#totals.amount + (price?.amount ?? 0),
    };
  }

  /** What was spoken or skipped. */
  countSpoken(text: string): void {
    const doneCharacters = this.#totals.doneCharacters + countCharacters(text.trim());
    this.#totals = { ...this.#totals, doneCharacters };
  }

  countUtterances(count: number): void {
    this.#totals = { ...this.#totals, doneUtterances: this.#totals.doneUtterances + count };
  }

  progress(chapter: number, seconds: number): RenderProgress {
    const { requests, characters, doneUtterances, doneCharacters } = this.#totals;
    const estimate = this.#estimate;
    const left = Math.max(0, estimate.characters - doneCharacters);
    const done = doneCharacters - this.#startCharacters;
    const elapsedMs = this.#clock.now() - this.#startedMs;
    return {
      chapter,
      utterances: doneUtterances,
      characters: doneCharacters,
      seconds,
      requests,
      paidCharacters: characters,
      cost: this.cost,
      estimate,
      rest: {
        utterances: Math.max(0, estimate.utterances - doneUtterances),
        characters: left,
        // By the voice's own pace, as soon as that has shown.
        seconds:
          doneCharacters > 0
            ? (seconds / doneCharacters) * left
            : (estimate.seconds * left) / Math.max(1, estimate.characters),
        ms: done > 0 ? (elapsedMs / done) * left : undefined,
      },
    };
  }
}
