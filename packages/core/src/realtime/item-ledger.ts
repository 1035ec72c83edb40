import type { WireRealtimeInputItem, WireRealtimeItem } from '../protocol/realtime-items.ts';
import type { RealtimeItem } from './realtime-events.ts';
import { TranscriptMerger } from './transcript-merger.ts';

/** An item as it is kept: under an id of ours, whatever id the session of the moment has for it. */
export class LedgerEntry {
  readonly id: string;
  /** `undefined` where the session of the moment does not know the item. */
  serverId: string | undefined;
  type = 'message';
  role: string | undefined;
  status = 'in_progress';
  callId: string | undefined;
  name: string | undefined;
  arguments: string | undefined;
  output: string | undefined;
  heardMs: number | undefined;
  /** The caller has been told of it. */
  isReported = false;
  /** Made in a session before this one. */
  isCarried = false;
  /** Part of an answer that is still coming. */
  isOpen = false;
  /** What we wrote ourselves: the service's echo of it may hold none. */
  given: string | undefined;
  readonly #parts = new Map<number, TranscriptMerger>();

  constructor(id: string, serverId: string | undefined) {
    this.id = id;
    this.serverId = serverId;
  }

  get text(): string {
    if (this.given !== undefined) return this.given;
    const parts = [...this.#parts].toSorted(([one], [other]) => one - other);
    return parts.map(([, merger]) => merger.text).join('');
  }

  part(index: number): TranscriptMerger {
    let merger = this.#parts.get(index);
    if (merger === undefined) {
      merger = new TranscriptMerger(this.role === 'assistant' ? 'increment' : 'whole');
      this.#parts.set(index, merger);
    }
    return merger;
  }

  hasPart(index: number): boolean {
    return this.#parts.has(index);
  }

  toItem(): RealtimeItem {
    return {
      id: this.id,
      type: PUBLIC_TYPES[this.type] ?? this.type,
      role: this.role,
      status: this.status === 'in_progress' ? 'in-progress' : this.status,
      text: this.text,
      callId: this.callId,
      name: this.name,
      arguments: this.arguments,
      output: this.output,
      heardMs: this.heardMs,
    };
  }
}

const PUBLIC_TYPES: Readonly<Record<string, string>> = {
  function_call: 'function-call',
  function_call_output: 'function-output',
};

export type ItemContext = {
  previous?: string | undefined;
  sent?: WireRealtimeInputItem | undefined;
  isMention?: boolean | undefined;
};

/** More than a session can say; a conversation that is handed over again and again forgets what is older. */
const MAX_ENTRIES = 2000;

/** The conversation as far as it is known, in its order. */
export class ItemLedger {
  #entries: LedgerEntry[] = [];
  readonly #byServerId = new Map<string, LedgerEntry>();
  #nameless = 0;

  get entries(): readonly LedgerEntry[] {
    return this.#entries;
  }

  /** By the service's id. */
  find(serverId: string | undefined): LedgerEntry | undefined {
    return serverId === undefined ? undefined : this.#byServerId.get(serverId);
  }

  findCall(callId: string | undefined): LedgerEntry | undefined {
    if (callId === undefined) return undefined;
    return this.#entries.findLast(
      (entry) => entry.type === 'function_call' && entry.callId === callId,
    );
  }

  /** By the id that the caller knows. */
  get(id: string): LedgerEntry | undefined {
    return this.#entries.find((entry) => entry.id === id);
  }

  /** The last of the user's items that is sound. */
  lastHeard(): LedgerEntry | undefined {
    return this.#entries.findLast((entry) => entry.role === 'user' && entry.given === undefined);
  }

  /**
   * Takes what the service says of an item, and adds it where it is unknown. `isNews` is true once: when the caller is to be
   * told of the item, unless it comes from an event that only mentions it (`isMention`). `sent` is what we asked for, where
   * this is the answer to it.
   */
  take(wire: WireRealtimeItem, where: ItemContext = {}): { entry: LedgerEntry; isNews: boolean } {
    const known = this.find(wire.id) ?? this.#findNameless(wire);
    const entry = known ?? new LedgerEntry(this.#newId(wire.id), wire.id);
    const { sent } = where;
    entry.type = wire.type ?? sent?.type ?? entry.type;
    entry.role = wire.role ?? sent?.role ?? entry.role;
    entry.status = wire.status ?? entry.status;
    entry.callId = wire.call_id || (sent?.call_id ?? entry.callId);
    entry.name = wire.name || entry.name;
    entry.arguments = wire.arguments || entry.arguments;
    entry.output = wire.output ?? sent?.output ?? entry.output;
    const given = sent?.content?.map((part) => part.text ?? '').join('');
    if (given !== undefined) entry.given = given;
    for (const [index, part] of (wire.content ?? []).entries()) {
      const text = part.text || part.transcript;
      if (text && part.type !== 'thinking') takeText(entry, index, text);
    }
    if (known === undefined) this.#insert(entry, where.previous);
    const isNews = !entry.isReported && where.isMention !== true;
    if (isNews) entry.isReported = true;
    return { entry, isNews };
  }

  remove(serverId: string | undefined): LedgerEntry | undefined {
    const entry = this.find(serverId);
    if (entry !== undefined) this.drop(entry);
    return entry;
  }

  drop(entry: LedgerEntry): void {
    this.#entries = this.#entries.filter((other) => other !== entry);
    if (entry.serverId !== undefined) this.#byServerId.delete(entry.serverId);
  }

  /** Another session took over: it knows these items by these ids, and no others. */
  renew(ids: ReadonlyMap<LedgerEntry, string>): void {
    this.#byServerId.clear();
    for (const entry of this.#entries) {
      entry.serverId = ids.get(entry);
      entry.isOpen = false;
      entry.isCarried = true;
      if (entry.serverId !== undefined) this.#byServerId.set(entry.serverId, entry);
    }
  }

  /** The service's id, unless a session before this one had the same for something else. */
  #newId(serverId: string | undefined): string {
    if (serverId !== undefined && this.get(serverId) === undefined) return serverId;
    this.#nameless += 1;
    return `${serverId ?? 'item'}~${this.#nameless}`;
  }

  /** An answer's item whose pieces came without an id; here it is. */
  #findNameless({ id, type = 'message', role }: WireRealtimeItem): LedgerEntry | undefined {
    const entry = this.#entries.findLast((other) => other.isOpen && other.serverId === undefined);
    if (entry?.type !== type || (role !== undefined && entry.role !== role)) return undefined;
    if (id !== undefined) {
      entry.serverId = id;
      this.#byServerId.set(id, entry);
    }
    return entry;
  }

  #insert(entry: LedgerEntry, previous: string | undefined): void {
    const before = this.find(previous);
    const at = before === undefined ? this.#entries.length : this.#entries.indexOf(before) + 1;
    this.#entries.splice(at, 0, entry);
    if (entry.serverId !== undefined) this.#byServerId.set(entry.serverId, entry);
    if (this.#entries.length > MAX_ENTRIES) this.drop(this.#entries[0]!);
  }
}

/** What an item itself holds counts where it is complete, or where nothing else has come. */
function takeText(entry: LedgerEntry, index: number, text: string): void {
  const part = entry.part(index);
  if (part.isFinal) return;
  if (entry.status !== 'in_progress') part.finish(text);
  else if (part.text === '') part.push(text);
}
