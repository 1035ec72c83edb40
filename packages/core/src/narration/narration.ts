import { systemClock } from '../net/clock.ts';
import type { Clock } from '../net/clock.ts';
import type { TextSource } from '../text/spoken-segment.ts';
import { SpeechFetcher } from './fetcher.ts';
import { Listeners } from './listeners.ts';
import { createMemoryCache } from './memory-cache.ts';
import type { NarrationEvents, NarrationProgress } from './narration-events.ts';
import { checkNarrationOptions, checkNarrationRate } from './narration-options.ts';
import type { NarrationOptions } from './narration-options.ts';
import {
  checkPosition,
  findSourceOffset,
  isPlanned,
  placeAtSource,
  toSavedPosition,
  toSpokenPlace,
} from './narration-position.ts';
import type { NarrationPosition, SavedPosition } from './narration-position.ts';
import { NarrationTally } from './narration-tally.ts';
import type { NarrationCast, NarrationVoice } from './narration-voice.ts';
import { NarrationPlan } from './plan.ts';
import type { PlanHeading, SourceChange } from './plan.ts';
import { PlaceSearch } from './place-search.ts';
import { Player } from './player/player.ts';
import type { PlayerListener } from './player/player-options.ts';
import { isActive } from './player/player-state.ts';
import type { NarrationState } from './player/player-state.ts';
import { SPEECH_PRICES } from './prices.ts';
import type { Money } from './prices.ts';
import { skipTarget } from './skip-target.ts';
import type { SkipUnit } from './skip-target.ts';
import type { SpokenPlace } from './speech-unit.ts';

/** What a narration measures of itself. */
export type NarrationMetrics = {
  /** From the first `play()` to the first sound. */
  readonly firstSoundMs: number | undefined;
  /** Times the sound broke off because the service was late. */
  readonly underruns: number;
  readonly requests: number;
  /** Sent to the service, in code points. */
  readonly characters: number;
  /** Units of sound that came out of the cache. */
  readonly cached: number;
};

/** As in music players: back within this time goes to the sentence before, and later to the beginning of this one. */
const FRESH_SECONDS = 1.5;
/** Skips that follow each other faster are one. */
const SKIP_SETTLES_MS = 120;

/**
 * Reads a source aloud.
 *
 * @throws {ValidationError} for a missing output, a rate or pause out of range, or a format that the output does not take.
 */
export function narrate(source: TextSource, options: NarrationOptions): Narration {
  return new Narration(source, options);
}

/**
 * A source that is read aloud: fetched ahead of the ear within the account's limits, each sentence paid for once, over
 * any output. Made by {@link narrate}; silent until `play()`. After `close()` nothing has an effect any more.
 */
export class Narration implements AsyncDisposable {
  /**
   * Resolves at the end of the text, and when the narration is closed before. Rejects with the reason of a failure (even
   * if `play()` goes on after it), or of the signal.
   */
  readonly done: Promise<void>;
  readonly #done = Promise.withResolvers<void>();
  readonly #listeners = new Listeners<NarrationEvents>();
  readonly #plan: NarrationPlan;
  readonly #fetcher: SpeechFetcher;
  readonly #player: Player;
  readonly #clock: Clock;
  readonly #tally: NarrationTally;
  readonly #signal: AbortSignal | undefined;
  readonly #onAbort = (): void => {
    this.#done.reject(this.#signal?.reason);
    void this.close();
  };
  #cast: NarrationCast;
  #skip: { place: SpokenPlace; cancel: () => void } | undefined;
  /** What is yet to be planned before it can be gone to. */
  readonly #search: PlaceSearch;
  #closing: Promise<void> | undefined;
  constructor(source: TextSource, options: NarrationOptions) {
    checkNarrationOptions(options);
    if (options.from !== undefined) checkPosition(options.from);
    const { output, voice, cast = {}, clock = systemClock, rate = 1, pauses, text, from } = options;
    this.done = this.#done.promise;
    // Not everybody waits for it; failures are told as events too.
    this.done.catch(() => undefined);
    this.#clock = clock;
    this.#cast = cast;
    this.#tally = new NarrationTally(options.prices ?? SPEECH_PRICES);
    this.#plan = new NarrationPlan(source, { pauses, text: { ...text, cast: Object.keys(cast) } });
    this.#fetcher = new SpeechFetcher({
      plan: this.#plan,
      speech: options.speech,
      voice,
      cast,
      cache: options.cache ?? createMemoryCache(),
      clock,
      rate,
      format: options.format,
      sampleRate: options.sampleRate,
      scope: options.scope,
      concurrency: options.concurrency,
      aheadSeconds: options.aheadSeconds,
      unknownVoice: options.unknownVoice,
      onRequest: (request) => {
        this.#tally.addRequest(request);
        this.#emit('progress', this.progress);
      },
      onFetched: ({ sentences }) => {
        this.#tally.fetched += sentences;
        this.#emit('progress', this.progress);
      },
      onWaiting: (wait) => this.#emit('waiting', wait),
      onSilence: () => this.#emit('waiting', { reason: 'no-answer' }),
      onVoiceReplaced: (speaker, error) => this.#emit('voiceReplaced', { speaker, error }),
    });
    const listener = this.#listener();
    this.#search = new PlaceSearch(this.#plan, clock);
    const plan = this.#plan;
    const supply = this.#fetcher;
    this.#player = new Player({ output, clock, supply, plan, listener, place: START }, rate);
    if (from !== undefined) this.#goTo(from);
    this.#signal = options.signal;
    if (options.signal?.aborted === true) this.#onAbort();
    else options.signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  get state(): NarrationState {
    return this.#player.state;
  }

  /** What is heard, or where it would begin: plain data, from which another narration can go on. */
  get position(): SavedPosition {
    const sought = this.#search.position;
    if (sought !== undefined && 'sourceOffset' in sought) return sought;
    const place = sought === undefined ? undefined : toSpokenPlace(this.#plan, sought);
    return toSavedPosition(this.#plan, place ?? this.#skip?.place ?? this.#player.place);
  }

  get metrics(): NarrationMetrics {
    const { firstSoundMs, underruns } = this.#player;
    const { requests, characters, cached } = this.#tally;
    return { firstSoundMs, underruns, requests, characters, cached };
  }

  get progress(): NarrationProgress {
    const { fetched, characters, requests, cost } = this.#tally;
    return { planned: this.#plan.length, fetched, characters, requests, cost };
  }

  /** What was bought, by the price table; `undefined` if a model was used that it does not have. */
  get cost(): Money | undefined {
    return this.#tally.cost;
  }

  /** What is read, sentence by sentence. To change it, {@link edit} the narration. */
  get plan(): Omit<NarrationPlan, 'edit'> {
    return this.#plan;
  }

  /** The headings of what is planned by now. */
  get headings(): PlanHeading[] {
    return this.#plan.headings();
  }

  /** Calls back with each event, until the function it returns is called. What a listener throws is reported, not thrown. */
  on<Name extends keyof NarrationEvents>(
    name: Name,
    listener: (event: NarrationEvents[Name]) => void,
  ): () => void {
    return this.#listeners.on(name, listener);
  }

  /** Begins, or goes on; after the end from the beginning, and after a failure where it stopped. */
  play(): void {
    if (this.#closing !== undefined) return;
    this.#settleSkip();
    this.#player.play();
  }

  pause(): void {
    this.#player.pause();
    this.#settleSkip();
  }

  /** Silence, and the output is empty. `play()` goes on where it was. */
  stop(): void {
    const place = this.#skip?.place;
    this.#cancelSkip();
    this.#player.stop();
    if (place !== undefined) this.#player.moveTo(place);
  }

  /**
   * Goes elsewhere: playing if it plays, and silently if not. A place so far ahead that the source has to be planned up to
   * it is looked for a few milliseconds at a time.
   *
   * @throws {ValidationError} for a position that is none.
   */
  seek(position: NarrationPosition): void {
    if (this.#closing !== undefined) return;
    checkPosition(position);
    this.#cancelSkip();
    this.#goTo(position);
  }

  /**
   * To the next sentence, paragraph or heading, or back: to the beginning of this one, or to the one before within its
   * first one and a half seconds. Several in quick succession are one seek.
   */
  skip(unit: SkipUnit, direction: 1 | -1): void {
    if (this.#closing !== undefined) return;
    // From a place that is not known yet, nobody knows where it would lead.
    if (this.#search.position !== undefined) return;
    this.#search.cancel();
    const { utterance } = this.#skip?.place ?? this.#player.place;
    const isFresh =
      this.#skip !== undefined ||
      !isActive(this.state) ||
      this.#player.secondsIntoUtterance < FRESH_SECONDS;
    const skip = (): void =>
      this.#skipTo(skipTarget(this.#plan, { utterance, isFresh }, unit, direction));
    const isHeadingAhead = unit === 'heading' && direction === 1;
    // Until it is found, what is heard goes on.
    if (isHeadingAhead) this.#search.start(() => (this.#plan.lastHeading ?? -1) > utterance, skip);
    else skip();
  }

  /**
   * 0.5 to 3, at once and without a request; the pitch stays.
   *
   * @throws {ValidationError} for any other.
   */
  setRate(rate: number): void {
    checkNarrationRate(rate);
    if (this.#closing === undefined) this.#player.setRate(rate);
  }

  /**
   * From the next sentence on. The cast's own settings go on top, as before; who is not of the first cast is not found in
   * the text.
   */
  setVoice(voice: NarrationVoice, cast: NarrationCast = this.#cast): void {
    if (this.#closing !== undefined) return;
    this.#settleSkip();
    this.#cast = cast;
    this.#fetcher.setVoice(voice, cast);
    const { place, hasPlace } = this.#player;
    this.#player.replan({
      indexOf: (index) => index,
      resumeAt: hasPlace ? { utterance: place.utterance + 1, offset: 0 } : place,
      isStale: true,
    });
  }

  /**
   * Follows a change of the source, while it plays or not. The sentence that is heard is heard to its end, even if it is
   * the one that changed; then the new text goes on. Events have the new text's ranges from now on.
   *
   * @throws {ValidationError} for a range outside the source.
   */
  edit(change: SourceChange): void {
    if (this.#closing !== undefined) return;
    this.#settleSkip();
    const { place, hasPlace } = this.#player;
    const range = this.#plan.utteranceAt(place.utterance)?.range;
    const { firstChanged, removed, added } = this.#plan.edit(change);
    const follow = hasPlace ? range?.end : range?.start;
    this.#player.replan({
      indexOf(index) {
        if (index < firstChanged) return index;
        return index < firstChanged + removed ? undefined : index - removed + added;
      },
      resumeAt: placeAtSource(this.#plan, moved(follow ?? this.#plan.source.text.length, change)),
      isStale: false,
    });
    const sought = this.#search.position;
    if (sought === undefined) this.#search.cancel();
    else if ('sourceOffset' in sought) {
      this.#goTo({ sourceOffset: moved(sought.sourceOffset, change) });
    }
  }

  /** Stops, and lets go of everything but the output. May be called twice. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    this.#cancelSkip();
    this.#search.cancel();
    this.#signal?.removeEventListener('abort', this.#onAbort);
    this.#player.close();
    this.#listeners.clear();
    this.#done.resolve();
    await this.#fetcher.close();
  }

  #goTo(position: NarrationPosition): void {
    const found =
      'sourceOffset' in position
        ? { sourceOffset: findSourceOffset(this.#plan.source.text, position) }
        : position;
    const isNear = this.#search.start(
      () => isPlanned(this.#plan, found),
      () => this.#player.moveTo(toSpokenPlace(this.#plan, found)),
      found,
    );
    if (!isNear) this.#player.leave();
  }

  #skipTo(utterance: number | undefined): void {
    if (utterance === undefined) return;
    this.#cancelSkip();
    const place = { utterance, offset: 0 };
    if (!isActive(this.state)) {
      this.#player.moveTo(place);
      return;
    }
    const cancel = this.#clock.after(SKIP_SETTLES_MS, () => {
      const hasEnded = this.state === 'ended';
      this.#settleSkip();
      // Its last words were over while the skip was settling.
      if (hasEnded) this.#player.play();
    });
    this.#skip = { place, cancel };
  }

  #settleSkip(): void {
    const skip = this.#skip;
    if (skip === undefined) return;
    this.#cancelSkip();
    this.#player.moveTo(skip.place);
  }

  #cancelSkip(): void {
    this.#skip?.cancel();
    this.#skip = undefined;
  }

  #listener(): PlayerListener {
    return {
      onState: (state, reason) => {
        this.#emit('state', { state, reason });
        if (reason === 'blocked') this.#emit('blocked', {});
      },
      onUtterance: (index) => {
        const utterance = this.#plan.utteranceAt(index);
        if (utterance !== undefined) this.#emit('utterance', { utterance });
      },
      onWord: (index, spokenRange, timing) => {
        const utterance = this.#plan.utteranceAt(index);
        if (utterance === undefined) return;
        const sourceRange = utterance.spoken.toSource(spokenRange);
        this.#emit('word', { utterance, spokenRange, sourceRange, timing });
      },
      onPosition: () => this.#emit('position', { position: this.position }),
      onSkipped: (utterance, error) => this.#emit('skipped', { utterance, error }),
      onUnit: (isCached) => {
        if (isCached) this.#tally.cached += 1;
      },
      onFailed: (error) => {
        this.#done.reject(error);
        this.#emit('failed', { error });
      },
      onEnded: () => {
        this.#done.resolve();
        this.#emit('ended', {});
      },
    };
  }

  #emit<Name extends keyof NarrationEvents>(name: Name, event: NarrationEvents[Name]): void {
    this.#listeners.emit(name, event);
  }
}

const START: SpokenPlace = { utterance: 0, offset: 0 };

/** Where a place of the source lies after a change; what was removed is where the insertion ends. */
function moved(offset: number, { start, end, insert }: SourceChange): number {
  if (offset <= start) return offset;
  return offset >= end ? offset + insert.length - (end - start) : start + insert.length;
}
