import { randomUUID } from 'node:crypto';
import { decodeBase64 } from '@stepvoice/core/audio';
import type { WebSocket } from 'ws';
import { ExchangeEnded } from '../http/exchange.ts';
import type { Exchange } from '../http/exchange.ts';
import { clip } from '../http/api-error.ts';
import { FrameSink } from '../socket/frame-sink.ts';
import { MessageQueue } from '../socket/message-queue.ts';
import { EventFault } from './event-fault.ts';
import { parseClientEvent, readSession } from './read-client-event.ts';
import type { ClientEvent } from './read-client-event.ts';
import { Segment } from './segment.ts';
import { defaultSettings, toWireSession, updateSettings } from './session-settings.ts';
import type { SessionSettings } from './session-settings.ts';
import { createSoundReader } from './sound-reader.ts';
import type { SoundReader } from './sound-reader.ts';
import { createTranscriptionDialect, errorEvent } from './transcription-dialect.ts';
import type { TranscriptionServerEvent } from './transcription-dialect.ts';
import { TurnTracker } from './turn-tracker.ts';

/** The service publishes none of these; its error codes say that there are such limits. */
const IDLE_MS = 60_000;
const PING_MS = 30_000;
const PONG_MS = 60_000;
/** Answers not yet taken by the client before its next message is read. */
const MOST_WAITING_FRAMES = 64;
/** Segments whose text is still being found before the next message is read. */
const MOST_WAITING_SEGMENTS = 4;
/** As much as one call may have on the other endpoints of the same models. */
const LONGEST_SEGMENT_SECONDS = 1800;

/** One connection to `GET /realtime/asr/stream`. */
export class TranscriptionSession {
  readonly #exchange: Exchange;
  readonly #socket: WebSocket;
  readonly #sink: FrameSink<TranscriptionServerEvent>;
  readonly #messages: MessageQueue;
  #settings: SessionSettings;
  #reader: SoundReader;
  /** Where the server looks for turns. */
  #tracker: TurnTracker | undefined;
  /** Being spoken, or waiting for a commit. */
  #segment: Segment | undefined;
  #previousItemId = '';
  #isFirstUpdate = true;
  /** Ends of segments that are being told. */
  readonly #ending = new Set<Promise<void>>();
  #cancelIdle: () => void = () => undefined;
  #cancelPing: () => void = () => undefined;

  constructor(exchange: Exchange, socket: WebSocket, model: string | undefined) {
    const { clock } = exchange.context;
    this.#exchange = exchange;
    this.#socket = socket;
    this.#settings = defaultSettings(model);
    this.#reader = createSoundReader(this.#settings.format);
    const dialect = createTranscriptionDialect(clock, `sess_${randomUUID()}`);
    this.#sink = new FrameSink(exchange, socket, dialect);
    this.#messages = new MessageQueue(exchange, socket, (message) => this.#receive(message));
    exchange.record.model = model;
  }

  /** Greets the client and serves it; everything else happens as messages come. */
  start(): void {
    this.#exchange.signal.addEventListener('abort', () => this.#free());
    this.#socket.on('pong', () => this.#expectPing());
    this.#messages.start((work) => this.#settle(work));
    // There is no event that ends a session: a client that leaves while nothing is owed to it has ended it.
    this.#exchange.markComplete();
    this.#touch();
    this.#expectPing();
    this.#settle(this.#greet());
  }

  async #greet(): Promise<void> {
    await this.#sink.reach('open');
    await this.#sink.send({ type: 'session.created', session: toWireSession(this.#settings) });
    await this.#sink.reach('connected');
  }

  async #receive(message: Uint8Array): Promise<void> {
    this.#touch();
    let eventId: string | undefined;
    try {
      const event = parseClientEvent(message);
      const { event_id: id } = event.fields;
      if (typeof id === 'string') eventId = id;
      else if (this.#exchange.context.strict) {
        throw new EventFault('event_id is required', { code: 'missing_param', param: 'event_id' });
      }
      await this.#obey(event);
    } catch (error) {
      if (!(error instanceof EventFault)) throw error;
      const { code, message: text, param } = error;
      this.#send(
        errorEvent({ type: 'invalid_request_error', code, message: text, param, eventId }),
      );
    }
    if (this.#ending.size >= MOST_WAITING_SEGMENTS) await Promise.race(this.#ending);
    if (this.#sink.waiting > MOST_WAITING_FRAMES) await this.#sink.drained();
  }

  async #obey({ type, fields }: ClientEvent): Promise<void> {
    if (type === 'session.update') return this.#update(fields['session']);
    if (type === 'input_audio_buffer.append') return this.#append(fields['audio']);
    if (type === 'input_audio_buffer.commit') return this.#commit();
    // There are no other events, one that would end the session neither; the answer is that of an older protocol.
    this.#send({
      type: 'transcript.response.error',
      data: { code: 'invalid_event', error: `event type ${clip(type)} is not supported` },
    });
  }

  async #update(session: unknown): Promise<void> {
    const old = this.#settings;
    const settings = updateSettings(old, readSession(session));
    const isOtherSound = JSON.stringify(settings.format) !== JSON.stringify(old.format);
    const isOtherTurns = JSON.stringify(settings.turns) !== JSON.stringify(old.turns);
    if (isOtherSound || isOtherTurns) await this.#closeSegment();
    this.#settings = settings;
    if (isOtherSound) {
      this.#reader.close();
      this.#reader = createSoundReader(settings.format);
    }
    if (isOtherSound || isOtherTurns) {
      this.#tracker =
        settings.turns === undefined
          ? undefined
          : new TurnTracker(this.#reader.sampleRate, settings.turns);
    }
    const { record } = this.#exchange;
    record.model = settings.model;
    record.format = settings.format.type;
    record.sampleRate = this.#reader.sampleRate;
    this.#send({ type: 'session.updated', session: toWireSession(settings) });
    if (!this.#isFirstUpdate) return;
    this.#isFirstUpdate = false;
    this.#settle(this.#sink.reach('created'));
  }

  async #append(audio: unknown): Promise<void> {
    if (audio === undefined || audio === null || audio === '') {
      throw new EventFault('audio is required', { code: 'missing_param', param: 'audio' });
    }
    if (typeof audio !== 'string') {
      throw new EventFault('audio is not valid: expected base64', {
        code: 'invalid_value',
        param: 'audio',
      });
    }
    this.#listen(await this.#reader.push(decodeAudio(audio)));
  }

  #listen(samples: Int16Array): void {
    const { context, record, signal } = this.#exchange;
    signal.throwIfAborted();
    context.ledger.heard(record, samples.length / this.#reader.sampleRate);
    if (this.#tracker === undefined) return this.#collect(samples);
    for (const step of this.#tracker.push(samples)) {
      if (step.type === 'started') this.#openTurn(step.atMs);
      if (step.type === 'stopped') this.#closeTurn(step.atMs);
      if (step.type !== 'sound' || this.#segment === undefined) continue;
      for (const event of this.#segment.push(step.samples)) this.#send(event);
      if (this.#segment.seconds < LONGEST_SEGMENT_SECONDS) continue;
      this.#closeTurn(step.endMs);
      this.#tracker.restart();
    }
  }

  /** Nothing is told of what the client has not committed yet. */
  #collect(samples: Int16Array): void {
    const segment = (this.#segment ??= this.#createSegment());
    if (segment.seconds + samples.length / this.#reader.sampleRate > LONGEST_SEGMENT_SECONDS) {
      throw new EventFault('the input audio buffer is full: commit it', {
        code: 'invalid_value',
        param: 'audio',
      });
    }
    segment.collect(samples);
  }

  #openTurn(atMs: number): void {
    this.#segment = this.#createSegment();
    const { itemId } = this.#segment;
    this.#send({
      type: 'input_audio_buffer.speech_started',
      audio_start_ms: atMs,
      item_id: itemId,
    });
    this.#sendItem(itemId);
  }

  #closeTurn(atMs: number): void {
    const segment = this.#segment;
    if (segment === undefined) return;
    this.#send({
      type: 'input_audio_buffer.speech_stopped',
      item_id: segment.itemId,
      // The documentation's sample names the end so.
      audio_start_ms: atMs,
      ...(!this.#exchange.context.strict && { audio_end_ms: atMs }),
    });
    this.#sendCommitted(segment.itemId);
    this.#endSegment(segment, false);
  }

  async #commit(): Promise<void> {
    // Under the server's own detection a commit is passed over without a word.
    if (this.#tracker !== undefined) return;
    const rest = await this.#reader.flush();
    if (rest.length > 0) this.#listen(rest);
    const segment = this.#segment;
    if (segment === undefined || segment.seconds === 0) {
      throw new EventFault('the input audio buffer is empty', { code: 'invalid_value' });
    }
    this.#sendCommitted(segment.itemId);
    this.#sendItem(segment.itemId);
    this.#endSegment(segment, true);
  }

  /** Ends what is open before the session changes under it. */
  async #closeSegment(): Promise<void> {
    if (this.#segment === undefined) return;
    if (this.#tracker === undefined) await this.#commit();
    else this.#closeTurn(this.#tracker.nowMs);
  }

  #createSegment(): Segment {
    const { context, signal } = this.#exchange;
    this.#exchange.markComplete(false);
    return new Segment(context.ear, this.#settings, {
      sampleRate: this.#reader.sampleRate,
      signal,
    });
  }

  /** @param isSilent whether nothing of the text was told while it was spoken. */
  #endSegment(segment: Segment, isSilent: boolean): void {
    this.#previousItemId = segment.itemId;
    this.#segment = undefined;
    this.#settle(this.#sink.reach('text-done'));
    const ending = this.#tell(segment, isSilent).finally(() => {
      segment.free();
      this.#ending.delete(settled);
      if (this.#ending.size === 0 && this.#segment === undefined) this.#exchange.markComplete();
    });
    // Who waits for it waits for its end, whatever that is.
    const settled = ending.catch(() => undefined);
    this.#ending.add(settled);
    this.#settle(ending);
  }

  async #tell(segment: Segment, isSilent: boolean): Promise<void> {
    const heard = await segment.end();
    if ('type' in heard) return this.#sink.send(heard);
    if (isSilent) for (const event of segment.replay(heard)) await this.#sink.send(event);
    if (this.#exchange.faults.get('missing-end') !== undefined) return;
    for (const event of segment.completed(heard)) await this.#sink.send(event);
  }

  #sendItem(itemId: string): void {
    this.#send({
      type: 'conversation.item.created',
      previous_item_id: this.#previousItemId,
      item: {
        id: itemId,
        object: 'realtime.item',
        type: 'message',
        status: 'in_progress',
        role: 'user',
        content: [{ type: 'input_audio' }],
      },
    });
  }

  #sendCommitted(itemId: string): void {
    this.#send({
      type: 'input_audio_buffer.committed',
      item_id: itemId,
      previous_item_id: this.#previousItemId,
    });
  }

  #send(event: TranscriptionServerEvent): void {
    this.#settle(this.#sink.send(event));
  }

  /** Puts the idle time off. */
  #touch(): void {
    this.#cancelIdle();
    if (this.#exchange.signal.aborted) return;
    this.#cancelIdle = this.#exchange.context.clock.after(IDLE_MS, () =>
      this.#giveUp('max_idle_timeout', `nothing came for ${IDLE_MS / 1000} seconds`),
    );
  }

  /** Asks the client after a while whether it is still there. */
  #expectPing(): void {
    this.#cancelPing();
    if (this.#exchange.signal.aborted) return;
    const { clock } = this.#exchange.context;
    this.#cancelPing = clock.after(PING_MS, () => {
      if (this.#socket.readyState === this.#socket.OPEN) this.#socket.ping();
      this.#cancelPing = clock.after(PONG_MS, () =>
        this.#giveUp('pong_timeout', `a ping was not answered for ${PONG_MS / 1000} seconds`),
      );
    });
  }

  #giveUp(code: string, message: string): void {
    this.#cancelIdle();
    this.#cancelPing();
    this.#send(errorEvent({ type: 'invalid_request_error', code, message }));
    this.#settle(this.#sink.close(1000));
  }

  #free(): void {
    this.#cancelIdle();
    this.#cancelPing();
    this.#segment?.free();
    this.#segment = undefined;
    this.#reader.close();
  }

  /** Looks after work that nobody waits for. */
  #settle(work: Promise<void>): void {
    work.catch((error: unknown) => {
      if (error instanceof ExchangeEnded || this.#exchange.signal.aborted) return;
      const event = errorEvent({
        type: 'internal_error',
        code: 'internal_error',
        message: 'internal error',
      });
      this.#sink.send(event).catch(() => undefined);
    });
  }
}

function decodeAudio(audio: string): Uint8Array {
  try {
    return decodeBase64(audio);
  } catch {
    throw new EventFault('audio is not valid: expected base64', {
      code: 'invalid_value',
      param: 'audio',
    });
  }
}
