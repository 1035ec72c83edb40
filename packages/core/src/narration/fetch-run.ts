import { StepAudioError } from '../errors.ts';
import type { SpeechPiece } from './batches.ts';
import type { SpokenGroup } from './piece-store.ts';
import type { SpeechUnit, SpokenPlace } from './speech-unit.ts';
import { secondsOf } from './timeline.ts';
import type { Utterance } from './utterance.ts';

/** What a fetcher hands out, in the order of reading. */
export type FetchedSpeech =
  | { readonly type: 'unit'; readonly unit: SpeechUnit }
  /** The service does not speak it: moderation blocked it, or its text is refused. */
  | { readonly type: 'skipped'; readonly utterance: Utterance; readonly error: StepAudioError };

/** What became of a piece. */
export type PieceResult =
  | {
      readonly type: 'spoken';
      readonly group: SpokenGroup;
      /** Of the piece in the group. */
      readonly index: number;
      readonly cached: boolean;
    }
  | { readonly type: 'refused'; readonly error: StepAudioError }
  | { readonly type: 'failed'; readonly error: unknown };

/** A piece that is to be handed out, once its result is there. */
export class FetchSlot {
  readonly piece: SpeechPiece;
  /** As long as the result is not there, an estimate. */
  seconds: number;
  result: PieceResult | undefined;
  /** Whether somebody waited for it when it failed. */
  isOverdue = false;

  constructor(piece: SpeechPiece, seconds: number) {
    this.piece = piece;
    this.seconds = seconds;
  }
}

export type FetchRunOptions = {
  readonly signal: AbortSignal | undefined;
  /** Makes a unit of speech that was found with a piece; `undefined` if it does not fit the plan any more. */
  readonly toUnit: (
    piece: SpeechPiece,
    result: PieceResult & { readonly type: 'spoken' },
  ) => SpeechUnit | undefined;
  /** What was found with the slot's piece is of no use: it is to be spoken by itself. */
  readonly onMisfit: (slot: FetchSlot) => void;
  /** There is room for more. */
  readonly onTaken: () => void;
  /** Nothing of it is wanted any more. */
  readonly onClosed: (run: FetchRun) => void;
};

/** Speech from one place on: what is on its way, in order, and who waits for it. */
export class FetchRun implements AsyncIterableIterator<FetchedSpeech, undefined> {
  /** Where the next piece begins that is not in the queue. */
  at: SpokenPlace;
  isAtStart = true;
  /** Characters of the longest batch, or of what was known since. */
  lastCharacters = 0;
  knownCharacters = 0;
  readonly #options: FetchRunOptions;
  readonly #slots: FetchSlot[] = [];
  readonly #waiters: (() => void)[] = [];
  /** Nothing more is put into the queue: the end of the plan, or a failure. */
  #ending: { error?: unknown } | undefined;
  #hasFailed = false;
  #isClosed = false;
  /** Something was handed out. */
  #hasBegun = false;
  #refused: Utterance | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(place: SpokenPlace, options: FetchRunOptions) {
    this.at = place;
    this.#options = options;
    const { signal } = options;
    if (signal?.aborted === true) this.#onAbort();
    else signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  /** Whether nothing more may be put into the queue. */
  get isEnding(): boolean {
    return this.#ending !== undefined || this.#hasFailed || this.#isClosed;
  }

  get isEmpty(): boolean {
    return this.#slots.length === 0;
  }

  get aheadSeconds(): number {
    let seconds = 0;
    for (const slot of this.#slots) seconds += slot.seconds;
    return seconds;
  }

  push(slot: FetchSlot, next: SpokenPlace): void {
    this.#slots.push(slot);
    this.at = next;
    this.isAtStart = false;
    this.#wake();
  }

  settle(slot: FetchSlot, result: PieceResult): void {
    slot.result = result;
    if (result.type === 'spoken' && result.group.pieces.length === 1) {
      slot.seconds = secondsOf(result.group.speech.sound);
    }
    if (result.type === 'failed') {
      // The others would fail as well.
      this.#hasFailed = true;
      slot.isOverdue = this.#waiters.length > 0 && slot === this.#slots[0];
    }
    this.#wake();
  }

  /** Nothing comes behind what is in the queue: that is the end, or with an error a failure. */
  end(ending: { error?: unknown } = {}): void {
    this.#ending ??= ending;
    this.#wake();
  }

  /** Ends the iteration at once. */
  close(ending: { error?: unknown } = {}): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#ending = ending;
    this.#slots.length = 0;
    this.#options.signal?.removeEventListener('abort', this.#onAbort);
    this.#options.onClosed(this);
    this.#wake();
  }

  next(): Promise<IteratorResult<FetchedSpeech, undefined>> {
    const result = this.#last.then(() => this.#take());
    this.#last = result.catch(() => undefined);
    return result;
  }

  return(): Promise<IteratorResult<FetchedSpeech, undefined>> {
    this.close();
    return Promise.resolve({ value: undefined, done: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async #take(): Promise<IteratorResult<FetchedSpeech, undefined>> {
    for (;;) {
      const slot = this.#slots[0];
      if (slot?.result !== undefined) {
        const value = this.#handOut(slot, slot.result);
        if (value !== undefined) return { value, done: false };
      } else if (this.#isClosed || (slot === undefined && this.#ending !== undefined)) {
        const ending = this.#ending ?? {};
        this.close();
        this.#ending = {};
        if ('error' in ending) throw ending.error;
        return { value: undefined, done: true };
      } else {
        await new Promise<void>((resolve) => this.#waiters.push(resolve));
      }
    }
  }

  #handOut(slot: FetchSlot, result: PieceResult): FetchedSpeech | undefined {
    const { piece } = slot;
    if (result.type === 'failed') {
      this.#slots.length = 0;
      if (slot.isOverdue || !isRetryable(result.error)) this.#ending = { error: result.error };
      else this.#goBack(startOf(piece));
      return undefined;
    }
    if (result.type === 'refused') {
      this.#drop((other) => other === slot);
      // The other parts of a sentence make no sense without this one, and one event is enough.
      if (this.#refused === piece.utterance) return undefined;
      this.#refused = piece.utterance;
      this.#hasBegun = true;
      return { type: 'skipped', utterance: piece.utterance, error: result.error };
    }
    if (this.#refused === piece.utterance) {
      this.#drop((other) => other === slot);
      return undefined;
    }
    const unit = this.#options.toUnit(piece, result);
    // A sentence that stands here twice may have been spoken together with what has been heard already.
    const isRepeating = this.#hasBegun && unit !== undefined && isBefore(unit.from, startOf(piece));
    if (unit === undefined || isRepeating) {
      slot.result = undefined;
      this.#options.onMisfit(slot);
      return undefined;
    }
    this.#hasBegun = true;
    if (isBefore(this.at, unit.to)) this.at = unit.to;
    this.#drop((other) => other === slot || isBefore(startOf(other.piece), unit.to));
    return { type: 'unit', unit };
  }

  /** It failed long before anybody wanted it, and may not any more. */
  #goBack(place: SpokenPlace): void {
    this.#hasFailed = false;
    this.#ending = undefined;
    this.at = place;
    // Whoever is in the middle of a sentence must not be given its beginning.
    this.isAtStart = place.offset === 0;
    this.#options.onTaken();
  }

  #drop(isOver: (slot: FetchSlot) => boolean): void {
    while (this.#slots.length > 0 && isOver(this.#slots[0]!)) this.#slots.shift();
    this.#options.onTaken();
  }

  readonly #onAbort = (): void => {
    this.close({ error: this.#options.signal?.reason as unknown });
  };

  #wake(): void {
    for (const waiter of this.#waiters.splice(0)) waiter();
  }
}

function isRetryable(error: unknown): boolean {
  return StepAudioError.isInstance(error) && error.retryable;
}

function startOf({ utterance, start }: SpeechPiece): SpokenPlace {
  return { utterance: utterance.index, offset: start };
}

function isBefore(one: SpokenPlace, other: SpokenPlace): boolean {
  return (
    one.utterance < other.utterance ||
    (one.utterance === other.utterance && one.offset < other.offset)
  );
}
