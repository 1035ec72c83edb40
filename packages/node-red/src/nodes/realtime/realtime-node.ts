import { actionOf, hasSession, unknownAction } from '../../kit/action.ts';
import { loadAudio } from '../../kit/core.ts';
import { badInput } from '../../kit/flow-error.ts';
import { soundBytes, type AudioLibrary } from '../../kit/incoming-sound.ts';
import type { FlowMessage } from '../../kit/node-red.ts';
import type { Call, NodeBehaviour, NodeHost } from '../../kit/register-node.ts';
import { sessionKey } from '../../kit/session-key.ts';
import { ConnectedTime, DAYS, keptStore } from './connected-time.ts';
import type { ConversationEngine } from './conversation-engine.ts';
import { ConversationEnded } from './conversation-link.ts';
import type { RealtimeProperties } from './definition.ts';
import { createRealtimeEngine } from './realtime-engine.ts';
import {
  dayLimitReached,
  noText,
  notConnected,
  tooManySessions,
  unknownCall,
} from './talk-errors.ts';
import { MAX_HEARD_BYTES, Talk } from './talk.ts';

/** Conversations that are remembered, connected or not. The oldest that is not connected is forgotten. */
const MAX_TALKS = 1000;
/** Sound comes fifty times a second: what is wrong with it is said no more often than this. */
const SOUND_ERROR_MS = 5000;
const ROLES = ['user', 'system', 'assistant'] as const;

export type RealtimeNodeParts = {
  /** What speaks with the user. Default the service's own model. */
  engine?: ConversationEngine;
  /** The server's date. */
  today?: () => string;
};

export function createRealtime(
  host: NodeHost<RealtimeProperties>,
  parts: RealtimeNodeParts = {},
): NodeBehaviour<RealtimeProperties> {
  const node = new RealtimeNode(host, parts);
  return { input: (call) => node.input(call), close: (removed) => node.close(removed) };
}

class RealtimeNode {
  readonly #host: NodeHost<RealtimeProperties>;
  readonly #engine: ConversationEngine;
  readonly #time: ConnectedTime;
  readonly #talks = new Map<string, Talk>();
  #loading: Promise<AudioLibrary> | undefined;
  #audio: AudioLibrary | undefined;
  #inputs = 0;
  #soundErrorAtMs = Number.NEGATIVE_INFINITY;

  constructor(host: NodeHost<RealtimeProperties>, { engine, today }: RealtimeNodeParts) {
    this.#host = host;
    this.#engine = engine ?? createRealtimeEngine(() => host.client());
    const { maxDayMinutes } = host.fixed;
    this.#time = new ConnectedTime({
      clock: host.clock,
      dayLimitMs: maxDayMinutes === undefined ? undefined : maxDayMinutes * 60_000,
      today: today ?? (() => new Date().toDateString()),
      store: keptStore(host),
      onSpent: () => {
        for (const talk of this.#talks.values()) talk.endForLimit();
      },
    });
  }

  async input(call: Call<RealtimeProperties>): Promise<void> {
    this.#inputs += 1;
    try {
      const audio = this.#audio ?? (await this.#load());
      await this.#take(call, audio);
    } catch (error) {
      if (!(error instanceof ConversationEnded)) throw error;
    } finally {
      this.#inputs -= 1;
      // Not one that a message is just about to use.
      if (this.#inputs === 0) this.#forget();
    }
  }

  close(removed: boolean): void {
    for (const talk of this.#talks.values()) talk.close();
    this.#talks.clear();
    this.#time.close();
    if (removed) DAYS.forget(this.#host.RED, this.#host.node.id);
  }

  /** The first messages wait for the library, all of them: a command keeps its place among them. */
  async #load(): Promise<AudioLibrary> {
    this.#audio = await (this.#loading ??= loadAudio());
    this.#host.signal.throwIfAborted();
    return this.#audio;
  }

  async #take(call: Call<RealtimeProperties>, audio: AudioLibrary): Promise<void> {
    const { message } = call;
    const { payload, event, call_id: callId } = message;
    const action = actionOf(message);
    if (action !== undefined) return this.#command(action, call, audio);
    if (callId !== undefined && callId !== '') return this.#answer(callId, message);
    const hasContent =
      ArrayBuffer.isView(payload) || (typeof payload === 'string' && payload !== '');
    if (typeof event === 'string' && !hasContent) {
      return this.#talks.get(sessionKey(message))?.onPlayer(event, payload, call);
    }
    if (typeof payload === 'string') {
      const isPiece = message.stepvoice?.stream === 'text';
      if (!isPiece && payload.trim() === '') throw noText();
      return this.#talkOf(message, audio).say(call, payload, roleOf(message));
    }
    return this.#hear(call, audio);
  }

  async #hear(call: Call<RealtimeProperties>, audio: AudioLibrary): Promise<void> {
    const { message } = call;
    const bytes = soundBytes(message.payload, 'msg.payload', MAX_HEARD_BYTES);
    try {
      await this.#talkOf(message, audio).hear(call, bytes);
    } catch (error) {
      if (error instanceof ConversationEnded) return;
      const { clock } = this.#host;
      const isFrame = message.parts !== undefined || message.audio?.format === 'pcm';
      if (isFrame && clock.now() - this.#soundErrorAtMs < SOUND_ERROR_MS) return;
      this.#soundErrorAtMs = clock.now();
      throw error;
    }
  }

  #answer(callId: unknown, { payload, ...message }: FlowMessage): void {
    if (typeof callId !== 'string') {
      throw badInput('msg.call_id', { en: 'must be text.', zh: '应为文本。' });
    }
    if (ArrayBuffer.isView(payload)) {
      throw badInput('msg.payload', {
        en: 'is binary. Answer a tool call with text or with what JSON can say.',
        zh: '是二进制数据。请用文本或 JSON 数据应答工具调用。',
      });
    }
    const own = this.#talks.get(sessionKey(message));
    const talk = own?.waitsFor(callId)
      ? own
      : [...this.#talks.values()].find((other) => other.waitsFor(callId));
    if (talk === undefined) throw unknownCall();
    talk.answer(callId, payload ?? null);
  }

  async #command(
    action: string,
    call: Call<RealtimeProperties>,
    audio: AudioLibrary,
  ): Promise<void> {
    const { message } = call;
    if (action === 'start') return this.#talkOf(message, audio).start(call);
    if (action === 'flush') return this.#talkOf(message, audio).flush(call);
    const talk = this.#talks.get(sessionKey(message));
    const own = talk === undefined ? [] : [talk];
    const talks = hasSession(message) ? own : [...this.#talks.values()];
    switch (action) {
      case 'stop':
        for (const each of talks) each.stop();
        return;
      case 'clear':
        for (const each of talks) each.clear();
        return;
      case 'cancel':
        await Promise.all(talks.map((each) => each.cancel()));
        return;
      case 'reconnect': {
        const inUse = talks.filter((each) => each.isInUse);
        if (inUse.length === 0) throw notConnected();
        await Promise.all(inUse.map((each) => each.reconnect()));
        return;
      }
      default:
        throw unknownAction(action, Object.keys(this.#host.definition.actions));
    }
  }

  #talkOf(message: FlowMessage, audio: AudioLibrary): Talk {
    const key = sessionKey(message);
    const known = this.#talks.get(key);
    if (known !== undefined) return known;
    const talk = new Talk({
      host: this.#host,
      engine: this.#engine,
      audio,
      connectedTime: this.#time,
      checkLimits: () => this.#checkLimits(),
      onChange: () => this.#show(),
    });
    this.#talks.set(key, talk);
    return talk;
  }

  #checkLimits(): void {
    if (this.#time.isSpent) throw dayLimitReached();
    const { maxSessions } = this.#host.fixed;
    let inUse = 0;
    for (const talk of this.#talks.values()) if (talk.isInUse) inUse += 1;
    if (inUse >= maxSessions) throw tooManySessions(maxSessions);
  }

  #forget(): void {
    for (const [key, talk] of this.#talks) {
      const isTooMany = this.#talks.size > MAX_TALKS && !talk.isInUse;
      if (!talk.isForgotten && !isTooMany) continue;
      talk.close();
      this.#talks.delete(key);
    }
  }

  #show(): void {
    const { status } = this.#host;
    const all = [...this.#talks.values()];
    const inUse = all.filter((talk) => talk.isInUse);
    const [only] = inUse;
    if (inUse.length > 1) {
      status.showText(String(inUse.length), { fill: 'green', shape: 'dot' });
    } else if (only !== undefined) {
      status.show(only.phase);
    } else if (all.some((talk) => talk.phase === 'spent')) {
      status.show('limitReached', { fill: 'red', shape: 'ring' });
    } else if (all.some((talk) => talk.phase === 'asleep')) {
      status.show('asleep', { fill: 'grey', shape: 'ring' });
    } else {
      status.show('disconnected');
    }
  }
}

function roleOf({ role }: FlowMessage): (typeof ROLES)[number] {
  if (role === undefined) return 'user';
  const known = ROLES.find((name) => name === role);
  if (known !== undefined) return known;
  throw badInput('msg.role', {
    en: `must be one of ${ROLES.join(', ')}.`,
    zh: `应为 ${ROLES.join('、')} 之一。`,
  });
}
