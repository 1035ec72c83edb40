import { ProtocolError } from '../errors.ts';
import { isFailure } from '../net/call-errors.ts';
import type { EventDecoder } from '../net/event-call.ts';
import { SSE_DONE } from '../protocol/speech-events.ts';
import { readTranscriptionStreamEvent } from '../protocol/transcription-events.ts';
import type { WireTranscriptionStreamEvent } from '../protocol/transcription-events.ts';
import type { TranscribedWord, TranscriptionEvent } from './transcription-event.ts';
import { toUsage } from './wire-mapping.ts';

type Delta = Extract<WireTranscriptionStreamEvent, { type: 'transcript.text.delta' }>;
type Done = Extract<WireTranscriptionStreamEvent, { type: 'transcript.text.done' }>;

export type CallDecoderOptions = {
  segment: number;
  /** Where the sound of this call lies in the input. */
  startMs: number;
  endMs: number | undefined;
  emit: (event: TranscriptionEvent) => void;
  /** The error for an event that reports a failure. */
  toError: (raw: unknown) => Error;
};

/** Turns the server-sent events of one call into partial texts and one final text, its times shifted into the input's. */
export class CallDecoder implements EventDecoder {
  readonly #options: CallDecoderOptions;
  readonly #words: TranscribedWord[] = [];
  #text = '';
  #isDone = false;

  constructor(options: CallDecoderOptions) {
    this.#options = options;
  }

  get isDone(): boolean {
    return this.#isDone;
  }

  push(data: string): void {
    if (data === SSE_DONE) {
      this.#onEndMark();
      return;
    }
    const raw: unknown = JSON.parse(data);
    const event = readTranscriptionStreamEvent(raw);
    switch (event.type) {
      case 'transcript.text.delta':
        this.#onDelta(event);
        return;
      case 'transcript.text.done':
        this.#finish(event);
        return;
      case 'error':
        throw this.#options.toError(raw);
      case 'unknown':
        if (isFailure(raw)) throw this.#options.toError(raw);
        this.#options.emit(event);
    }
  }

  #onDelta({ delta, start_time: start, end_time: end }: Delta): void {
    if (!delta) return;
    this.#text += delta;
    const { segment, emit } = this.#options;
    this.#addWord(delta.trim(), start ?? end, end ?? start);
    emit({
      type: 'partial',
      segment,
      text: this.#text,
      ...(this.#words.length > 0 ? { words: [...this.#words] } : {}),
    });
  }

  #addWord(text: string, start: number | undefined, end: number | undefined): void {
    if (text === '' || start === undefined || end === undefined) return;
    const { startMs: offsetMs } = this.#options;
    // Times never go back, and where a server's do, a player could not follow them.
    const startMs = Math.max(offsetMs + start, this.#words.at(-1)?.startMs ?? offsetMs);
    this.#words.push({ text, startMs, endMs: Math.max(offsetMs + end, startMs) });
  }

  /** An end mark without `transcript.text.done`: what came is all there is, but there must be something. */
  #onEndMark(): void {
    if (this.#isDone) return;
    if (this.#text === '') {
      throw new ProtocolError('The service ended its answer, and had sent no transcript.', {
        code: 'no_transcript',
      });
    }
    this.#finish(undefined);
  }

  #finish(done: Done | undefined): void {
    this.#isDone = true;
    const { segment, startMs, endMs, emit } = this.#options;
    const usage = toUsage(done?.usage);
    emit({
      type: 'final',
      segment,
      text: done?.text ?? this.#text,
      startMs,
      ...(endMs === undefined ? {} : { endMs }),
      words: this.#words,
      ...(usage === undefined ? {} : { usage }),
    });
  }
}
