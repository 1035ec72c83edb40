import { systemClock } from '../../net/clock.ts';
import type { Clock } from '../../net/clock.ts';
import { SPEECH_TEXT_LIMIT } from '../../protocol/models.ts';
import type { SpeechSampleRate } from '../../protocol/models.ts';
import { DEFAULT_SAMPLE_RATE } from '../../speech/wire-mapping.ts';
import { partsOf, wholePiece } from '../batches.ts';
import type { SpeechPiece } from '../batches.ts';
import { speechKey } from '../cache-key.ts';
import { PieceStore } from '../piece-store.ts';
import { NarrationPlan } from '../plan.ts';
import type { SpeechCache } from '../speech-cache.ts';
import type { Utterance } from '../utterance.ts';
import { EstimateTotals, planOptions, toChapters, voiceOf } from './narration-survey.ts';
import type { EstimateOptions, NarrationEstimate, RenderSource } from './narration-survey.ts';

export type PaidEstimateOptions = EstimateOptions & {
  readonly cache: SpeechCache;
  /** As for the render or the narration that fills the cache. Default ''. */
  readonly scope?: string | undefined;
  /** Hz. Default 24000. */
  readonly sampleRate?: SpeechSampleRate | undefined;
  /** What the service is asked for; `mp3` for a render that joins the service's own. Default `samples`. */
  readonly speechFormat?: 'samples' | 'mp3' | undefined;
  readonly clock?: Clock | undefined;
  /** Aborting ends the look with `signal.reason`. */
  readonly signal?: AbortSignal | undefined;
};

export type PaidEstimate = {
  readonly whole: NarrationEstimate;
  /** What of it is not stored yet, and has to be paid. */
  readonly unpaid: NarrationEstimate;
};

/** So many looks into the store at once. */
const LOOKS = 32;
/** So long nothing else in the program moves. */
const LONGEST_STEP_MS = 20;

/**
 * What rendering a source will take, and what of that is still to be paid: the sentences whose speech is not in a cache. It
 * looks whether they are there and reads no sound. About 0.2 ms a sentence, in steps.
 *
 * @throws {ValidationError} for a voice or a speed that the service would refuse, and `signal.reason`.
 */
export async function estimateUnpaid(
  source: RenderSource,
  options: PaidEstimateOptions,
): Promise<PaidEstimate> {
  const { clock = systemClock, signal } = options;
  const whole = new EstimateTotals(options);
  const unpaid = new EstimateTotals(options);
  for (const chapter of toChapters(source)) {
    const plan = new NarrationPlan(chapter.source, planOptions(options));
    const look = createLook(plan, { ...options, clock });
    whole.beginChapter();
    unpaid.beginChapter();
    for (let index = 0, isOver = false; !isOver;) {
      const next: Utterance[] = [];
      const until = clock.now() + LONGEST_STEP_MS;
      while (next.length < LOOKS && !isOver && (next.length === 0 || clock.now() < until)) {
        const utterance = plan.utteranceAt(index);
        if (utterance === undefined) isOver = true;
        else next.push(utterance);
        index += 1;
      }
      const found = await Promise.all(next.map(look));
      for (const [at, utterance] of next.entries()) {
        whole.add(utterance);
        if (found[at] === true) unpaid.endRequest();
        else unpaid.add(utterance);
      }
      // A store in memory answers without letting anything else move.
      await new Promise<void>((resolve) => void clock.after(0, resolve));
      signal?.throwIfAborted();
    }
  }
  return { whole: whole.estimate, unpaid: unpaid.estimate };
}

/** Tells whether all of an utterance is stored, as a whole or in parts. */
function createLook(
  plan: NarrationPlan,
  options: PaidEstimateOptions & { clock: Clock },
): (utterance: Utterance) => Promise<boolean> {
  const { cache, clock, scope = '', sampleRate = DEFAULT_SAMPLE_RATE } = options;
  const limit = options.textLimit ?? SPEECH_TEXT_LIMIT;
  const format = options.speechFormat === 'mp3' ? 'mp3' : 'pcm';
  const store = new PieceStore({
    cache,
    clock,
    keyOf: (text, speaker, kind) =>
      speechKey({ voice: voiceOf(speaker, options), text, format, sampleRate, scope, kind }),
    utteranceAt: (index) => plan.utteranceAt(index),
    limit,
  });
  const isStored = (piece: SpeechPiece): Promise<boolean> => store.has(piece);
  return async (utterance) => {
    const whole = wholePiece(utterance);
    if (await isStored(whole)) return true;
    const parts = partsOf(utterance, limit);
    // A sentence that is short enough is its only part.
    if (parts.length === 1 && parts[0]!.text === whole.text) return false;
    for (const part of parts) if (!(await isStored(part))) return false;
    return true;
  };
}
