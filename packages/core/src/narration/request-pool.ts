import type { StepAudioError } from '../errors.ts';
import type { BatchSpeaker } from './batch-speaker.ts';
import type { Batch, SpeechPiece } from './batches.ts';
import type { Casting } from './casting.ts';
import type { PieceResult } from './fetch-run.ts';
import type { PieceStore, SpokenGroup } from './piece-store.ts';

type InFlight = {
  readonly abort: AbortController;
  readonly keys: readonly string[];
  /** By what is listened to now, not by what was left. */
  isWanted: boolean;
  done: Promise<void>;
};

/** A piece that has been asked for. */
export class PendingPiece {
  readonly #request: InFlight;
  readonly #listeners = new Set<(result: PieceResult) => void>();
  #result: PieceResult | undefined;

  constructor(request: InFlight) {
    this.#request = request;
  }

  get result(): PieceResult | undefined {
    return this.#result;
  }

  isOf(request: InFlight): boolean {
    return this.#request === request;
  }

  /** Calls back when it is known what became of it, perhaps at once. From now on it is wanted. */
  join(listener: (result: PieceResult) => void): void {
    this.#request.isWanted = true;
    if (this.#result === undefined) this.#listeners.add(listener);
    else listener(this.#result);
  }

  settle(result: PieceResult): void {
    this.#result = result;
    for (const listener of this.#listeners) listener(result);
    this.#listeners.clear();
  }
}

/** Requests that go on although nobody wants their answer any more: it is paid for, and may be wanted again. */
const MOST_UNWANTED = 2;

/** What is on its way, by the keys under which it will be stored. Nothing is on its way twice. */
export class RequestPool {
  readonly #speaker: BatchSpeaker;
  readonly #onDone: () => void;
  readonly #requests = new Set<InFlight>();
  readonly #writes = new Set<Promise<void>>();
  readonly #pending = new Map<string, PendingPiece>();
  readonly #refused = new Map<string, StepAudioError>();

  /** @param onDone called when a request has come to its end */
  constructor(speaker: BatchSpeaker, onDone: () => void) {
    this.#speaker = speaker;
    this.#onDone = onDone;
  }

  /** How many of the requests are wanted. */
  get wanted(): number {
    return [...this.#requests].filter(({ isWanted }) => isWanted).length;
  }

  find(key: string): PendingPiece | undefined {
    const pending = this.#pending.get(key);
    return pending?.result?.type === 'failed' ? undefined : pending;
  }

  /** Why a piece is not asked for again. */
  refusalOf(key: string): StepAudioError | undefined {
    return this.#refused.get(key);
  }

  /** What is not joined from now on may be given up. */
  wantNothing(): void {
    for (const request of this.#requests) request.isWanted = false;
  }

  /** Asks for a batch. Its pieces are in the order of the batch, as the keys are. */
  start(
    batch: Batch,
    keys: readonly string[],
    { casting, store }: { casting: Casting; store: PieceStore },
  ): PendingPiece[] {
    this.#makeRoom();
    const abort = new AbortController();
    const request: InFlight = { abort, keys, isWanted: true, done: Promise.resolve() };
    const pieces = batch.pieces.map(() => new PendingPiece(request));
    const pendingOf = (piece: SpeechPiece) => pieces[batch.pieces.indexOf(piece)]!;
    for (const [index, key] of keys.entries()) this.#pending.set(key, pieces[index]!);
    this.#requests.add(request);
    const spoken = this.#speaker.speak({
      batch,
      casting,
      signal: abort.signal,
      isWanted: () => request.isWanted,
      onSpoken: (group) => {
        this.#write(store, group);
        for (const [index, piece] of group.pieces.entries()) {
          pendingOf(piece).settle({ type: 'spoken', group, index, cached: false });
        }
      },
      onRefused: (piece, error) => {
        this.#refused.set(keys[batch.pieces.indexOf(piece)]!, error);
        pendingOf(piece).settle({ type: 'refused', error });
      },
    });
    request.done = spoken
      .catch((error: unknown) => {
        for (const piece of pieces) {
          if (piece.result === undefined) piece.settle({ type: 'failed', error });
        }
      })
      .then(() => this.#finish(request));
    return pieces;
  }

  /** Ends all requests. Settles when that is done and what had come is stored. */
  async close(): Promise<void> {
    const reason = new DOMException('The narration was closed.', 'AbortError');
    for (const { abort } of this.#requests) abort.abort(reason);
    await Promise.all([...this.#requests].map(({ done }) => done));
    await Promise.all(this.#writes);
  }

  /** Gives up what is wanted least, where too much is in flight. */
  #makeRoom(): void {
    const unwanted = [...this.#requests].filter(({ isWanted }) => !isWanted);
    // The youngest has the longest way to go.
    for (const request of unwanted.slice(MOST_UNWANTED)) {
      this.#forget(request);
      request.abort.abort(new DOMException('Something else is listened to.', 'AbortError'));
    }
  }

  async #finish(request: InFlight): Promise<void> {
    this.#requests.delete(request);
    this.#onDone();
    // Until it is stored it is found here.
    await Promise.all(this.#writes);
    this.#forget(request);
  }

  #forget(request: InFlight): void {
    for (const key of request.keys) {
      if (this.#pending.get(key)?.isOf(request) === true) this.#pending.delete(key);
    }
  }

  #write(store: PieceStore, group: SpokenGroup): void {
    const write: Promise<void> = store.put(group).then(() => {
      this.#writes.delete(write);
    });
    this.#writes.add(write);
  }
}
