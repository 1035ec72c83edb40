import type { AudioOutputEvent, AudioPiece } from '../../audio/output/audio-output.ts';
import type { SpokenPlace } from '../speech-unit.ts';
import { CueClock } from './cue-clock.ts';
import { CueTeller } from './cue-teller.ts';
import { HeardPieces } from './heard-pieces.ts';
import { keepUnits, placeBehind } from './kept-units.ts';
import type { Replanning } from './kept-units.ts';
import type { PlayerOptions } from './player-options.ts';
import { isActive, nextState } from './player-state.ts';
import type { NarrationState, PlayerSignal } from './player-state.ts';
import { Playhead, toUnitSeconds } from './playhead.ts';
import type { PlayedPiece } from './playhead.ts';
import { PendingCut } from './pending-cut.ts';
import { Pump } from './pump.ts';
import { Reel } from './reel.ts';
import type { ReelUnit } from './reel-unit.ts';
import { splitRate } from './split-rate.ts';
import type { SplitRate } from './split-rate.ts';
import { Starvation } from './starvation.ts';

/** Brings units from a supply to an output, and tells what is heard. */
export class Player {
  readonly #options: PlayerOptions;
  readonly #playhead: Playhead;
  readonly #cues: CueClock;
  readonly #heard: HeardPieces;
  readonly #unsubscribe: () => void;
  #state: NarrationState = 'idle';
  /** Where it stands while the output has nothing. */
  #place: SpokenPlace;
  /** Where to go on behind a sentence that sounds but has been edited away. */
  #resumeAt: SpokenPlace;
  readonly #teller: CueTeller;
  readonly #reel: Reel;
  readonly #pump: Pump;
  readonly #starvation: Starvation;
  readonly #cut = new PendingCut();
  /** Between `leave` and `moveTo`: there is no place that could be played. */
  #isAway = false;
  #isOutputUsed = false;
  #rates: SplitRate;
  #askedAtMs: number | undefined;
  #isClosed = false;
  /** From the first `play` to the first sound. */
  firstSoundMs: number | undefined;
  /** Times the sound broke off because the supply was late. */
  underruns = 0;

  constructor(options: PlayerOptions, rate: number) {
    this.#options = options;
    this.#place = options.place;
    this.#resumeAt = options.place;
    const { supply, plan, clock, listener } = options;
    this.#teller = new CueTeller(listener, () => isActive(this.#state));
    const onWait = (): void => this.#look();
    this.#reel = new Reel({ supply, plan, clock, listener, onWait }, options.place);
    this.#pump = new Pump({
      reel: this.#reel,
      output: options.output,
      stretch: () => this.#rates.stretch,
      enqueue: (piece, sound) => this.#enqueue(piece, sound),
      onDone: () => this.#look(),
      onFailed: (error) => this.#fail(error),
    });
    this.#starvation = new Starvation(clock, () => this.#onStarved());
    // Elements take their time to change from one file to the next.
    this.#playhead = new Playhead(options.output.takes === 'samples');
    this.#cues = new CueClock(options.clock, this.#playhead, (cue, unit) => {
      if (cue.isCut) this.#carryOutCut(unit);
      else this.#teller.tell(cue, unit);
    });
    this.#heard = new HeardPieces({
      playhead: this.#playhead,
      cues: this.#cues,
      isActive: () => isActive(this.#state),
      onSounding: (atMs) => this.#onSounding(atMs),
      onPosition: () => listener.onPosition(),
      onHeard: (piece) => this.#onHeard(piece),
    });
    this.#rates = splitRate(rate, options.output.rates);
    this.#unsubscribe = options.output.subscribe((event) => this.#onOutput(event));
    options.supply.setRate(rate);
    this.#applyOutputRate();
  }

  get state(): NarrationState {
    return this.#state;
  }

  /** What is heard, or where it would begin. */
  get place(): SpokenPlace {
    const sounding = this.#playhead.at(this.#now());
    if (sounding === undefined) return this.#place;
    const { unit } = sounding.piece;
    return unit.isDetached ? this.#resumeAt : unit.placeAt(toUnitSeconds(sounding));
  }

  /** Whether the output has the sentence at the place; if not, that is yet to come. */
  get hasPlace(): boolean {
    return this.#playhead.at(this.#now())?.piece.unit.isDetached === false;
  }

  /** How long the utterance at the place has been heard, in seconds of its sound at rate 1. */
  get secondsIntoUtterance(): number {
    const sounding = this.#playhead.at(this.#now());
    if (sounding === undefined) return 0;
    const unitSeconds = toUnitSeconds(sounding);
    return unitSeconds - sounding.piece.unit.utteranceStart(unitSeconds);
  }

  play(): void {
    if (this.#isClosed) return;
    if (this.#state === 'ended') {
      this.#place = { utterance: 0, offset: 0 };
      this.#isAway = false;
      this.#reel.reset(this.#place);
    }
    this.#askedAtMs ??= this.#now();
    const hasSound = this.#playhead.pieces.length > 0;
    const isExhausted = hasSound && this.#reel.isOver;
    this.#signal(hasSound ? 'resume' : 'play');
    // Whoever was told may have paused it.
    if (!isActive(this.#state)) return;
    // Asked for again each time: a platform that blocked the sound may allow it now.
    this.#options.output.resume();
    if (!isActive(this.#state)) return;
    this.#pump.release();
    if (this.#cut.unit !== undefined) this.#reel.open();
    else if (!this.#pump.isRunning && !isExhausted) this.#startPump();
    this.#look();
  }

  pause(): void {
    if (!isActive(this.#state)) return;
    this.#hold();
    this.#options.output.pause();
    this.#signal('pause');
  }

  stop(): void {
    this.#drop();
    this.#signal('stop');
  }

  /** Falls silent, to move to a place that is yet to be found. */
  leave(): void {
    if (this.#isClosed) return;
    this.#isAway = true;
    this.#drop();
    this.#signal('seek');
  }

  moveTo(place: SpokenPlace): void {
    if (this.#isClosed) return;
    this.#isAway = false;
    const units = this.#units();
    const index = units.findIndex((unit) => unit.holds(place));
    const kept = this.#cut.unit === undefined && index !== -1 ? units.slice(index) : [];
    this.#letGo();
    if (kept.length === 0) this.#reel.reset(place);
    else this.#reel.windBack(kept);
    kept[0]?.startAt(place);
    for (const unit of kept.slice(1)) unit.startAt(unit.from);
    this.#place = place;
    this.#signal('seek');
    if (isActive(this.#state)) this.#startPump();
  }

  setRate(rate: number): void {
    const rates = splitRate(rate, this.#options.output.rates);
    const isStretchChanged = rates.stretch !== this.#rates.stretch;
    this.#rates = rates;
    this.#options.supply.setRate(rate);
    // A file of the service's own cannot be stretched, nor begin in its middle.
    const unit = this.#playhead.pieces[0]?.unit;
    if (isStretchChanged && unit !== undefined && 'samples' in unit.sound) this.#enqueueAgain();
    this.#applyOutputRate();
    this.#cues.update();
  }

  /** Follows a change of the plan or of the voice. What is heard goes on to the end of its sentence. */
  replan(change: Replanning): void {
    const { indexOf, resumeAt } = change;
    this.#resumeAt = resumeAt;
    this.#teller.renumber(indexOf);
    const units = this.#units();
    if (this.#cut.unit !== undefined) units.splice(units.indexOf(this.#cut.unit) + 1);
    const sounding = this.#playhead.pieces[0]?.unit;
    if (sounding === undefined) {
      const utterance = indexOf(this.#place.utterance);
      this.#place = utterance === undefined ? resumeAt : { ...this.#place, utterance };
    }
    const kept = keepUnits(units, sounding, change);
    const last = kept.at(-1);
    this.#reel.reset(
      last === undefined ? this.#place : placeBehind(last, resumeAt),
      this.#reel.units.filter((unit) => kept.includes(unit)),
    );
    const isAhead = this.#playhead.pieces.some(({ unit }) => !kept.includes(unit));
    if (isAhead && last !== undefined && this.#options.output.keepsTime) {
      this.#pump.stop();
      this.#cut.set(last);
    } else if (this.#pump.inHand !== undefined && !kept.includes(this.#pump.inHand)) {
      this.#pump.stop();
      if (isActive(this.#state)) this.#startPump();
    } else if (!this.#pump.isRunning && isActive(this.#state) && this.#cut.unit === undefined) {
      this.#startPump();
    }
    if (isActive(this.#state) && !this.#isAway) {
      if (change.isStale) this.#reel.open();
      else this.#reel.openWhenSettled();
    }
    this.#cues.update();
  }

  /** Takes nothing away from the output, which is its owner's, but what this player put there. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#drop();
    this.#unsubscribe();
  }

  /** What is enqueued behind the place is not wanted any more. */
  #carryOutCut(unit: ReelUnit): void {
    const sounding = this.#playhead.at(this.#now());
    const reached = sounding?.piece.unit === unit ? toUnitSeconds(sounding) : Infinity;
    this.#cut.clear();
    unit.startSeconds = Math.max(unit.soundSeconds, reached);
    const hasSilence = unit.startSeconds < unit.seconds && !unit.isDetached;
    this.#place = hasSilence ? unit.placeAt(unit.seconds) : placeBehind(unit, this.#resumeAt);
    this.#clearOutput();
    this.#reel.windBack(unit.startSeconds < unit.seconds ? [unit] : []);
    if (isActive(this.#state)) this.#startPump();
  }

  #enqueueAgain(): void {
    const { place } = this;
    const units = this.#units();
    const sounding = this.#playhead.at(this.#now());
    const first = units[0];
    const cut = this.#cut.unit;
    this.#pump.stop();
    if (sounding !== undefined && first !== undefined) {
      units.splice(0, units.indexOf(sounding.piece.unit));
      sounding.piece.unit.startSeconds = toUnitSeconds(sounding);
    }
    this.#place = place;
    this.#clearOutput();
    // Nothing behind a cut has to be kept, so there is nothing left to be cut.
    this.#reel.windBack(cut === undefined ? units : units.slice(0, units.indexOf(cut) + 1));
    this.#cut.clear();
    if (isActive(this.#state)) this.#startPump();
  }

  /** Those on their way, in order. */
  #units(): ReelUnit[] {
    const units = this.#playhead.pieces.map(({ unit }) => unit);
    if (this.#pump.inHand !== undefined) units.push(this.#pump.inHand);
    return [...new Set([...units, ...this.#reel.units])];
  }

  #startPump(): void {
    if (!this.#isAway) this.#pump.start();
  }

  async #enqueue(piece: PlayedPiece, sound: AudioPiece['sound']): Promise<void> {
    const { output } = this.#options;
    this.#isOutputUsed = true;
    this.#playhead.add(piece, this.#now());
    this.#starvation.end();
    const enqueued = output.enqueue({ id: piece.id, sound });
    this.#cues.update();
    await enqueued;
    if (!output.keepsTime && this.#playhead.pieces.includes(piece)) {
      this.#heard.take(piece, this.#now());
    }
  }

  /** Whether it is over, or the sound has to wait for the supply. */
  #look(): void {
    if (this.#playhead.pieces.length > 0 || !isActive(this.#state)) return;
    if (this.#cut.unit !== undefined || this.#isAway) return;
    if (!this.#pump.isRunning && this.#reel.isOver) {
      const { failure } = this.#reel;
      if (failure === undefined) this.#finish();
      else this.#fail(failure.error);
      return;
    }
    if (this.#state === 'playing') this.#starvation.begin();
  }

  #onStarved(): void {
    if (this.#state !== 'playing' || this.#playhead.pieces.length > 0) return;
    this.underruns += 1;
    this.#signal('starving');
  }

  #finish(): void {
    // All has been heard; what a device may still have of it is not to be faded.
    this.#isOutputUsed = false;
    this.#drop();
    this.#signal('finished');
    this.#options.listener.onEnded();
  }

  #fail(error: unknown): void {
    if (this.#isClosed || nextState(this.#state, 'failed') === this.#state) return;
    this.#drop();
    this.#signal('failed');
    this.#options.listener.onFailed(error);
  }

  /** Lets go of all that is on its way, and remembers the place. */
  #drop(): void {
    this.#letGo();
    this.#reel.reset(this.#place);
  }

  /** The same, but for what is yet to come from the supply. */
  #letGo(): void {
    this.#place = this.place;
    this.#pump.stop();
    this.#cut.clear();
    this.#teller.forget();
    this.#clearOutput();
  }

  #clearOutput(): void {
    this.#cues.stop();
    this.#playhead.clear();
    this.#starvation.end();
    if (!this.#isOutputUsed) return;
    this.#isOutputUsed = false;
    this.#options.output.stop();
  }

  #hold(): void {
    this.#playhead.hold(this.#now());
    this.#cues.stop();
    this.#starvation.end();
    this.#pump.hold();
  }

  #onOutput(event: AudioOutputEvent): void {
    switch (event.type) {
      case 'position':
        this.#heard.locate(event);
        break;
      case 'ended':
        this.#heard.end(event);
        break;
      case 'blocked':
        if (!isActive(this.#state)) return;
        this.#hold();
        // What a gesture elsewhere on the page sets free does not begin by itself.
        this.#options.output.pause();
        this.#signal('blocked', 'blocked');
        break;
      case 'failed':
        this.#fail(event.error);
    }
  }

  #onSounding(atMs: number): void {
    this.#starvation.end();
    if (this.#askedAtMs !== undefined) this.firstSoundMs ??= Math.max(0, atMs - this.#askedAtMs);
    this.#signal('sounding');
  }

  #onHeard(piece: PlayedPiece): void {
    if (this.#playhead.pieces.length === 0) {
      const { unit } = piece;
      const end = piece.startSeconds + piece.seconds * piece.stretch;
      this.#place = end >= unit.soundSeconds - 0.001 ? unit.next : unit.placeAt(end);
    }
    this.#cues.update();
    this.#look();
  }

  #signal(signal: PlayerSignal, reason?: 'blocked'): void {
    const state = nextState(this.#state, signal);
    if (state === this.#state) return;
    this.#state = state;
    this.#options.listener.onState(state, reason);
  }

  #applyOutputRate(): void {
    const { output, clock } = this.#options;
    if (output.rates === undefined) return;
    output.setRate?.(this.#rates.output);
    this.#playhead.setRate(this.#rates.output, clock.now());
  }

  #now(): number {
    return this.#options.clock.now();
  }
}
