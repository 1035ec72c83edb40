import { StepAudioError } from '../errors.ts';
import { SPEECH_TEXT_LIMIT } from '../protocol/models.ts';
import type { SpeechSampleRate } from '../protocol/models.ts';
import { DEFAULT_SAMPLE_RATE } from '../speech/wire-mapping.ts';
import { BatchSpeaker } from './batch-speaker.ts';
import {
  FIRST_BATCH_CHARACTERS,
  budgetAfter,
  countCharacters,
  joinPieces,
  mostOf,
  nextBatch,
  partsOf,
  wholePiece,
} from './batches.ts';
import type { Batch, SpeechPiece } from './batches.ts';
import { speechKey } from './cache-key.ts';
import { Casting } from './casting.ts';
import { FetchRun, FetchSlot } from './fetch-run.ts';
import type { FetchedSpeech, PieceResult } from './fetch-run.ts';
import { checkNumbers } from './fetcher-options.ts';
import type { SpeechFetcherOptions } from './fetcher-options.ts';
import { makeUnit } from './make-unit.ts';
import type { NarrationCast, NarrationVoice } from './narration-voice.ts';
import { PieceStore, piecesAround } from './piece-store.ts';
import { RequestPool } from './request-pool.ts';
import type { PendingPiece } from './request-pool.ts';
import type { SpeechUnit, SpokenPlace } from './speech-unit.ts';
import { estimateSeconds } from './speech-weight.ts';
import { secondsOf } from './timeline.ts';
import type { Utterance } from './utterance.ts';

export type { FetchedRequest, FetchWait } from './batch-speaker.ts';
export type { FetchedSpeech } from './fetch-run.ts';
export type { SpeechFetcherOptions } from './fetcher-options.ts';

/**
 * Turns a plan into speech, ahead of the listener: out of the cache, or asked for in batches that grow from one sentence
 * to as much as the service takes, so that the first sound comes fast and an account with ten requests a minute keeps up.
 */
export class SpeechFetcher {
  readonly #options: SpeechFetcherOptions;
  readonly #limit: number;
  readonly #sampleRate: SpeechSampleRate;
  readonly #format: 'pcm' | 'mp3' | 'opus';
  #cast: NarrationCast | undefined;
  #casting: Casting;
  /** Of this casting: another voice's speech lies under other keys. */
  #store: PieceStore;
  #rate: number;
  #run: FetchRun | undefined;
  #isFilling = false;
  #isChanged = false;
  #isClosed = false;
  readonly #requests: RequestPool;

  /** @throws {ValidationError} for a number out of its range. */
  constructor(options: SpeechFetcherOptions) {
    checkNumbers(options);
    const { format = 'samples', sampleRate = DEFAULT_SAMPLE_RATE } = options;
    this.#options = options;
    this.#limit = options.textLimit ?? SPEECH_TEXT_LIMIT;
    this.#rate = options.rate ?? 1;
    this.#sampleRate = sampleRate;
    this.#format = format === 'mp3' || format === 'opus' ? format : 'pcm';
    this.#cast = options.cast;
    this.#casting = new Casting(options.voice, this.#cast);
    this.#store = this.#createStore();
    const speaker = new BatchSpeaker({
      ...options,
      format: this.#format,
      sampleRate,
      unknownVoice: options.unknownVoice ?? 'fail',
      maxRetries: options.maxRetries ?? 8,
    });
    this.#requests = new RequestPool(speaker, () => this.#fill());
  }

  /**
   * Speech from a place on, in order; to be called again after an edit of the plan. Fetching begins at once. It ends what
   * an earlier call began; what that has on its way is used where it is wanted, and stored where not.
   *
   * A unit may begin before the place (a sentence is whole), and so may one that could not be cut.
   *
   * The iteration throws what no other sentence would fare better with, after what came before it: a `StepAudioError`
   * that names the speaker where it is about one of the cast. An abort throws `signal.reason`, at once; what is on its way
   * is still stored.
   */
  from(place: SpokenPlace, signal?: AbortSignal): AsyncIterableIterator<FetchedSpeech, undefined> {
    this.#run?.close();
    this.#requests.wantNothing();
    const run = new FetchRun(place, {
      signal,
      toUnit: (piece, result) => this.#toUnit(piece, result),
      onMisfit: (slot) => this.#speakAlone(run, slot),
      onTaken: () => this.#fill(),
      onClosed: (closed) => {
        if (closed === this.#run) this.#requests.wantNothing();
      },
    });
    if (this.#isClosed) run.close();
    const { firstCharacters = FIRST_BATCH_CHARACTERS } = this.#options;
    run.lastCharacters = firstCharacters / 2;
    this.#run = run;
    this.#fill();
    return run;
  }

  /** @throws {ValidationError} for a rate that is not above 0. */
  setRate(rate: number): void {
    checkNumbers({ rate });
    this.#rate = rate;
    this.#fill();
  }

  /** Ends what is being handed out; {@link from} goes on with the new voice. The cast stays where none is given. */
  setVoice(voice: NarrationVoice, cast?: NarrationCast): void {
    this.#run?.close();
    this.#cast = cast ?? this.#cast;
    this.#casting = new Casting(voice, this.#cast);
    this.#store = this.#createStore();
  }

  /** Ends everything: nothing is in flight, and no timer is set, when it has settled. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#run?.close();
    await this.#requests.close();
  }

  #createStore(): PieceStore {
    const { plan, cache, clock, scope = '' } = this.#options;
    const casting = this.#casting;
    return new PieceStore({
      cache,
      clock,
      keyOf: (text, speaker, kind) =>
        speechKey({
          voice: casting.voiceOf(speaker),
          text,
          format: this.#format,
          sampleRate: this.#sampleRate,
          scope,
          kind,
        }),
      utteranceAt: (index) => plan.utteranceAt(index),
      limit: this.#limit,
    });
  }

  #fill(): void {
    this.#isChanged = true;
    if (this.#isFilling) return;
    this.#isFilling = true;
    void this.#fillRuns();
  }

  async #fillRuns(): Promise<void> {
    while (this.#isChanged) {
      this.#isChanged = false;
      const run = this.#run;
      try {
        while (run !== undefined && run === this.#run && (await this.#extend(run)));
      } catch (error) {
        run?.end({ error });
      }
    }
    this.#isFilling = false;
  }

  /** Puts the next piece into the queue, or the next batch. False when there is nothing to do. */
  async #extend(run: FetchRun): Promise<boolean> {
    const { plan, aheadSeconds = 60, concurrency = 3 } = this.#options;
    if (run.isEnding) return false;
    if (!run.isEmpty && run.aheadSeconds >= aheadSeconds * this.#rate) return false;
    const utterance = plan.utteranceAt(run.at.utterance);
    if (utterance === undefined) {
      run.end();
      return false;
    }
    const { offset } = run.at;
    if (offset >= utterance.spoken.text.length) {
      run.at = { utterance: utterance.index + 1, offset: 0 };
      return true;
    }
    const whole = wholePiece(utterance);
    const parts = partsOf(utterance, this.#limit);
    const part = parts.find(({ end }) => end > offset)!;
    const budget = budgetAfter(Math.max(run.lastCharacters, run.knownCharacters), this.#limit);
    const fits = offset === 0 && countCharacters(whole.text) <= mostOf(budget, this.#limit);
    const candidates = offset === 0 || run.isAtStart ? [whole] : [];
    // Parts serve where somebody waits, or where nothing else is needed; a request more would be a waste.
    if (!fits || run.isAtStart || (await this.#areKnown(parts))) candidates.push(part);
    for (const piece of candidates) {
      if (run.isEnding || run !== this.#run) return false;
      if (await this.#findKnown(run, piece)) return true;
    }
    if (run.isEnding || run !== this.#run) return false;
    if (this.#requests.wanted >= concurrency) return false;

    const batch = await this.#nextBatch(fits ? whole : part, budget);
    if (run.isEnding || run !== this.#run) return false;
    this.#ask(run, batch);
    return true;
  }

  /** Takes a piece from what is stored, on its way, or refused. */
  async #findKnown(run: FetchRun, piece: SpeechPiece): Promise<boolean> {
    const key = this.#keyOfPiece(piece);
    const refused = this.#requests.refusalOf(key);
    const pending = this.#requests.find(key);
    if (refused === undefined && pending === undefined) {
      const group = await this.#store.get(piece);
      if (group === undefined || run.isEnding || run !== this.#run) return false;
      const index = group.pieces.indexOf(piece);
      // What was spoken together with something before it would repeat that.
      if (index > 0 && !run.isAtStart) return false;
      const slot = new FetchSlot(piece, secondsOf(group.speech.sound));
      run.push(slot, placeBehind(group.pieces.at(-1)!));
      run.settle(slot, { type: 'spoken', group, index, cached: true });
    } else {
      const slot = new FetchSlot(piece, estimateSeconds(piece.text));
      run.push(slot, placeBehind(piece));
      if (refused !== undefined) run.settle(slot, { type: 'refused', error: refused });
      else if (pending !== undefined) this.#join(run, slot, pending);
    }
    run.knownCharacters += countCharacters(piece.text);
    return true;
  }

  async #nextBatch(first: SpeechPiece, budget: number): Promise<Batch> {
    const following: Utterance[] = [];
    const most = mostOf(budget, this.#limit);
    let characters = countCharacters(first.text);
    for (let index = first.utterance.index + 1; characters < most; index += 1) {
      const utterance = this.#options.plan.utteranceAt(index);
      if (utterance?.speaker !== first.utterance.speaker || utterance === undefined) break;
      following.push(utterance);
      characters += countCharacters(utterance.spoken.text);
    }
    const known = new Set<Utterance>();
    await Promise.all(
      following.map(async (utterance) => {
        const isKnown =
          (await this.#areKnown([wholePiece(utterance)])) ||
          (await this.#areKnown(partsOf(utterance, this.#limit)));
        if (isKnown) known.add(utterance);
      }),
    );
    return nextBatch(first, following, {
      budget,
      limit: this.#limit,
      isKnown: ({ utterance }) => known.has(utterance),
    });
  }

  async #areKnown(pieces: readonly SpeechPiece[]): Promise<boolean> {
    for (const piece of pieces) {
      const key = this.#keyOfPiece(piece);
      if (this.#requests.find(key) ?? this.#requests.refusalOf(key)) continue;
      if (!(await this.#store.has(piece))) return false;
    }
    return true;
  }

  #ask(run: FetchRun, batch: Batch): void {
    const pending = this.#request(batch);
    for (const [index, piece] of batch.pieces.entries()) {
      const slot = new FetchSlot(piece, estimateSeconds(piece.text));
      run.push(slot, placeBehind(piece));
      this.#join(run, slot, pending[index]!);
    }
    // A short answer in a dialogue does not make what comes behind it urgent.
    run.lastCharacters = Math.max(run.lastCharacters, countCharacters(batch.text));
    run.knownCharacters = 0;
  }

  #speakAlone(run: FetchRun, slot: FetchSlot): void {
    const [pending] = this.#request(joinPieces([slot.piece]));
    this.#join(run, slot, pending!);
  }

  #join(run: FetchRun, slot: FetchSlot, pending: PendingPiece): void {
    pending.join((result) => run.settle(slot, result));
  }

  #request(batch: Batch): PendingPiece[] {
    const keys = batch.pieces.map((piece) => this.#keyOfPiece(piece));
    return this.#requests.start(batch, keys, { casting: this.#casting, store: this.#store });
  }

  #keyOfPiece(piece: SpeechPiece): string {
    try {
      return this.#store.keyOf(piece);
    } catch (error) {
      if (!StepAudioError.isInstance(error)) throw error;
      throw this.#casting.explain(error, piece.utterance.speaker);
    }
  }

  #toUnit(
    piece: SpeechPiece,
    { group, index, cached }: PieceResult & { readonly type: 'spoken' },
  ): SpeechUnit | undefined {
    const count = group.pieces.length;
    const utteranceAt = (at: number): Utterance | undefined => this.#options.plan.utteranceAt(at);
    const candidates =
      count === 1
        ? [[piece]]
        : piecesAround(piece, { index, count, utteranceAt, limit: this.#limit });
    const pieces = candidates.find((some) =>
      some.every(({ text }, at) => text === group.pieces[at]!.text),
    );
    const asWav = this.#options.format === 'wav';
    return pieces && makeUnit(pieces, group.speech, { cached, asWav });
  }
}

function placeBehind({ utterance, end }: SpeechPiece): SpokenPlace {
  return end >= utterance.spoken.text.length
    ? { utterance: utterance.index + 1, offset: 0 }
    : { utterance: utterance.index, offset: end };
}
