import type {
  AudioClip,
  AudioOutput,
  AudioOutputEvent,
  AudioPiece,
} from '../../audio/output/audio-output.ts';
import {
  POSITION_INTERVAL_SECONDS,
  STOP_FADE_MS,
  checkAtLeast,
  checkRate,
  clipOf,
  outputClosed,
  pieceSeconds,
} from '../../audio/output/output-checks.ts';
import { OutputEvents } from '../../audio/output/output-events.ts';
import { Room } from '../../audio/output/room.ts';
import { writeWav } from '../../audio/wav-writer.ts';
import { StepAudioError } from '../../errors.ts';
import { systemClock, type Clock } from '../../net/clock.ts';
import { AudioDeck, isNamed } from './audio-deck.ts';
import { MediaTime } from './media-time.ts';

export type ElementOutputOptions = {
  /** Two elements that the page has already; default two new ones. Their volume is left to the page. */
  elements?: readonly [HTMLAudioElement, HTMLAudioElement] | undefined;
  /** `enqueue` settles while less than this is waiting to be heard. Default 10. */
  queueSeconds?: number | undefined;
  clock?: Clock | undefined;
};

export interface ElementOutput extends AudioOutput {
  setRate(rate: number): void;
  /**
   * To be called in a gesture of the user (a click, a key), before the first piece is there: strict platforms let an
   * element sound later only if it has sounded in a gesture. Answers whether both were let.
   */
  unlock(): Promise<boolean>;
}

/**
 * Files played by two audio elements in turn, the next one loaded while the first plays: for phones, where elements go on in
 * the background and on the lock screen. Speed is the elements' own, with the pitch kept.
 */
export function createElementOutput(options: ElementOutputOptions = {}): ElementOutput {
  return new TwoElements(options);
}

const RATES = [0.5, 3] as const;
/**
 * An element says that it plays up to 80 ms before it is heard. Chromium's lets its time run at once, but no further than
 * a buffer of the device (20 ms), where it waits for the sound: only what is beyond that tells that it is heard.
 */
const TRUSTED_START_SECONDS = 0.025;
/** For so long after a start or a change of rate an element's time is not even. */
const SETTLING_MS = 400;
const STARTING_LOOK_MS = 5;
const SETTLING_LOOK_MS = 10;
const SETTLED_LOOK_MS = 50;
/** What was told before is corrected at once where it is off by more than this. */
const DRIFT_MS = 8;
const SILENCE_RATE = 8000;
const SILENCE_SECONDS = 0.05;

class TwoElements implements ElementOutput {
  readonly takes = 'clips';
  readonly keepsTime = true;
  readonly rates = RATES;
  readonly sampleRate = undefined;
  readonly #clock: Clock;
  readonly #events = new OutputEvents();
  readonly #room: Room;
  readonly #listening = new AbortController();
  #current: AudioDeck;
  #next: AudioDeck;
  #queue: AudioPiece[] = [];
  #isPaused = false;
  #isAdvancing = false;
  /** Where the current element stands that plays, but is not heard yet. */
  #startingAt: number | undefined;
  #isFading = false;
  #isClosed = false;
  /** Of the current piece, when something was told last. */
  #heardSeconds = 0;
  #toldAtMs = 0;
  #settledAtMs = 0;
  readonly #time = new MediaTime();
  /** Counts what ended all that was enqueued before. */
  #drops = 0;
  #stopTimer: (() => void) | undefined;

  constructor({ elements, queueSeconds = 10, clock = systemClock }: ElementOutputOptions) {
    checkAtLeast(queueSeconds, 'queueSeconds', 0.001, 'seconds');
    const [first, second] = elements ?? [new Audio(), new Audio()];
    this.#current = new AudioDeck(first);
    this.#next = new AudioDeck(second);
    this.#room = new Room(queueSeconds);
    this.#clock = clock;
    for (const deck of [this.#current, this.#next]) this.#listen(deck);
  }

  async enqueue(piece: AudioPiece): Promise<void> {
    if (this.#isClosed) throw outputClosed();
    clipOf(piece);
    this.#queue.push(piece);
    this.#feed();
    await this.#room.wait(this.#waitingSeconds);
  }

  pause(): void {
    this.#isPaused = true;
    if (this.#current.piece !== undefined) this.#current.element.pause();
  }

  /** Also goes on where the platform has paused or blocked the elements. */
  resume(): void {
    if (this.#isClosed) return;
    this.#isPaused = false;
    if (this.#current.piece !== undefined && this.#current.element.paused) this.#play();
  }

  setRate(rate: number): void {
    checkRate(rate, RATES);
    if (this.#isAdvancing) this.#tell();
    for (const deck of [this.#current, this.#next]) deck.setRate(rate);
    if (this.#isAdvancing) this.#settle();
    this.#arm();
  }

  stop({ fadeMs = STOP_FADE_MS }: { fadeMs?: number | undefined } = {}): void {
    checkAtLeast(fadeMs, 'fadeMs', 0, 'milliseconds');
    this.#drop(fadeMs);
    this.#room.open();
  }

  subscribe(listener: (event: AudioOutputEvent) => void): () => void {
    return this.#events.subscribe(listener);
  }

  async unlock(): Promise<boolean> {
    if (this.#isClosed) return false;
    const samples = new Int16Array(SILENCE_RATE * SILENCE_SECONDS);
    const silence: AudioClip = {
      bytes: writeWav({ samples, sampleRate: SILENCE_RATE }),
      mediaType: 'audio/wav',
      durationSeconds: SILENCE_SECONDS,
    };
    const decks = [this.#current, this.#next];
    const wereLet = await Promise.all(decks.map((deck) => deck.unlock(silence)));
    return wereLet.every(Boolean);
  }

  close(): Promise<void> {
    this.#isClosed = true;
    this.#drop(0);
    this.#current.release();
    this.#listening.abort();
    this.#room.open();
    this.#events.clear();
    return Promise.resolve();
  }

  get #waitingSeconds(): number {
    const loaded = this.#current.leftSeconds + this.#next.leftSeconds;
    return this.#queue.reduce((sum, piece) => sum + pieceSeconds(piece), loaded);
  }

  #listen(deck: AudioDeck): void {
    const on = (type: string, listener: () => void): void => {
      const whenCurrent = (): void => {
        if (deck === this.#current && deck.piece !== undefined) listener();
      };
      deck.element.addEventListener(type, whenCurrent, { signal: this.#listening.signal });
    };
    on('playing', () => {
      if (this.#isAdvancing) return;
      this.#startingAt = deck.element.currentTime;
      this.#arm();
    });
    on('waiting', () => this.#halt());
    // Before it ends, an element pauses.
    on('pause', () => {
      if (!deck.element.ended) this.#halt();
    });
    on('timeupdate', () => this.#update());
    on('ended', () => this.#onEnded());
    on('error', () => this.#fail(unplayable(deck)));
    // A piece that is only waiting fails in its turn: `play` refuses it then.
  }

  /** Fills the elements that are empty. */
  #feed(): void {
    if (this.#isFading || this.#isClosed) return;
    if (this.#current.piece === undefined) {
      const piece = this.#queue.shift();
      if (piece === undefined) return;
      this.#current.load(piece);
      this.#play();
    }
    if (this.#next.piece === undefined) {
      const piece = this.#queue.shift();
      if (piece !== undefined) this.#next.load(piece);
    }
  }

  #play(): void {
    if (this.#isPaused) return;
    const deck = this.#current;
    const { piece } = deck;
    deck.element.play().catch((error: unknown) => {
      const isLate = deck !== this.#current || deck.piece !== piece;
      // Paused, or emptied, before it began.
      if (isLate || isNamed(error, 'AbortError')) return;
      if (isNamed(error, 'NotAllowedError')) this.#events.emit({ type: 'blocked' });
      else this.#fail(unplayable(deck, error));
    });
  }

  #onEnded(): void {
    const deck = this.#current;
    const { piece } = deck;
    if (piece === undefined) return;
    const drops = this.#drops;
    // So short that it was over before it was seen to run.
    if (this.#startingAt !== undefined) this.#begin(this.#startingAt);
    if (this.#drops !== drops) return;
    const atMs = this.#clock.now();
    const seconds = Math.max(this.#heardSeconds, deck.element.currentTime);
    this.#current = this.#next;
    this.#next = deck;
    const isFollowed = this.#current.piece !== undefined;
    // Before anything else: until it sounds there is a gap.
    if (isFollowed) this.#play();
    this.#isAdvancing = false;
    this.#heardSeconds = 0;
    deck.release();
    if (!isFollowed) this.#emitPosition(piece, seconds, atMs);
    this.#toldAtMs = atMs;
    if (this.#drops === drops) this.#events.emit({ type: 'ended', pieceId: piece.id, atMs });
    this.#feed();
    this.#update();
  }

  /** It is heard, and has been since the element stood at `startingAt`. */
  #begin(startingAt: number): void {
    this.#startingAt = undefined;
    this.#isAdvancing = true;
    this.#settle();
    const { piece, element } = this.#current;
    if (piece === undefined) return;
    const sinceMs = ((element.currentTime - startingAt) / element.playbackRate) * 1000;
    this.#tellOf(piece, startingAt, this.#clock.now() - sinceMs);
    this.#arm();
  }

  #halt(): void {
    this.#startingAt = undefined;
    if (!this.#isAdvancing) return;
    this.#isAdvancing = false;
    this.#tell();
    this.#disarm();
  }

  #settle(): void {
    this.#time.reset();
    this.#settledAtMs = this.#clock.now() + SETTLING_MS;
  }

  #update(): void {
    if (this.#startingAt !== undefined && this.#isHeard(this.#startingAt)) {
      this.#begin(this.#startingAt);
    } else if (this.#isAdvancing) {
      this.#follow();
    }
    this.#room.update(this.#waitingSeconds);
    this.#arm();
  }

  #isHeard(startingAt: number): boolean {
    const { currentTime, playbackRate } = this.#current.element;
    return currentTime - startingAt >= TRUSTED_START_SECONDS * playbackRate;
  }

  /** Tells where the element is, if that is due or not what was to be expected from what was told before. */
  #follow(): void {
    const { piece, element } = this.#current;
    if (piece === undefined) return;
    const { playbackRate } = element;
    const nowMs = this.#clock.now();
    const sinceMs = nowMs - this.#toldAtMs;
    const expectedSeconds = this.#heardSeconds + (sinceMs / 1000) * playbackRate;
    const seconds = this.#look(piece, nowMs);
    const driftMs = ((seconds - expectedSeconds) / playbackRate) * 1000;
    if (sinceMs < POSITION_INTERVAL_SECONDS * 1000 && Math.abs(driftMs) <= DRIFT_MS) return;
    this.#tellOf(piece, seconds, nowMs);
  }

  #look(piece: AudioPiece, nowMs: number): number {
    const { currentTime, playbackRate } = this.#current.element;
    if (!this.#isAdvancing) return currentTime;
    const seconds = this.#time.look(currentTime, nowMs, playbackRate);
    return Math.max(currentTime, Math.min(seconds, clipOf(piece).durationSeconds));
  }

  #tell(): void {
    const { piece } = this.#current;
    if (piece === undefined) return;
    const nowMs = this.#clock.now();
    this.#tellOf(piece, this.#look(piece, nowMs), nowMs);
  }

  #tellOf(piece: AudioPiece, seconds: number, atMs: number): void {
    this.#heardSeconds = Math.max(this.#heardSeconds, seconds);
    this.#emitPosition(piece, this.#heardSeconds, atMs);
  }

  #emitPosition({ id }: AudioPiece, seconds: number, time: number): void {
    const atMs = Math.max(this.#toldAtMs, time);
    this.#toldAtMs = atMs;
    const advancing = this.#isAdvancing;
    this.#events.emit({ type: 'position', pieceId: id, seconds, atMs, advancing });
  }

  #arm(): void {
    this.#disarm();
    const isStarting = this.#startingAt !== undefined;
    if (!(isStarting || this.#isAdvancing) || this.#isClosed) return;
    const isSettled = this.#clock.now() >= this.#settledAtMs;
    const settlingMs = isSettled ? SETTLED_LOOK_MS : SETTLING_LOOK_MS;
    const delayMs = isStarting ? STARTING_LOOK_MS : settlingMs;
    this.#stopTimer = this.#clock.after(delayMs, () => this.#update());
  }

  #disarm(): void {
    this.#stopTimer?.();
    this.#stopTimer = undefined;
  }

  #drop(fadeMs: number): void {
    this.#drops++;
    this.#queue = [];
    this.#next.release();
    const isSounding = this.#isAdvancing || this.#startingAt !== undefined;
    this.#isAdvancing = false;
    this.#startingAt = undefined;
    this.#heardSeconds = 0;
    this.#disarm();
    if (this.#current.piece === undefined) return;
    if (isSounding && fadeMs > 0) void this.#fade(fadeMs);
    else this.#current.release();
  }

  async #fade(fadeMs: number): Promise<void> {
    this.#isFading = true;
    await this.#current.fade(fadeMs);
    this.#isFading = false;
    this.#feed();
  }

  #fail(error: unknown): void {
    if (this.#isClosed) return;
    this.#drop(0);
    this.#room.fail(error);
    this.#events.emit({ type: 'failed', error });
  }
}

function unplayable({ element, piece }: AudioDeck, cause: unknown = element.error): StepAudioError {
  const kind = piece === undefined ? 'file' : clipOf(piece).mediaType;
  const reason = element.error?.message ?? '';
  return new StepAudioError(
    `The platform cannot play a piece (${kind})${reason === '' ? '' : `: ${reason}`}.`,
    { code: 'output_failed', cause },
  );
}
