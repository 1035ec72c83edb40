import type { AudioOutput, AudioOutputEvent, AudioPiece } from '../../audio/output/audio-output.ts';
import type { StepAudioError } from '../../errors.ts';
import type { Clock } from '../../net/clock.ts';
import type { TextRange } from '../../text/text-range.ts';
import type { SpokenPlace, TimingSource } from '../speech-unit.ts';
import type { Utterance } from '../utterance.ts';
import { CueClock } from './cue-clock.ts';
import { keepUnits, placeBehind } from './kept-units.ts';
import type { Replanning } from './kept-units.ts';
import { makePieces } from './piece-maker.ts';
import { isActive, nextState } from './player-state.ts';
import type { NarrationState, PlayerSignal } from './player-state.ts';
import { Playhead } from './playhead.ts';
import type { PlayedPiece, SoundingPlace } from './playhead.ts';
import { Reel } from './reel.ts';
import type { Cue, ReelUnit } from './reel-unit.ts';
import type { UnitSupply, UtteranceSource } from './unit-supply.ts';

/** What a player tells. */
export interface PlayerListener {
  onState(state: NarrationState, reason: 'blocked' | undefined): void;
  onUtterance(utterance: number): void;
  onWord(utterance: number, word: TextRange, timing: TimingSource): void;
  onPosition(): void;
  onSkipped(utterance: Utterance, error: StepAudioError): void;
  onUnit(isCached: boolean): void;
  onFailed(error: unknown): void;
  onEnded(): void;
}

export type PlayerOptions = {
  readonly output: AudioOutput;
  readonly clock: Clock;
  readonly supply: UnitSupply;
  readonly plan: UtteranceSource;
  readonly listener: PlayerListener;
  readonly place: SpokenPlace;
};

/** A shorter silence is a pause in speech. */
const STARVED_AFTER_MS = 30;

/** Never the same in two narrations over one output, whose events could be taken for the other's. */
let lastPieceId = 0;

/** Brings units from a supply to an output, and tells what is heard. */
export class Player {
  readonly #options: PlayerOptions;
  readonly #playhead: Playhead;
  readonly #cues: CueClock;
  readonly #unsubscribe: () => void;
  #state: NarrationState = 'idle';
  /** Where it stands while the output has nothing. */
  #place: SpokenPlace;
  /** Where to go on behind a sentence that sounds but has been edited away. */
  #resumeAt: SpokenPlace;
  /** The utterance told last. */
  #told: number | undefined;
  readonly #reel: Reel;
  #inHand: ReelUnit | undefined;
  #cut: { unit: ReelUnit } | undefined;
  /** Counts the pumps; whoever finds another number than its own leaves. */
  #pumpNumber = 0;
  #isPumping = false;
  #isOutputUsed = false;
  #resumed = Promise.withResolvers<void>();
  #rates: { output: number; stretch: number };
  #cancelStarving: (() => void) | undefined;
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
    this.#reel = new Reel(
      {
        supply,
        plan,
        clock,
        onSkipped: (utterance, error) => listener.onSkipped(utterance, error),
        onUnit: (isCached) => listener.onUnit(isCached),
        onWait: () => this.#look(),
      },
      options.place,
    );
    // Elements take their time to change from one file to the next.
    this.#playhead = new Playhead(options.output.takes === 'samples');
    this.#cues = new CueClock(options.clock, this.#playhead, (cue, unit) => this.#tell(cue, unit));
    this.#rates = this.#splitRate(rate);
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
      this.#reel.reset(this.#place);
    }
    this.#askedAtMs ??= this.#now();
    const hasSound = this.#playhead.pieces.length > 0;
    const isExhausted = hasSound && this.#reel.isOver;
    this.#signal(hasSound ? 'resume' : 'play');
    // Asked for again each time: a platform that blocked the sound may allow it now.
    this.#options.output.resume();
    if (!isActive(this.#state)) return;
    this.#resumed.resolve();
    if (this.#cut !== undefined) this.#reel.open();
    else if (!this.#isPumping && !isExhausted) this.#startPump();
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

  moveTo(place: SpokenPlace): void {
    if (this.#isClosed) return;
    const units = this.#units();
    const index = units.findIndex((unit) => unit.holds(place));
    const kept = this.#cut === undefined && index !== -1 ? units.slice(index) : [];
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
    const rates = this.#splitRate(rate);
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
    this.#told = this.#told === undefined ? undefined : indexOf(this.#told);
    const units = this.#units();
    if (this.#cut !== undefined) units.splice(units.indexOf(this.#cut.unit) + 1);
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
      this.#stopPump();
      this.#setCut(last);
    } else if (this.#inHand !== undefined && !kept.includes(this.#inHand)) {
      this.#stopPump();
      if (isActive(this.#state)) this.#startPump();
    } else if (!this.#isPumping && isActive(this.#state) && this.#cut === undefined) {
      this.#startPump();
    }
    if (isActive(this.#state)) {
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

  #setCut(unit: ReelUnit): void {
    if (this.#cut?.unit === unit) return;
    this.#cut?.unit.removeCut();
    this.#cut = { unit };
    unit.cutAtEnd();
  }

  /** What is enqueued behind the place is not wanted any more. */
  #carryOutCut(unit: ReelUnit): void {
    this.#cut = undefined;
    const sounding = this.#playhead.at(this.#now());
    const reached = sounding?.piece.unit === unit ? toUnitSeconds(sounding) : Infinity;
    unit.removeCut();
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
    const cut = this.#cut?.unit;
    this.#stopPump();
    if (sounding !== undefined && first !== undefined) {
      units.splice(0, units.indexOf(sounding.piece.unit));
      sounding.piece.unit.startSeconds = toUnitSeconds(sounding);
    }
    this.#place = place;
    this.#clearOutput();
    // Nothing behind a cut has to be kept, so there is nothing left to be cut.
    this.#reel.windBack(cut === undefined ? units : units.slice(0, units.indexOf(cut) + 1));
    cut?.removeCut();
    this.#cut = undefined;
    if (isActive(this.#state)) this.#startPump();
  }

  /** Those on their way, in order. */
  #units(): ReelUnit[] {
    const units = this.#playhead.pieces.map(({ unit }) => unit);
    if (this.#inHand !== undefined) units.push(this.#inHand);
    return [...new Set([...units, ...this.#reel.units])];
  }

  #startPump(): void {
    this.#stopPump();
    this.#isPumping = true;
    const number = this.#pumpNumber;
    this.#pump(number).catch((error: unknown) => {
      if (number === this.#pumpNumber) this.#fail(error);
    });
  }

  #stopPump(): void {
    this.#pumpNumber += 1;
    this.#isPumping = false;
    this.#inHand = undefined;
    this.#resumed.resolve();
  }

  async #pump(number: number): Promise<void> {
    const isWanted = (): boolean => number === this.#pumpNumber;
    for (;;) {
      const unit = await this.#reel.next(isWanted);
      if (!isWanted()) return;
      if (unit === undefined) break;
      this.#inHand = unit;
      for (const { sound, ...piece } of makePieces(
        unit,
        this.#options.output,
        this.#rates.stretch,
      )) {
        while (isWanted() && !isActive(this.#state)) await this.#resumed.promise;
        if (!isWanted()) return;
        await this.#enqueue({ ...piece, id: ++lastPieceId, unit }, sound);
        if (!isWanted()) return;
      }
      this.#inHand = undefined;
    }
    this.#isPumping = false;
    this.#look();
  }

  async #enqueue(piece: PlayedPiece, sound: AudioPiece['sound']): Promise<void> {
    const { output } = this.#options;
    this.#isOutputUsed = true;
    this.#playhead.add(piece, this.#now());
    this.#cancelStarving?.();
    const enqueued = output.enqueue({ id: piece.id, sound });
    this.#cues.update();
    await enqueued;
    if (!output.keepsTime && this.#playhead.pieces.includes(piece)) this.#onTaken(piece);
  }

  /** Whether it is over, or the sound has to wait for the supply. */
  #look(): void {
    if (this.#playhead.pieces.length > 0 || !isActive(this.#state) || this.#cut !== undefined)
      return;
    if (!this.#isPumping && this.#reel.isOver) {
      const { failure } = this.#reel;
      if (failure === undefined) this.#finish();
      else this.#fail(failure.error);
      return;
    }
    if (this.#state !== 'playing' || this.#cancelStarving !== undefined) return;
    const cancel = this.#options.clock.after(STARVED_AFTER_MS, () => {
      this.#cancelStarving = undefined;
      if (this.#state !== 'playing' || this.#playhead.pieces.length > 0) return;
      this.underruns += 1;
      this.#signal('starving');
    });
    this.#cancelStarving = () => {
      cancel();
      this.#cancelStarving = undefined;
    };
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
    this.#stopPump();
    this.#cut = undefined;
    this.#told = undefined;
    this.#clearOutput();
  }

  #clearOutput(): void {
    this.#cues.stop();
    this.#playhead.clear();
    this.#cancelStarving?.();
    if (!this.#isOutputUsed) return;
    this.#isOutputUsed = false;
    this.#options.output.stop();
  }

  #hold(): void {
    this.#playhead.hold(this.#now());
    this.#cues.stop();
    this.#cancelStarving?.();
    this.#resumed = Promise.withResolvers<void>();
  }

  #onOutput(event: AudioOutputEvent): void {
    switch (event.type) {
      case 'position': {
        this.#flushBefore(event.pieceId, event.atMs);
        const { pieceId, seconds, atMs, advancing } = event;
        const isActiveNow = isActive(this.#state);
        if (!this.#playhead.locate(pieceId, seconds, atMs, advancing && isActiveNow)) return;
        if (advancing && isActiveNow) this.#onSounding(atMs);
        this.#cues.update();
        if (this.#playhead.pieces[0]?.id === pieceId) this.#options.listener.onPosition();
        break;
      }
      case 'ended': {
        this.#flushBefore(event.pieceId, event.atMs);
        const piece = this.#playhead.pieces.find(({ id }) => id === event.pieceId);
        if (piece === undefined) return;
        this.#cues.flush(piece, event.atMs);
        if (this.#playhead.pieces.includes(piece)) this.#onHeard(piece, event.atMs);
        break;
      }
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
    this.#cancelStarving?.();
    if (this.#askedAtMs !== undefined) this.firstSoundMs ??= Math.max(0, atMs - this.#askedAtMs);
    this.#signal('sounding');
  }

  #onHeard(piece: PlayedPiece, atMs: number): void {
    const end = piece.startSeconds + piece.seconds * piece.stretch;
    this.#playhead.finish(piece.id, atMs);
    if (this.#playhead.pieces.length === 0) {
      const isUnitHeard = end >= piece.unit.soundSeconds - 0.001;
      this.#place = isUnitHeard ? piece.unit.next : piece.unit.placeAt(end);
    }
    this.#cues.update();
    this.#look();
  }

  /** An output without a clock has it: that is all it will ever tell. */
  #onTaken(piece: PlayedPiece): void {
    if (this.#askedAtMs !== undefined) this.firstSoundMs ??= this.#now() - this.#askedAtMs;
    this.#signal('sounding');
    this.#cues.flush(piece, Number.NEGATIVE_INFINITY);
    if (!this.#playhead.pieces.includes(piece)) return;
    this.#options.listener.onPosition();
    this.#onHeard(piece, this.#now());
  }

  #flushBefore(pieceId: number, atMs: number): void {
    const { pieces } = this.#playhead;
    const index = pieces.findIndex(({ id }) => id === pieceId);
    const before = pieces[index - 1];
    if (before !== undefined) this.#cues.flush(before, atMs);
  }

  #tell(cue: Cue, unit: ReelUnit): void {
    if (cue.isCut) {
      this.#carryOutCut(unit);
      return;
    }
    const { utterance, word } = cue;
    if (utterance === undefined) return;
    if (utterance !== this.#told) {
      this.#told = utterance;
      const state = this.#state;
      this.#options.listener.onUtterance(utterance);
      // The listener may have stopped it, or gone elsewhere.
      if (this.#told !== utterance || this.#state !== state) return;
    }
    if (word !== undefined) this.#options.listener.onWord(utterance, word, unit.timing);
  }

  #signal(signal: PlayerSignal, reason?: 'blocked'): void {
    const state = nextState(this.#state, signal);
    if (state === this.#state) return;
    this.#state = state;
    this.#options.listener.onState(state, reason);
  }

  /** What the output does by itself, and what is left to do. */
  #splitRate(rate: number): { output: number; stretch: number } {
    const { rates } = this.#options.output;
    if (rates === undefined) return { output: 1, stretch: rate };
    const output = Math.min(Math.max(rate, rates[0]), rates[1]);
    return { output, stretch: rate / output };
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

function toUnitSeconds({ piece, seconds }: SoundingPlace): number {
  return piece.startSeconds + seconds * piece.stretch;
}
