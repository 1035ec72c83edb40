import type { Buffer } from 'node:buffer';
import type { Pcm } from '@stepvoice/core/audio';
import type { AudioLibrary } from '../../kit/incoming-sound.ts';
import type { Call, NodeHost } from '../../kit/register-node.ts';
import type { ConnectedTime } from './connected-time.ts';
import type { Conversation, ConversationEngine } from './conversation-engine.ts';
import { ConnectRest } from './connect-rest.ts';
import {
  ConversationEnded,
  ConversationLink,
  type EndReason,
  type LinkState,
} from './conversation-link.ts';
import type { RealtimeProperties } from './definition.ts';
import { Exchange } from './exchange.ts';
import { soundTooFast, unknownCall } from './talk-errors.ts';
import { toConversationPatch, toConversationSetup, toOrigin } from './talk-settings.ts';
import { TextPieces } from './text-pieces.ts';
import { UserSpeech } from './user-speech.ts';
import { UserTurn } from './user-turn.ts';

/** Of the sound in one message, and of all that waits for a connection: eight minutes of 16 kHz. */
export const MAX_HEARD_BYTES = 16_000_000;
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
  /** Of everything that waits for its turn or for a connection. */
  #waiting = new AbortController();
  readonly #turn: UserTurn;
  readonly #texts = new TextPieces();
  readonly #rest: ConnectRest;

  constructor(options: TalkOptions) {
    this.#options = options;
    const { host, engine, audio, connectedTime, onChange } = options;
    const { fixed, clock } = host;
    this.#host = host;
    this.#rest = new ConnectRest(clock);
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
    this.#turn = new UserTurn(host, this.#exchange, () => this.#link.touch());
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
    if (isInUse || this.#texts.isOpen || this.#rest.isOn) return false;
    const quietMs = this.#host.clock.now() - this.#link.activeAtMs;
    return (state === 'closed' && !hasHistory) || quietMs > REMEMBER_MS;
  }

  /** The user's sound, or a part of it. */
  async hear(call: Call<RealtimeProperties>, bytes: Buffer): Promise<void> {
    this.#speech.check(bytes, call.message);
    if (this.#waitingBytes + bytes.length > MAX_HEARD_BYTES) throw soundTooFast();
    this.#waitingBytes += bytes.length;
    try {
      const { ended } = await this.#inOrder((signal) => this.#hear(call, bytes, signal));
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
    const whole = this.#texts.take(call.message, text);
    if (whole === undefined) return;
    const { taken } = await this.#inOrder(async (signal) => {
      const conversation = await this.#connected(call, signal);
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
    const { conversation, patch } = await this.#inOrder(async (signal) => {
      const connected = await this.#connected(call, signal);
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
    const { ended } = await this.#inOrder(async (signal) => {
      const conversation = await this.#connected(call, signal);
      this.#exchange.origin = toOrigin(call.message);
      this.#link.touch();
      if (this.#turn.hasSound) return this.#turn.commit(conversation);
      this.#exchange.endTurn();
      return { ended: conversation.respond() };
    });
    await ended;
  }

  /** Silences the answer, and forgets what waits and what was said of a turn that has not ended. */
  async cancel(): Promise<void> {
    this.#forgetWaiting();
    const { conversation } = this.#link;
    if (conversation === undefined) {
      this.#exchange.replies.silence();
      return;
    }
    const cleared = this.#turn.clear(conversation);
    this.#exchange.interrupt(conversation, 'command');
    await cleared;
  }

  /** Ends it; what was said is remembered. */
  stop(): void {
    this.#forgetWaiting();
    this.#exchange.replies.silence();
    this.#link.end('stopped');
  }

  /** Ends it, and forgets what was said. */
  clear(): void {
    this.#forgetWaiting();
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
    switch (event) {
      case 'playing':
      case 'played':
        this.#exchange.replies.onReport(event, payload);
        return;
      case 'talk-start': {
        const { conversation } = this.#link;
        const isButton = this.#host.fixed.turns === 'manual';
        if (isButton && conversation !== undefined)
          this.#exchange.interrupt(conversation, 'button');
        if (!this.#link.isInUse) this.#link.end('closed');
        return;
      }
      case 'talk-stop':
        return this.#onTalkStop(call);
      case 'disconnected':
        // Nobody is there to be silenced.
        this.#forgetWaiting();
        if (this.isInUse) this.#link.end('stopped');
        return;
      default:
    }
  }

  close(): void {
    this.#forgetWaiting();
    this.#exchange.close();
    this.#link.end('closed');
  }

  async #hear(
    call: Call<RealtimeProperties>,
    bytes: Buffer,
    signal: AbortSignal,
  ): Promise<{ ended: Promise<unknown> | undefined }> {
    const { message } = call;
    const { fixed } = this.#host;
    const nothing = { ended: undefined };
    const { state } = this.#link;
    const isOver = state === 'stopped' || state === 'spent';
    // A microphone that is left open begins nothing anew, and a service that refuses is not asked with every frame.
    if (isOver && !this.#speech.isBeginning(bytes, message)) return nothing;
    if (state === 'closed' && this.#rest.isOn) return nothing;
    if (state === 'asleep' && fixed.turns === 'server' && !this.#speech.isFile(bytes, message)) {
      const { awake, isLast } = await this.#speech.listen(bytes, message);
      if (awake === undefined) return nothing;
      const conversation = await this.#connected(call, signal);
      this.#exchange.origin = toOrigin(message);
      this.#turn.write(conversation, awake);
      return isLast ? this.#turn.endSound(conversation) : nothing;
    }
    const conversation = await this.#heardBy(call, signal);
    if (conversation === undefined) return nothing;
    this.#exchange.origin = toOrigin(message);
    const write = (pcm: Pcm): void => {
      signal.throwIfAborted();
      this.#turn.write(conversation, pcm);
    };
    const isLast = await this.#speech.read(bytes, message, write);
    return isLast ? this.#turn.endSound(conversation) : nothing;
  }

  /** Behind the sound that still waits; what a button has said begins no conversation. */
  async #onTalkStop(call: Call<RealtimeProperties>): Promise<void> {
    const { ended } = await this.#inOrder(async () => {
      const { conversation } = this.#link;
      if (conversation === undefined || !this.#turn.hasSound) return { ended: undefined };
      this.#exchange.origin = toOrigin(call.message);
      return this.#turn.commit(conversation);
    });
    await ended;
  }

  /** For sound: `undefined` where another message is told why there is no conversation. */
  async #heardBy(
    call: Call<RealtimeProperties>,
    signal: AbortSignal,
  ): Promise<Conversation | undefined> {
    if (this.#link.conversation !== undefined) return this.#link.conversation;
    const isReconnecting = this.#link.state === 'reconnecting';
    try {
      return await this.#connected(call, signal);
    } catch (error) {
      if (isReconnecting && !(error instanceof ConversationEnded)) return undefined;
      throw error;
    }
  }

  #onConnected(conversation: Conversation, isRenewed: boolean): void {
    const { model, voice } = conversation.state;
    this.#rest.end();
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
    this.#rest.begin(cause);
    this.#host.report(cause, this.#exchange.origin);
  }

  #forgetTurn(): void {
    this.#exchange.breakOff();
    this.#turn.forget();
  }

  /** @throws {ConversationEnded} where whoever asked is not waited for any more */
  async #connected(call: Call<RealtimeProperties>, signal: AbortSignal): Promise<Conversation> {
    if (this.#link.conversation !== undefined) return this.#link.conversation;
    try {
      // At once, so that of two that begin together one is refused and not both.
      if (!this.#link.isInUse) this.#options.checkLimits();
      const conversation = await this.#link.open(async () => {
        this.#exchange.origin = toOrigin(call.message);
        return toConversationSetup(await call.settings());
      });
      signal.throwIfAborted();
      return conversation;
    } catch (error) {
      if (!(error instanceof ConversationEnded)) this.#rest.begin(error);
      throw error;
    }
  }

  /** Runs work after all that was asked for before it, unless it is forgotten meanwhile. */
  #inOrder<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const { signal } = this.#waiting;
    const done = this.#tail.then(() => {
      signal.throwIfAborted();
      return work(signal);
    });
    this.#tail = done.catch(() => undefined);
    return done;
  }

  #forgetWaiting(): void {
    this.#waiting.abort(new ConversationEnded('It was cancelled before its turn.'));
    this.#waiting = new AbortController();
  }
}

function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
