import type { StepAudioError } from '../errors.ts';
import { sleep } from '../net/clock.ts';
import type { Clock } from '../net/clock.ts';
import type { WireRealtimeInputItem } from '../protocol/realtime-items.ts';
import type {
  WireRealtimeSession,
  WireRealtimeSessionPatch,
} from '../protocol/realtime-session.ts';
import type { LedgerEntry } from './item-ledger.ts';
import { refill } from './open-session.ts';
import type { SessionWire } from './session-wire.ts';

/** A service that refuses is not asked more often than this before a session ends. */
const MAX_ATTEMPTS = 3;
/** Whether it is quiet depends on time as well as on events. */
const LOOK_MS = 1000;

/** A session that is ready to take over. */
export type Successor = {
  wire: SessionWire;
  session: WireRealtimeSession;
  /** The ids it gave to what it was told. */
  ids: ReadonlyMap<LedgerEntry, string>;
};

export type HandOverOptions = {
  clock: Clock;
  /** What the session is configured with; another object after each change. */
  config: () => WireRealtimeSessionPatch;
  open: (config: WireRealtimeSessionPatch, signal: AbortSignal) => Promise<SessionWire>;
  /** What a session that knows only these should be told, in order. */
  untold: (told: ReadonlySet<LedgerEntry>) => { entry: LedgerEntry; item: WireRealtimeInputItem }[];
  /** Whether nobody speaks and nothing is on its way. */
  isQuiet: () => boolean;
  onReady: (successor: Successor) => void;
  /** An attempt failed; `isLast` where no other follows. */
  onFailed: (error: unknown, isLast: boolean) => void;
};

/**
 * Opens another session beside the one that is ending, tells it what was said so far, and waits with it for a moment in
 * which nobody speaks.
 */
export class HandOver {
  readonly #options: HandOverOptions;
  readonly #over = new AbortController();
  #isForced = false;
  #wake = Promise.withResolvers<void>();

  /** `remainingMs`: how long the old session lasts; attempts are spread over it. */
  constructor(options: HandOverOptions, remainingMs: number) {
    this.#options = options;
    void this.#run(remainingMs / MAX_ATTEMPTS);
  }

  /** Something changed: it may be quiet now. */
  poke(): void {
    this.#wake.resolve();
  }

  /** The old session is at its end: the new one takes over as soon as it can. */
  force(): void {
    this.#isForced = true;
    this.poke();
  }

  stop(): void {
    this.#over.abort();
  }

  async #run(betweenMs: number): Promise<void> {
    const { signal } = this.#over;
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.#attempt();
        return;
      } catch (error) {
        if (signal.aborted) return;
        this.#options.onFailed(error, attempt === MAX_ATTEMPTS);
        if (attempt === MAX_ATTEMPTS) return;
      }
      try {
        await sleep(this.#options.clock, betweenMs, signal);
      } catch {
        return;
      }
    }
  }

  async #attempt(): Promise<void> {
    const { config, open, untold, isQuiet, onReady } = this.#options;
    const { signal } = this.#over;
    let configured = config();
    const wire = await open(configured, signal);
    const onAbort = (): void => wire.close(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    const lost = Promise.withResolvers<never>();
    lost.promise.catch(() => undefined);
    signal.addEventListener('abort', () => lost.reject(signal.reason), { once: true });
    let session: WireRealtimeSession = {};
    wire.listen({
      onEvent: (event) => {
        if (event.type === 'session.created' || event.type === 'session.updated') {
          session = { ...session, ...event.session };
        }
      },
      onError: () => undefined,
      onOngoingResponse: () => undefined,
      onClose: (error: StepAudioError) => lost.reject(error),
      isNewItem: () => true,
      onChange: () => undefined,
    });
    try {
      const told = new Set<LedgerEntry>();
      const ids = new Map<LedgerEntry, string>();
      for (;;) {
        signal.throwIfAborted();
        const rest = untold(told);
        if (configured !== config()) {
          configured = config();
          const update = { type: 'session.update', session: configured } as const;
          await Promise.race([wire.request('update', update), lost.promise]);
        } else if (rest.length > 0) {
          const given = await Promise.race([tell(wire, rest), lost.promise]);
          for (const [index, { entry }] of rest.entries()) {
            told.add(entry);
            const id = given[index];
            if (id !== undefined) ids.set(entry, id);
          }
        } else if (this.#isForced || isQuiet()) {
          onReady({ wire, session, ids });
          return;
        } else {
          await Promise.race([this.#change(), lost.promise]);
        }
      }
    } catch (error) {
      wire.close(error);
      throw error;
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  async #change(): Promise<void> {
    this.#wake = Promise.withResolvers<void>();
    const stopTimer = this.#options.clock.after(LOOK_MS, () => this.poke());
    const { signal } = this.#over;
    signal.addEventListener('abort', stopTimer, { once: true });
    await this.#wake.promise;
    stopTimer();
    signal.removeEventListener('abort', stopTimer);
  }
}

/** What the service does not take is left out: a conversation with a gap is better than none. */
function tell(
  wire: SessionWire,
  rest: readonly { item: WireRealtimeInputItem }[],
): Promise<(string | undefined)[]> {
  return Promise.all(
    rest.map(({ item }) =>
      refill(wire, [item]).then(
        ([id]) => id,
        () => undefined,
      ),
    ),
  );
}
