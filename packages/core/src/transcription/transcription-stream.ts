import { encodeBase64 } from '../audio/base64.ts';
import { encodePcm16 } from '../audio/pcm.ts';
import { StepAudioError } from '../errors.ts';
import type { CallErrors } from '../net/call-errors.ts';
import type { Connection } from '../net/connection.ts';
import { EventCall } from '../net/event-call.ts';
import { PullQueue } from '../net/pull-queue.ts';
import type { WireTranscriptionFormat } from '../protocol/transcription-fields.ts';
import type { WireTranscriptionSettings } from '../protocol/transcription-request.ts';
import { CallDecoder } from './call-decoder.ts';
import { CallSlots } from './call-slots.ts';
import type { SoundPiece } from './piece-source.ts';
import type { SoundFile, SoundOpener, SoundOptions } from './sound-source.ts';
import { TranscriptCollector } from './transcript.ts';
import type { Transcript } from './transcript.ts';
import type { TranscriptionEvent } from './transcription-event.ts';
import type { TranscriptionInput } from './transcription-options.ts';
import { toWireRequest } from './wire-mapping.ts';
import type { CallLimits } from './wire-mapping.ts';

export type TranscriptionStreamParts = {
  connection: Connection;
  input: TranscriptionInput;
  settings: WireTranscriptionSettings;
  sound: Omit<SoundOptions, 'fileSeconds' | 'signal'>;
  limits: CallLimits;
  concurrency: number;
  errors: CallErrors;
  /** The error for an event that reports a failure. */
  toError: (raw: unknown, requestId: string | undefined) => Error;
  secrets: readonly string[];
  signal: AbortSignal | undefined;
};

/** One call, and the sound it is about. */
type Call = {
  events: EventCall<TranscriptionEvent>;
  /** Its first event: asking for it sends the request. */
  first: Promise<IteratorResult<TranscriptionEvent, undefined>>;
  startMs: number;
  endMs: number | undefined;
  totalMs: () => number | undefined;
};

/** How many events may lie unread before the connection is made to wait. */
const HIGH_WATER_EVENTS = 256;

/**
 * A transcript as it is being made: events, in order, read once. The input is read and the first request leaves with the
 * first `next()`.
 *
 * `return()` (which leaving a `for await` calls) and the signal close the connection at once, also while the service is
 * silent, and let go of the input. A slow reader slows the service and the input. The iteration ends when the service has
 * transcribed everything, and throws otherwise: a `StepAudioError`, `signal.reason`, or what a stream that was handed in
 * failed with. What came before the failure is yielded before it and stays in `transcript`; the error's `stoppedAtMs` says
 * from where on the input is to be sent again.
 */
export class TranscriptionStream implements AsyncIterableIterator<TranscriptionEvent, undefined> {
  readonly #parts: TranscriptionStreamParts;
  readonly #queue: PullQueue<TranscriptionEvent>;
  #opener: SoundOpener | undefined;
  readonly #abort = new AbortController();
  readonly #calls: PullQueue<Call>;
  readonly #open = new Set<Call>();
  readonly #slots: CallSlots;
  readonly #transcript = new TranscriptCollector();
  #requestId: string | undefined;
  #isStarted = false;
  #isClosed = false;
  #onRoom: (() => void) | undefined;
  #room: Promise<void> | undefined;

  /** Made by `transcription.stream()`. */
  constructor(parts: TranscriptionStreamParts) {
    this.#parts = parts;
    this.#slots = new CallSlots(parts.concurrency);
    this.#queue = new PullQueue({
      highWater: HIGH_WATER_EVENTS,
      onFull: () => {
        this.#room = new Promise((resolve) => (this.#onRoom = resolve));
      },
      onDrained: () => {
        this.#room = undefined;
        this.#onRoom?.();
      },
    });
    // The slots bound it.
    this.#calls = new PullQueue({
      highWater: Number.POSITIVE_INFINITY,
      onFull: () => undefined,
      onDrained: () => undefined,
    });
  }

  /** The service's trace id of the call whose events are being read. */
  get requestId(): string | undefined {
    return this.#requestId;
  }

  /** All final segments that have been read by now, also after a failure. */
  get transcript(): Transcript {
    return this.#transcript.toTranscript();
  }

  next(): Promise<IteratorResult<TranscriptionEvent, undefined>> {
    if (this.#parts.signal?.aborted) this.#onAbort();
    else if (!this.#isStarted) this.#start();
    return this.#queue.nextOf((event) => {
      if (event.type === 'final') this.#transcript.push(event);
      return event;
    });
  }

  return(): Promise<IteratorResult<TranscriptionEvent, undefined>> {
    this.#isStarted = true;
    this.#close();
    this.#queue.close();
    return Promise.resolve({ value: undefined, done: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  /** Reads this stream to its end. After a failure, `transcript` holds what had come. */
  async text(): Promise<Transcript> {
    for (;;) {
      const { done } = await this.next();
      if (done === true) return this.transcript;
    }
  }

  #start(): void {
    this.#isStarted = true;
    this.#parts.signal?.addEventListener('abort', this.#onAbort, { once: true });
    this.#makeCalls().then(
      () => this.#calls.end(),
      (error: unknown) => this.#calls.fail(error),
    );
    this.#readCalls().then(
      () => this.#finish(),
      (error: unknown) => this.#fail(error),
    );
  }

  /** Sends the sound piece by piece, as slots become free. */
  async #makeCalls(): Promise<void> {
    const { input, sound: options, limits } = this.#parts;
    // What reads sound is loaded where there is some.
    const { SoundOpener: Opener } = await import('./sound-source.ts');
    this.#opener = new Opener(input, {
      ...options,
      fileSeconds: limits.fileSeconds,
      signal: this.#abort.signal,
    });
    if (this.#isClosed) {
      this.#opener.abandon();
      return;
    }
    const sound = await this.#opener.open();
    if ('file' in sound) {
      await this.#slots.take();
      this.#startFile(sound.file);
      return;
    }
    // What finds the pauses is loaded where samples come.
    const { PieceSource } = await import('./piece-source.ts');
    const pieces = new PieceSource(sound.samples, limits.pieceSeconds);
    let piece = await pieces.read();
    for (let segment = 0; piece !== undefined; segment += 1) {
      await this.#slots.take();
      if (this.#isClosed) return;
      this.#startPiece(piece, segment, () => pieces.totalMs);
      piece = await pieces.read();
    }
  }

  async #readCalls(): Promise<void> {
    for (;;) {
      const { value: call, done } = await this.#calls.next();
      if (done === true) return;
      try {
        await this.#readCall(call);
      } catch (error) {
        if (StepAudioError.isInstance(error)) error.stoppedAtMs = call.startMs;
        throw error;
      }
      this.#open.delete(call);
      this.#slots.release();
    }
  }

  async #readCall({ events, first, endMs, totalMs }: Call): Promise<void> {
    let result = await first;
    while (result.done !== true) {
      this.#requestId = events.requestId;
      this.#queue.push(result.value, 1);
      if (result.value.type === 'final' && endMs !== undefined) {
        const total = totalMs();
        this.#queue.push(
          {
            type: 'progress',
            audioMs: endMs,
            ...(total === undefined ? {} : { totalMs: Math.max(Math.round(total), endMs) }),
          },
          1,
        );
      }
      if (this.#room !== undefined) await this.#room;
      result = await events.next();
    }
  }

  #startPiece(piece: SoundPiece, segment: number, totalMs: () => number | undefined): void {
    const { samples, sampleRate, startMs, endMs } = piece;
    const format = { type: 'pcm', codec: 'pcm_s16le', rate: sampleRate, bits: 16, channel: 1 };
    const bytes = encodePcm16(samples);
    this.#startCall(bytes, format, { segment, startMs, endMs, totalMs });
  }

  #startFile({ bytes, format, durationMs }: SoundFile): void {
    const totalMs = (): number | undefined => durationMs;
    const place = { segment: 0, startMs: 0, endMs: durationMs, totalMs };
    this.#startCall(bytes, { type: format }, place);
  }

  #startCall(
    bytes: Uint8Array,
    format: WireTranscriptionFormat,
    place: Pick<Call, 'startMs' | 'endMs' | 'totalMs'> & { segment: number },
  ): void {
    const { connection, settings, errors, toError, secrets } = this.#parts;
    const { segment, startMs, endMs } = place;
    const events: EventCall<TranscriptionEvent> = new EventCall<TranscriptionEvent>({
      connection,
      request: {
        path: '/audio/asr/sse',
        body: toWireRequest(settings, format, encodeBase64(bytes)),
        secrets,
      },
      signal: this.#abort.signal,
      errors,
      expected: 'transcript',
      createDecoder: (emit) =>
        new CallDecoder({
          segment,
          startMs,
          endMs,
          emit,
          toError: (raw) => toError(raw, events.requestId),
        }),
      sizeOf: () => 1,
      highWater: HIGH_WATER_EVENTS,
    });
    const first = events.next();
    // It is awaited when the calls before are over; until then its failure is nobody's.
    first.catch(() => undefined);
    const call = { events, first, ...place };
    this.#open.add(call);
    this.#calls.push(call, 1);
  }

  readonly #onAbort = (): void => {
    this.#isStarted = true;
    this.#close();
    this.#queue.abort(this.#parts.signal?.reason);
  };

  #finish(): void {
    this.#close();
    this.#queue.end();
  }

  #fail(error: unknown): void {
    if (this.#isClosed) return;
    this.#close();
    this.#queue.fail(error);
  }

  #close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#parts.signal?.removeEventListener('abort', this.#onAbort);
    this.#opener?.cancel();
    this.#calls.close();
    for (const { events } of this.#open) void events.return();
    this.#open.clear();
    this.#abort.abort();
    this.#onRoom?.();
  }
}
