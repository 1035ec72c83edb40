import { actionOf, hasSession, unknownAction } from '../../kit/action.ts';
import { loadAudio } from '../../kit/core.ts';
import { LocalizedError } from '../../kit/flow-error.ts';
import {
  isBareEnd,
  readSound,
  soundBytes,
  soundStreamOf,
  type AudioLibrary,
} from '../../kit/incoming-sound.ts';
import type { FlowMessage } from '../../kit/node-red.ts';
import type { Call, NodeBehaviour, NodeHost } from '../../kit/register-node.ts';
import { sessionKey } from '../../kit/session-key.ts';
import { TimeSlice } from '../../kit/time-slice.ts';
import { SegmentSession, type SegmentProperties } from './segment-session.ts';

const MAX_SESSIONS = 1000;
/** Of a session, while something long is worked on. */
const MAX_WAITING = 1000;
/** A file says where it ends; another one may follow it as a part of the same recording, but not after so long. */
const FILE_IDLE_MS = 3000;
/** While a session is still busy when its time is over. */
const LOOK_AGAIN_MS = 1000;
/** More than this in one message is worked on in slices: a few seconds of sound. */
const AT_ONCE_BYTES = 64 * 1024;

type Entry = {
  session: SegmentSession;
  lastMs: number;
  message: FlowMessage;
  cancelTimer: () => void;
  controller: AbortController;
  /** What is still being worked on: everything behind it has to wait. */
  busy: Promise<void> | undefined;
  waiting: number;
};

export function createSegment(host: NodeHost<SegmentProperties>): NodeBehaviour<SegmentProperties> {
  return new SegmentNode(host);
}

class SegmentNode implements NodeBehaviour<SegmentProperties> {
  readonly #host: NodeHost<SegmentProperties>;
  readonly #entries = new Map<string, Entry>();
  /** Whether the sound is simply the payload, as it nearly always is: 50 messages a second come for each session. */
  readonly #isPlain: boolean;
  #loading: Promise<AudioLibrary> | undefined;
  #audio: AudioLibrary | undefined;
  #speaking = 0;

  constructor(host: NodeHost<SegmentProperties>) {
    this.#host = host;
    const { sound = 'payload', soundType = 'msg' } = host.stored;
    this.#isPlain = sound === 'payload' && soundType === 'msg';
  }

  input(call: Call<SegmentProperties>): void | Promise<void> {
    const { message } = call;
    const action = actionOf(message);
    if (action !== undefined) {
      this.#command(action, message);
      return undefined;
    }
    const audio = this.#audio;
    if (audio === undefined) return this.#start(call);
    return this.#take(call, audio);
  }

  close(): void {
    for (const key of this.#entries.keys()) this.#forget(key);
  }

  /** The first messages wait for the library, and keep their order by it. */
  async #start(call: Call<SegmentProperties>): Promise<void> {
    this.#loading ??= loadAudio();
    const audio = await this.#loading;
    this.#audio = audio;
    if (this.#host.signal.aborted) return;
    await this.#take(call, audio);
  }

  #take(call: Call<SegmentProperties>, audio: AudioLibrary): void | Promise<void> {
    const { message } = call;
    const key = sessionKey(message);
    const entry = this.#entries.get(key) ?? this.#open(key, audio, message);
    entry.lastMs = call.arrivedMs;
    entry.message = message;
    const isLast = isLastOf(message);
    const isEmptyEnd = isLast && isBareEnd(message.payload, message);
    if (entry.busy === undefined && (this.#isPlain || isEmptyEnd)) {
      const bytes = isEmptyEnd ? undefined : soundBytes(message.payload, 'msg.payload');
      if (bytes === undefined || bytes.length <= AT_ONCE_BYTES) {
        if (bytes !== undefined && bytes.length > 0) entry.session.push(bytes, message);
        if (isLast) this.#end(key);
        else if (entry.session.isFileOver) this.#expire(key, entry);
        return undefined;
      }
    }
    return this.#enqueue(entry, key, call);
  }

  /** Behind what the session is busy with. */
  async #enqueue(entry: Entry, key: string, call: Call<SegmentProperties>): Promise<void> {
    if (entry.waiting >= MAX_WAITING) throw tooFast();
    const before = entry.busy;
    entry.waiting += 1;
    const work = (async () => {
      await before;
      await this.#work(entry, key, call);
    })();
    // Whoever comes behind is not concerned with how it ended.
    const settled = work.catch(() => undefined);
    entry.busy = settled;
    try {
      await work;
    } finally {
      entry.waiting -= 1;
      if (entry.busy === settled) entry.busy = undefined;
    }
  }

  async #work(entry: Entry, key: string, call: Call<SegmentProperties>): Promise<void> {
    const { signal } = entry.controller;
    const { message } = call;
    if (signal.aborted) return;
    const isLast = isLastOf(message);
    try {
      if (!(isLast && isBareEnd(message.payload, message))) {
        const { sound } = await call.settings();
        const bytes = await readSound(sound, 'sound', { files: undefined, signal });
        await entry.session.pushSliced(bytes, message, new TimeSlice(signal));
      }
    } catch (error) {
      if (signal.aborted) return;
      throw error;
    }
    if (signal.aborted) return;
    if (isLast) this.#end(key);
    else if (entry.session.isFileOver) this.#expire(key, entry);
  }

  #open(key: string, audio: AudioLibrary, message: FlowMessage): Entry {
    if (this.#entries.size >= MAX_SESSIONS) throw tooManySessions();
    const host = this.#host;
    const session = new SegmentSession({
      audio,
      settings: host.fixed,
      generateId: () => host.RED.util.generateId(),
      send: (output, sent) => host.send(output, sent),
      onSpeaking: (isSpeaking) => this.#show(isSpeaking),
    });
    const entry: Entry = {
      session,
      message,
      lastMs: host.clock.now(),
      cancelTimer: () => undefined,
      controller: new AbortController(),
      busy: undefined,
      waiting: 0,
    };
    this.#entries.set(key, entry);
    this.#expire(key, entry);
    if (this.#speaking === 0) host.status.show('listening');
    return entry;
  }

  /** One timer for each session, which looks again instead of being set again by every message. */
  #expire(key: string, entry: Entry): void {
    entry.cancelTimer();
    const delayMs = entry.busy === undefined ? this.#leftMs(entry) : LOOK_AGAIN_MS;
    entry.cancelTimer = this.#host.clock.after(delayMs, () => {
      if (entry.busy !== undefined || this.#leftMs(entry) > 0) {
        this.#expire(key, entry);
        return;
      }
      try {
        this.#end(key);
      } catch (error) {
        this.#host.report(error, entry.message);
      }
    });
  }

  /** Until a session is over to which no more sound comes. */
  #leftMs({ session, lastMs }: Entry): number {
    const { clock, fixed } = this.#host;
    const idleMs = fixed.idleSeconds * 1000;
    return lastMs + (session.isFileOver ? Math.min(FILE_IDLE_MS, idleMs) : idleMs) - clock.now();
  }

  /** What was said is sent, and the session is over. */
  #end(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    try {
      entry.session.flush(entry.message);
    } finally {
      this.#forget(key);
    }
  }

  #forget(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    entry.cancelTimer();
    entry.controller.abort();
    entry.session.discard();
    if (this.#entries.size === 0) this.#host.status.clear();
  }

  #command(action: string, message: FlowMessage): void {
    const keys = hasSession(message) ? [sessionKey(message)] : [...this.#entries.keys()];
    switch (action) {
      case 'flush':
        for (const key of keys) {
          const entry = this.#entries.get(key);
          entry?.session.flush(entry.message);
        }
        return;
      case 'stop':
        for (const key of keys) this.#end(key);
        return;
      case 'cancel':
      case 'clear':
        for (const key of keys) this.#forget(key);
        return;
      default:
        throw unknownAction(action, Object.keys(this.#host.definition.actions));
    }
  }

  #show(isSpeaking: boolean): void {
    this.#speaking += isSpeaking ? 1 : -1;
    const { status } = this.#host;
    if (this.#speaking === 0) status.show('listening');
    else if (this.#speaking === 1) status.show('hearing');
    else status.showText(String(this.#speaking));
  }
}

/** By `msg.complete`, or by the count of what Split made of a Buffer. */
function isLastOf(message: FlowMessage): boolean {
  return message.complete === true || soundStreamOf(message)?.isLast === true;
}

function tooManySessions(): LocalizedError {
  return new LocalizedError(
    'queue_full',
    {
      en: `${MAX_SESSIONS} sessions are open already. End some with msg.action 'stop', or let them end sooner.`,
      zh: `已有 ${MAX_SESSIONS} 个会话。请用 msg.action 'stop' 结束部分会话，或缩短空闲结束时间。`,
    },
    { badge: 'queueFull' },
  );
}

function tooFast(): LocalizedError {
  return new LocalizedError(
    'queue_full',
    {
      en: `${MAX_WAITING} messages of this session wait already. Send sound no faster than it can be worked on.`,
      zh: `此会话已有 ${MAX_WAITING} 条消息在等待。请降低声音的发送速度。`,
    },
    { badge: 'queueFull' },
  );
}
