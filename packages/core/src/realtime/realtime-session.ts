import { ConnectionError } from '../errors.ts';
import type { Connection } from '../net/connection.ts';
import { REALTIME_SAMPLE_RATE, REALTIME_SESSION_LIMIT_MS } from '../protocol/realtime-rules.ts';
import { toValidationError } from '../protocol/validation-error.ts';
import { AudioInput } from './audio-input.ts';
import type { LedgerEntry } from './item-ledger.ts';
import { openSession } from './open-session.ts';
import type {
  RealtimeEvent,
  RealtimeItem,
  RealtimeMetrics,
  RealtimeResponse,
  RealtimeSessionState,
  RealtimeUsage,
} from './realtime-events.ts';
import type {
  RealtimeConnectOptions,
  RealtimeHistoryEntry,
  RealtimeRespondOptions,
  RealtimeSayOptions,
  RealtimeSessionOptions,
} from './realtime-options.ts';
import { SessionEngine } from './session-engine.ts';
import { closedError } from './session-errors.ts';
import { toHistory } from './session-history.ts';
import { toMessage, toResponseOptions, toSessionPatch, toSessionSetup } from './wire-mapping.ts';

/** No session could hear more than that. */
const MAX_UNSENT_MS = REALTIME_SESSION_LIMIT_MS;

/**
 * A conversation by voice. Sound goes in with `write`, text with `say`; events come out by iterating, in order, once. The
 * iteration ends after `close()`, and throws when the service ends the session.
 *
 * `close()`, `return()` (which leaving a `for await` calls) and the signal close the session at once. Whoever reads slowly
 * makes the socket wait after two minutes of unread sound; while it waits, nothing is heard of the user either. A socket that
 * cannot wait drops sound beyond four minutes. After a failure nothing is opened again: only `handOver` continues a
 * session in another one.
 */
export class RealtimeSession implements AsyncIterableIterator<RealtimeEvent, undefined> {
  readonly #engine: SessionEngine;
  readonly #input = new AudioInput();
  readonly #signal: AbortSignal | undefined;
  #uncommittedSamples = 0;

  private constructor(engine: SessionEngine, signal: AbortSignal | undefined) {
    this.#engine = engine;
    this.#signal = signal;
  }

  /** Behind `realtime.connect()`. */
  static async connect(
    connection: Connection,
    options: RealtimeConnectOptions,
  ): Promise<RealtimeSession> {
    const setup = toSessionSetup(options);
    const { signal } = options;
    const wire = await openSession(connection, { ...setup, signal });
    return new RealtimeSession(new SessionEngine(connection, setup, options, wire), signal);
  }

  /** The session as the service reports it. */
  get state(): RealtimeSessionState {
    return this.#engine.state.session;
  }

  /** The conversation so far, in its order. */
  get items(): readonly RealtimeItem[] {
    return this.#engine.state.items.entries.map((entry) => entry.toItem());
  }

  /**
   * What was said so far, for a session that continues this one: `connect({ history })`. The latest 200 items that have a
   * text, results of tools as the user's; also after the session has failed or was closed.
   */
  get history(): readonly RealtimeHistoryEntry[] {
    return toHistory(this.#engine.state.items);
  }

  get metrics(): RealtimeMetrics {
    return this.#engine.metrics.toMetrics();
  }

  /** Tokens of all answers so far, as far as the service reports them. */
  get usage(): RealtimeUsage {
    return this.#engine.metrics.usage;
  }

  /** The service's trace id of the session, where the platform shows it. */
  get requestId(): string | undefined {
    return this.#engine.wire.requestId;
  }

  /** Sound that was written and that the network has not taken yet. */
  get unsentMs(): number {
    return (this.#engine.wire.unsentSamples * 1000) / REALTIME_SAMPLE_RATE;
  }

  /** Resolves when the network has taken all sound: so a file can be written no faster than it leaves. */
  async drained(): Promise<void> {
    this.#refuseClosed();
    await this.#engine.drained();
  }

  /**
   * Changes the session; what is left out stays as it is. Resolves when the service has taken it.
   *
   * @throws {ValidationError} for what the service would refuse, such as another voice once the session has sounded;
   *   otherwise what the service answers.
   */
  async update(patch: RealtimeSessionOptions): Promise<RealtimeSessionState> {
    const engine = this.#engine;
    const wire = toSessionPatch(patch, engine.model);
    this.#refuseClosed();
    const { hasSounded } = engine.state.responses;
    if (patch.voice !== undefined && patch.voice !== this.state.voice && hasSounded) {
      throw toValidationError({
        path: 'voice',
        value: patch.voice,
        allowed: 'no other voice once the session has sounded',
        instead: 'another session',
      });
    }
    if (wire.instructions) engine.wire.hide(wire.instructions);
    // Sources disagree about what holds where a client does not say it.
    const session = { turn_detection: engine.turnDetection ?? null, ...wire };
    await engine.wire.request('update', { type: 'session.update', session });
    engine.configure(wire);
    if (patch.tools !== undefined) engine.tools.use(patch.tools);
    return this.state;
  }

  /**
   * Sends sound: mono, of any rate and length. It is resampled to 24 kHz and leaves in frames of 20 ms, so up to 20 ms wait
   * for the next call or for `commit()`. With turn detection, silence must follow the speech: its end is not found
   * otherwise. The memory of `audio` is free again when this returns.
   *
   * @param audio samples, or their bytes: signed 16 bit, little endian; chunks of bytes may end inside a sample
   * @param sampleRate in Hz, default 24 000
   * @throws {ValidationError} for what is no sound, and for a rate that cannot be resampled.
   * @throws {ConnectionError} once the session is closed, and when half an hour of sound waits for the network;
   *   `signal.reason` after an abort.
   */
  write(audio: Int16Array | Uint8Array, sampleRate: number = REALTIME_SAMPLE_RATE): void {
    this.#refuseClosed();
    if (this.unsentMs > MAX_UNSENT_MS) {
      const message =
        'The network takes the sound more slowly than it is written. Wait for drained().';
      throw new ConnectionError(message, { code: 'network_too_slow' });
    }
    this.#append(this.#input.push(audio, sampleRate));
  }

  /**
   * Ends the user's turn: what was written becomes an item. It asks for no answer; `respond()` does. Resolves when the
   * service has taken it, before it is transcribed.
   *
   * @throws {ValidationError} where nothing was written since the last one, and with turn detection, where the service ends
   *   turns by itself and refuses this.
   */
  async commit(): Promise<RealtimeItem> {
    this.#refuseClosed();
    const engine = this.#engine;
    if (engine.hasTurnDetection) {
      throw toValidationError({
        path: 'commit()',
        value: undefined,
        allowed: 'a session without turnDetection: here the service ends turns by itself',
        instead: 'update({ turnDetection: null }) before',
      });
    }
    this.#append(this.#input.flush());
    if (this.#uncommittedSamples === 0) {
      const allowed = 'a turn with sound, and nothing was written since the last one';
      throw toValidationError({
        path: 'commit()',
        value: undefined,
        allowed,
        instead: 'write() before',
      });
    }
    this.#uncommittedSamples = 0;
    engine.forgetTurn();
    engine.state.responses.endTurn();
    const answer = await engine.wire.request('commit', { type: 'input_audio_buffer.commit' });
    return this.#itemOf(
      answer.type === 'input_audio_buffer.committed' ? answer.item_id : idOfItem(answer),
    );
  }

  /** Forgets the sound that was written since the last turn. */
  async clear(): Promise<void> {
    this.#refuseClosed();
    this.#input.flush();
    this.#uncommittedSamples = 0;
    this.#engine.forgetTurn();
    this.#engine.wire.dropUnsentAudio();
    await this.#engine.wire.request('clear', { type: 'input_audio_buffer.clear' });
  }

  /**
   * Puts a text into the conversation and, where it is the user's, asks for an answer. Resolves when the service has taken
   * the text. An answer that cannot be had is reported as an `error` event.
   *
   * @throws {ValidationError} for a text that is blank or holds what no server can read; otherwise what the service answers.
   */
  async say(text: string, options: RealtimeSayOptions = {}): Promise<RealtimeItem> {
    const { role = 'user', respond = role === 'user' } = options;
    const item = toMessage(role, text);
    this.#refuseClosed();
    const { wire, requests, state, report } = this.#engine;
    wire.hide(text);
    if (role === 'user') state.responses.endTurn();
    const answer = wire.request('item', { type: 'conversation.item.create', item }, { item });
    // Not only then: to wait for the one before the other would cost the user a round trip.
    if (respond) requests.add({ create: true }).catch(report);
    return this.#itemOf(idOfItem(await answer));
  }

  /**
   * Asks for an answer, after the one in progress. Resolves when it begins; its end is a `response-done` event.
   *
   * With turn detection the service answers by itself; this then asks for another answer after that.
   */
  async respond(options: RealtimeRespondOptions = {}): Promise<RealtimeResponse> {
    const response = toResponseOptions(options);
    this.#refuseClosed();
    await this.#engine.requests.add({ create: true, options: response });
    const { latest } = this.#engine.state.responses;
    if (latest === undefined) throw closedError();
    return latest.toResponse();
  }

  /**
   * Stops the answer in progress, or the one that is asked for and has not begun. From this call on nothing of it comes
   * out any more, whatever the service still sends; its tools are aborted. Resolves when the service has stopped.
   */
  async cancel(): Promise<void> {
    this.#refuseClosed();
    const { state, requests, outlet, tools, metrics, wire } = this.#engine;
    const { active } = state.responses;
    if (active === undefined && !requests.isAsking) return;
    state.responses.cancel(requests.isAsking);
    if (active !== undefined) {
      metrics.droppedDeltas += outlet.dropResponse(active.id);
      tools.cancel(active);
    }
    try {
      await wire.request('cancel', { type: 'response.cancel' });
    } finally {
      state.responses.forgetCancel();
    }
  }

  /** Answers a call of a tool that has no `run`. @throws {ValidationError} for a call that waits for no answer. */
  answerToolCall(callId: string, output: unknown): void {
    this.#refuseClosed();
    this.#engine.tools.answer(callId, output);
  }

  /** Takes an item out of the conversation. @throws {ValidationError} for an id that no item has. */
  async deleteItem(id: string): Promise<void> {
    this.#refuseClosed();
    const entry = this.#find(id);
    const { serverId } = entry;
    if (serverId !== undefined) {
      const event = { type: 'conversation.item.delete', item_id: serverId } as const;
      await this.#engine.wire.request('delete', event, { itemId: serverId });
    }
    this.#engine.state.items.drop(entry);
  }

  /**
   * Tells the service how much of an answer was heard. Undocumented, as the service's own console does it: nobody waits
   * for the answer, and a refusal is an `error` event.
   *
   * @param audioEndMs from the beginning of the item's sound
   * @throws {ValidationError} for an id that no item has, and for a time that is none.
   */
  truncate(id: string, audioEndMs: number): void {
    this.#refuseClosed();
    const entry = this.#find(id);
    if (!(Number.isFinite(audioEndMs) && audioEndMs >= 0)) {
      const allowed = 'milliseconds from 0';
      throw toValidationError({ path: 'audioEndMs', value: audioEndMs, allowed });
    }
    const { serverId } = entry;
    entry.heardMs = Math.round(audioEndMs);
    if (serverId === undefined) return;
    const event = {
      type: 'conversation.item.truncate',
      item_id: serverId,
      content_index: 0,
      audio_end_ms: entry.heardMs,
    } as const;
    const about = { itemId: serverId };
    this.#engine.wire.request('truncate', event, about).catch(() => undefined);
  }

  next(): Promise<IteratorResult<RealtimeEvent, undefined>> {
    if (this.#signal?.aborted) this.#engine.onAbort();
    return this.#engine.outlet.next();
  }

  return(): Promise<IteratorResult<RealtimeEvent, undefined>> {
    this.close();
    return Promise.resolve({ value: undefined, done: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Closes the session at once; events that nobody has read are forgotten. Calling it again does nothing. */
  close(): void {
    this.#engine.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
  }

  #append(frames: ReturnType<AudioInput['flush']>): void {
    for (const frame of frames) {
      this.#uncommittedSamples += frame.samples;
      this.#engine.append(frame);
    }
  }

  #itemOf(serverId: string | undefined): RealtimeItem {
    const { items } = this.#engine.state;
    const entry = items.find(serverId) ?? items.entries.at(-1);
    if (entry === undefined) throw closedError();
    return entry.toItem();
  }

  #find(id: string): LedgerEntry {
    const entry = this.#engine.state.items.get(id);
    if (entry !== undefined) return entry;
    throw toValidationError({
      path: 'id',
      value: id,
      allowed: 'the id of an item of this session',
    });
  }

  #refuseClosed(): void {
    if (!this.#engine.isClosed) return;
    this.#signal?.throwIfAborted();
    throw closedError();
  }
}

function idOfItem(event: { type: string; item?: unknown }): string | undefined {
  const { item } = event as { item?: { id?: string } };
  return event.type === 'conversation.item.created' ? item?.id : undefined;
}
