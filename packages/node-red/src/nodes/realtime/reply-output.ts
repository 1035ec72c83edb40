import { Buffer } from 'node:buffer';
import type { RealtimeAudioEvent, RealtimeResponse } from '@stepvoice/core/node';
import type { Clock } from '../../kit/clock.ts';
import type { AudioLibrary } from '../../kit/incoming-sound.ts';
import type { FlowMessage, StepvoiceFacts } from '../../kit/node-red.ts';
import { StreamParts } from '../../kit/stream-place.ts';
import { PlaybackLedger, heardOfItems, type SilencedReply } from './playback-ledger.ts';

/** So long whoever plays may take to say what was heard, before our own reckoning counts. */
const REPORT_MS = 1000;

export type HeardItem = { itemId: string; heardMs: number };
export type HeardReply = { responseId: string; heardMs: number; isReported: boolean };

export type ReplyOutputOptions = {
  kind: 'stream' | 'whole';
  audio: AudioLibrary;
  clock: Clock;
  createId: () => string;
  send: (message: FlowMessage) => void;
  /** What a reply that begins now answers: its messages carry these properties. */
  origin: () => FlowMessage;
  /** Of the conversation, for `msg.stepvoice`. */
  facts: () => StepvoiceFacts;
  /** How much was heard of a reply that was silenced. */
  onHeard: (reply: HeardReply, items: readonly HeardItem[]) => void;
};

type OpenReply = {
  readonly responseId: string;
  readonly parts: StreamParts;
  readonly origin: FlowMessage;
  readonly pieces: Int16Array[];
  readonly itemIds: string[];
  samples: number;
  sampleRate: number;
  ttfaMs: number | undefined;
};

/** Sends the sound of answers, and silences it. */
export class ReplyOutput {
  readonly #options: ReplyOutputOptions;
  readonly #ledger: PlaybackLedger;
  #reply: OpenReply | undefined;
  #silenced: string | undefined;
  /** Silenced, and nobody has said yet how much of them was heard. */
  readonly #unheard = new Map<string, SilencedReply & { stopTimer: () => void }>();

  constructor(options: ReplyOutputOptions) {
    this.#options = options;
    this.#ledger = new PlaybackLedger(options.clock);
  }

  /** Whether the listener may be hearing something. */
  get isSounding(): boolean {
    return this.#reply !== undefined || this.#ledger.isSounding;
  }

  push({ samples, sampleRate, responseId, itemId }: RealtimeAudioEvent, ttfaMs?: number): void {
    if (responseId === this.#silenced) return;
    let reply = this.#reply;
    if (reply?.responseId !== responseId) {
      this.cut();
      reply = this.#open(responseId, sampleRate, ttfaMs);
    }
    reply.samples += samples.length;
    if (this.#options.kind === 'whole') {
      reply.pieces.push(samples);
      reply.itemIds.push(itemId);
      return;
    }
    const durationMs = (samples.length * 1000) / sampleRate;
    this.#ledger.add({ streamId: reply.parts.id, responseId, itemId, durationMs });
    this.#sendPiece(reply, this.#options.audio.encodePcm16(samples), durationMs, false, {
      ttfaMs: reply.ttfaMs,
    });
  }

  /** The answer is complete. */
  end({ id, usage }: Pick<RealtimeResponse, 'id' | 'usage'>, totalMs?: number): void {
    const reply = this.#reply;
    if (reply?.responseId !== id) return;
    this.#reply = undefined;
    const { ttfaMs } = reply;
    const bytes = reply.samples * Int16Array.BYTES_PER_ELEMENT;
    const facts = { ttfaMs, totalMs, bytes, ...(usage === undefined ? {} : { usage }) };
    if (this.#options.kind === 'whole') this.#sendWhole(reply, facts);
    else this.#sendPiece(reply, Buffer.alloc(0), 0, true, facts);
  }

  /**
   * Silence, now. How much was heard is known later.
   *
   * @returns the answers that were silenced
   */
  silence(): string[] {
    const reply = this.cut();
    const silenced = this.#ledger.silence();
    if (silenced.length > 0) {
      const origin = reply?.origin ?? this.#options.origin();
      this.#options.send({ ...origin, action: 'cancel' });
    }
    for (const one of silenced) {
      const { streamId } = one.reply;
      const stopTimer = this.#options.clock.after(REPORT_MS, () => {
        this.#unheard.delete(streamId);
        this.#tellHeard(one, one.heardMs, false);
      });
      this.#unheard.set(streamId, { ...one, stopTimer });
    }
    const ids = silenced.map((one) => one.reply.responseId);
    return reply === undefined || ids.includes(reply.responseId) ? ids : [...ids, reply.responseId];
  }

  /** Nothing more comes of the answer in progress. What was sent of it is heard to its end. */
  cut(): OpenReply | undefined {
    const reply = this.#reply;
    if (reply === undefined) return undefined;
    this.#reply = undefined;
    this.#silenced = reply.responseId;
    // Whoever gathers the stream must not wait for the rest.
    if (this.#options.kind === 'stream') {
      this.#sendPiece(reply, Buffer.alloc(0), 0, true, { isCut: true });
    }
    return reply;
  }

  /** What whoever plays has to say of a reply: that it began, or how much of it was heard. */
  onReport(event: 'playing' | 'played', payload: unknown): void {
    const { stream, heardMs, whole } = (
      typeof payload === 'object' && payload !== null ? payload : {}
    ) as Record<string, unknown>;
    const streamId = typeof stream === 'string' ? stream : undefined;
    if (event === 'playing') {
      if (streamId !== undefined) this.#ledger.begin(streamId);
    } else if (typeof heardMs === 'number' && heardMs >= 0) {
      this.#onPlayed(streamId, heardMs, whole === true);
    }
  }

  /**
   * Whoever plays has ended a reply.
   *
   * @param streamId without one, as of a whole sound, that which was silenced first is meant
   * @param isWhole whether it was heard to its end
   */
  #onPlayed(streamId: string | undefined, heardMs: number, isWhole: boolean): void {
    const silenced = streamId ?? this.#unheard.keys().next().value ?? '';
    const one = this.#unheard.get(silenced);
    if (one !== undefined) {
      one.stopTimer();
      this.#unheard.delete(silenced);
      this.#tellHeard(one, Math.min(heardMs, one.reply.sentMs), true);
      return;
    }
    if (streamId === undefined) return;
    const reply = this.#ledger.find(streamId);
    this.#ledger.forget(streamId);
    // It was silenced there: by a button, or by whatever else comes before it.
    if (reply !== undefined && !isWhole && heardMs < reply.sentMs) {
      this.#tellHeard({ reply, heardMs }, heardMs, true);
    }
  }

  close(): void {
    for (const { stopTimer } of this.#unheard.values()) stopTimer();
    this.#unheard.clear();
    this.#reply = undefined;
  }

  #open(responseId: string, sampleRate: number, ttfaMs: number | undefined): OpenReply {
    const { createId, origin } = this.#options;
    const reply: OpenReply = {
      responseId,
      parts: new StreamParts(createId(), 'buffer'),
      origin: origin(),
      pieces: [],
      itemIds: [],
      samples: 0,
      sampleRate,
      ttfaMs,
    };
    this.#reply = reply;
    return reply;
  }

  #sendPiece(
    { origin, parts, responseId, sampleRate }: OpenReply,
    payload: Uint8Array,
    durationMs: number,
    isLast: boolean,
    facts: StepvoiceFacts,
  ): void {
    const { facts: common, send } = this.#options;
    send({
      ...origin,
      payload,
      audio: { format: 'pcm', encoding: 's16le', sampleRate, channels: 1, durationMs },
      ...parts.next(isLast),
      stepvoice: { ...common(), ...facts, stream: 'audio', responseId },
    });
  }

  #sendWhole(reply: OpenReply, facts: StepvoiceFacts): void {
    const { origin, parts, responseId, sampleRate, itemIds, pieces } = reply;
    const { audio, facts: common, send } = this.#options;
    for (const [index, piece] of pieces.entries()) {
      const itemId = itemIds[index] ?? '';
      const durationMs = (piece.length * 1000) / sampleRate;
      this.#ledger.add({ streamId: parts.id, responseId, itemId, durationMs });
    }
    const durationMs = (reply.samples * 1000) / sampleRate;
    send({
      ...origin,
      payload: audio.writeWav({ samples: audio.concatSamples(pieces), sampleRate }),
      audio: { format: 'wav', encoding: 's16le', sampleRate, channels: 1, durationMs },
      stepvoice: { ...common(), ...facts, responseId },
    });
  }

  #tellHeard({ reply }: SilencedReply, heardMs: number, isReported: boolean): void {
    const { responseId } = reply;
    this.#options.onHeard(
      { responseId, heardMs: Math.round(heardMs), isReported },
      heardOfItems(reply, heardMs),
    );
  }
}
