import { ServiceError } from '../errors.ts';
import type { Clock } from '../net/clock.ts';
import type { WireRealtimeInputItem, WireRealtimeItem } from '../protocol/realtime-items.ts';
import type { WireRealtimeServerEvent } from '../protocol/realtime-server-events.ts';
import type { UnknownMessage } from '../protocol/received.ts';
import { ItemLedger } from './item-ledger.ts';
import type { ItemContext, LedgerEntry } from './item-ledger.ts';
import type { RealtimeSessionState } from './realtime-events.ts';
import { ResponseReader } from './response-reader.ts';
import type { ResponseHandlers } from './response-reader.ts';
import type { SessionMetrics } from './session-metrics.ts';
import { TranscriptMerger } from './transcript-merger.ts';
import { toMs, toSessionState } from './wire-mapping.ts';

export type ConversationHandlers = ResponseHandlers & {
  /** The user speaks: sound that nobody has read yet is not wanted any more. */
  onInterrupted: () => void;
  onSpeechStarted: () => void;
  /** The user's turn is part of the conversation now. */
  onTurnEnded: () => void;
};

export type ConversationOptions = {
  clock: Clock;
  metrics: SessionMetrics;
  session: RealtimeSessionState;
  interruptResponse: boolean;
  handlers: ConversationHandlers;
};

type Heard = {
  item_id?: string | undefined;
  content_index?: number | undefined;
  event_id?: string | undefined;
};

/**
 * What is known of a conversation, from the service's events alone. They may lack ids, come twice, late, or in another
 * order than documented.
 */
export class ConversationState {
  readonly items = new ItemLedger();
  readonly responses: ResponseReader;
  readonly #handlers: ConversationHandlers;
  readonly #metrics: SessionMetrics;
  readonly #interruptResponse: boolean;
  #session: RealtimeSessionState;
  #isUserSpeaking = false;
  /** For what was heard of an item that is not known. */
  #stray = new TranscriptMerger('whole');

  constructor(options: ConversationOptions) {
    const { clock, metrics, handlers, session, interruptResponse } = options;
    this.#metrics = metrics;
    this.#handlers = handlers;
    this.#session = session;
    this.#interruptResponse = interruptResponse;
    this.responses = new ResponseReader({ clock, metrics, handlers, items: this.items });
  }

  get session(): RealtimeSessionState {
    return this.#session;
  }

  /** Between the service's start and end of speech. */
  get isUserSpeaking(): boolean {
    return this.#isUserSpeaking;
  }

  /** Another session took over; `ids` are those it has for the items it knows. */
  renew(session: RealtimeSessionState, ids: ReadonlyMap<LedgerEntry, string>): void {
    this.responses.renew();
    this.items.renew(ids);
    this.#session = session;
    this.#isUserSpeaking = false;
  }

  /** Whether an item is none that is known, nor one that an answer just brings. */
  isNewItem(item: WireRealtimeItem): boolean {
    if (this.items.find(item.id) !== undefined) return false;
    const isEmpty = (item.content ?? []).every((part) => !part.text && !part.transcript);
    const isOfModel = item.type === 'function_call' || (item.role === 'assistant' && isEmpty);
    return !(isOfModel && this.responses.active !== undefined);
  }

  /** @param sent what we asked for, where this is the answer to it */
  take(event: WireRealtimeServerEvent | UnknownMessage, sent?: WireRealtimeInputItem): void {
    const { items, responses } = this;
    switch (event.type) {
      case 'session.created':
      case 'session.updated':
        this.#session = toSessionState(event.session, this.#session);
        if (event.type === 'session.created') return;
        this.#handlers.emit({ type: 'session-updated', session: this.#session });
        return;
      case 'input_audio_buffer.speech_started':
        this.#startSpeech(event.item_id, toMs(event.audio_start_ms));
        return;
      case 'input_audio_buffer.speech_stopped': {
        this.#isUserSpeaking = false;
        responses.endTurn();
        const itemId = this.#publicId(event.item_id);
        this.#handlers.emit({ type: 'speech-stopped', itemId, atMs: toMs(event.audio_end_ms) });
        return;
      }
      case 'input_audio_buffer.committed': {
        this.#isUserSpeaking = false;
        const { item_id: id, previous_item_id: previous } = event;
        if (id !== undefined) {
          items.take({ id, type: 'message', role: 'user' }, { previous, isMention: true });
        }
        this.#handlers.onTurnEnded();
        this.#handlers.emit({ type: 'committed', itemId: this.#publicId(id) });
        return;
      }
      case 'conversation.item.created':
        this.#takeItem(event.item, { previous: event.previous_item_id, sent });
        return;
      case 'conversation.item.deleted':
        items.remove(event.item_id);
        return;
      case 'conversation.item.truncated': {
        const entry = items.find(event.item_id);
        if (entry !== undefined) entry.heardMs = toMs(event.audio_end_ms) ?? entry.heardMs;
        return;
      }
      case 'conversation.item.input_audio_transcription.delta':
        this.#takeInput(event, event.delta || event.text || '', false);
        return;
      case 'conversation.item.input_audio_transcription.completed':
        this.#takeInput(event, event.transcript ?? '', true);
        return;
      case 'conversation.item.input_audio_transcription.failed': {
        const message = 'The service could not transcribe what the user said. It was still heard.';
        const error = new ServiceError(message, { code: 'transcription_failed' });
        this.#handlers.emit({ type: 'error', error });
        return;
      }
      case 'response.created':
        responses.start(event.response.id);
        return;
      case 'response.cancelled':
        responses.end(event.response_id ?? event.response?.id, 'cancelled', event.response);
        return;
      case 'response.done':
        responses.end(event.response.id, event.response.status ?? 'in_progress', event.response);
        return;
      case 'response.output_item.added':
      case 'response.output_item.done':
        responses.takeItem(event);
        return;
      case 'response.content_part.done': {
        const { type, text, transcript, thinking } = event.part ?? {};
        if (type === 'thinking') responses.finishThinking(event, thinking);
        else responses.finishText(event, text || transcript, type !== 'text');
        return;
      }
      case 'response.audio.delta':
        responses.takeAudio(event);
        return;
      case 'response.audio.done':
        responses.finishAudio(event);
        return;
      case 'response.text.delta':
      case 'response.audio_transcript.delta':
      case 'response.thinking.delta':
        responses.takeText(event);
        return;
      case 'response.text.done':
        responses.finishText(event, event.text, false);
        return;
      case 'response.audio_transcript.done':
        responses.finishText(event, event.transcript, true);
        return;
      case 'response.thinking.done':
        responses.finishThinking(event, event.thinking);
        return;
      case 'response.function_call_arguments.delta':
      case 'response.function_call_arguments.done':
        responses.takeArguments(event);
        return;
      case 'rate_limits.updated':
        this.#handlers.emit({ type: 'unknown', raw: event });
        return;
      case 'unknown':
        this.#handlers.emit(event);
        return;
      // Their content comes with other events; errors are matched with what they are about before.
      case 'input_audio_buffer.cleared':
      case 'response.content_part.added':
      case 'error':
    }
  }

  #startSpeech(itemId: string | undefined, atMs: number | undefined): void {
    this.#isUserSpeaking = true;
    this.responses.beginTurn();
    const active = this.#interruptResponse ? this.responses.active : undefined;
    if (active !== undefined && !active.isInterrupted) {
      active.isInterrupted = true;
      this.#metrics.interruptions += 1;
    }
    if (this.#interruptResponse) this.#handlers.onInterrupted();
    this.#handlers.onSpeechStarted();
    this.#handlers.emit({
      type: 'speech-started',
      itemId: this.#publicId(itemId),
      atMs,
      interruptedResponseId: active?.id,
    });
  }

  #takeItem(wire: WireRealtimeItem, where: ItemContext = {}): LedgerEntry {
    const { entry, isNews } = this.items.take(wire, where);
    if (isNews) this.#handlers.emit({ type: 'item', item: entry.toItem() });
    return entry;
  }

  #takeInput(event: Heard, text: string, isFinal: boolean): void {
    const entry =
      event.item_id === undefined
        ? this.items.lastHeard()
        : (this.items.find(event.item_id) ??
          this.#takeItem({ id: event.item_id, type: 'message', role: 'user' }));
    const merger = entry?.part(event.content_index ?? 0) ?? this.#stray;
    const change = isFinal ? merger.finish(text) : merger.push(text, event.event_id);
    if (entry === undefined && isFinal) this.#stray = new TranscriptMerger('whole');
    if (change === undefined) return;
    const { text: whole } = change;
    this.#handlers.emit({
      type: 'input-transcript',
      itemId: entry?.id,
      text: whole,
      final: isFinal,
    });
  }

  #publicId(serverId: string | undefined): string | undefined {
    return this.items.find(serverId)?.id ?? serverId;
  }
}
