import { decodeBase64 } from '../audio/base64.ts';
import { PcmReader } from '../audio/pcm.ts';
import { ProtocolError, StepAudioError } from '../errors.ts';
import type { Clock } from '../net/clock.ts';
import type { WireRealtimeItem } from '../protocol/realtime-items.ts';
import { REALTIME_SAMPLE_RATE } from '../protocol/realtime-rules.ts';
import type {
  WireRealtimeArgumentsDelta,
  WireRealtimeArgumentsDone,
  WireRealtimeAudioDelta,
  WireRealtimeOutputItemEvent,
  WireRealtimeResponse,
  WireRealtimeTextDelta,
} from '../protocol/realtime-server-events.ts';
import type { ItemLedger, LedgerEntry } from './item-ledger.ts';
import type { RealtimeEvent, RealtimeToolCallEvent } from './realtime-events.ts';
import { ResponseTracker } from './response-tracker.ts';
import type { TrackedResponse } from './response-tracker.ts';
import type { SessionMetrics } from './session-metrics.ts';
import { TranscriptMerger } from './transcript-merger.ts';
import { toUsage } from './wire-mapping.ts';

export type ResponseHandlers = {
  emit: (event: RealtimeEvent) => void;
  /** The model calls a function, and its arguments are complete. */
  onToolCall: (call: RealtimeToolCallEvent, response: TrackedResponse) => void;
  onResponseStarted: (response: TrackedResponse) => void;
  /** Called for each answer once. */
  onResponseEnded: (response: TrackedResponse) => void;
  /** Whether there is room for more sound. */
  hasRoom: () => boolean;
};

export type ResponseReaderOptions = {
  clock: Clock;
  metrics: SessionMetrics;
  items: ItemLedger;
  handlers: ResponseHandlers;
};

type Place = {
  response_id?: string | undefined;
  item_id?: string | undefined;
  content_index?: number | undefined;
  event_id?: string | undefined;
};

/** Reads the answers of the model: what each says, thinks and calls, from the first event to the last. */
export class ResponseReader {
  readonly #tracker = new ResponseTracker();
  readonly #clock: Clock;
  readonly #metrics: SessionMetrics;
  readonly #items: ItemLedger;
  readonly #handlers: ResponseHandlers;
  /** By item and part, for as long as an answer comes. */
  readonly #readers = new Map<string, PcmReader>();
  readonly #thoughts = new Map<string, TranscriptMerger>();
  readonly #calls = new Set<string>();
  #turnEndedAt: number | undefined;
  #hasSounded = false;
  #cancelsNext = false;
  #latest: TrackedResponse | undefined;

  constructor({ clock, metrics, items, handlers }: ResponseReaderOptions) {
    this.#clock = clock;
    this.#metrics = metrics;
    this.#items = items;
    this.#handlers = handlers;
  }

  get active(): TrackedResponse | undefined {
    return this.#tracker.active;
  }

  /** Whether the session has sounded, which fixes its voice. */
  get hasSounded(): boolean {
    return this.#hasSounded;
  }

  /** The answer that began last. */
  get latest(): TrackedResponse | undefined {
    return this.#latest;
  }

  /** Another turn begins. */
  beginTurn(): void {
    this.#turnEndedAt = undefined;
  }

  /** What an answer is due to has been said now. */
  endTurn(): void {
    this.#turnEndedAt = this.#clock.now();
  }

  /** An answer is asked for; it is due to the turn before, where there was one. */
  askNow(): void {
    this.#turnEndedAt ??= this.#clock.now();
  }

  /** From now on nothing comes out of the answer in progress, or, where one is only asked for, of the next. */
  cancel(isAsked: boolean): void {
    if (this.active !== undefined) this.active.isCancelled = true;
    else if (isAsked) this.#cancelsNext = true;
  }

  /** What was to be cancelled did not come. */
  forgetCancel(): void {
    this.#cancelsNext = false;
  }

  /** Another session took over: what the one before was saying is cut off. */
  renew(): void {
    this.#close('incomplete');
    this.#tracker.renew();
    this.#hasSounded = false;
    this.#cancelsNext = false;
    this.#calls.clear();
  }

  /** Ends an answer of which nothing comes any more. */
  abandon(): void {
    this.#close('incomplete');
  }

  start(serverId: string | undefined): void {
    if (this.#tracker.isActive(serverId) || this.#tracker.isOver(serverId)) return;
    this.#begin(serverId);
  }

  /** `status`: what the event itself says of the end. */
  end(serverId: string | undefined, status: string, wire: WireRealtimeResponse | undefined): void {
    if (this.#tracker.isOver(serverId)) return;
    if (this.active === undefined && serverId !== undefined) this.#begin(serverId);
    const response = this.#tracker.find(serverId);
    if (response === undefined) return;
    response.usage = toUsage(wire?.usage);
    for (const item of wire?.output ?? []) this.#takeLast(item, response, status);
    this.#close(status === 'in_progress' ? presumedStatus(response) : status);
  }

  takeItem(event: WireRealtimeOutputItemEvent): void {
    const response = this.#responseOf(event.response_id);
    const isDone = event.type === 'response.output_item.done';
    // What is late still says how an item ended.
    if (response === undefined && this.#items.find(event.item.id) === undefined) return;
    const { entry, isNews } = this.#items.take(event.item);
    if (response !== undefined) {
      response.add(entry);
      entry.isOpen = !isDone;
    }
    if (isNews || isDone) this.#emitItem(entry);
    if (isDone && response !== undefined) this.#call(entry, response);
  }

  takeAudio(event: WireRealtimeAudioDelta): void {
    const response = this.#responseOf(event.response_id);
    if (response === undefined || response.isCancelled || response.isInterrupted) {
      this.#metrics.droppedDeltas += 1;
      return;
    }
    const samples = this.#decode(event);
    if (samples === undefined || samples.length === 0) return;
    this.#hasSounded = true;
    response.firstAudioMs ??= this.#sinceTurn(response, 'firstAudio');
    this.#metrics.receivedSamples += samples.length;
    if (!this.#handlers.hasRoom()) {
      this.#metrics.droppedDeltas += 1;
      return;
    }
    response.samples += samples.length;
    const { id: itemId } = this.#entryOf(response, event.item_id);
    const sampleRate = REALTIME_SAMPLE_RATE;
    this.#handlers.emit({ type: 'audio', samples, sampleRate, responseId: response.id, itemId });
  }

  /** A part of the sound is complete: a byte that is left over belongs to nothing. */
  finishAudio(event: Place): void {
    this.#readers.delete(partKey(event));
  }

  takeText(event: WireRealtimeTextDelta): void {
    const response = this.#responseOf(event.response_id);
    if (response === undefined || response.isCancelled) {
      this.#metrics.droppedDeltas += 1;
      return;
    }
    const entry = this.#entryOf(response, event.item_id);
    const place = { final: false, responseId: response.id, itemId: entry.id };
    if (event.type === 'response.thinking.delta') {
      const thought = this.#thoughtOf(event).push(event.delta, event.event_id);
      if (thought !== undefined) this.#handlers.emit({ type: 'thinking', ...thought, ...place });
      return;
    }
    const change = entry.part(event.content_index ?? 0).push(event.delta, event.event_id);
    if (change === undefined) return;
    response.firstTranscriptMs ??= this.#sinceTurn(response, 'firstTranscript');
    const spoken = event.type === 'response.audio_transcript.delta';
    this.#handlers.emit({ type: 'transcript', spoken, ...change, ...place });
  }

  /** A part is complete; `text` is all of it, where the service repeats it. */
  finishText(event: Place, text: string | undefined, spoken: boolean): void {
    const response = this.#responseOf(event.response_id);
    const index = event.content_index ?? 0;
    if (response === undefined) {
      // Late, and for the record only.
      if (text) this.#items.find(event.item_id)?.part(index).finish(text);
      return;
    }
    const known = event.item_id === undefined || this.#items.find(event.item_id)?.hasPart(index);
    if (!text && known !== true) return;
    const entry = this.#entryOf(response, event.item_id);
    if (!text && !entry.hasPart(index)) return;
    const change = entry.part(index).finish(text);
    if (change === undefined || response.isCancelled) return;
    const place = { final: true, responseId: response.id, itemId: entry.id };
    this.#handlers.emit({ type: 'transcript', spoken, ...change, ...place });
  }

  finishThinking(event: Place, text: string | undefined): void {
    const response = this.#responseOf(event.response_id);
    if (response === undefined || response.isCancelled) return;
    const change = this.#thoughtOf(event).finish(text);
    if (change === undefined) return;
    const { id: itemId } = this.#entryOf(response, event.item_id);
    const place = { final: true, responseId: response.id, itemId };
    this.#handlers.emit({ type: 'thinking', ...change, ...place });
  }

  takeArguments(event: WireRealtimeArgumentsDelta | WireRealtimeArgumentsDone): void {
    const response = this.#responseOf(event.response_id);
    if (response === undefined) return;
    const { call_id: callId, name, item_id: itemId } = event;
    const entry =
      this.#items.findCall(callId) ??
      this.#items.take(
        { id: itemId ?? callId, type: 'function_call', call_id: callId },
        { isMention: true },
      ).entry;
    entry.name = name || entry.name;
    response.add(entry);
    if (event.type === 'response.function_call_arguments.delta') return;
    entry.arguments = event.arguments ?? entry.arguments;
    this.#call(entry, response);
  }

  #begin(serverId: string | undefined): TrackedResponse {
    // The service makes one at a time: the one before was cut off without a word.
    this.#close('incomplete');
    const response = this.#tracker.begin(serverId, this.#turnEndedAt);
    this.#latest = response;
    response.isCancelled = this.#cancelsNext;
    this.#cancelsNext = false;
    this.#turnEndedAt = undefined;
    this.#metrics.responses += 1;
    this.#handlers.emit({ type: 'response-started', responseId: response.id });
    this.#handlers.onResponseStarted(response);
    return response;
  }

  #close(status: string): void {
    const response = this.#tracker.end(status);
    if (response === undefined) return;
    this.#readers.clear();
    this.#thoughts.clear();
    const { usage, id: responseId } = response;
    if (usage !== undefined) this.#metrics.addUsage(usage);
    const done = response.toResponse();
    this.#handlers.emit({
      type: 'response-done',
      responseId,
      status: done.status,
      usage,
      response: done,
    });
    this.#handlers.onResponseEnded(response);
  }

  /** The answer that an event belongs to; one that was never announced begins with its first event. */
  #responseOf(serverId: string | undefined): TrackedResponse | undefined {
    const found = this.#tracker.find(serverId);
    if (found !== undefined || this.active !== undefined) return found;
    if (serverId === undefined || this.#tracker.isOver(serverId)) return undefined;
    return this.#begin(serverId);
  }

  /** The item that a piece of an answer belongs to; the service may not have announced it. */
  #entryOf(response: TrackedResponse, itemId: string | undefined): LedgerEntry {
    const known =
      itemId === undefined
        ? response.entries.findLast((entry) => entry.type === 'message')
        : this.#items.find(itemId);
    if (known !== undefined && response.entries.includes(known)) return known;
    const { entry, isNews } =
      known === undefined
        ? this.#items.take({ id: itemId, type: 'message', role: 'assistant' })
        : { entry: known, isNews: false };
    response.add(entry);
    entry.isOpen = true;
    if (isNews) this.#emitItem(entry);
    return entry;
  }

  /** An item as the end of its answer shows it. */
  #takeLast(item: WireRealtimeItem, response: TrackedResponse, status: string): void {
    const known = this.#items.find(item.id) ?? this.#items.findCall(item.call_id);
    if (known === undefined && item.id === undefined && item.call_id === undefined) return;
    const { entry, isNews } = this.#items.take({ ...item, id: item.id ?? known?.serverId });
    response.add(entry);
    if (isNews) this.#emitItem(entry);
    // Arguments that broke off with the answer are none.
    if (status === 'completed') this.#call(entry, response);
  }

  /** Reports a call as soon as it can be made. */
  #call(entry: LedgerEntry, response: TrackedResponse): void {
    const { callId, name, id } = entry;
    if (entry.type !== 'function_call' || response.isCancelled || this.#calls.has(callId ?? id)) {
      return;
    }
    this.#calls.add(callId ?? id);
    if (callId === undefined || name === undefined) {
      const missing = callId === undefined ? 'call_id' : 'name';
      const message = `The model called a function without a ${missing}: it cannot be answered.`;
      const error = new ProtocolError(message, { code: 'malformed_tool_call' });
      this.#handlers.emit({ type: 'error', error });
      return;
    }
    this.#metrics.toolCalls += 1;
    const call: RealtimeToolCallEvent = {
      type: 'tool-call',
      callId,
      name,
      arguments: entry.arguments ?? '',
      responseId: response.id,
      itemId: id,
    };
    this.#handlers.emit(call);
    this.#handlers.onToolCall(call, response);
  }

  #decode(event: WireRealtimeAudioDelta): Int16Array | undefined {
    const key = partKey(event);
    let reader = this.#readers.get(key);
    if (reader === undefined) this.#readers.set(key, (reader = new PcmReader()));
    try {
      return reader.push(decodeBase64(event.delta));
    } catch (error) {
      if (!StepAudioError.isInstance(error)) throw error;
      this.#handlers.emit({ type: 'error', error });
      return undefined;
    }
  }

  #thoughtOf(place: Place): TranscriptMerger {
    const key = partKey(place);
    let merger = this.#thoughts.get(key);
    if (merger === undefined) this.#thoughts.set(key, (merger = new TranscriptMerger('increment')));
    return merger;
  }

  #sinceTurn(
    { turnEndedAt }: TrackedResponse,
    what: 'firstAudio' | 'firstTranscript',
  ): number | undefined {
    if (turnEndedAt === undefined) return undefined;
    const ms = Math.round(this.#clock.now() - turnEndedAt);
    this.#metrics[what].add(ms);
    return ms;
  }

  #emitItem(entry: LedgerEntry): void {
    this.#handlers.emit({ type: 'item', item: entry.toItem() });
  }
}

function partKey({ item_id = '', content_index = 0 }: Place): string {
  return `${item_id}/${content_index}`;
}

/** For an end that was announced with the status of the middle. */
function presumedStatus(response: TrackedResponse): string {
  if (response.isCancelled) return 'cancelled';
  return response.isInterrupted ? 'incomplete' : 'completed';
}
