import type { LedgerEntry } from './item-ledger.ts';
import type { RealtimeResponse, RealtimeUsage } from './realtime-events.ts';
import { REALTIME_SAMPLE_RATE } from '../protocol/realtime-rules.ts';

/** One answer while it comes. */
export class TrackedResponse {
  readonly id: string;
  /** `undefined` until the service has named one. */
  serverId: string | undefined;
  status = 'in_progress';
  /** The user spoke into it: its sound is dropped, its text goes on. */
  isInterrupted = false;
  /** The caller cancelled it: nothing of it comes out any more. */
  isCancelled = false;
  isOver = false;
  /** When the user's turn that it answers was over. */
  readonly turnEndedAt: number | undefined;
  readonly entries: LedgerEntry[] = [];
  samples = 0;
  firstAudioMs: number | undefined;
  firstTranscriptMs: number | undefined;
  usage: RealtimeUsage | undefined;

  constructor(id: string, serverId: string | undefined, turnEndedAt: number | undefined) {
    this.id = id;
    this.serverId = serverId;
    this.turnEndedAt = turnEndedAt;
  }

  add(entry: LedgerEntry): void {
    if (!this.entries.includes(entry)) this.entries.push(entry);
  }

  toResponse(): RealtimeResponse {
    return {
      id: this.id,
      status: this.status === 'in_progress' ? 'in-progress' : this.status,
      text: this.entries.map((entry) => entry.text).join(''),
      audioMs: Math.round((this.samples * 1000) / REALTIME_SAMPLE_RATE),
      interrupted: this.isInterrupted,
      firstAudioMs: this.firstAudioMs,
      firstTranscriptMs: this.firstTranscriptMs,
      usage: this.usage,
    };
  }
}

/** Of how many answers that are over the ids are kept, to know what comes late. */
const REMEMBERED = 256;

/** Which answer an event belongs to. The service makes one at a time. */
export class ResponseTracker {
  #active: TrackedResponse | undefined;
  readonly #over = new Set<string>();
  #nameless = 0;

  get active(): TrackedResponse | undefined {
    return this.#active;
  }

  /** Begins the next answer; the one before must have been ended. */
  begin(serverId: string | undefined, turnEndedAt: number | undefined): TrackedResponse {
    const id = serverId ?? `response_${(this.#nameless += 1)}`;
    this.#active = new TrackedResponse(id, serverId, turnEndedAt);
    return this.#active;
  }

  /** Whether an answer of this id is in progress. */
  isActive(serverId: string | undefined): boolean {
    return serverId !== undefined && this.#active?.serverId === serverId;
  }

  isOver(serverId: string | undefined): boolean {
    return serverId !== undefined && this.#over.has(serverId);
  }

  /** The answer that an event with this id, or without one, is part of; `undefined` for one that is not in progress. */
  find(serverId: string | undefined): TrackedResponse | undefined {
    const active = this.#active;
    if (active === undefined || serverId === undefined) return active;
    if (active.serverId === undefined && !this.#over.has(serverId)) active.serverId = serverId;
    return active.serverId === serverId ? active : undefined;
  }

  /** Ends the answer in progress. */
  end(status: string): TrackedResponse | undefined {
    const active = this.#active;
    if (active === undefined) return undefined;
    active.status = status;
    active.isOver = true;
    for (const entry of active.entries) entry.isOpen = false;
    this.#active = undefined;
    if (active.serverId !== undefined) this.remember(active.serverId);
    return active;
  }

  /** Another session took over: it may use the same ids. */
  renew(): void {
    this.#over.clear();
  }

  /** What comes under this id from now on is late. */
  remember(serverId: string): void {
    this.#over.add(serverId);
    if (this.#over.size <= REMEMBERED) return;
    for (const oldest of this.#over) {
      this.#over.delete(oldest);
      break;
    }
  }
}
