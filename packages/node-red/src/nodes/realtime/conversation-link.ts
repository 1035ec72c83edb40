import type { RealtimeHistoryEntry } from '@stepvoice/core/node';
import type { Clock } from '../../kit/clock.ts';
import { retryAfterMsOf } from './connect-rest.ts';
import type { ConnectedTime } from './connected-time.ts';
import type {
  Conversation,
  ConversationEngine,
  ConversationEvent,
  ConversationOptions,
} from './conversation-engine.ts';

/** The first attempt is made at once: most connections are lost for no lasting reason. */
const RETRY_DELAYS_MS = [0, 500, 1000, 2000, 4000, 8000];
/** However long the service asks for. */
const LONGEST_DELAY_MS = 30_000;
/** A connection that lasted so long has nothing to do with the failures before it. */
const STEADY_MS = 30_000;

/** Why a conversation that somebody was waiting for is not there: it was ended. It is no failure. */
export class ConversationEnded extends Error {
  override name = 'ConversationEnded';
}

/** `stopped`, and by a limit `spent`: it goes on only when somebody begins it anew. */
export type LinkState =
  | 'closed'
  | 'connecting'
  | 'open'
  | 'reconnecting'
  | 'asleep'
  | 'stopped'
  | 'spent';
export type EndReason = 'stopped' | 'idle' | 'session-limit' | 'day-limit' | 'failed' | 'closed';

const STATES_AFTER: Record<EndReason, LinkState> = {
  stopped: 'stopped',
  idle: 'asleep',
  'session-limit': 'spent',
  'day-limit': 'spent',
  failed: 'closed',
  closed: 'closed',
};

export type ConversationSetup = Omit<ConversationOptions, 'history' | 'signal'>;

export type ConversationLinkOptions = {
  engine: ConversationEngine;
  clock: Clock;
  connectedTime: ConnectedTime;
  idleMs: number;
  /** `undefined`: no limit. */
  maxSessionMs: number | undefined;
  reconnects: boolean;
  /** Whether somebody speaks, or an answer is on its way. */
  isBusy: () => boolean;
  onEvent: (event: ConversationEvent, conversation: Conversation) => void;
  onConnected: (conversation: Conversation, isRenewed: boolean) => void;
  onReconnecting: (attempt: number, cause: unknown) => void;
  /** It was lost or ended; `cause` where it has failed for good. */
  onDisconnected: (reason: EndReason, cause?: unknown) => void;
  onChange: () => void;
};

/** Keeps one conversation connected for as long as it is used, and remembers what was said while it is not. */
export class ConversationLink {
  readonly #options: ConversationLinkOptions;
  #state: LinkState = 'closed';
  #conversation: Conversation | undefined;
  #opening: Promise<Conversation> | undefined;
  #setup: ConversationSetup | undefined;
  #history: readonly RealtimeHistoryEntry[] = [];
  #abort = new AbortController();
  #openedAtMs = 0;
  #connectedMs = 0;
  #attempts = 0;
  #activeAtMs = 0;
  #stopTimers: (() => void)[] = [];

  constructor(options: ConversationLinkOptions) {
    this.#options = options;
  }

  get state(): LinkState {
    return this.#state;
  }

  /** Where it is connected. */
  get conversation(): Conversation | undefined {
    return this.#conversation;
  }

  /** Whether it has a connection, or is about to. */
  get isInUse(): boolean {
    return this.#conversation !== undefined || this.#opening !== undefined;
  }

  /** When somebody spoke last, or something was asked for. */
  get activeAtMs(): number {
    return this.#activeAtMs;
  }

  get hasHistory(): boolean {
    return this.#history.length > 0;
  }

  /**
   * The conversation, connected. Whoever asks while it is being connected waits along.
   *
   * @param toSetup asked only where there is no connection
   * @throws as the engine does; {@link ConversationEnded} where it was ended meanwhile
   */
  async open(toSetup: () => Promise<ConversationSetup>): Promise<Conversation> {
    if (this.#conversation !== undefined) return this.#conversation;
    this.#opening ??= this.#begin(async (signal) => {
      this.#setState('connecting');
      this.#setup = await toSetup();
      signal.throwIfAborted();
      return this.#connect(this.#setup, signal);
    });
    return this.#opening;
  }

  /** What holds for connections to come. */
  configure(patch: Partial<ConversationSetup>): void {
    if (this.#setup !== undefined) this.#setup = { ...this.#setup, ...patch };
  }

  /** Somebody spoke, or something was asked for. */
  touch(): void {
    this.#activeAtMs = this.#options.clock.now();
  }

  /** Another connection in place of this one, with the same history. */
  async reconnect(): Promise<void> {
    if (this.#setup === undefined || this.#conversation === undefined) return;
    this.#detach();
    await this.#reopen(undefined);
  }

  /** Ends it at once. What was said is remembered. */
  end(reason: EndReason): void {
    const wasInUse = this.isInUse;
    this.#abort.abort(new ConversationEnded('The conversation was ended.'));
    this.#detach();
    this.#opening = undefined;
    if (reason !== 'idle') this.#attempts = 0;
    this.#setState(STATES_AFTER[reason]);
    // A limit is for one that nobody ends; one that slept, or was ended, begins anew.
    this.#connectedMs = 0;
    if (wasInUse) this.#options.onDisconnected(reason);
  }

  forget(): void {
    this.#history = [];
  }

  /** What was said last, as far as it was an answer that broke off. */
  forgetAnswer(): void {
    const last = this.#history.findLastIndex(({ role }) => role !== 'assistant');
    this.#history = this.#history.slice(0, last + 1);
  }

  #begin(work: (signal: AbortSignal) => Promise<Conversation>): Promise<Conversation> {
    const abort = new AbortController();
    this.#abort = abort;
    // Not before it is known that it is being opened.
    const opening = Promise.resolve()
      .then(() => {
        abort.signal.throwIfAborted();
        return work(abort.signal);
      })
      .catch((error: unknown) => {
        if (!abort.signal.aborted) {
          this.#opening = undefined;
          this.#setState('closed');
        }
        throw abort.signal.aborted ? abort.signal.reason : error;
      });
    // Whoever asked for it is told.
    opening.catch(() => undefined);
    return opening;
  }

  async #connect(setup: ConversationSetup, signal: AbortSignal): Promise<Conversation> {
    const { engine, clock, connectedTime, maxSessionMs, onConnected } = this.#options;
    const conversation = await engine.connect({ ...setup, history: this.#history, signal });
    if (signal.aborted) {
      conversation.close();
      throw signal.reason;
    }
    this.#opening = undefined;
    this.#conversation = conversation;
    this.#openedAtMs = clock.now();
    const isRenewed = this.#state === 'reconnecting';
    this.#setState('open');
    this.touch();
    this.#stopTimers = [connectedTime.begin()];
    if (maxSessionMs !== undefined) {
      const leftMs = Math.max(maxSessionMs - this.#connectedMs, 0);
      this.#stopTimers.push(clock.after(leftMs, () => this.end('session-limit')));
    }
    this.#watchIdle(this.#options.idleMs);
    void this.#read(conversation);
    onConnected(conversation, isRenewed);
    return conversation;
  }

  async #read(conversation: Conversation): Promise<void> {
    const { onEvent } = this.#options;
    try {
      for await (const event of conversation) {
        if (this.#conversation !== conversation) return;
        onEvent(event, conversation);
      }
    } catch (error) {
      if (this.#conversation === conversation) this.#onLost(error);
    }
  }

  #onLost(error: unknown): void {
    const { clock, reconnects } = this.#options;
    if (clock.now() - this.#openedAtMs >= STEADY_MS) this.#attempts = 0;
    this.#detach();
    if (reconnects && canTryAgain(error)) {
      this.#reopen(error).catch(() => undefined);
    } else {
      this.#setState('closed');
      this.#options.onDisconnected('failed', error);
    }
  }

  #reopen(cause: unknown): Promise<Conversation> {
    this.#setState('reconnecting');
    this.#opening = this.#begin((signal) => this.#retry(cause, signal));
    return this.#opening;
  }

  async #retry(cause: unknown, signal: AbortSignal): Promise<Conversation> {
    const { clock, onReconnecting, onDisconnected } = this.#options;
    let latest = cause;
    for (;;) {
      const delayMs = RETRY_DELAYS_MS[this.#attempts];
      const isFinal = latest !== undefined && !canTryAgain(latest);
      if (delayMs === undefined || isFinal || this.#setup === undefined) {
        this.#attempts = 0;
        this.#opening = undefined;
        this.#setState('closed');
        onDisconnected('failed', latest);
        throw latest;
      }
      this.#attempts += 1;
      onReconnecting(this.#attempts, latest);
      try {
        // A service that is asked too often says for how long not to ask.
        const askedMs = Math.min(retryAfterMsOf(latest), LONGEST_DELAY_MS);
        await wait(clock, Math.max(delayMs, askedMs), signal);
        return await this.#connect(this.#setup, signal);
      } catch (error) {
        signal.throwIfAborted();
        latest = error;
      }
    }
  }

  /** Lets go of the connection. */
  #detach(): void {
    for (const stop of this.#stopTimers.splice(0)) stop();
    const conversation = this.#conversation;
    if (conversation === undefined) return;
    this.#conversation = undefined;
    this.#connectedMs += this.#options.clock.now() - this.#openedAtMs;
    this.#history = conversation.history;
    conversation.close();
  }

  #watchIdle(delayMs: number): void {
    const { clock, idleMs, isBusy } = this.#options;
    let stop: () => void = () => undefined;
    const look = (): void => {
      if (isBusy()) this.touch();
      const leftMs = this.#activeAtMs + idleMs - clock.now();
      if (leftMs <= 0) this.end('idle');
      else stop = clock.after(leftMs, look);
    };
    stop = clock.after(delayMs, look);
    this.#stopTimers.push(() => stop());
  }

  #setState(state: LinkState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#options.onChange();
  }
}

/** Whether the same may succeed later: what the network does, and not what the service refuses. */
function canTryAgain(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if ('code' in error && error.code === 'consumer_too_slow') return false;
  const isRetryable = 'retryable' in error && error.retryable === true;
  return isRetryable || error.name === 'ConnectionError' || error.name === 'TimeoutError';
}

function wait(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  if (delayMs === 0) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      stop();
      reject(signal.reason);
    };
    const stop = clock.after(delayMs, () => {
      signal.removeEventListener('abort', onAbort);
      resolve();
    });
    signal.addEventListener('abort', onAbort, { once: true });
  });
}
