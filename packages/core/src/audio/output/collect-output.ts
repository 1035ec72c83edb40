import type { AudioOutput, AudioOutputEvent, AudioPiece } from './audio-output.ts';
import { checkPiece, outputClosed } from './output-checks.ts';
import { OutputEvents } from './output-events.ts';

export type CollectOutputOptions = {
  /**
   * Takes each piece in order, one at a time; its promise is the backpressure. The signal aborts when the piece is dropped
   * meanwhile, and what the promise comes to is then of no interest.
   */
  write: (piece: AudioPiece, signal: AbortSignal) => void | Promise<void>;
  /** Whether pieces are samples or whole files. Default `samples`. */
  takes?: 'samples' | 'clips' | undefined;
  /** The rate that `samples` must have; default any. */
  sampleRate?: number | undefined;
};

type Waiting = { piece: AudioPiece; resolve: () => void; reject: (reason: unknown) => void };

/** An output without a clock: a file, a message, a player's standard input. A piece is done when it has been taken. */
export class CollectOutput implements AudioOutput {
  readonly takes: 'samples' | 'clips';
  readonly keepsTime = false;
  readonly rates = undefined;
  readonly sampleRate: number | undefined;
  readonly #write: CollectOutputOptions['write'];
  readonly #events = new OutputEvents();
  #waiting: Waiting[] = [];
  /** The piece that is being taken; another waits for it even when it has been dropped. */
  #writing: { controller: AbortController; done: Promise<void> } | undefined;
  #isPaused = false;
  #isClosed = false;

  constructor({ write, takes = 'samples', sampleRate }: CollectOutputOptions) {
    this.#write = write;
    this.takes = takes;
    this.sampleRate = sampleRate;
  }

  /** Settles when the piece has been taken, or dropped. */
  async enqueue(piece: AudioPiece): Promise<void> {
    if (this.#isClosed) throw outputClosed();
    checkPiece(piece, this);
    const taken = new Promise<void>((resolve, reject) => {
      this.#waiting.push({ piece, resolve, reject });
    });
    this.#writeNext();
    await taken;
  }

  /** The piece that is being taken goes on; the next one waits. */
  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    this.#writeNext();
  }

  stop(): void {
    this.#writing?.controller.abort();
    this.#settleAll(({ resolve }) => resolve());
  }

  subscribe(listener: (event: AudioOutputEvent) => void): () => void {
    return this.#events.subscribe(listener);
  }

  /** Settles when nothing is being written any more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.stop();
    this.#events.clear();
    await this.#writing?.done;
  }

  #writeNext(): void {
    const next = this.#waiting[0];
    if (next === undefined || this.#writing !== undefined || this.#isPaused) return;
    const controller = new AbortController();
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    this.#writing = { controller, done: this.#take(next, controller.signal, begun) };
    begin();
  }

  async #take(next: Waiting, signal: AbortSignal, begun: Promise<void>): Promise<void> {
    // Not before `#writing` is set, whatever the callback does.
    await begun;
    try {
      if (!signal.aborted) await this.#write(next.piece, signal);
      if (!signal.aborted) {
        this.#waiting.shift();
        next.resolve();
      }
    } catch (error) {
      if (!signal.aborted) {
        this.#settleAll(({ reject }) => reject(error));
        this.#events.emit({ type: 'failed', error });
      }
    }
    this.#writing = undefined;
    this.#writeNext();
  }

  #settleAll(settle: (waiting: Waiting) => void): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    waiting.forEach(settle);
  }
}
