import { ConnectionError, ProtocolError } from '../errors.ts';
import { CallErrors, isFailure } from '../net/call-errors.ts';
import type { Connection } from '../net/connection.ts';
import { PullQueue } from '../net/pull-queue.ts';
import { Watchdog } from '../net/timeouts.ts';
import type { SocketChannel, SocketClose } from '../net/web-socket.ts';
import { findModel } from '../protocol/models.ts';
import { readTranscriptionSocketEvent } from '../protocol/transcription-socket.ts';
import type {
  WireTranscriptionSession,
  WireTranscriptionSocketEvent,
} from '../protocol/transcription-socket.ts';
import { toValidationError } from '../protocol/validation-error.ts';
import { toFailure } from './failure.ts';
import type { Segment } from './segment-ledger.ts';
import { toCloseError, toStallError } from './socket-errors.ts';
import { SocketInput } from './socket-input.ts';
import { SocketSegments } from './socket-segments.ts';
import type { TranscriptionEvent } from './transcription-event.ts';
import type { TranscriptionConnectOptions } from './transcription-options.ts';
import { DEFAULT_TRANSCRIPTION_SOCKET_MODEL, toWireSession } from './wire-mapping.ts';

type Wire<Type extends string> = Extract<WireTranscriptionSocketEvent, { type: Type }>;

/** How many unread events make the socket wait. */
const HIGH_WATER_EVENTS = 256;
/** How long the service may take to hear something in the rest of the sound, once all of it has left. */
const QUIET_MS = 2000;
/** A segment that ends so shortly before the last sound is the last. */
const LAST_WORDS_MS = 300;

/**
 * Sound that is still being made, transcribed as it comes. Sound goes in with `write`, segments end with `commit` or,
 * under `turnDetection`, by themselves; events come out by iterating, in order, once. After `end()` the iteration ends
 * when the last segment has its final text, and throws otherwise.
 *
 * A segment's `partial` texts may change, its one `final` text does not. Times count from the first sample written, at
 * whatever rate that was. The service does not say whether its word times count from the segment or the session: they are
 * taken for the segment's until they show otherwise.
 *
 * `return()` (which leaving a `for await` calls) and the signal close the socket at once. A socket that was lost is not
 * opened again: what had been said is known to the caller alone.
 */
export class TranscriptionSocket implements AsyncIterableIterator<TranscriptionEvent, undefined> {
  readonly #connection: Connection;
  readonly #channel: SocketChannel;
  readonly #session: WireTranscriptionSession;
  readonly #options: TranscriptionConnectOptions;
  readonly #queue: PullQueue<TranscriptionEvent>;
  readonly #input: SocketInput;
  readonly #segments: SocketSegments;
  readonly #watchdog: Watchdog;
  readonly #errors: CallErrors;
  #phase: 'greeting' | 'configuring' | 'ready' | 'closed' = 'greeting';
  #hasEnded = false;
  #cancelQuiet: (() => void) | undefined;

  private constructor(
    connection: Connection,
    channel: SocketChannel,
    session: WireTranscriptionSession,
    options: TranscriptionConnectOptions,
  ) {
    this.#connection = connection;
    this.#channel = channel;
    this.#session = session;
    this.#options = options;
    const { model = DEFAULT_TRANSCRIPTION_SOCKET_MODEL, prompt = '' } = options;
    this.#errors = new CallErrors(connection, [prompt]);
    this.#watchdog = new Watchdog(
      connection.clock,
      (error) => this.#fail(error),
      () => this.requestId,
    );
    this.#input = new SocketInput({
      clock: connection.clock,
      options,
      send: (text) => channel.send(text),
      bufferedBytes: () => channel.bufferedAmount,
      patienceMs: connection.timeouts.idleMs,
      onStall: () => this.#fail(toStallError(connection.timeouts.idleMs, this.requestId)),
      onSent: () => this.#onSent(),
    });
    this.#segments = new SocketSegments({
      kind: findModel(model)?.transcription?.partials,
      timeline: this.#input.timeline,
      emit: (event) => this.#queue.push(event, 1),
    });
    this.#queue = new PullQueue({
      highWater: HIGH_WATER_EVENTS,
      onFull: () => {
        // What is not sent is not transcribed: the way to slow a socket that cannot be paused.
        if (!channel.canPause) this.#input.hold();
        channel.pause();
        this.#watchdog.suspend();
      },
      onDrained: () => {
        this.#watchdog.resume();
        channel.resume();
        this.#input.release();
      },
    });
  }

  /** Behind `transcription.connect()`. */
  static async connect(
    connection: Connection,
    options: TranscriptionConnectOptions,
  ): Promise<TranscriptionSocket> {
    const session = toWireSession(options);
    const { signal } = options;
    const channel = await connection.openSocket({
      path: '/realtime/asr/stream',
      query: {},
      signal,
    });
    const socket = new TranscriptionSocket(connection, channel, session, options);
    socket.#listen();
    return socket;
  }

  /** The service's trace id of this session, where the platform shows it. */
  get requestId(): string | undefined {
    return this.#channel.requestId;
  }

  /**
   * Adds sound: samples, or bytes of PCM (signed 16 bit, little endian, mono), which may end inside a sample, or of WAV.
   * In format `ogg`, bytes of one Ogg Opus stream.
   *
   * @param sampleRate of these samples, where it is another than that of `connect()`
   * @returns whether more is welcome; where it is not, `drained()` tells when. Up to ten minutes are held all the same.
   * @throws {ValidationError} for what is no sound.
   * @throws {ConnectionError} after `end()`, once the socket is closed, and when too much is held; `signal.reason` after
   *   an abort.
   */
  write(sound: Int16Array | Uint8Array, sampleRate?: number): boolean {
    this.#refuseClosed();
    this.#input.write(sound, sampleRate);
    return this.#input.hasRoom;
  }

  /** Resolves when `write()` is welcome again, or the socket is closed. */
  drained(): Promise<void> {
    return this.#input.drained();
  }

  /**
   * Ends the segment: what was written since the last one is transcribed, and becomes final.
   *
   * @throws {ValidationError} under `turnDetection`, where the service ends segments by itself and ignores this, and when
   *   nothing was written since the last commit.
   * @throws {ConnectionError} after `end()` or once the socket is closed; `signal.reason` after an abort.
   */
  commit(): void {
    this.#refuseClosed();
    if (this.#options.turnDetection) {
      throw toValidationError({
        path: 'turnDetection',
        value: undefined,
        allowed:
          'null for commit(); under turnDetection the service ends segments, and end() the last',
      });
    }
    this.#input.flush();
    if (!this.#input.hasUncommitted) {
      throw toValidationError({
        path: 'commit()',
        value: undefined,
        allowed: 'sound that was written since the last commit, and there is none',
      });
    }
    this.#commit();
    this.#watch();
  }

  /**
   * Says that no more sound comes: the last segment is closed, by `silenceDurationMs` of silence under `turnDetection`.
   * Where nothing was written, the session simply ends. Calling it again does nothing.
   */
  end(): void {
    if (this.#phase === 'closed' || this.#hasEnded) return;
    this.#input.flush();
    this.#hasEnded = true;
    if (!this.#options.turnDetection && this.#input.hasUncommitted) this.#commit();
    this.#input.end();
    this.#watch();
    this.#mayBeOver();
  }

  next(): Promise<IteratorResult<TranscriptionEvent, undefined>> {
    if (this.#options.signal?.aborted) this.#onAbort();
    return this.#queue.next();
  }

  return(): Promise<IteratorResult<TranscriptionEvent, undefined>> {
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

  #listen(): void {
    const { signal } = this.#options;
    if (signal?.aborted) {
      this.#channel.close();
      throw signal.reason;
    }
    signal?.addEventListener('abort', this.#onAbort, { once: true });
    this.#watchdog.enter('first-byte', this.#connection.timeouts.firstByteMs);
    this.#channel.listen({
      onMessage: (text) => this.#onMessage(text),
      onClose: (close) => this.#onClose(close),
    });
  }

  #onMessage(text: string): void {
    if (this.#phase === 'closed') return;
    this.#watchdog.touch();
    try {
      this.#take(JSON.parse(text));
    } catch (error) {
      // The parser's own words would repeat what it could not read.
      const isSyntax = error instanceof SyntaxError;
      this.#fail(
        isSyntax
          ? new ProtocolError('The service sent a message that is no JSON.', {
              code: 'malformed_event',
              requestId: this.requestId,
            })
          : error,
      );
    }
  }

  #take(raw: unknown): void {
    const event = readTranscriptionSocketEvent(raw);
    switch (event.type) {
      case 'session.created':
        if (this.#phase === 'greeting') this.#configure();
        return;
      case 'session.updated':
        if (this.#phase === 'configuring') this.#becomeReady();
        return;
      case 'input_audio_buffer.speech_started':
        this.#segments.onSpeechStarted(event);
        break;
      case 'input_audio_buffer.speech_stopped':
        this.#segments.onSpeechStopped(event);
        break;
      case 'input_audio_buffer.committed':
        this.#segments.onItem(event.item_id);
        break;
      case 'conversation.item.created':
        this.#segments.onItem(event.item?.id);
        break;
      case 'conversation.item.input_audio_transcription.delta':
        this.#segments.onDelta(event);
        break;
      case 'conversation.item.input_audio_transcription.completed':
        this.#segments.onCompleted(event);
        break;
      case 'conversation.item.input_audio_transcription.failed':
        this.#segments.onFailed(event.item_id, this.#toError(raw));
        break;
      case 'transcript.response.error':
        throw this.#toError(raw);
      case 'error':
        this.#onError(event, raw);
        break;
      case 'unknown':
        if (isFailure(raw)) throw this.#toError(raw);
        this.#queue.push(event, 1);
    }
    this.#watch();
    this.#mayBeOver();
  }

  #configure(): void {
    this.#phase = 'configuring';
    this.#input.sendEvent({ type: 'session.update', session: this.#session });
  }

  #becomeReady(): void {
    this.#phase = 'ready';
    this.#input.open();
    this.#watch();
    this.#mayBeOver();
  }

  #commit(): void {
    const number = this.#segments.commits;
    const { startMs, endMs } = this.#input.endSegment();
    // Before it leaves: with it all may be sent, and only what is waited for keeps the socket open.
    this.#segments.onCommit(startMs, endMs);
    this.#input.sendCommit(number);
  }

  /** One commit that was refused takes its segment with it; anything else that is refused, the session. */
  #onError(event: Wire<'error'>, raw: unknown): void {
    const about = (event.error as { event_id?: unknown } | null | undefined)?.event_id;
    const commit = typeof about === 'string' ? this.#input.commitOf(about) : undefined;
    const error = this.#toError(raw);
    if (commit === undefined) throw error;
    this.#segments.onRefused(commit, error);
  }

  /** While something is due, the service may not be silent for long. It need not say anything while nobody speaks. */
  #watch(): void {
    if (this.#phase !== 'ready') return;
    const isDue = this.#options.turnDetection ? this.#isTurnDue() : this.#segments.unanswered > 0;
    if (isDue) this.#watchdog.enter('idle', this.#connection.timeouts.idleMs);
    else this.#watchdog.stop();
  }

  #isTurnDue(): boolean {
    const { last, open } = this.#segments;
    return open > 0 && (this.#hasEnded || last?.endMs !== undefined);
  }

  /** Everything was given to the socket for now. */
  #onSent(): void {
    if (this.#phase === 'ready') this.#mayBeOver();
  }

  /** After `end()`: ends where nothing can follow any more. */
  #mayBeOver(): void {
    if (!this.#hasEnded || this.#phase === 'closed') return;
    this.#cancelQuiet?.();
    this.#cancelQuiet = undefined;
    if (!this.#input.hasSound) {
      this.#finish();
      return;
    }
    if (this.#phase !== 'ready' || !this.#input.isSent) return;
    const { turnDetection, fullRerun } = this.#options;
    const isOpen = turnDetection ? this.#segments.open > 0 : this.#segments.unanswered > 0;
    if (isOpen) return;
    const isLast = !turnDetection || this.#reachesEnd(this.#segments.last);
    if (isLast && fullRerun !== true) this.#finish();
    // Nothing says that the service has heard everything: it is given time to begin another segment, or a correction.
    else this.#cancelQuiet = this.#connection.clock.after(QUIET_MS, () => this.#onQuiet());
  }

  #onQuiet(): void {
    // What still lies in the socket's buffer has not been heard.
    if (this.#channel.bufferedAmount > 0) this.#mayBeOver();
    else this.#finish();
  }

  /** Whether nothing behind this segment could be speech. */
  #reachesEnd(segment: Segment | undefined): boolean {
    const { lastSoundMs } = this.#input;
    if (segment?.endMs === undefined) return lastSoundMs === 0;
    return this.#segments.toInputMs(segment.endMs) >= lastSoundMs - LAST_WORDS_MS;
  }

  #onClose(close: SocketClose): void {
    if (this.#phase === 'closed') return;
    const isComplete =
      this.#hasEnded &&
      this.#phase === 'ready' &&
      this.#input.isSent &&
      this.#segments.open === 0 &&
      this.#segments.unanswered <= 0;
    if (isComplete) this.#finish();
    else this.#fail(toCloseError(close, this.#hasEnded, this.#options.prompt, this.requestId));
  }

  #toError(raw: unknown) {
    return toFailure(raw, {
      connection: this.#connection,
      errors: this.#errors,
      secrets: [this.#options.prompt ?? ''],
      requestId: this.requestId,
    });
  }

  #refuseClosed(): void {
    if (this.#phase === 'closed') {
      this.#options.signal?.throwIfAborted();
      throw new ConnectionError('The socket is closed.', {
        code: 'socket_closed',
        retryable: false,
      });
    }
    if (this.#hasEnded) {
      throw new ConnectionError('The socket takes no more sound after end().', {
        code: 'socket_ended',
        retryable: false,
      });
    }
  }

  readonly #onAbort = (): void => {
    this.#close();
    this.#queue.abort(this.#options.signal?.reason);
  };

  #finish(): void {
    this.#close();
    this.#queue.end();
  }

  #fail(error: unknown): void {
    this.#close();
    this.#queue.fail(error);
  }

  #close(): void {
    if (this.#phase === 'closed') return;
    this.#phase = 'closed';
    this.#options.signal?.removeEventListener('abort', this.#onAbort);
    this.#watchdog.stop();
    this.#cancelQuiet?.();
    this.#input.close();
    this.#channel.close();
  }
}
