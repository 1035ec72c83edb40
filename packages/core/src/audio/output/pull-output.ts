import { checkSampleRate } from '../sample-rate.ts';
import type { AudioOutput, AudioOutputEvent, AudioPiece } from './audio-output.ts';
import {
  POSITION_INTERVAL_SECONDS,
  STOP_FADE_MS,
  checkAtLeast,
  outputClosed,
  samplesOf,
  steadyNow,
} from './output-checks.ts';
import { OutputEvents } from './output-events.ts';
import { Room } from './room.ts';

export type PullOutputOptions = {
  /** The rate of what is pulled, and which pieces must have. */
  sampleRate: number;
  /**
   * How much must be waiting before sound begins, and begins again after it ran dry; what is less has to wait that long.
   * Default 0: for pieces of whole sentences. For sound that arrives in shreds, 100 to 200.
   */
  prebufferMs?: number | undefined;
  /** `enqueue` settles while less than this is waiting. Default 2. */
  queueSeconds?: number | undefined;
  /** How long after its pull a sample is heard: the device's own buffer. Default 0. */
  latencyMs?: number | undefined;
  /** Milliseconds since the epoch, for the times of events. Default: the platform's steady clock. */
  now?: (() => number) | undefined;
};

type Queued = { readonly id: number; readonly samples: Int16Array };
/** What will have happened once the device has played up to a sample, counted from the first that was ever pulled. */
type Mark = { readonly atSample: number; readonly event: AudioOutputEvent };

/**
 * An output whose device comes and takes: a timer that fills a frame every 20 ms, a stream that asks for more. The device's
 * own count of samples is the clock, so that a late timer or a date that is set moves no event.
 *
 * Events come during `pull`, as soon as what they tell has been heard: go on pulling until `isIdle`.
 */
export class PullOutput implements AudioOutput {
  readonly takes = 'samples';
  readonly keepsTime = true;
  readonly rates = undefined;
  readonly sampleRate: number;
  readonly #prebufferSamples: number;
  readonly #latencyMs: number;
  readonly #latencySamples: number;
  readonly #positionSamples: number;
  readonly #now: () => number;
  readonly #events = new OutputEvents();
  readonly #room: Room;
  #queue: Queued[] = [];
  /** Samples in the queue that have not been pulled. */
  #waiting = 0;
  /** How much of the first piece in the queue has been pulled. */
  #offset = 0;
  /** The piece pulled to its end last, until it is known whether another follows without a gap. */
  #finished: { piece: Queued; atSample: number; atMs: number } | undefined;
  #marks: Mark[] = [];
  #pulled = 0;
  /** Samples until the next position is told. */
  #untilPosition = 0;
  #isAdvancing = false;
  #isPaused = false;
  /** Collecting before sound begins, and for how many samples already. */
  #isHolding = true;
  #heldSamples = 0;
  #tail: Int16Array | undefined;
  #lastAtMs = Number.NEGATIVE_INFINITY;
  #isClosed = false;

  /** Throws `ValidationError` for a rate or a length that cannot be. */
  constructor(options: PullOutputOptions) {
    const { sampleRate, prebufferMs = 0, queueSeconds = 2, latencyMs = 0 } = options;
    checkSampleRate(sampleRate, 'sampleRate');
    checkAtLeast(prebufferMs, 'prebufferMs', 0, 'milliseconds');
    checkAtLeast(queueSeconds, 'queueSeconds', 0.001, 'seconds');
    checkAtLeast(latencyMs, 'latencyMs', 0, 'milliseconds');
    this.sampleRate = sampleRate;
    this.#prebufferSamples = Math.round((prebufferMs * sampleRate) / 1000);
    this.#latencyMs = latencyMs;
    this.#latencySamples = Math.round((latencyMs * sampleRate) / 1000);
    this.#positionSamples = Math.round(POSITION_INTERVAL_SECONDS * sampleRate);
    // Less would never be reached while sound is held back for the prebuffer.
    this.#room = new Room(Math.max(queueSeconds, prebufferMs / 1000));
    this.#now = options.now ?? steadyNow;
  }

  /** Whether nothing is waiting, sounding or yet to be told: the device may rest until the next `enqueue`. */
  get isIdle(): boolean {
    return (
      this.#queue.length === 0 &&
      this.#tail === undefined &&
      this.#finished === undefined &&
      this.#marks.length === 0
    );
  }

  async enqueue(piece: AudioPiece): Promise<void> {
    if (this.#isClosed) throw outputClosed();
    const { samples } = samplesOf(piece, this.sampleRate);
    this.#queue.push({ id: piece.id, samples });
    this.#waiting += samples.length;
    await this.#room.wait(this.#waiting / this.sampleRate);
  }

  /**
   * Fills a frame of any size with what comes next, and with silence where there is nothing. Answers how many of its
   * samples are sound: 0 for a frame that need not be sent. Allocates nothing but the events.
   */
  pull(into: Int16Array): number {
    if (this.#queue.length === 0) this.#runDry();
    this.#deliver(this.#pulled - this.#latencySamples);
    let filled = this.#pullTail(into);
    if (!this.#isPaused && !this.#isHeldBack(into.length)) filled = this.#fill(into, filled);
    into.fill(0, filled);
    this.#pulled += into.length;
    this.#room.update(this.#waiting / this.sampleRate);
    return filled;
  }

  pause(): void {
    if (this.#isPaused || this.#isClosed) return;
    this.#isPaused = true;
    if (this.#queue.length === 0) this.#runDry();
    else this.#joinFinished();
    // The device may not come again while nothing sounds; all that was pulled is heard within its latency.
    this.#deliver(Number.POSITIVE_INFINITY);
    const piece = this.#queue[0];
    if (!this.#isAdvancing || piece === undefined) return;
    this.#isAdvancing = false;
    this.#events.emit(this.#position(piece, this.#offset, this.#now() + this.#latencyMs));
  }

  resume(): void {
    this.#isPaused = false;
  }

  stop({ fadeMs = STOP_FADE_MS }: { fadeMs?: number | undefined } = {}): void {
    checkAtLeast(fadeMs, 'fadeMs', 0, 'milliseconds');
    if (this.#isAdvancing)
      this.#tail = this.#fadeOut(Math.round((fadeMs * this.sampleRate) / 1000));
    this.#clear();
    this.#room.open();
  }

  /** The device is gone: drops everything, and tells whoever waits and listens why. The next `enqueue` tries again. */
  fail(error: unknown): void {
    if (this.#isClosed) return;
    this.#clear();
    this.#tail = undefined;
    this.#room.fail(error);
    this.#events.emit({ type: 'failed', error });
  }

  subscribe(listener: (event: AudioOutputEvent) => void): () => void {
    return this.#events.subscribe(listener);
  }

  /** What is pulled from now on is silence. */
  close(): Promise<void> {
    this.#isClosed = true;
    this.#clear();
    this.#tail = undefined;
    this.#room.open();
    this.#events.clear();
    return Promise.resolve();
  }

  /** Whether sound is still being collected; counts the frame that then stays silent. */
  #isHeldBack(frameSamples: number): boolean {
    if (!this.#isHolding) return false;
    if (this.#queue.length === 0) return true;
    if (Math.max(this.#waiting, this.#heldSamples) >= this.#prebufferSamples) {
      this.#isHolding = false;
      return false;
    }
    this.#heldSamples += frameSamples;
    return true;
  }

  #fill(into: Int16Array, start: number): number {
    const frameMs = this.#now() + this.#latencyMs;
    let filled = start;
    while (filled < into.length) {
      const piece = this.#queue[0];
      if (piece === undefined) {
        this.#runDry();
        break;
      }
      this.#joinFinished();
      if (this.#offset === 0 || !this.#isAdvancing || this.#untilPosition === 0) {
        this.#isAdvancing = true;
        this.#untilPosition = this.#positionSamples;
        const atMs = frameMs + (filled * 1000) / this.sampleRate;
        this.#mark(this.#pulled + filled, this.#position(piece, this.#offset, atMs));
      }
      const left = piece.samples.length - this.#offset;
      const count = Math.min(left, into.length - filled, this.#untilPosition);
      copySamples(piece.samples, this.#offset, into, filled, count);
      this.#offset += count;
      this.#waiting -= count;
      this.#untilPosition -= count;
      filled += count;
      if (count < left) continue;
      this.#queue.shift();
      this.#offset = 0;
      const atMs = frameMs + (filled * 1000) / this.sampleRate;
      this.#finished = { piece, atSample: this.#pulled + filled, atMs };
    }
    return filled;
  }

  #pullTail(into: Int16Array): number {
    const tail = this.#tail;
    if (tail === undefined) return 0;
    const count = Math.min(tail.length, into.length);
    copySamples(tail, 0, into, 0, count);
    this.#tail = count < tail.length ? tail.subarray(count) : undefined;
    return count;
  }

  /** What would have come next, getting quieter. */
  #fadeOut(fadeSamples: number): Int16Array | undefined {
    const length = Math.min(fadeSamples, this.#waiting);
    if (length === 0) return undefined;
    const tail = new Int16Array(length);
    let filled = 0;
    let offset = this.#offset;
    for (const { samples } of this.#queue) {
      const part = samples.subarray(offset, offset + length - filled);
      tail.set(part, filled);
      filled += part.length;
      offset = 0;
    }
    for (let i = 0; i < length; i++) tail[i] = Math.round(tail[i]! * (1 - (i + 1) / length));
    return tail;
  }

  /** Another piece follows the finished one without a gap. */
  #joinFinished(): void {
    if (this.#finished === undefined) return;
    const { piece, atSample, atMs } = this.#finished;
    this.#finished = undefined;
    this.#mark(atSample, { type: 'ended', pieceId: piece.id, atMs: this.#forward(atMs) });
  }

  /** Nothing follows the finished piece: sound is collected again before it goes on. */
  #runDry(): void {
    if (this.#finished === undefined) return;
    const { piece, atSample, atMs } = this.#finished;
    this.#isAdvancing = false;
    this.#isHolding = true;
    this.#heldSamples = 0;
    this.#mark(atSample, this.#position(piece, piece.samples.length, atMs));
    this.#joinFinished();
  }

  #clear(): void {
    this.#queue = [];
    this.#waiting = 0;
    this.#offset = 0;
    this.#finished = undefined;
    this.#marks = [];
    this.#isAdvancing = false;
    this.#isHolding = true;
    this.#heldSamples = 0;
  }

  #position(piece: Queued, samples: number, atMs: number): AudioOutputEvent {
    return {
      type: 'position',
      pieceId: piece.id,
      seconds: samples / this.sampleRate,
      atMs: this.#forward(atMs),
      advancing: this.#isAdvancing,
    };
  }

  /** A timer that comes early must not turn time back. */
  #forward(atMs: number): number {
    this.#lastAtMs = Math.max(this.#lastAtMs, atMs);
    return this.#lastAtMs;
  }

  #mark(atSample: number, event: AudioOutputEvent): void {
    this.#marks.push({ atSample, event });
  }

  #deliver(heardSamples: number): void {
    for (let mark = this.#marks[0]; mark !== undefined; mark = this.#marks[0]) {
      if (mark.atSample > heardSamples) return;
      this.#marks.shift();
      this.#events.emit(mark.event);
    }
  }
}

/** `set` of a `subarray`, without an object for each frame. */
function copySamples(
  from: Int16Array,
  fromOffset: number,
  to: Int16Array,
  toOffset: number,
  count: number,
): void {
  for (let i = 0; i < count; i++) to[toOffset + i] = from[fromOffset + i]!;
}
