import type { ConnectionError, StepAudioError } from '../errors.ts';
import type { Connection } from '../net/connection.ts';
import { Watchdog } from '../net/timeouts.ts';
import type { WireRealtimeServerEvent } from '../protocol/realtime-server-events.ts';
import type { WireRealtimeSessionPatch } from '../protocol/realtime-session.ts';
import type { UnknownMessage } from '../protocol/received.ts';
import type { AudioFrame } from './audio-input.ts';
import { ConversationState } from './conversation-state.ts';
import { EventOutlet } from './event-outlet.ts';
import { HandOver } from './hand-over.ts';
import type { Successor } from './hand-over.ts';
import { openSession } from './open-session.ts';
import type { RealtimeEvent } from './realtime-events.ts';
import type { RealtimeConnectOptions } from './realtime-options.ts';
import { ReplayBuffer } from './replay-buffer.ts';
import type { PendingRequest } from './request-ledger.ts';
import { ResponseRequests } from './response-requests.ts';
import type { ResponseRequest } from './response-requests.ts';
import type { TrackedResponse } from './response-tracker.ts';
import { SessionClock } from './session-clock.ts';
import { countLost, toOutputItem, untoldItems } from './session-history.ts';
import {
  closedError,
  expiredError,
  handOverError,
  renewedError,
  slowReaderError,
} from './session-errors.ts';
import { SessionMetrics } from './session-metrics.ts';
import type { SessionWire, WireHandlers } from './session-wire.ts';
import { ToolRunner } from './tool-runner.ts';
import type { ToolOutput } from './tool-runner.ts';
import { toRequestedState, toSessionState } from './wire-mapping.ts';
import type { SessionSetup } from './wire-mapping.ts';

/** How long an answer, or a transcript, may take to come after a turn, before nothing more is expected of it. */
const AFTERMATH_MS = 5000;

/** Joins the parts of a session: socket, conversation, tools, clock and reader, and the sessions that follow each other. */
export class SessionEngine {
  readonly metrics = new SessionMetrics();
  readonly state: ConversationState;
  readonly outlet: EventOutlet;
  readonly requests: ResponseRequests;
  readonly tools: ToolRunner;
  readonly model: string;
  readonly #connection: Connection;
  readonly #setup: SessionSetup;
  readonly #handsOver: boolean;
  readonly #signal: AbortSignal | undefined;
  readonly #clock: SessionClock;
  readonly #watchdog: Watchdog;
  readonly #replay: ReplayBuffer;
  #wire: SessionWire;
  #config: WireRealtimeSessionPatch;
  #handOver: HandOver | undefined;
  /** The socket is gone, and another is on its way. */
  #isDetached = false;
  #isPaused = false;
  #isClosed = false;
  #quietFrom = 0;
  #drained: PromiseWithResolvers<void>[] = [];

  constructor(
    connection: Connection,
    setup: SessionSetup,
    options: RealtimeConnectOptions,
    wire: SessionWire,
  ) {
    const { clock } = connection;
    this.#connection = connection;
    this.#setup = setup;
    this.#handsOver = options.handOver ?? false;
    this.#signal = options.signal;
    this.#wire = wire;
    this.#config = setup.session;
    this.model = setup.model;
    this.#replay = new ReplayBuffer(!this.hasTurnDetection);
    this.outlet = new EventOutlet({
      canPause: () => this.#wire.canPause,
      onChange: () => this.#updateFlow(),
      onCutOff: () => this.report(slowReaderError(false)),
      onOverflow: () => this.fail(slowReaderError(true)),
    });
    this.state = new ConversationState({
      clock,
      metrics: this.metrics,
      session: toRequestedState(setup.model, setup.session),
      interruptResponse: options.interruptResponse ?? true,
      handlers: {
        emit: (event) => this.emit(event),
        hasRoom: () => this.outlet.hasRoom(this.state.responses.active?.id),
        onToolCall: (call, response) => this.tools.start(call, response),
        onResponseStarted: () => this.#watchdog.enter('idle', connection.timeouts.idleMs),
        onResponseEnded: (response) => this.#onResponseEnded(response),
        onInterrupted: () => {
          this.metrics.droppedDeltas += this.outlet.dropAudio();
        },
        onSpeechStarted: () => this.#replay.keepAll(),
        onTurnEnded: () => this.#onTurnEnded(),
      },
    });
    this.requests = new ResponseRequests({
      clock,
      isBusy: () => this.#isDetached || this.state.responses.active !== undefined,
      send: (request) => this.#send(request),
      onChange: () => this.#onChange(),
    });
    this.tools = new ToolRunner({
      clock,
      onResult: (event) => this.emit(event),
      onComplete: (outputs, isWanted) => this.#tell(outputs, isWanted),
    });
    this.tools.use(options.tools ?? []);
    this.#watchdog = new Watchdog(
      clock,
      (error) => this.#onSilence(error),
      () => this.#wire.requestId,
    );
    this.#clock = new SessionClock({
      clock,
      maxMs: setup.maxSessionMs,
      warnBeforeMs: setup.warnBeforeMs,
      onEnding: (remainingMs) => this.#onEnding(remainingMs),
      onExpired: () => this.#handOver?.force(),
      onOverdue: () => this.#onOverdue(),
    });
    this.#signal?.addEventListener('abort', this.onAbort, { once: true });
    wire.listen(this.#handlersOf(wire));
  }

  /** The socket of the moment. */
  get wire(): SessionWire {
    return this.#wire;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Whether the service ends turns by itself. */
  get hasTurnDetection(): boolean {
    return this.#config.turn_detection !== null;
  }

  get turnDetection(): WireRealtimeSessionPatch['turn_detection'] {
    return this.#config.turn_detection;
  }

  /** What was said and not heard of yet need not be heard by another session. */
  forgetTurn(): void {
    this.#replay.clear(!this.hasTurnDetection);
  }

  /** The service has taken a change of the session. */
  configure(patch: WireRealtimeSessionPatch): void {
    const hadTurnDetection = this.hasTurnDetection;
    this.#config = { ...this.#config, ...patch };
    if (this.hasTurnDetection !== hadTurnDetection) this.forgetTurn();
  }

  append(frame: AudioFrame): void {
    this.metrics.sentSamples += frame.samples;
    this.#wire.append(frame);
    // Nobody else has to hear it.
    if (this.#handsOver) this.#replay.push(frame, this.#wire.unsentSamples);
  }

  /** Resolves when the network has taken all sound. */
  async drained(): Promise<void> {
    if (this.#wire.unsentSamples === 0) return;
    const waiting = Promise.withResolvers<void>();
    this.#drained.push(waiting);
    await waiting.promise;
  }

  emit(event: RealtimeEvent): void {
    if (!this.#isClosed) this.outlet.push(event);
  }

  readonly report = (error: unknown): void => {
    this.emit({ type: 'error', error: error as StepAudioError });
  };

  close(): void {
    this.#finish(closedError());
    this.outlet.close();
  }

  fail(error: unknown): void {
    this.#finish(error);
    this.outlet.fail(error);
  }

  readonly onAbort = (): void => {
    this.#finish(this.#signal?.reason);
    this.outlet.abort(this.#signal?.reason);
  };

  #finish(reason: unknown): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#signal?.removeEventListener('abort', this.onAbort);
    this.#clock.stop();
    this.#watchdog.stop();
    this.#handOver?.stop();
    this.tools.close();
    this.requests.close(reason);
    this.#wire.close(reason);
    for (const { promise, reject } of this.#drained.splice(0)) {
      promise.catch(() => undefined);
      reject(reason);
    }
  }

  #handlersOf(wire: SessionWire): WireHandlers {
    return {
      onEvent: (event, request) => this.#onEvent(event, request),
      onError: (error) => {
        if (error.code.startsWith('malformed')) this.metrics.malformedEvents += 1;
        this.report(error);
      },
      onOngoingResponse: () => this.requests.onOngoing(),
      onClose: (error) => {
        if (wire === this.#wire) this.#onClose(error);
      },
      isNewItem: (item) => this.state.isNewItem(item),
      onChange: () => this.#onChange(),
    };
  }

  #onEvent(
    event: WireRealtimeServerEvent | UnknownMessage,
    request: PendingRequest | undefined,
  ): void {
    this.metrics.events += 1;
    this.#watchdog.touch();
    this.state.take(event, request?.item);
    if (event.type === 'response.done' || event.type === 'response.cancelled') {
      this.requests.onEnded();
    }
    this.#handOver?.poke();
  }

  #onChange(): void {
    this.#updateFlow();
    this.#handOver?.poke();
    if (this.#wire.unsentSamples > 0) return;
    for (const { resolve } of this.#drained.splice(0)) resolve();
  }

  #onTurnEnded(): void {
    this.#quietFrom = this.#connection.clock.now() + AFTERMATH_MS;
    if (this.hasTurnDetection) this.forgetTurn();
  }

  #onResponseEnded(response: TrackedResponse): void {
    this.#watchdog.stop();
    // A user who speaks into an answer gets another one, to what was said now.
    this.tools.endResponse(response, !response.isCancelled && !response.isInterrupted);
    this.requests.onEnded();
  }

  /** The service was in the middle of an answer and said no more. */
  #onSilence(error: StepAudioError): void {
    this.report(error);
    this.state.responses.abandon();
  }

  #send({ items, create, options }: ResponseRequest): Promise<unknown> {
    const wire = this.#wire;
    const told = (items?.() ?? []).map((item) =>
      wire.request('item', { type: 'conversation.item.create', item }, { item }),
    );
    if (!create) return Promise.all(told);
    for (const answer of told) answer.catch(this.report);
    this.state.responses.askNow();
    const response = options === undefined ? {} : { response: options };
    return wire.request('response', { type: 'response.create', ...response });
  }

  #tell(outputs: readonly ToolOutput[], isWanted: boolean): void {
    const { items } = this.state;
    const toItems = () => outputs.map((output) => toOutputItem(items, output));
    this.requests.add({ items: toItems, create: isWanted }).catch(this.report);
  }

  /** While somebody waits for an answer of the service, the socket is read on: it would never come. */
  #updateFlow(): void {
    if (this.#isClosed) return;
    const isAwaited = this.#wire.pendingRequests > 0 || !this.requests.isIdle;
    const mustWait = this.outlet.isFull && !isAwaited && this.#wire.canPause;
    if (mustWait === this.#isPaused) return;
    this.#isPaused = mustWait;
    if (mustWait) {
      this.#wire.pause();
      this.#watchdog.suspend();
    } else {
      this.#watchdog.resume();
      this.#wire.resume();
    }
  }

  #onClose(error: ConnectionError): void {
    const isExpired = this.#clock.remainingMs < AFTERMATH_MS;
    this.#lose(isExpired ? this.#toExpiry(error) : error);
  }

  /** The session should have been closed long ago: its connection is as good as lost, and in the way of another. */
  #onOverdue(): void {
    const error = this.#toExpiry();
    this.#wire.close(error);
    this.#lose(error);
  }

  #lose(error: ConnectionError): void {
    if (this.#handOver === undefined) {
      this.fail(error);
      return;
    }
    this.#isDetached = true;
    this.#replay.keepAll();
    this.state.responses.abandon();
    this.#handOver.force();
  }

  #toExpiry(cause?: ConnectionError): ConnectionError {
    return expiredError(this.#setup.maxSessionMs, this.#wire.requestId, cause);
  }

  #onEnding(remainingMs: number): void {
    this.emit({ type: 'session-ending', remainingMs });
    if (!this.#handsOver || this.#isClosed) return;
    const { model, keepAliveMs } = this.#setup;
    this.#handOver = new HandOver(
      {
        clock: this.#connection.clock,
        config: () => this.#config,
        open: (session, signal) =>
          openSession(this.#connection, { model, session, history: [], keepAliveMs, signal }),
        untold: (told) => untoldItems(this.state.items, told),
        isQuiet: () => this.#isQuiet,
        onReady: (successor) => this.#renew(successor),
        onFailed: (error, isLast) => this.#onHandOverFailed(error, isLast),
      },
      remainingMs,
    );
  }

  get #isQuiet(): boolean {
    const { responses, isUserSpeaking } = this.state;
    return (
      responses.active === undefined &&
      !isUserSpeaking &&
      this.requests.isIdle &&
      !this.tools.isBusy &&
      this.#wire.pendingRequests === 0 &&
      this.#wire.unsentSamples === 0 &&
      this.#replay.isComplete &&
      this.#connection.clock.now() >= this.#quietFrom
    );
  }

  #onHandOverFailed(cause: unknown, isLast: boolean): void {
    const error = handOverError(cause, isLast);
    if (isLast) this.#handOver = undefined;
    if (isLast && this.#isDetached) this.fail(error);
    else this.report(error);
  }

  #renew({ wire, session, ids }: Successor): void {
    const lostItems = countLost(this.state.items, ids);
    this.#wire.close(renewedError());
    this.#wire = wire;
    this.#handOver = undefined;
    this.#isDetached = false;
    this.#isPaused = false;
    this.metrics.handOvers += 1;
    const requested = toRequestedState(this.model, this.#config);
    this.state.renew(toSessionState(session, requested), ids);
    wire.listen(this.#handlersOf(wire));
    for (const frame of this.#replay.frames()) wire.append(frame);
    for (const [entry, itemId] of ids) {
      // It was deleted since the new session was told of it.
      if (this.state.items.get(entry.id) === entry) continue;
      const deletion = { type: 'conversation.item.delete', item_id: itemId } as const;
      wire.request('delete', deletion, { itemId }).catch(this.report);
    }
    this.#clock.restart();
    this.emit({
      type: 'session-renewed',
      session: this.state.session,
      refilledItems: ids.size,
      lostItems,
    });
    this.#updateFlow();
    this.requests.pump();
  }
}
