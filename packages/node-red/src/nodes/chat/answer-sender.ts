import { audioFacts } from '../../kit/audio-facts.ts';
import { loadAudio, loadText } from '../../kit/core.ts';
import { LocalizedError } from '../../kit/flow-error.ts';
import type { AudioLibrary } from '../../kit/incoming-sound.ts';
import type { Job } from '../../kit/job-lanes.ts';
import type { FlowMessage, StepvoiceFacts } from '../../kit/node-red.ts';
import { OutgoingStream } from '../../kit/outgoing-stream.ts';
import type { NodeHost } from '../../kit/register-node.ts';
import { soundAmongOthers } from '../../kit/stream-place.ts';
import type { ChatProperties } from './chat-node.ts';

const TEXT_OUTPUT = 0;
const AUDIO_OUTPUT = 1;
export const TOOLS_OUTPUT = 2;
export const EVENTS_OUTPUT = 3;

/** Of the prompt, and nothing of the answer. */
export const PROMPT_FIELDS: FlowMessage = {
  messages: undefined,
  audio: undefined,
  parts: undefined,
  complete: undefined,
  call_id: undefined,
};

type Splitter = { push(text: string): string[]; end(): string[] };

/** Sends the answer to one prompt, as it comes or when it is whole. */
export class AnswerSender {
  readonly #host: NodeHost<ChatProperties>;
  readonly #job: Job<ChatProperties>;
  readonly #model: string;
  readonly #how: 'whole' | 'tokens' | 'sentences';
  readonly #library: AudioLibrary;
  readonly #splitter: Splitter | undefined;
  readonly #text: OutgoingStream<ChatProperties>;
  readonly #audio: OutgoingStream<ChatProperties>;
  readonly #sound: Int16Array[] = [];
  #sampleRate = 0;
  #whole = '';
  #sentences = 0;
  #firstTextMs: number | undefined;
  #ttfaMs: number | undefined;

  private constructor(
    host: NodeHost<ChatProperties>,
    job: Job<ChatProperties>,
    model: string,
    library: AudioLibrary,
    splitter: Splitter,
  ) {
    this.#host = host;
    this.#job = job;
    this.#model = model;
    this.#library = library;
    // Half of a JSON value is of no use to anybody.
    this.#how = job.settings.answer === 'json' ? 'whole' : job.settings.output;
    this.#splitter = this.#how === 'sentences' ? splitter : undefined;
    this.#text = new OutgoingStream(host, job, TEXT_OUTPUT, 'text');
    this.#audio = new OutgoingStream(host, job, AUDIO_OUTPUT, 'audio');
  }

  static async create(
    host: NodeHost<ChatProperties>,
    job: Job<ChatProperties>,
    model: string,
  ): Promise<AnswerSender> {
    const [{ SentenceSplitter }, library] = await Promise.all([loadText(), loadAudio()]);
    return new AnswerSender(host, job, model, library, new SentenceSplitter());
  }

  /** What was written so far. */
  get text(): string {
    return this.#whole;
  }

  pushText(delta: string): void {
    if (delta === '') return;
    if (this.#firstTextMs === undefined) {
      this.#firstTextMs = this.#elapsedMs();
      this.#job.event('first-text', { firstTextMs: this.#firstTextMs });
    }
    this.#whole += delta;
    if (this.#how === 'tokens') this.#sendText(delta);
    else for (const sentence of this.#splitter?.push(delta) ?? []) this.#sendSentence(sentence);
  }

  pushSound(samples: Int16Array, sampleRate: number): void {
    if (samples.length === 0) return;
    if (this.#ttfaMs === undefined) {
      this.#ttfaMs = this.#elapsedMs();
      this.#job.event('first-audio', { ttfaMs: this.#ttfaMs });
    }
    this.#sampleRate = sampleRate;
    if (this.#how === 'whole') {
      this.#sound.push(samples);
      return;
    }
    this.#audio.send(this.#library.encodePcm16(samples), {
      ...PROMPT_FIELDS,
      audio: audioFacts('pcm', sampleRate, durationMsOf(samples, sampleRate)),
      stepvoice: { model: this.#model, ttfaMs: this.#ttfaMs },
    });
  }

  /** The model waits for tools: what it has said before is to be heard meanwhile. */
  pause(): void {
    for (const sentence of this.#splitter?.end() ?? []) this.#sendSentence(sentence);
  }

  /**
   * All was answered.
   *
   * @param json what the text is as JSON, in place of which it is sent
   * @throws {LocalizedError} for an answer with nothing in it
   */
  end(facts: StepvoiceFacts, more: FlowMessage, json: unknown): void {
    this.pause();
    const hasSound = this.#audio.hasBegun || this.#sound.length > 0;
    if (this.#whole.trim() === '' && !hasSound) throw emptyAnswer();
    const stepvoice: StepvoiceFacts = { ...facts, totalMs: this.#elapsedMs() };
    if (this.#firstTextMs !== undefined) stepvoice['firstTextMs'] = this.#firstTextMs;
    if (this.#ttfaMs !== undefined) stepvoice.ttfaMs = this.#ttfaMs;
    const fields = { ...PROMPT_FIELDS, ...more, stepvoice };
    if (this.#how !== 'whole') {
      if (this.#text.hasBegun) this.#text.end(fields);
      if (this.#audio.hasBegun) this.#audio.end(fields);
    } else {
      // The place of a prompt among others is that of its answer.
      const { stream, message } = this.#job;
      const { parts, complete } = message;
      const place = stream === undefined ? { ...fields, parts, complete } : fields;
      if (this.#sound.length > 0) {
        this.#sendSound({ ...place, parts: soundAmongOthers(place.parts) });
      }
      this.#job.send(TEXT_OUTPUT, { ...place, payload: json === undefined ? this.#whole : json });
    }
    this.#job.event('done', { ...stepvoice });
  }

  /** The answer was cancelled, or failed. */
  cut(): void {
    this.#text.cut(PROMPT_FIELDS);
    this.#audio.cut(PROMPT_FIELDS);
  }

  #sendSound(fields: FlowMessage): void {
    const { concatSamples, writeWav } = this.#library;
    const samples = concatSamples(this.#sound);
    const sampleRate = this.#sampleRate;
    this.#job.send(AUDIO_OUTPUT, {
      ...fields,
      payload: writeWav({ samples, sampleRate }),
      audio: audioFacts('wav', sampleRate, durationMsOf(samples, sampleRate)),
    });
  }

  #sendSentence(sentence: string): void {
    this.#job.event('sentence', { index: this.#sentences, text: sentence.trim() });
    this.#sentences += 1;
    this.#sendText(sentence);
  }

  #sendText(text: string): void {
    this.#text.send(text, { ...PROMPT_FIELDS, stepvoice: { model: this.#model } });
  }

  #elapsedMs(): number {
    return Math.round((this.#host.clock.now() - this.#job.arrivedMs) * 10) / 10;
  }
}

function durationMsOf({ length }: Int16Array, sampleRate: number): number {
  return (length / sampleRate) * 1000;
}

function emptyAnswer(): LocalizedError {
  return new LocalizedError(
    'empty_answer',
    { en: 'The model answered nothing.', zh: '模型没有给出任何回答。' },
    { badge: 'serviceFailed' },
  );
}
