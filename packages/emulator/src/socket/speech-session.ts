import { encodeBase64 } from '@stepvoice/core/audio';
import { SPEECH_TEXT_LIMIT, characterCount, findTextIssue } from '@stepvoice/core/protocol';
import type { WebSocket } from 'ws';
import { ApiError, clip, invalidParameters } from '../http/api-error.ts';
import { ExchangeEnded } from '../http/exchange.ts';
import type { Exchange } from '../http/exchange.ts';
import { isRecord } from '../http/request-body.ts';
import { Segmenter, isSpeakable, trimPiece } from '../speech/segmenter.ts';
import { readSessionOrder } from '../speech/speech-order.ts';
import type { SessionOrder } from '../speech/speech-order.ts';
import { SubtitleClock } from '../speech/subtitles.ts';
import type { SubtitleItem } from '../speech/subtitles.ts';
import { dataVoice } from '../voice/index.ts';
import { createWireId } from '../wire-id.ts';
import { FrameSink } from './frame-sink.ts';
import { MessageQueue } from './message-queue.ts';
import { SessionAudio } from './session-audio.ts';
import type { AudioDelta } from './session-audio.ts';
import { createSpeechDialect } from './speech-dialect.ts';
import type { SpeechServerEvent } from './speech-dialect.ts';

const IDLE_MS = 60_000;
/** Text taken in before the client has to wait; five times what any known client sends in one session. */
const MOST_WAITING_TEXT = 100_000;
/** Answers not yet taken by the client before its next message is read. */
const MOST_WAITING_FRAMES = 64;

type ClientEvent = { type: string; data: Record<string, unknown> };

/** One connection to `GET /realtime/audio`, from `tts.connection.done` to its close. */
export class SpeechSession {
  readonly #exchange: Exchange;
  readonly #id: string;
  readonly #sink: FrameSink<SpeechServerEvent>;
  readonly #messages: MessageQueue;
  readonly #model: string;
  #order: SessionOrder | undefined;
  #segmenter: Segmenter | undefined;
  /** Sentences that wait to be spoken. */
  readonly #sentences: string[] = [];
  #waitingText = 0;
  /** No more text comes. */
  #isTextDone = false;
  #isSpeaking = false;
  /** The voice broke down; nothing more can be said. */
  #hasFailed = false;
  #wake: () => void = () => undefined;
  #relieve: () => void = () => undefined;
  #cancelIdle: () => void = () => undefined;
  readonly #subtitleClock = new SubtitleClock();
  #spokenSamples = 0;

  constructor(exchange: Exchange, socket: WebSocket, model: string) {
    const { clock } = exchange.context;
    this.#exchange = exchange;
    this.#model = model;
    this.#id = createWireId(clock.now());
    this.#sink = new FrameSink(exchange, socket, createSpeechDialect(clock, this.#id));
    this.#messages = new MessageQueue(exchange, socket, (message) => this.#receive(message));
    exchange.record.model = model;
  }

  /** Greets the client and serves it; everything else happens as messages come. */
  start(): void {
    this.#messages.start((work) => this.#settle(work));
    this.#exchange.signal.addEventListener('abort', () => {
      this.#cancelIdle();
      this.#wake();
      this.#relieve();
    });
    this.#touch();
    this.#settle(this.#greet());
  }

  async #greet(): Promise<void> {
    await this.#sink.reach('open');
    await this.#sink.send({ type: 'tts.connection.done' });
    await this.#sink.reach('connected');
  }

  async #receive(message: Uint8Array): Promise<void> {
    this.#touch();
    await this.#handle(message);
    this.#exchange.signal.throwIfAborted();
    while (this.#waitingText > MOST_WAITING_TEXT) {
      await new Promise<void>((resolve) => (this.#relieve = resolve));
      this.#exchange.signal.throwIfAborted();
    }
  }

  async #handle(message: Uint8Array): Promise<void> {
    try {
      this.#obey(this.#parse(message));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.#settle(this.#sendError(String(error.status), error.message));
    }
    if (this.#sink.waiting > MOST_WAITING_FRAMES) await this.#sink.drained();
  }

  #parse(message: Uint8Array): ClientEvent {
    let event: unknown;
    try {
      // Binary frames that hold JSON are as good as text.
      event = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(message));
    } catch {
      throw invalidParameters('message is not valid JSON');
    }
    if (!isRecord(event)) throw invalidParameters('message must be a JSON object');
    const { type, data } = event;
    if (typeof type !== 'string') throw invalidParameters('type is required');
    if (!isRecord(data)) throw invalidParameters('data is required');
    if (data['session_id'] !== this.#id) {
      throw invalidParameters('data.session_id is not that of this connection');
    }
    return { type, data };
  }

  #obey({ type, data }: ClientEvent): void {
    if (type === 'tts.create') return this.#create(data);
    if (type === 'tts.text.delta') return this.#takeText(data);
    if (type === 'tts.text.flush') return this.#flush();
    if (type === 'tts.text.done') return this.#endText();
    throw invalidParameters(`event type ${clip(type)} is not supported`);
  }

  #create(data: Record<string, unknown>): void {
    if (this.#order !== undefined) throw invalidParameters('tts.create was already received');
    const order = readSessionOrder(this.#model, data, this.#exchange.context.voices);
    const { record } = this.#exchange;
    record.voice = order.delivery.voice;
    record.format = order.format;
    record.sampleRate = order.sampleRate;
    this.#order = order;
    this.#segmenter = new Segmenter({
      mode: order.mode,
      keepParentheses: order.delivery.directives,
    });
    this.#settle(this.#sink.send({ type: 'tts.response.created' }));
    this.#settle(this.#sink.reach('created'));
    this.#settle(
      this.#speakAll(order).catch((error: unknown) => {
        this.#hasFailed = true;
        throw error;
      }),
    );
  }

  #takeText({ text }: Record<string, unknown>): void {
    const segmenter = this.#openSegmenter('tts.text.delta');
    if (typeof text !== 'string') throw invalidParameters('data.text must be a string');
    const issue = text.trim() === '' ? undefined : findTextIssue('text', text, SPEECH_TEXT_LIMIT);
    const count = characterCount(text);
    if (issue !== undefined || count > SPEECH_TEXT_LIMIT) {
      const allowed = issue?.allowed ?? `at most ${SPEECH_TEXT_LIMIT} characters`;
      throw invalidParameters(`data.text is not valid: expected ${allowed}`);
    }
    this.#exchange.context.ledger.accepted(this.#exchange.record, count);
    this.#queue(segmenter.push(text));
  }

  #flush(): void {
    this.#queue(this.#openSegmenter('tts.text.flush').flush());
    this.#settle(this.#sink.send({ type: 'tts.text.flushed' }));
  }

  #endText(): void {
    this.#queue(this.#openSegmenter('tts.text.done').flush());
    this.#isTextDone = true;
    this.#settle(this.#sink.reach('text-done'));
    this.#wake();
  }

  /** Data speech carries its text to the letter, so nothing of it is left out. */
  get #isData(): boolean {
    return this.#order?.delivery.voice === dataVoice;
  }

  #openSegmenter(event: string): Segmenter {
    if (this.#hasFailed) throw new ApiError(500, 'internal_error', 'the session has failed');
    if (this.#segmenter === undefined) {
      throw invalidParameters(`${event} must come after tts.create`);
    }
    if (this.#isTextDone) {
      throw invalidParameters(
        event === 'tts.text.done'
          ? 'tts.text.done was already received'
          : `${event} is not allowed: tts.text.done was already received`,
      );
    }
    return this.#segmenter;
  }

  #queue(pieces: readonly string[]): void {
    for (const piece of pieces) {
      if (!isSpeakable(piece) && !this.#isData) continue;
      this.#sentences.push(piece);
      this.#waitingText += piece.length;
    }
    this.#wake();
  }

  /** Speaks one sentence after the other, until the text is done and nothing is left, and ends the session. */
  async #speakAll(order: SessionOrder): Promise<void> {
    const { context, faults } = this.#exchange;
    const audio = await SessionAudio.create({
      format: order.format,
      sampleRate: order.sampleRate,
      complete: context.socketHabits.audioDone === 'complete',
      oddSplits: faults.get('odd-splits') !== undefined,
    });
    try {
      await this.#speakSentences(order, audio);
      const rest = audio.flush();
      if (rest !== undefined) await this.#sendDelta(rest, 'finished');
      await this.#finish(this.#spokenSamples === 0 ? undefined : audio.complete());
    } finally {
      audio.close();
    }
  }

  async #speakSentences(order: SessionOrder, audio: SessionAudio): Promise<void> {
    for (;;) {
      this.#exchange.signal.throwIfAborted();
      const sentence = this.#sentences.shift();
      if (sentence !== undefined) {
        this.#isSpeaking = true;
        await this.#speak(order, audio, sentence);
        this.#isSpeaking = false;
        this.#waitingText -= sentence.length;
        this.#relieve();
      } else if (this.#isTextDone) return;
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  async #finish(complete: Uint8Array | undefined): Promise<void> {
    if (this.#exchange.faults.get('missing-end') === undefined) {
      await this.#sink.send({
        type: 'tts.response.audio.done',
        data: { audio: complete === undefined ? '' : encodeBase64(complete) },
      });
    }
    this.#exchange.markComplete();
    await this.#sink.close(1000);
  }

  async #speak(order: SessionOrder, audio: SessionAudio, sentence: string): Promise<void> {
    const { context, record, signal } = this.#exchange;
    const text = this.#isData ? sentence : trimPiece(sentence);
    const id = createWireId(context.clock.now());
    const requestId = `${this.#id}-tts.${id}`;
    await this.#sendSentence('start', text, requestId, id);
    const offsetMs = (this.#spokenSamples / order.sampleRate) * 1000;
    const items: SubtitleItem[] = [];
    // One delta is held back: the last one that has audio says so.
    let held: AudioDelta | undefined;
    for await (const chunk of context.engine.synthesize({ ...order.delivery, text, signal })) {
      context.ledger.spoken(record, chunk.samples.length / order.sampleRate);
      this.#spokenSamples += chunk.samples.length;
      items.push(...this.#subtitleClock.toItems(chunk.words, offsetMs));
      for await (const delta of audio.encode(chunk.samples)) {
        if (held !== undefined) await this.#sendDelta(held, 'unfinished');
        held = delta;
      }
    }
    if (held !== undefined) await this.#sendDelta(held, 'finished');
    await this.#sendSentence('end', text, requestId, id);
    if (!order.timestamps) return;
    await this.#sink.send({
      type: 'tts.response.subtitle',
      timestamp: Math.floor(context.clock.now()),
      data: { text: items.map((item) => item.text).join('') || text, request_id: requestId, items },
    });
  }

  /** The fields of three generations of the documentation together, so that clients of each find theirs. */
  #sendSentence(part: 'start' | 'end', text: string, requestId: string, id: string): Promise<void> {
    const timestamp = Math.floor(this.#exchange.context.clock.now());
    return this.#sink.send({
      type: `tts.response.sentence.${part}`,
      data: {
        text,
        request_id: requestId,
        sentence_id: id,
        timestamp,
        [part === 'start' ? 'started_at' : 'ended_at']: timestamp,
      },
    });
  }

  #sendDelta({ bytes, seconds }: AudioDelta, status: 'unfinished' | 'finished'): Promise<void> {
    this.#touch();
    return this.#sink.send({
      type: 'tts.response.audio.delta',
      data: { status, audio: encodeBase64(bytes), duration: seconds },
    });
  }

  #sendError(code: string, message: string): Promise<void> {
    return this.#sink.send({
      type: 'tts.response.error',
      data: { code, message, details: { error: message } },
    });
  }

  /** Puts the idle time off. */
  #touch(): void {
    this.#cancelIdle();
    if (this.#exchange.signal.aborted) return;
    this.#cancelIdle = this.#exchange.context.clock.after(IDLE_MS, () => this.#onIdle());
  }

  #onIdle(): void {
    const isBusy = this.#isSpeaking || this.#sentences.length > 0;
    if (isBusy && !this.#hasFailed) return this.#touch();
    const finishes = this.#exchange.context.socketHabits.idleEnd === 'finish';
    if (finishes && this.#segmenter !== undefined && !this.#isTextDone && !this.#hasFailed) {
      this.#endText();
      // Should even that have no effect, the next time is the last.
      this.#touch();
    } else this.#settle(this.#sink.close(1000));
  }

  /** Looks after work that nobody waits for. */
  #settle(work: Promise<void>): void {
    work.catch((error: unknown) => {
      if (error instanceof ExchangeEnded || this.#exchange.signal.aborted) return;
      this.#sendError('500', 'internal error').catch(() => undefined);
    });
  }
}
