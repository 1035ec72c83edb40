import type { TextSource } from '../../text/spoken-segment.ts';
import { countCharacters } from '../batches.ts';
import type { NarrationCast, NarrationVoice } from '../narration-voice.ts';
import { NarrationPlan } from '../plan.ts';
import type { PlanHeading, PlanOptions } from '../plan.ts';
import { SPEECH_PRICES, billedUnits, priceOf } from '../prices.ts';
import type { Money, SpeechPrices } from '../prices.ts';
import { estimateSeconds } from '../speech-weight.ts';
import type { Utterance } from '../utterance.ts';

/** A part of a book that has a source of its own, such as a file of a folder. */
export type RenderChapter = { readonly title: string; readonly source: TextSource };

/** What is rendered: one text, whose headings are its chapters, or several that are one each. */
export type RenderSource = TextSource | readonly RenderChapter[];

export type EstimateOptions = PlanOptions & {
  readonly voice: NarrationVoice;
  readonly cast?: NarrationCast | undefined;
  /** Default {@link SPEECH_PRICES}. */
  readonly prices?: SpeechPrices | undefined;
  /** Most code points of one request. Default 1000. */
  readonly textLimit?: number | undefined;
  /** Silence between two chapters with a source each. Default 1500. */
  readonly chapterPauseMs?: number | undefined;
};

/** What a narration will take, before anything was asked for. */
export type NarrationEstimate = {
  readonly utterances: number;
  /** Code points to be sent. */
  readonly characters: number;
  readonly billedUnits: number;
  /** When every request carries as much as it may. The first ones are smaller. */
  readonly requests: number;
  /** Of sound, pauses included; good to a third. */
  readonly seconds: number;
  /** `undefined` where the table does not have a model. */
  readonly cost: Money | undefined;
};

/** A chapter as it was planned once. */
export type SurveyedChapter = {
  readonly utterances: number;
  readonly headings: readonly PlanHeading[];
};

export type NarrationSurvey = {
  readonly estimate: NarrationEstimate;
  readonly chapters: readonly SurveyedChapter[];
};

/** What the service takes for a model that is left out. */
export const DEFAULT_MODEL = 'stepaudio-2.5-tts';
export const DEFAULT_CHAPTER_PAUSE_MS = 1500;
const MOST_CHARACTERS = 1000;

/**
 * Characters, requests, sound and money that rendering a source will take when nothing of it is stored; see
 * {@link estimateUnpaid}. Plans all of it: about 1 s for 5 MB.
 */
export function estimateNarration(
  source: RenderSource,
  options: EstimateOptions,
): NarrationEstimate {
  const survey = surveyNarration(source, options);
  for (;;) {
    const next = survey.next();
    if (next.done === true) return next.value.estimate;
  }
}

export function toChapters(source: RenderSource): readonly RenderChapter[] {
  return 'text' in source ? [{ title: '', source }] : source;
}

/** Goes through a source in steps of a few milliseconds. */
export function* surveyNarration(
  source: RenderSource,
  options: EstimateOptions,
): Generator<undefined, NarrationSurvey> {
  const totals = new EstimateTotals(options);
  const chapters: SurveyedChapter[] = [];
  for (const chapter of toChapters(source)) {
    const plan = new NarrationPlan(chapter.source, planOptions(options));
    totals.beginChapter();
    let index = 0;
    for (let utterance = plan.utteranceAt(0); utterance; utterance = plan.utteranceAt(index)) {
      totals.add(utterance);
      index += 1;
      yield;
    }
    chapters.push({ utterances: index, headings: plan.headings() });
  }
  return { estimate: totals.estimate, chapters };
}

/** Adds up what utterances will take, in their order. */
export class EstimateTotals {
  readonly #options: EstimateOptions;
  readonly #textLimit: number;
  readonly #unitsByModel = new Map<string, number>();
  readonly #sums = { utterances: 0, characters: 0, billedUnits: 0, requests: 0, seconds: 0 };
  /** Characters of the request that the next utterance may still become a part of. */
  #batch = Number.POSITIVE_INFINITY;
  #speaker: string | undefined;
  #chapters = 0;

  constructor(options: EstimateOptions) {
    this.#options = options;
    this.#textLimit = options.textLimit ?? MOST_CHARACTERS;
  }

  get estimate(): NarrationEstimate {
    const cost = totalPrice(this.#unitsByModel, this.#options.prices ?? SPEECH_PRICES);
    return { ...this.#sums, cost };
  }

  beginChapter(): void {
    const { chapterPauseMs = DEFAULT_CHAPTER_PAUSE_MS } = this.#options;
    if (this.#chapters > 0) this.#sums.seconds += chapterPauseMs / 1000;
    this.#chapters += 1;
    this.endRequest();
  }

  /** What comes next is not asked for together with what came before. */
  endRequest(): void {
    this.#batch = Number.POSITIVE_INFINITY;
  }

  add(utterance: Utterance): void {
    const sums = this.#sums;
    const text = utterance.spoken.text.trim();
    const characters = countCharacters(text);
    const voice = voiceOf(utterance.speaker, this.#options);
    const units = billedUnits(text);
    const model = voice.model ?? DEFAULT_MODEL;
    this.#unitsByModel.set(model, (this.#unitsByModel.get(model) ?? 0) + units);
    this.#batch += characters + 1;
    if (this.#batch > this.#textLimit || this.#speaker !== utterance.speaker) {
      sums.requests += Math.max(1, Math.ceil(characters / this.#textLimit));
      this.#batch = characters % this.#textLimit;
    }
    this.#speaker = utterance.speaker;
    sums.utterances += 1;
    sums.characters += characters;
    sums.billedUnits += units;
    sums.seconds += estimateSeconds(text) / (voice.speed ?? 1) + utterance.pauseAfterMs / 1000;
  }
}

/** How a source is planned: its dialogue is told apart for whoever is in the cast. */
export function planOptions({ pauses, text, cast = {} }: EstimateOptions): PlanOptions {
  return { pauses, text: { cast: Object.keys(cast), ...text } };
}

/** Who speaks: the narrator where a cast does not say otherwise. */
export function voiceOf(
  speaker: string | undefined,
  { voice, cast = {} }: Pick<EstimateOptions, 'voice' | 'cast'>,
): NarrationVoice {
  const part = speaker === undefined || !Object.hasOwn(cast, speaker) ? undefined : cast[speaker];
  return { ...voice, ...part };
}

function totalPrice(
  unitsByModel: ReadonlyMap<string, number>,
  prices: SpeechPrices,
): Money | undefined {
  let amount = 0;
  for (const [model, units] of unitsByModel) {
    const price = priceOf(units, model, prices);
    if (price === undefined) return undefined;
    amount += price.amount;
  }
  return { amount, currency: prices.currency };
}
