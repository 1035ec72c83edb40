import { decodeBase64 } from '../audio/base64.ts';
import { ConnectionError, ProtocolError, ValidationError } from '../errors.ts';
import type { Connection } from '../net/connection.ts';
import { PullQueue } from '../net/pull-queue.ts';
import { Watchdog } from '../net/timeouts.ts';
import type { SocketChannel, SocketClose } from '../net/web-socket.ts';
import { readSpeechSocketEvent } from '../protocol/speech-socket.ts';
import type { SpeechSocketFormat } from '../protocol/models.ts';
import type { WireSpeechClientEvent, WireSpeechSession } from '../protocol/speech-socket.ts';
import { bytesPerSecond, createSocketAssembler } from './audio-assembler.ts';
import type { AudioAssembler } from './audio-assembler.ts';
import { readAudioDelta } from './audio-delta.ts';
import { AudioIterator, audioOf, toReadableStream } from './audio-iterator.ts';
import { CallErrors, isFailure } from '../net/call-errors.ts';
import { toCloseError } from './close-error.ts';
import { SentenceLedger } from './sentence-ledger.ts';
import { SocketOutbox } from './socket-outbox.ts';
import type { OutboxItem } from './socket-outbox.ts';
import type { SpeechAudioEvent, SpeechClipEvent, SpeechSocketEvent } from './speech-events.ts';
import type { SpeechConnectOptions } from './speech-options.ts';
import { TextGate } from './text-gate.ts';
import {
  DEFAULT_SAMPLE_RATE,
  DEFAULT_SPEECH_MODEL,
  toSentenceEvent,
  toSubtitle,
  toWireSession,
} from './wire-mapping.ts';

/** How much unread audio makes the socket wait. */
const HIGH_WATER_SECONDS = 1;
/** How much audio, unread and still to be made, a socket that cannot wait is given text for; one piece comes on top. */
const MAX_HELD_SECONDS = 6;
/** What an event without audio counts for, so that a flood of them makes the socket wait, too. */
const EVENT_SECONDS = 0.01;
/** The service closes a session after this long without activity. */
const SERVICE_IDLE_MS = 60_000;

/**
 * A speech whose text is still being written. Text goes in with `write`, `flush` and `end`; events come out by
 * iterating, in order, once. The iteration ends when the service has said that it is done, which it does after `end()`
 * (and by itself after 60 s without activity), and throws otherwise.
 *
 * `return()` (which leaving a `for await` calls) and the signal close the socket at once. A slow reader slows the
 * service: the socket is paused, or, where it cannot be, the next text is held back. A socket that was lost is not opened
 * again: what had been written is known to the caller alone.
 */
export class SpeechSocket implements AsyncIterableIterator<SpeechSocketEvent, undefined> {
  readonly format: SpeechSocketFormat;
  readonly sampleRate: number;
  readonly #connection: Connection;
  readonly #channel: SocketChannel;
  readonly #session: WireSpeechSession;
  readonly #signal: AbortSignal | undefined;
  readonly #queue: PullQueue<SpeechSocketEvent>;
  readonly #assembler: AudioAssembler<SpeechAudioEvent | SpeechClipEvent>;
  readonly #outbox: SocketOutbox;
  readonly #watchdog: Watchdog;
  readonly #bytesPerSecond: number;
  readonly #ledger = new SentenceLedger();
  #phase: 'greeting' | 'creating' | 'ready' | 'closed' = 'greeting';
  #hasAudio = false;
  #isInSentence = false;
  #pendingFlushes = 0;
  #saidEnd = false;
  #lastText = '';

  private constructor(
    connection: Connection,
    channel: SocketChannel,
    session: WireSpeechSession,
    options: SpeechConnectOptions,
  ) {
    this.#connection = connection;
    this.#channel = channel;
    this.#session = session;
    this.#signal = options.signal;
    this.format = options.format ?? 'pcm';
    this.sampleRate = options.sampleRate ?? DEFAULT_SAMPLE_RATE;
    this.#bytesPerSecond = bytesPerSecond(this.format, this.sampleRate);
    this.#assembler = createSocketAssembler(this.format, this.sampleRate);
    this.#watchdog = new Watchdog(
      connection.clock,
      (error) => this.#fail(error),
      () => this.requestId,
    );
    this.#queue = new PullQueue({
      highWater: HIGH_WATER_SECONDS,
      onFull: () => {
        if (!channel.canPause) return;
        channel.pause();
        this.#watchdog.suspend();
      },
      onDrained: () => {
        this.#watchdog.resume();
        channel.resume();
      },
    });
    this.#outbox = new SocketOutbox({
      clock: connection.clock,
      send: (item) => this.#send(item),
      unreadSeconds: () => this.#queue.size,
      gate: channel.canPause ? undefined : new TextGate(MAX_HELD_SECONDS, options.speed ?? 1),
    });
  }

  /** Behind `speech.connect()`. */
  static async connect(
    connection: Connection,
    options: SpeechConnectOptions,
  ): Promise<SpeechSocket> {
    const session = toWireSession(options);
    const { signal, model = DEFAULT_SPEECH_MODEL } = options;
    const channel = await connection.openSocket({
      path: '/realtime/audio',
      query: { model },
      signal,
    });
    const socket = new SpeechSocket(connection, channel, session, options);
    socket.#listen();
    return socket;
  }

  /** The service's trace id of this session, where the platform shows it. */
  get requestId(): string | undefined {
    return this.#channel.requestId;
  }

  /**
   * Adds text. It may be of any length and end anywhere; the service is given pieces it takes, cut between sentences
   * where that is possible.
   *
   * @throws {ValidationError} for text with unpaired surrogates or U+0000.
   * @throws {ConnectionError} after `end()` or once the socket is closed; `signal.reason` after an abort.
   */
  write(text: string): void {
    this.#refuseClosed();
    this.#outbox.write(text);
  }

  /** Makes the service speak what it has without waiting for the end of the sentence. */
  flush(): void {
    this.#refuseClosed();
    this.#outbox.flush();
  }

  /**
   * Says that no more text comes. Where nothing but blanks was written, the session simply ends. Calling it again does
   * nothing.
   */
  end(): void {
    if (this.#phase === 'closed') return;
    if (this.#outbox.hasText) this.#outbox.end();
    else this.#finish();
  }

  next(): Promise<IteratorResult<SpeechSocketEvent, undefined>> {
    if (this.#signal?.aborted) this.#onAbort();
    return this.#taken(this.#queue.next());
  }

  return(): Promise<IteratorResult<SpeechSocketEvent, undefined>> {
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

  /**
   * The audio alone, as it arrives. Reads this socket: use one or the other.
   *
   * @throws {ValidationError} for a format whose pieces are clips of their own: those cannot be joined.
   */
  audio(): AudioIterator {
    if (this.format === 'mp3' || this.format === 'opus' || this.format === 'flac') {
      const instead = `${this.format}_stream, or the clip events`;
      throw new ValidationError(
        `Pieces of ${this.format} are files of their own and cannot be joined. Use ${instead}.`,
        { path: 'format', value: this.format, allowed: 'a format that joins', instead },
      );
    }
    return new AudioIterator({
      nextAudio: () => {
        if (this.#signal?.aborted) this.#onAbort();
        return this.#taken(this.#queue.nextOf(audioOf));
      },
      return: () => this.return(),
    });
  }

  /** The audio alone as a platform stream; cancelling it closes the socket. Throws as {@link audio} does. */
  toReadableStream(): ReadableStream<Uint8Array> {
    return toReadableStream(this.audio());
  }

  /** Less is unread than before: more text may leave. */
  #taken<T>(result: T): T {
    this.#outbox.taken();
    return result;
  }

  #listen(): void {
    if (this.#signal?.aborted) {
      this.#channel.close();
      throw this.#signal.reason;
    }
    this.#signal?.addEventListener('abort', this.#onAbort, { once: true });
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
    const delta = readAudioDelta(raw, 'tts.response.audio.delta');
    if (delta !== undefined) {
      this.#takeAudio(delta.audio, delta.duration);
      if (delta.isLast) this.#isInSentence = false;
      return;
    }
    const event = readSpeechSocketEvent(raw);
    switch (event.type) {
      case 'tts.connection.done':
        if (this.#phase === 'greeting') this.#create(event.data.session_id);
        // The documentation once printed this name for the answer to tts.create, too.
        else if (this.#phase === 'creating') this.#becomeReady();
        return;
      case 'tts.response.created':
        if (this.#phase !== 'ready') this.#becomeReady();
        return;
      case 'tts.response.sentence.start':
      case 'tts.response.sentence.end':
        this.#isInSentence = event.type === 'tts.response.sentence.start';
        if (!this.#isInSentence) this.#ledger.spoke(event.data.text);
        this.#watch();
        this.#queue.push(toSentenceEvent(event), EVENT_SECONDS);
        return;
      case 'tts.response.audio.delta':
        if (event.data.audio) this.#takeAudio(event.data.audio, event.data.duration);
        if (event.data.status === 'finished') this.#isInSentence = false;
        return;
      case 'tts.response.subtitle':
        this.#queue.push({ type: 'subtitle', ...toSubtitle(event.data) }, EVENT_SECONDS);
        return;
      case 'tts.text.flushed':
        this.#pendingFlushes = Math.max(0, this.#pendingFlushes - 1);
        this.#watch();
        this.#queue.push({ type: 'flushed' }, EVENT_SECONDS);
        return;
      case 'tts.response.audio.done':
      case 'response.audio.done':
      case 'tts.response.done':
        // Empty, or everything once more.
        if (!this.#hasAudio && event.data?.audio) this.#takeAudio(event.data.audio, undefined);
        this.#onDone();
        return;
      case 'tts.response.error':
        throw this.#toError(raw);
      case 'unknown':
        if (isFailure(raw)) throw this.#toError(raw);
        this.#queue.push(event, EVENT_SECONDS);
    }
  }

  #create(sessionId: string): void {
    this.#phase = 'creating';
    this.#session.session_id = sessionId;
    this.#sendEvent({ type: 'tts.create', data: this.#session });
  }

  #becomeReady(): void {
    this.#phase = 'ready';
    this.#watch();
    this.#outbox.open();
  }

  #takeAudio(base64: string, duration: number | null | undefined): void {
    if (base64 === '') return;
    const bytes = decodeBase64(base64);
    this.#hasAudio = true;
    const event = this.#assembler.push(bytes, duration ?? undefined);
    if (event === undefined) return;
    const seconds = event.durationSeconds ?? bytes.length / this.#bytesPerSecond;
    this.#queue.push(event, seconds);
    this.#outbox.received(seconds);
  }

  #onDone(): void {
    if (!this.#hasAudio && this.#outbox.hasText) {
      throw new ProtocolError('The service said that it was done, and had sent no audio.', {
        code: 'no_audio',
        requestId: this.requestId,
      });
    }
    this.#finish();
  }

  #onClose(close: SocketClose): void {
    if (this.#phase === 'closed') return;
    // Some servers close without the last event; what they had begun to say is then the only witness.
    const mayBeComplete = !this.#isInSentence && this.#ledger.mayBeComplete;
    if (this.#saidEnd && this.#hasAudio && mayBeComplete) {
      this.#finish();
      return;
    }
    this.#fail(toCloseError(close, this.#saidEnd, this.#lastText, this.requestId));
  }

  #send(item: OutboxItem): void {
    const data = { session_id: this.#session.session_id };
    switch (item.type) {
      case 'text':
        this.#lastText = item.text;
        this.#ledger.wrote(item.text);
        this.#sendEvent({ type: 'tts.text.delta', data: { ...data, text: item.text } });
        break;
      case 'flush':
        this.#pendingFlushes += 1;
        this.#sendEvent({ type: 'tts.text.flush', data });
        break;
      case 'end':
        this.#saidEnd = true;
        this.#sendEvent({ type: 'tts.text.done', data });
    }
    this.#watch();
  }

  #sendEvent(event: WireSpeechClientEvent): void {
    this.#channel.send(JSON.stringify(event));
  }

  /** While something is due, the service may not be silent for long; else for as long as it keeps a session open. */
  #watch(): void {
    const { idleMs } = this.#connection.timeouts;
    const isDue = this.#saidEnd || this.#pendingFlushes > 0 || this.#isInSentence;
    this.#watchdog.enter('idle', isDue ? idleMs : SERVICE_IDLE_MS + idleMs);
  }

  #toError(raw: unknown): Error {
    return new CallErrors(this.#connection, [this.#lastText]).fromFailure(raw, this.requestId);
  }

  #refuseClosed(): void {
    if (this.#phase !== 'closed') return;
    this.#signal?.throwIfAborted();
    throw new ConnectionError('The socket is closed.', { code: 'socket_closed', retryable: false });
  }

  readonly #onAbort = (): void => {
    this.#close();
    this.#queue.abort(this.#signal?.reason);
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
    this.#signal?.removeEventListener('abort', this.#onAbort);
    this.#watchdog.stop();
    this.#outbox.close();
    this.#channel.close();
  }
}
