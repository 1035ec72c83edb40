import type { FaultKind } from './faults/fault.ts';
import type { Authorization } from './http/authentication.ts';
import type { Endpoint, Plan } from './http/routes.ts';

/** How a request ended: answered to its end, left by the client, or broken off by a fault or by `close()`. */
export type Outcome = 'open' | 'complete' | 'aborted' | 'cut';

/** One request or one socket. It holds no key and no text. */
export type RequestRecord = {
  /** Counts up from 1. */
  readonly id: number;
  readonly endpoint: Endpoint | 'unknown';
  readonly method: string;
  /** Without its query. */
  readonly path: string;
  readonly plan: Plan | undefined;
  /** Which TCP connection it came over, counting up from 1. */
  readonly connection: number;
  readonly traceId: string;
  readonly authorization: Authorization;
  readonly startedAtMs: number;
  endedAtMs: number | undefined;
  /** 101 for a socket; `undefined` while nothing is answered. */
  status: number | undefined;
  outcome: Outcome;
  /** Kinds of the faults that struck it. */
  faults: readonly FaultKind[];
  model: string | undefined;
  voice: string | undefined;
  format: string | undefined;
  sampleRate: number | undefined;
  /** Accepted for speaking, in code points. */
  characters: number;
  /** Spoken for it, whether or not the client took it. */
  audioSeconds: number;
  /** Sound of the client's that was taken in. */
  heardSeconds: number;
  /** Of the body, or of the socket's messages. */
  bytesSent: number;
  /** Server-sent events or socket messages. */
  eventsSent: number;
  /** With which a socket was closed. */
  closeCode: number | undefined;
};

export type Counters = {
  /** Answers by endpoint and status; a socket counts as 101. */
  readonly requests: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly characters: number;
  readonly audioSeconds: number;
  /** Of sound that clients sent and was listened to. */
  readonly heardSeconds: number;
  /** TCP connections accepted. */
  readonly connections: number;
  readonly openConnections: number;
  /** Requests being answered, without sockets. */
  readonly openRequests: number;
  readonly openSockets: number;
  /** Requests and sockets that the client left before their end. */
  readonly abortedRequests: number;
};

/** Older records are dropped. */
const LONGEST_LOG = 10_000;

export type RequestStart = Pick<
  RequestRecord,
  | 'endpoint'
  | 'method'
  | 'path'
  | 'plan'
  | 'connection'
  | 'traceId'
  | 'authorization'
  | 'startedAtMs'
>;

/** Counts what happens, exactly: every figure changes where the thing itself does. */
export class Ledger {
  #requests = new Map<string, Map<number, number>>();
  #log: RequestRecord[] = [];
  #lastId = 0;
  #characters = 0;
  #audioSeconds = 0;
  #heardSeconds = 0;
  #connections = 0;
  #openConnections = 0;
  #openRequests = 0;
  #openSockets = 0;
  #aborted = 0;

  /** Answers the connection's number. */
  connectionOpened(): number {
    this.#openConnections += 1;
    return (this.#connections += 1);
  }

  connectionClosed(): void {
    this.#openConnections -= 1;
  }

  requestStarted(start: RequestStart): RequestRecord {
    const record: RequestRecord = {
      ...start,
      id: (this.#lastId += 1),
      endedAtMs: undefined,
      status: undefined,
      outcome: 'open',
      faults: [],
      model: undefined,
      voice: undefined,
      format: undefined,
      sampleRate: undefined,
      characters: 0,
      audioSeconds: 0,
      heardSeconds: 0,
      bytesSent: 0,
      eventsSent: 0,
      closeCode: undefined,
    };
    this.#log.push(record);
    if (this.#log.length > LONGEST_LOG) this.#log.shift();
    this.#openRequests += 1;
    return record;
  }

  answered(record: RequestRecord, status: number): void {
    record.status = status;
    const byStatus = this.#requests.get(record.endpoint) ?? new Map<number, number>();
    this.#requests.set(record.endpoint, byStatus);
    byStatus.set(status, (byStatus.get(status) ?? 0) + 1);
    if (status !== 101) return;
    this.#openRequests -= 1;
    this.#openSockets += 1;
  }

  ended(record: RequestRecord, outcome: Exclude<Outcome, 'open'>, nowMs: number): void {
    if (record.outcome !== 'open') return;
    record.outcome = outcome;
    record.endedAtMs = nowMs;
    if (outcome === 'aborted') this.#aborted += 1;
    if (record.status === 101) this.#openSockets -= 1;
    else this.#openRequests -= 1;
  }

  accepted(record: RequestRecord, characters: number): void {
    record.characters += characters;
    this.#characters += characters;
  }

  spoken(record: RequestRecord, seconds: number): void {
    record.audioSeconds += seconds;
    this.#audioSeconds += seconds;
  }

  heard(record: RequestRecord, seconds: number): void {
    record.heardSeconds += seconds;
    this.#heardSeconds += seconds;
  }

  get counters(): Counters {
    return {
      requests: Object.fromEntries(
        [...this.#requests].map(([endpoint, byStatus]) => [endpoint, Object.fromEntries(byStatus)]),
      ),
      characters: this.#characters,
      audioSeconds: toMicroseconds(this.#audioSeconds),
      heardSeconds: toMicroseconds(this.#heardSeconds),
      connections: this.#connections,
      openConnections: this.#openConnections,
      openRequests: this.#openRequests,
      openSockets: this.#openSockets,
      abortedRequests: this.#aborted,
    };
  }

  get log(): readonly Readonly<RequestRecord>[] {
    return this.#log.map((record) => ({
      ...record,
      audioSeconds: toMicroseconds(record.audioSeconds),
      heardSeconds: toMicroseconds(record.heardSeconds),
    }));
  }

  /** Sets every total to nothing and empties the log; what is open stays counted as open. */
  reset(): void {
    this.#requests = new Map();
    this.#log = [];
    this.#characters = 0;
    this.#audioSeconds = 0;
    this.#heardSeconds = 0;
    this.#connections = this.#openConnections;
    this.#aborted = 0;
  }
}

/** Takes away what adding fractions has left. */
function toMicroseconds(seconds: number): number {
  return Math.round(seconds * 1e6) / 1e6;
}
