import type { Clock } from '../net/clock.ts';
import type { WireRealtimeResponseOptions } from '../protocol/realtime-client-events.ts';
import type { WireRealtimeInputItem } from '../protocol/realtime-items.ts';
import { isOngoingResponseError } from './request-ledger.ts';

/** Items that belong before an answer, and the answer. */
export type ResponseRequest = {
  /** Sent when no answer is in progress any more, right before this one is asked for. */
  items?: (() => readonly WireRealtimeInputItem[]) | undefined;
  /** False for items that are to be known, and not to be answered. */
  create: boolean;
  options?: WireRealtimeResponseOptions | undefined;
};

type Waiting = ResponseRequest & {
  tries: number;
  resolve: () => void;
  reject: (error: unknown) => void;
  promise: Promise<void>;
};

export type ResponseRequestsOptions = {
  clock: Clock;
  /** Whether an answer is in progress, as far as is known. */
  isBusy: () => boolean;
  /** Sends one; resolves when the service has begun it. */
  send: (request: ResponseRequest) => Promise<unknown>;
  onChange: () => void;
};

/** The service may be at an answer that it has not announced: after 1, 2, 4, 8 and 16 s it is asked again. */
const FIRST_RETRY_MS = 1000;
const MAX_TRIES = 6;

/**
 * The service makes one answer at a time and refuses to begin another. So one is asked for when the one before is over; and
 * where the service was at one by itself, it is asked again after that.
 */
export class ResponseRequests {
  readonly #options: ResponseRequestsOptions;
  readonly #waiting: Waiting[] = [];
  #current: Waiting | undefined;
  /** Asked for last, and begun, as it seemed. */
  #begun: Waiting | undefined;
  #isBlocked = false;
  /** How many answers were over by now, and when the current one was asked for. */
  #endings = 0;
  #endingsBefore = 0;
  #isClosed = false;
  #stopTimer: (() => void) | undefined;

  constructor(options: ResponseRequestsOptions) {
    this.#options = options;
  }

  /** Whether an answer is asked for that has not begun. */
  get isAsking(): boolean {
    return this.#current !== undefined;
  }

  get isIdle(): boolean {
    return this.#current === undefined && this.#waiting.length === 0;
  }

  /** Resolves when the answer begins. */
  add(request: ResponseRequest): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#waiting.push({ ...request, tries: 0, promise, resolve, reject });
    this.pump();
    return promise;
  }

  /** An answer is over, whichever it was. */
  onEnded(): void {
    this.#begun = undefined;
    this.#endings += 1;
    this.#unblock();
  }

  /** The service refused what seemed to have begun: that was an answer of its own. */
  onOngoing(): void {
    const begun = this.#begun;
    this.#begun = undefined;
    if (begun !== undefined) this.#retryLater({ ...begun, items: undefined });
  }

  pump(): void {
    if (this.#isClosed || this.#isBlocked || this.#current !== undefined) return;
    if (this.#options.isBusy()) return;
    const next = this.#waiting.shift();
    if (next === undefined) return;
    this.#current = next;
    this.#begun = undefined;
    next.tries += 1;
    this.#endingsBefore = this.#endings;
    this.#options.onChange();
    void this.#start(next);
  }

  /** Nothing is asked for any more. Whoever still waits is told `reason`. */
  close(reason: unknown): void {
    this.#isClosed = true;
    this.#stopTimer?.();
    for (const { promise, reject } of this.#waiting.splice(0)) {
      promise.catch(() => undefined);
      reject(reason);
    }
  }

  async #start(request: Waiting): Promise<void> {
    try {
      await this.#options.send(request);
      this.#onBegun(request);
    } catch (error) {
      this.#onRefused(request, error);
    }
  }

  #onBegun(request: Waiting): void {
    this.#current = undefined;
    this.#begun = request.create ? request : undefined;
    request.resolve();
    this.#options.onChange();
    this.pump();
  }

  #onRefused(request: Waiting, error: unknown): void {
    this.#current = undefined;
    if (this.#isClosed) request.promise.catch(() => undefined);
    else if (isOngoingResponseError(error) && request.tries < MAX_TRIES) {
      this.#retryLater({ ...request, items: undefined });
      return;
    }
    request.reject(error);
    this.#options.onChange();
    this.pump();
  }

  #retryLater(request: Waiting): void {
    this.#waiting.unshift(request);
    this.#options.onChange();
    // What stood in the way may be over already.
    if (this.#endings > this.#endingsBefore) {
      this.pump();
      return;
    }
    this.#isBlocked = true;
    const delayMs = FIRST_RETRY_MS * 2 ** (request.tries - 1);
    this.#stopTimer?.();
    this.#stopTimer = this.#options.clock.after(delayMs, () => this.#unblock());
  }

  #unblock(): void {
    this.#stopTimer?.();
    this.#stopTimer = undefined;
    this.#isBlocked = false;
    this.pump();
  }
}
