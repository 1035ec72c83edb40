import type { Buffer } from 'node:buffer';
import type { Pcm } from '@stepvoice/core/audio';
import type { AudioLibrary } from '../../kit/incoming-sound.ts';
import type { FlowMessage } from '../../kit/node-red.ts';
import type { Call, NodeHost } from '../../kit/register-node.ts';
import { streamPlace } from '../../kit/stream-place.ts';
import type { ConnectedTime } from './connected-time.ts';
import type { Conversation, ConversationEngine } from './conversation-engine.ts';
import {
  ConversationEnded,
  ConversationLink,
  type EndReason,
  type LinkState,
} from './conversation-link.ts';
import type { RealtimeProperties } from './definition.ts';
import { Exchange } from './exchange.ts';
import { soundTooFast, textTooLong, unknownCall } from './talk-errors.ts';
import { toConversationPatch, toConversationSetup, toOrigin } from './talk-settings.ts';
import { UserSpeech } from './user-speech.ts';

/** Of sound that waits for a connection: two minutes of 16 kHz. */
const MAX_WAITING_BYTES = 4_000_000;
/** Silence after the end of a stream, beyond what ends a turn. */
const AFTER_SPEECH_MS = 600;
/** The service's own default. */
const DEFAULT_PAUSE_MS = 100;
/** Sound goes on coming after a connection failed: it asks for another one no more often than this. */
const RETRY_MS = 5000;
const MAX_TEXT = 100_000;
/** After a day without a word nobody goes on where they were. */
const REMEMBER_MS = 24 * 60 * 60_000;

export type TalkOptions = {
  host: NodeHost<RealtimeProperties>;
  engine: ConversationEngine;
  audio: AudioLibrary;
  connectedTime: ConnectedTime;
  /** Throws where no further conversation may be connected. */
  checkLimits: () => void;
  onChange: () => void;
};

type TalkPhase = Exclude<LinkState, 'open'> | 'listening' | 'thinking' | 'speaking';

/** One conversation of a flow: what comes in, what goes out, and whose turn it is. */
export class Talk {
  readonly #options: TalkOptions;
  readonly #host: NodeHost<RealtimeProperties>;
  readonly #link: ConversationLink;
  readonly #exchange: Exchange;
  readonly #speech: UserSpeech;
  #tail: Promise<unknown> = Promise.resolve();
  #waitingBytes = 0;
  readonly #texts = new Map<string, string>();
  /** Something was said since the last turn; with a button only. */
  #hasTurn = false;
  #retryAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: TalkOptions) {
    this.#options = options;
    const { host, engine, audio, connectedTime, onChange } = options;
    const { fixed, clock } = host;
    this.#host = host;
    this.#speech = new UserSpeech(audio, { inputRate: fixed.inputRate, signal: host.signal });
    this.#link = new ConversationLink({
      engine,
      clock,
      connectedTime,
      idleMs: fixed.idleMinutes * 60_000,
      maxSessionMs:
        fixed.maxSessionMinutes === undefined ? undefined : fixed.maxSessionMinutes * 60_000,
      reconnects: fixed.reconnects,
      isBusy: () => this.#exchange.isBusy,
      onEvent: (event, conversation) => this.#exchange.onEvent(event, conversation),
      onConnected: (conversation, isRenewed) => this.#onConnected(conversation, isRenewed),
      onReconnecting: (attempt, cause) => {
        this.#forgetTurn();
        // It is given anew, and from its beginning.
        if (this.#exchange.isAnswerDue) this.#link.forgetAnswer();
        this.#exchange.event('reconnecting', { attempt, code: codeOf(cause) });
      },
      onDisconnected: (reason, cause) => this.#onDisconnected(reason, cause),
      onChange,
    });
    this.#exchange = new Exchange({
      host,
      audio,
      conversation: () => this.#link.conversation,
      touch: () => this.#link.touch(),
      onChange,
    });
  }

  /** Whether it is connected, or about to be. */
  get isInUse(): boolean {
    return this.#link.isInUse;
  }

  get phase(): TalkPhase {
    const { state } = this.#link;
    if (state !== 'open') {
      const isOpening = this.isInUse && state !== 'reconnecting';
      return isOpening ? 'connecting' : state;
    }
    if (this.#exchange.isAnswering) return 'speaking';
    return this.#exchange.isAnswerDue ? 'thinking' : 'listening';
  }

  /** Whether there is nothing to remember of it. */
  get isForgotten(): boolean {
    const { state, isInUse, hasHistory } = this.#link;
    const now = this.#host.clock.now();
    if (isInUse || this.#texts.size > 0 || now < this.#retryAtMs) return false;
    return (state === 'closed' && !hasHistory) || now - this.#link.activeAtMs > REMEMBER_MS;
  }

  /** The user's sound, or a part of it. */
  async hear(call: Call<RealtimeProperties>, bytes: Buffer): Promise<void> {
    const waiting = this.#waitingBytes;
    if (waiting > 0 && waiting + bytes.length > MAX_WAITING_BYTES) throw soundTooFast();
    this.#waitingBytes += bytes.length;
    try {
      const { ended } = await this.#inOrder(() => this.#hear(call, bytes));
      await ended;
    } finally {
      this.#waitingBytes -= bytes.length;
    }
  }

  /** What the user writes, or the pieces of it. */
  async say(
    call: Call<RealtimeProperties>,
    text: string,
    role: 'user' | 'system' | 'assistant',
  ): Promise<void> {
    const whole = this.#gather(call.message, text);
    if (whole === undefined) return;
    const { taken } = await this.#inOrder(async () => {
      const conversation = await this.#connected(call);
      this.#exchange.origin = toOrigin(call.message);
      this.#link.touch();
      const respond = role === 'user';
      if (respond) {
        if (this.#host.fixed.canInterrupt) this.#exchange.interrupt(conversation, 'text');
        this.#exchange.endTurn();
      }
      return { taken: conversation.say(whole, { role, respond }) };
    });
    await taken;
  }

  /** What a tool gives. @throws {LocalizedError} where no call waits for it */
  answer(callId: string, output: unknown): void {
    const { conversation } = this.#link;
    if (conversation === undefined || !this.#exchange.calls.take(callId)) throw unknownCall();
    this.#link.touch();
    this.#exchange.isAnswerDue = true;
    conversation.answerToolCall(callId, output);
  }

  waitsFor(callId: string): boolean {
    return this.#exchange.calls.has(callId);
  }

  async start(call: Call<RealtimeProperties>): Promise<void> {
    const isRunning = this.#link.conversation !== undefined;
    const { conversation, patch } = await this.#inOrder(async () => {
      const connected = await this.#connected(call);
      this.#link.touch();
      if (!isRunning) return { conversation: connected, patch: undefined };
      const settings = await call.settings();
      return { conversation: connected, patch: toConversationPatch(call.message, settings) };
    });
    if (patch === undefined) return;
    await conversation.update(patch);
    this.#link.configure(patch);
  }

  /** Ends the user's turn, and asks for an answer. */
  async flush(call: Call<RealtimeProperties>): Promise<void> {
    const { ended } = await this.#inOrder(async () => {
      const conversation = await this.#connected(call);
      this.#exchange.origin = toOrigin(call.message);
      this.#link.touch();
      if (this.#hasTurn) return this.#commit(conversation);
      this.#exchange.endTurn();
      return { ended: conversation.respond() };
    });
    await ended;
  }

  /** Silences the answer, and forgets what was said of a turn that has not ended. */
  async cancel(): Promise<void> {
    const { conversation } = this.#link;
    if (conversation === undefined) {
      this.#exchange.replies.silence();
      return;
    }
    const cleared = this.#hasTurn ? conversation.clear() : undefined;
    this.#hasTurn = false;
    this.#exchange.interrupt(conversation, 'command');
    await cleared;
  }

  /** Ends it; what was said is remembered. */
  stop(): void {
    this.#exchange.replies.silence();
    this.#link.end('stopped');
  }

  /** Ends it, and forgets what was said. */
  clear(): void {
    this.#exchange.replies.silence();
    this.#link.end('closed');
    this.#link.forget();
  }

  async reconnect(): Promise<void> {
    await this.#link.reconnect();
  }

  /** No more may be connected. */
  endForLimit(): void {
    if (this.isInUse) this.#link.end('day-limit');
  }

  /** Something that whoever plays has to say. */
  async onPlayer(event: string, payload: unknown, call: Call<RealtimeProperties>): Promise<void> {
    const facts = (typeof payload === 'object' && payload !== null ? payload : {}) as {
      stream?: unknown;
      heardMs?: unknown;
      whole?: unknown;
    };
    const stream = typeof facts.stream === 'string' ? facts.stream : undefined;
    switch (event) {
      case 'playing':
        if (stream !== undefined) this.#exchange.replies.onPlaying(stream);
        return;
      case 'played': {
        const { heardMs } = facts;
        if (typeof heardMs !== 'number' || !(heardMs >= 0)) return;
        this.#exchange.replies.onPlayed(stream, heardMs, facts.whole === true);
        return;
      }
      case 'talk-start': {
        const { conversation } = this.#link;
        const isButton = this.#host.fixed.turns === 'manual';
        if (isButton && conversation !== undefined)
          this.#exchange.interrupt(conversation, 'button');
        if (!this.#link.isInUse) this.#link.end('closed');
        return;
      }
      case 'talk-stop':
        if (this.#hasTurn) await this.flush(call);
        return;
      case 'disconnected':
        // Nobody is there to be silenced.
        if (this.isInUse) this.#link.end('stopped');
        return;
      default:
    }
  }

  close(): void {
    this.#exchange.close();
    this.#link.end('closed');
  }

  async #hear(
    call: Call<RealtimeProperties>,
    bytes: Buffer,
  ): Promise<{ ended: Promise<unknown> | undefined }> {
    const { message } = call;
    const { fixed, clock } = this.#host;
    const nothing = { ended: undefined };
    const { state } = this.#link;
    const isOver = state === 'stopped' || state === 'spent';
    // A microphone that is left open begins nothing anew, and a service that refuses is not asked with every frame.
    if (isOver && !this.#speech.isBeginning(bytes, message)) return nothing;
    if (state === 'closed' && clock.now() < this.#retryAtMs) return nothing;
    if (state === 'asleep' && fixed.turns === 'server') {
      const awake = await this.#speech.listen(bytes, message);
      if (awake === undefined) return nothing;
      const conversation = await this.#connected(call);
      this.#exchange.origin = toOrigin(message);
      this.#write(conversation, awake);
      return nothing;
    }
    const conversation = await this.#heardBy(call);
    if (conversation === undefined) return nothing;
    this.#exchange.origin = toOrigin(message);
    const isLast = await this.#speech.read(bytes, message, (pcm) => this.#write(conversation, pcm));
    if (!isLast) return nothing;
    if (fixed.turns === 'manual') return this.#hasTurn ? this.#commit(conversation) : nothing;
    const silenceMs = (fixed.silenceMs ?? DEFAULT_PAUSE_MS) + AFTER_SPEECH_MS;
    this.#write(conversation, { samples: new Int16Array(silenceMs * 24), sampleRate: 24_000 });
    return nothing;
  }

  /** For sound: `undefined` where another message is told why there is no conversation. */
  async #heardBy(call: Call<RealtimeProperties>): Promise<Conversation | undefined> {
    if (this.#link.conversation !== undefined) return this.#link.conversation;
    const isReconnecting = this.#link.state === 'reconnecting';
    try {
      return await this.#connected(call);
    } catch (error) {
      if (isReconnecting && !(error instanceof ConversationEnded)) return undefined;
      throw error;
    }
  }

  #write(conversation: Conversation, { samples, sampleRate }: Pcm): void {
    if (samples.length === 0) return;
    if (this.#host.fixed.turns === 'manual') {
      if (!this.#hasTurn) this.#exchange.interrupt(conversation, 'button');
      this.#hasTurn = true;
      this.#link.touch();
    }
    conversation.write(samples, sampleRate);
  }

  #commit(conversation: Conversation): { ended: Promise<unknown> } {
    this.#hasTurn = false;
    this.#exchange.endTurn();
    const ended = conversation.commit();
    ended.catch(() => undefined);
    // Not only then: to wait for the one before the other would cost the user a round trip.
    conversation.respond().catch((error: unknown) => this.#exchange.report(error, conversation));
    return { ended };
  }

  #onConnected(conversation: Conversation, isRenewed: boolean): void {
    const { model, voice } = conversation.state;
    this.#retryAtMs = Number.NEGATIVE_INFINITY;
    const { requestId } = conversation;
    this.#exchange.event('connected', { model, voice, requestId, isRenewed });
    if (!isRenewed || !this.#exchange.isAnswerDue) return;
    // An answer that was due or had begun is still to be given, where it is known to what.
    this.#exchange.isAnswerDue = this.#link.hasHistory;
    if (!this.#exchange.isAnswerDue) return;
    conversation.respond().catch((error: unknown) => this.#exchange.report(error, conversation));
  }

  #onDisconnected(reason: EndReason, cause: unknown): void {
    this.#forgetTurn();
    this.#exchange.isAnswerDue = false;
    if (reason === 'session-limit' || reason === 'day-limit')
      this.#exchange.event('limit', { reason });
    this.#exchange.event('disconnected', { reason, code: codeOf(cause) });
    if (cause === undefined) return;
    this.#retryAtMs = this.#host.clock.now() + RETRY_MS;
    this.#host.report(cause, this.#exchange.origin);
  }

  #forgetTurn(): void {
    this.#exchange.breakOff();
    this.#hasTurn = false;
  }

  async #connected(call: Call<RealtimeProperties>): Promise<Conversation> {
    if (this.#link.conversation !== undefined) return this.#link.conversation;
    try {
      // At once, so that of two that begin together one is refused and not both.
      if (!this.#link.isInUse) this.#options.checkLimits();
      return await this.#link.open(async () => {
        this.#exchange.origin = toOrigin(call.message);
        return toConversationSetup(await call.settings());
      });
    } catch (error) {
      this.#retryAtMs = this.#host.clock.now() + RETRY_MS;
      throw error;
    }
  }

  /** Runs work after all that was asked for before it. */
  #inOrder<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#tail.then(work);
    this.#tail = done.catch(() => undefined);
    return done;
  }

  /** @returns the text once all of it has come */
  #gather(message: FlowMessage, text: string): string | undefined {
    const place = message.stepvoice?.stream === 'text' ? streamPlace(message) : undefined;
    if (place === undefined) return text;
    const soFar = (this.#texts.get(place.id) ?? '') + text;
    this.#texts.delete(place.id);
    if (soFar.length > MAX_TEXT) throw textTooLong(MAX_TEXT);
    if (place.isLast) return soFar.trim() === '' ? undefined : soFar;
    // One stream at a time: another one began in place of one that was never ended.
    this.#texts.clear();
    this.#texts.set(place.id, soFar);
    return undefined;
  }
}

function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
