import { REALTIME_SAMPLE_RATE, findResponseCreateIssues } from '@stepvoice/core/protocol';
import type { WireRealtimeClientEvent } from '@stepvoice/core/protocol';
import { isRecord } from '../http/request-body.ts';
import type { MindTool, MindTurn } from '../mind/mind.ts';
import type { VoiceAccess } from '../speech/speech-order.ts';
import { acceptItem } from './accept-item.ts';
import type { UnheardSound } from './accept-item.ts';
import { Conversation } from './conversation.ts';
import type { ConversationItem } from './conversation.ts';
import { EventRefusal, invalidVoice, refuse } from './event-refusal.ts';
import { decodeInputAudio } from './input-audio.ts';
import { InputBuffer } from './input-buffer.ts';
import type { TurnEvent } from './input-buffer.ts';
import { readClientEvent } from './read-client-event.ts';
import type { RealtimeHabits } from './realtime-habits.ts';
import { isRealtimeVoice } from './realtime-voices.ts';
import { ResponseScript, itemCreated } from './response-script.ts';
import type { ReplyProgress, ResponseStatus } from './response-script.ts';
import { errorEvent } from './server-event.ts';
import type { ServerEvent } from './server-event.ts';
import { initialSettings, toMindTools, toWireSession, updateSettings } from './session-settings.ts';
import type { SessionSettings } from './session-settings.ts';
import { toUsage } from './usage.ts';
import { toDocumentedEcho, toObservedEcho, toWireItem } from './wire-item.ts';

/** A reply that is to be thought of and said. */
export type ReplyOrder = {
  responseId: string;
  /** What it answers to: the items of the conversation when it was asked for. */
  itemIds: readonly string[];
  instructions: string;
  tools: readonly MindTool[];
  toolChoice: SessionSettings['toolChoice'];
  voice: string;
  /** Whether text alone is wanted. */
  textOnly: boolean;
};

/** Sound to be understood, and whether the client is told what was. */
export type ListenOrder = UnheardSound & { announces: boolean };

/** What follows from an event, in this order. */
export type Effect =
  | { type: 'send'; event: ServerEvent }
  | { type: 'listen'; order: ListenOrder }
  | { type: 'reply'; order: ReplyOrder }
  /** The reply that is being said is over: nothing more of it may be sent. */
  | { type: 'hush' }
  /** So much sound of the user has come. */
  | { type: 'received'; seconds: number };

export type RealtimeMachineOptions = {
  model: string;
  access: VoiceAccess;
  habits: RealtimeHabits;
  /** As the service's documentation has it, and not as it was observed. */
  strict: boolean;
  /** A new id for an item or a response. */
  createId: () => string;
};

type ActiveResponse = { script: ResponseScript; order: ReplyOrder };
type ResponseCreate = Extract<WireRealtimeClientEvent, { type: 'response.create' }>;
type ItemCreate = Extract<WireRealtimeClientEvent, { type: 'conversation.item.create' }>;

/**
 * One realtime conversation without its surroundings: client events, turns that were heard and the progress of replies go
 * in; server events, and orders to listen and to reply, come out. It never waits and never throws.
 */
export class RealtimeMachine {
  readonly #options: RealtimeMachineOptions;
  readonly #sessionId: string;
  readonly #conversation = new Conversation();
  readonly #input = new InputBuffer();
  #settings: SessionSettings;
  #active: ActiveResponse | undefined;
  #hasSpoken = false;
  /** Of the turn that the user is saying. */
  #turnItemId = '';

  constructor(options: RealtimeMachineOptions) {
    this.#options = options;
    this.#sessionId = `sess_${options.createId()}`;
    this.#settings = initialSettings(options.model, options.access);
  }

  get voice(): string {
    return this.#settings.voice;
  }

  get isReplying(): boolean {
    return this.#active !== undefined;
  }

  /** The first event of all. */
  open(): ServerEvent {
    const session = this.#session();
    const tokens = String(session['max_response_output_tokens']);
    return {
      type: 'session.created',
      // Here it is text, in `session.updated` a number.
      session: { id: this.#sessionId, ...session, max_response_output_tokens: tokens },
    };
  }

  /** @param raw parsed JSON; `undefined` for a message that is none. */
  receive(raw: unknown): Effect[] {
    try {
      return this.#obey(readClientEvent(raw));
    } catch (error) {
      if (!(error instanceof EventRefusal)) throw error;
      const id = isRecord(raw) ? raw['event_id'] : undefined;
      const { message, code, param } = error;
      const eventId = typeof id === 'string' ? id : undefined;
      return [send(errorEvent({ type: 'invalid_request_error', message, code, param, eventId }))];
    }
  }

  /** Some of the sound has been understood; the text is all of it so far. */
  heardSoFar({ itemId, contentIndex, announces }: ListenOrder, text: string): ServerEvent[] {
    const isWanted = announces && !this.#options.strict;
    if (!isWanted || this.#conversation.message(itemId) === undefined) return [];
    return [
      {
        type: 'conversation.item.input_audio_transcription.delta',
        item_id: itemId,
        content_index: contentIndex,
        delta: text,
      },
    ];
  }

  /** The sound has been understood. */
  heard(order: ListenOrder, transcript: string): ServerEvent[] {
    const { itemId, contentIndex, announces } = order;
    const part = this.#conversation.message(itemId)?.content[contentIndex];
    if (part?.type !== 'input_audio') return [];
    part.transcript = transcript;
    if (!announces) return [];
    return [
      // The service repeats itself.
      ...this.heardSoFar(order, transcript),
      ...this.heardSoFar(order, transcript),
      {
        type: 'conversation.item.input_audio_transcription.completed',
        item_id: itemId,
        content_index: contentIndex,
        transcript,
      },
    ];
  }

  /** The sound could not be understood. */
  notHeard({ itemId, contentIndex, announces }: ListenOrder, message: string): ServerEvent[] {
    if (!announces || this.#conversation.message(itemId) === undefined) return [];
    return [
      {
        type: 'conversation.item.input_audio_transcription.failed',
        item_id: itemId,
        content_index: contentIndex,
        error: { type: 'server_error', message },
      },
    ];
  }

  /** What a reply answers to; to be asked for when all of it has been heard. */
  turnsFor({ instructions, itemIds }: ReplyOrder): MindTurn[] {
    const turns = this.#conversation.toTurns(itemIds);
    return instructions === '' ? turns : [{ role: 'system', text: instructions }, ...turns];
  }

  /** A reply goes on; one that is over has no more events. */
  advance(responseId: string, progress: ReplyProgress): ServerEvent[] {
    if (this.#active?.script.id !== responseId) return [];
    if (progress.type === 'audio') this.#hasSpoken = true;
    return this.#active.script.advance(progress);
  }

  /** A reply has come to its end. */
  complete(responseId: string): ServerEvent[] {
    return this.#active?.script.id === responseId ? this.#end('completed') : [];
  }

  /** A reply breaks off. @param message what the service says about it; nothing when it has said so already. */
  fail(responseId: string, message?: string): ServerEvent[] {
    if (this.#active?.script.id !== responseId) return [];
    const details = { type: 'failed', error: { type: 'server_error', message } };
    return [
      ...(message === undefined ? [] : [errorEvent({ type: 'server_error', message })]),
      ...this.#end('failed', details),
    ];
  }

  #obey(event: WireRealtimeClientEvent): Effect[] {
    switch (event.type) {
      case 'session.update':
        this.#settings = updateSettings(this.#settings, event.session, {
          ...this.#options,
          hasSpoken: this.#hasSpoken,
        });
        this.#input.configure(this.#settings.turnDetection);
        return [send({ type: 'session.updated', session: this.#updatedSession() })];
      case 'input_audio_buffer.append':
        return this.#append(decodeInputAudio(event.audio, 'audio'));
      case 'input_audio_buffer.commit':
        return this.#commit();
      case 'input_audio_buffer.clear':
        this.#input.clear();
        return [send({ type: 'input_audio_buffer.cleared' })];
      case 'conversation.item.create':
        return this.#createItem(event);
      case 'conversation.item.delete':
        this.#conversation.delete(event.item_id);
        return [send({ type: 'conversation.item.deleted', item_id: event.item_id })];
      case 'conversation.item.truncate': {
        const { item_id, content_index, audio_end_ms } = event;
        this.#conversation.truncate(item_id, content_index, audio_end_ms);
        const fields = { item_id, content_index, audio_end_ms };
        return [send({ type: 'conversation.item.truncated', ...fields })];
      }
      case 'response.create':
        return this.#createResponse(event);
      case 'response.cancel':
        return this.#cancel(event.response_id ?? undefined);
    }
  }

  #session(): Record<string, unknown> {
    return toWireSession(this.#settings, this.#options.model);
  }

  /** Without its id, as observed and sampled; the text of the documentation claims one. */
  #updatedSession(): Record<string, unknown> {
    return { ...(this.#options.strict && { id: this.#sessionId }), ...this.#session() };
  }

  #append(samples: Int16Array): Effect[] {
    const turns = this.#input.push(samples).flatMap((turn) => this.#hearTurn(turn));
    return [{ type: 'received', seconds: samples.length / REALTIME_SAMPLE_RATE }, ...turns];
  }

  #hearTurn(turn: TurnEvent): Effect[] {
    if (turn.type === 'started') {
      this.#turnItemId = this.#options.createId();
      return [
        send({
          type: 'input_audio_buffer.speech_started',
          audio_start_ms: turn.audioStartMs,
          item_id: this.#turnItemId,
        }),
        ...this.#interrupt(),
      ];
    }
    const { vadTranscripts } = this.#options.habits;
    return [
      send({
        type: 'input_audio_buffer.speech_stopped',
        audio_end_ms: turn.audioEndMs,
        item_id: this.#turnItemId,
      }),
      ...this.#commitSamples(turn.samples, this.#turnItemId, vadTranscripts === 'sent'),
      // One that was asked for while the user spoke.
      ...this.#interrupt(),
      ...this.#start({}),
    ];
  }

  #commit(): Effect[] {
    if (this.#input.detectsTurns) throw new EventRefusal('commit when server vad');
    if (this.#input.isEmpty) {
      throw new EventRefusal('nothing to commit: input_audio_buffer.append was not called');
    }
    return this.#commitSamples(this.#input.take(), this.#options.createId(), true);
  }

  #commitSamples(samples: Int16Array, itemId: string, announces: boolean): Effect[] {
    const seconds = samples.length / REALTIME_SAMPLE_RATE;
    const item: ConversationItem = {
      id: itemId,
      type: 'message',
      role: 'user',
      status: 'completed',
      content: [{ type: 'input_audio', transcript: '', seconds }],
    };
    const previous = this.#conversation.add(item);
    return [
      send({
        type: 'input_audio_buffer.committed',
        previous_item_id: previous ?? null,
        item_id: itemId,
      }),
      send(itemCreated(previous, toWireItem(item))),
      { type: 'listen', order: { itemId, contentIndex: 0, samples, announces } },
    ];
  }

  #createItem({ item: wire, previous_item_id: previousId }: ItemCreate): Effect[] {
    const { createId, habits, strict } = this.#options;
    const keepsId = habits.itemIds === 'client' && wire.id != null && wire.id !== '';
    const { item, sounds } = acceptItem(wire, keepsId ? (wire.id as string) : createId());
    const previous = this.#conversation.add(item, previousId ?? undefined);
    const echo = strict ? toDocumentedEcho(item) : toObservedEcho(item);
    return [
      send(itemCreated(previous, echo)),
      ...sounds.flatMap((sound): Effect[] => [
        { type: 'received', seconds: sound.samples.length / REALTIME_SAMPLE_RATE },
        { type: 'listen', order: { ...sound, announces: true } },
      ]),
    ];
  }

  #createResponse({ response, session }: ResponseCreate): Effect[] {
    const { strict, model, access } = this.#options;
    if (this.#active !== undefined) throw new EventRefusal('ongoing response already exists');
    // One sample of the documentation has `session` in place of `response`.
    const options = response ?? session ?? {};
    refuse(findResponseCreateIssues(options), 'response');
    const voice = options.voice ?? this.#settings.voice;
    if (!isRealtimeVoice(voice, model, access)) throw invalidVoice(voice, 'response.voice');
    const greets = strict && (options.instructions ?? this.#settings.instructions) !== '';
    if (this.#conversation.ids.length === 0 && !greets) {
      throw new EventRefusal(
        'failed to apply the chat template: continue_final_message is set, but there is no final message',
      );
    }
    return this.#start({
      ...(options.instructions != null && { instructions: options.instructions }),
      // Once heard, the voice stays.
      ...(!this.#hasSpoken && { voice }),
      // Seen to be ignored: the model knows the tools of the session, and speaks whatever is asked for.
      ...(strict && options.tools != null && { tools: toMindTools(options.tools) }),
      ...(strict && { textOnly: options.modalities?.includes('audio') === false }),
    });
  }

  #start(wishes: Partial<ReplyOrder>): Effect[] {
    const { createId, strict } = this.#options;
    const { instructions, tools, toolChoice, voice, modalities } = this.#settings;
    const order: ReplyOrder = {
      responseId: createId(),
      itemIds: this.#conversation.ids,
      instructions,
      tools: toMindTools(tools),
      toolChoice,
      voice,
      textOnly: strict && !modalities.includes('audio'),
      ...wishes,
    };
    const script = new ResponseScript({
      id: order.responseId,
      conversation: this.#conversation,
      createId,
      isSpoken: !order.textOnly,
      order: strict ? 'guide' : 'observed',
    });
    this.#active = { script, order };
    return [...script.begin().map(send), { type: 'reply', order }];
  }

  #cancel(responseId: string | undefined): Effect[] {
    const id = this.#active?.script.id;
    if (id === undefined || (responseId !== undefined && responseId !== id)) {
      throw new EventRefusal('no ongoing response to cancel');
    }
    return [
      { type: 'hush' },
      send({ type: 'response.cancelled', response_id: id }),
      ...this.#end('cancelled', { type: 'cancelled', reason: 'client_cancelled' }).map(send),
    ];
  }

  /** The user speaks: nobody listens to the reply any more. */
  #interrupt(): Effect[] {
    if (this.#active === undefined) return [];
    const details = { type: 'cancelled', reason: 'turn_detected' };
    return [{ type: 'hush' }, ...this.#end('cancelled', details).map(send)];
  }

  #end(status: ResponseStatus, details?: Record<string, unknown>): ServerEvent[] {
    if (this.#active === undefined) return [];
    const { script, order } = this.#active;
    this.#active = undefined;
    const read = this.#conversation.spentOn(order.itemIds);
    const usage = toUsage({ ...read, text: order.instructions + read.text }, script.said);
    return [
      ...script.end(status, usage, details),
      ...(this.#options.strict ? [{ type: 'rate_limits.updated', rate_limits: [] }] : []),
    ];
  }
}

function send(event: ServerEvent): Effect {
  return { type: 'send', event };
}
