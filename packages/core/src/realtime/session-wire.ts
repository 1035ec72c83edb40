import { ConnectionError, ProtocolError, ServiceError } from '../errors.ts';
import type { StepAudioError } from '../errors.ts';
import type { Connection } from '../net/connection.ts';
import type { SocketChannel, SocketClose } from '../net/web-socket.ts';
import type { WireRealtimeClientEvent } from '../protocol/realtime-client-events.ts';
import type { WireRealtimeItem } from '../protocol/realtime-items.ts';
import { readRealtimeServerEvent } from '../protocol/realtime-server-events.ts';
import type {
  WireRealtimeError,
  WireRealtimeServerEvent,
} from '../protocol/realtime-server-events.ts';
import type { UnknownMessage } from '../protocol/received.ts';
import type { AudioFrame } from './audio-input.ts';
import { KeepAlive } from './keep-alive.ts';
import {
  ONGOING_RESPONSE_CODE,
  RequestLedger,
  isNothingToCancel,
  isOngoingResponse,
} from './request-ledger.ts';
import type { PendingRequest, RequestKind } from './request-ledger.ts';
import { WireOutbox } from './wire-outbox.ts';

/** What the service is sent, without the id that it gets on the way. */
type ClientEvent = WireRealtimeClientEvent extends infer Event
  ? Event extends unknown
    ? Omit<Event, 'event_id'> & { type: string }
    : never
  : never;

export type WireHandlers = {
  /** Every event but errors, with what it was the answer to. */
  onEvent: (
    event: WireRealtimeServerEvent | UnknownMessage,
    request: PendingRequest | undefined,
  ) => void;
  /** An error that nobody waits for, or a message that cannot be read. */
  onError: (error: StepAudioError) => void;
  /** The service was still speaking when it was asked for a response, and seemed to have begun it. */
  onOngoingResponse: (eventId: string | undefined) => void;
  /** Called once, unless we closed it ourselves. */
  onClose: (error: ConnectionError) => void;
  /** Whether an item is none that is known already, so that it may be one that was asked for. */
  isNewItem: (item: WireRealtimeItem) => boolean;
  /** Something was asked for or answered, or all sound is sent. */
  onChange: () => void;
};

/** Of how many texts of the caller's an error of the service is searched. */
const MAX_SECRETS = 64;

/** One socket of a realtime session: what is sent over it, what comes back, and what belongs together of that. */
export class SessionWire {
  readonly #connection: Connection;
  readonly #channel: SocketChannel;
  readonly #ledger: RequestLedger;
  readonly #outbox: WireOutbox;
  readonly #keepAlive: KeepAlive;
  readonly #ids = new Set<string>();
  #nextId = 1;
  #secrets: string[] = [];
  #handlers: WireHandlers | undefined;
  /** What came before there were handlers. */
  #early: (() => void)[] = [];
  #isClosed = false;
  #closeReason: unknown;
  readonly #greeted = Promise.withResolvers<void>();

  constructor(connection: Connection, channel: SocketChannel, keepAliveMs: number) {
    this.#connection = connection;
    this.#channel = channel;
    const { clock, timeouts } = connection;
    const onChange = (): void => this.#handlers?.onChange();
    this.#ledger = new RequestLedger({ clock, limitMs: timeouts.idleMs, onChange });
    this.#outbox = new WireOutbox(clock, channel, onChange);
    this.#keepAlive = new KeepAlive({
      clock,
      channel,
      intervalMs: keepAliveMs,
      onLost: () => this.#onLost(),
    });
    // It may fail before somebody asks for it.
    this.#greeted.promise.catch(() => undefined);
    channel.listen({
      onMessage: (text) => this.#onMessage(text),
      onClose: (close) => this.#onClose(close),
    });
  }

  /** Resolves when the service has said `session.created`. */
  get greeted(): Promise<void> {
    return this.#greeted.promise;
  }

  get requestId(): string | undefined {
    return this.#channel.requestId;
  }

  get canPause(): boolean {
    return this.#channel.canPause;
  }

  /** How much is asked for and not answered. */
  get pendingRequests(): number {
    return this.#ledger.size;
  }

  /** Sound that the network has not taken yet. */
  get unsentSamples(): number {
    return this.#outbox.unsentSamples;
  }

  /** Hands over what comes from now on, and what has come already. */
  listen(handlers: WireHandlers): void {
    this.#handlers = handlers;
    for (const replay of this.#early.splice(0)) replay();
  }

  /** Asks for something that the service answers. Rejects when it refuses, does not answer, or is closed. */
  request(
    kind: RequestKind,
    event: ClientEvent,
    about: Pick<PendingRequest, 'item' | 'itemId'> = {},
  ): Promise<WireRealtimeServerEvent> {
    if (this.#isClosed) return Promise.reject(this.#closeReason);
    const eventId = this.#newId();
    const answer = this.#ledger.add({ kind, eventId, ...about });
    const text = JSON.stringify({ event_id: eventId, ...event });
    if (kind === 'cancel') this.#outbox.sendNow(text);
    else this.#outbox.send(text);
    return answer;
  }

  append(frame: AudioFrame): void {
    if (this.#isClosed) return;
    const event = {
      event_id: this.#newId(),
      type: 'input_audio_buffer.append',
      audio: frame.base64,
    };
    this.#outbox.send(JSON.stringify(event), frame);
  }

  /** Forgets sound that has not left yet. */
  dropUnsentAudio(): void {
    this.#outbox.dropAudio();
  }

  /** What must not be repeated in an error, even if the service does. */
  hide(text: string): void {
    this.#secrets.push(text);
    if (this.#secrets.length > MAX_SECRETS) this.#secrets.shift();
  }

  pause(): void {
    this.#keepAlive.setPaused(true);
    this.#channel.pause();
  }

  resume(): void {
    this.#keepAlive.setPaused(false);
    this.#channel.resume();
  }

  /** Closes at once. Whoever waits for an answer is told `reason`. */
  close(reason: unknown): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#closeReason = reason;
    this.#keepAlive.stop();
    this.#outbox.close();
    this.#channel.close();
    this.#early = [];
    this.#greeted.reject(reason);
    this.#ledger.close(reason);
  }

  #newId(): string {
    const id = `event_${this.#nextId}`;
    this.#nextId += 1;
    this.#ids.add(id);
    // An error follows what it is about soon: older ids are of no use.
    if (this.#ids.size > 4096) {
      for (const oldest of this.#ids) {
        this.#ids.delete(oldest);
        break;
      }
    }
    return id;
  }

  #onMessage(text: string): void {
    if (this.#isClosed) return;
    this.#keepAlive.touch();
    let event: WireRealtimeServerEvent | UnknownMessage;
    try {
      event = readRealtimeServerEvent(JSON.parse(text));
    } catch (error) {
      const failure = this.#toReadingError(error);
      // While the session is set up, what cannot be read may be what is waited for.
      if (this.#handlers === undefined) this.close(failure);
      else this.#handlers.onError(failure);
      return;
    }
    if (event.type === 'error') {
      this.#onError(event.error);
      return;
    }
    if (event.type === 'session.created') this.#greeted.resolve();
    const request =
      event.type === 'unknown'
        ? undefined
        : this.#ledger.answer(event, (item) => this.#handlers?.isNewItem(item) ?? true);
    this.#whenHandled((handlers) => handlers.onEvent(event, request));
  }

  #onError(wire: WireRealtimeError): void {
    const request = this.#ledger.blame(wire, (id) => this.#ids.has(id));
    if (isNothingToCancel(wire)) {
      // What was to be ended has ended by itself.
      if (request?.kind === 'cancel') this.#ledger.settle(request, { type: 'error', error: wire });
      return;
    }
    if (isOngoingResponse(wire) && request === undefined) {
      this.#whenHandled((handlers) => handlers.onOngoingResponse(wire.event_id));
      return;
    }
    const error = this.#toServiceError(wire);
    if (request !== undefined) this.#ledger.reject(request, error);
    // Nobody waits for the answer to a truncation.
    if (request === undefined || request.kind === 'truncate') {
      this.#whenHandled((handlers) => handlers.onError(error));
    }
  }

  #onClose({ code, reason, cause }: SocketClose): void {
    const said = this.#toServiceError({ message: reason }).message;
    const why = reason === '' ? '' : ` ${said}`;
    this.#fail(
      new ConnectionError(`The service closed the session (code ${code}).${why}`, {
        code: 'socket_closed',
        closeCode: code,
        requestId: this.requestId,
        cause,
      }),
    );
  }

  #onLost(): void {
    this.#fail(
      new ConnectionError('The connection is lost: the service answers no pings.', {
        code: 'connection_lost',
        requestId: this.requestId,
      }),
    );
  }

  #fail(error: ConnectionError): void {
    if (this.#isClosed) return;
    // What had come before must come out before.
    const early = this.#early;
    this.close(error);
    if (this.#handlers === undefined)
      this.#early = [...early, () => this.#handlers?.onClose(error)];
    else this.#handlers.onClose(error);
  }

  #whenHandled(tell: (handlers: WireHandlers) => void): void {
    const replay = (): void => {
      if (this.#handlers !== undefined) tell(this.#handlers);
    };
    if (this.#handlers === undefined) this.#early.push(replay);
    else replay();
  }

  #toReadingError(error: unknown): StepAudioError {
    if (error instanceof ProtocolError) return error;
    // The parser's own words would repeat what it could not read.
    return new ProtocolError('The service sent a message that is no JSON.', {
      code: 'malformed_event',
      requestId: this.requestId,
    });
  }

  #toServiceError(wire: WireRealtimeError): StepAudioError {
    const failure = this.#connection.readFailure({ error: wire }) ?? {
      message: '',
      blocked: false,
    };
    const context = { requestId: this.requestId, secrets: this.#secrets };
    const error = this.#connection.toEventError(failure, context);
    if (!isOngoingResponse(wire)) return error;
    return new ServiceError(error.message, {
      code: ONGOING_RESPONSE_CODE,
      requestId: this.requestId,
      retryable: true,
    });
  }
}
