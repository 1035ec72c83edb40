import type { StepAudioError } from '../errors.ts';
import { TRANSCRIPTION_SOCKET_RATE } from '../protocol/transcription-rules.ts';
import type {
  WireTranscriptionSocketEvent,
  WireTranscriptionWord,
} from '../protocol/transcription-socket.ts';
import type { InputTimeline } from './input-timeline.ts';
import { SegmentLedger } from './segment-ledger.ts';
import type { Segment } from './segment-ledger.ts';
import type { PartialKind } from './segment-text.ts';
import type { TranscribedWord, TranscriptionEvent } from './transcription-event.ts';
import { WordClock } from './word-clock.ts';
import { toUsage } from './wire-mapping.ts';

type Wire<Type extends string> = Extract<WireTranscriptionSocketEvent, { type: Type }>;

export type SocketSegmentsOptions = {
  kind: PartialKind | undefined;
  timeline: InputTimeline;
  emit: (event: TranscriptionEvent) => void;
};

const SAMPLES_PER_MS = TRANSCRIPTION_SOCKET_RATE / 1000;

/** Makes one stream of partial and final texts out of what either generation of models says about items. */
export class SocketSegments {
  readonly #options: SocketSegmentsOptions;
  readonly #ledger: SegmentLedger;
  readonly #clock = new WordClock();

  constructor(options: SocketSegmentsOptions) {
    this.#options = options;
    this.#ledger = new SegmentLedger(options.kind);
  }

  /** How many segments have begun and have no end yet. */
  get open(): number {
    return this.#ledger.open;
  }

  get commits(): number {
    return this.#ledger.commits;
  }

  /** How many commits have no final text yet. */
  get unanswered(): number {
    return this.#ledger.unanswered;
  }

  get last(): Segment | undefined {
    return this.#ledger.last;
  }

  /** A place in the sound that was sent, as a place in what the caller wrote. */
  toInputMs(sentMs: number): number {
    return Math.round(this.#options.timeline.toInput(sentMs * SAMPLES_PER_MS) / SAMPLES_PER_MS);
  }

  onCommit(startMs: number, endMs: number): void {
    this.#ledger.commit(startMs, endMs);
  }

  onItem(itemId: string | undefined): void {
    if (itemId !== undefined) this.#ledger.get(itemId);
  }

  onSpeechStarted({
    item_id: itemId,
    audio_start_ms: atMs,
  }: Wire<'input_audio_buffer.speech_started'>): void {
    const segment = this.#ledger.get(itemId);
    segment.startMs ??= atMs;
    this.#emitSpeech('speech-started', segment, atMs);
  }

  onSpeechStopped(event: Wire<'input_audio_buffer.speech_stopped'>): void {
    const segment = this.#ledger.get(event.item_id);
    const atMs = event.audio_end_ms ?? event.audio_start_ms;
    segment.endMs ??= atMs;
    this.#emitSpeech('speech-stopped', segment, atMs);
  }

  onDelta(event: Wire<'conversation.item.input_audio_transcription.delta'>): void {
    const segment = this.#ledger.get(event.item_id);
    // A final text does not change any more.
    if (segment.isSettled) return;
    const isNew = segment.text.push({
      eventId: event.event_id,
      text: event.text ?? '',
      stash: event.stash,
      words: event.words?.map(toWord),
      startMs: event.start_time,
      endMs: event.end_time,
    });
    if (!isNew) return;
    const { text, words } = segment.text;
    this.#options.emit({
      type: 'partial',
      segment: segment.number,
      text,
      ...(words === undefined ? {} : { words: this.#place(segment, words) }),
    });
  }

  onCompleted(event: Wire<'conversation.item.input_audio_transcription.completed'>): void {
    const segment = this.#ledger.get(event.item_id);
    const text = event.transcript ?? segment.text.text;
    if (segment.isSettled && (segment.final === undefined || segment.final === text)) return;
    const wireWords = event.words?.map(toWord) ?? segment.text.words ?? [];
    const words = this.#place(segment, wireWords).map(({ text: word, startMs, endMs }) => ({
      text: word,
      startMs,
      endMs,
    }));
    const usage = toUsage(event.usage);
    const { startMs, endMs } = this.#ledger.placeOf(segment);
    this.#options.emit({
      type: segment.isSettled ? 'correction' : 'final',
      segment: segment.number,
      text,
      ...(startMs === undefined ? {} : { startMs: this.toInputMs(startMs) }),
      ...(endMs === undefined ? {} : { endMs: this.toInputMs(endMs) }),
      words,
      ...(usage === undefined ? {} : { usage }),
    });
    this.#ledger.settle(segment, text);
  }

  onFailed(itemId: string | undefined, error: StepAudioError): void {
    this.#fail(this.#ledger.get(itemId), error);
  }

  /** The service did not take a commit: its segment will never come. */
  onRefused(commit: number, error: StepAudioError): void {
    this.#fail(this.#ledger.ofCommit(commit), error);
  }

  #fail(segment: Segment, error: StepAudioError): void {
    if (segment.isSettled) return;
    this.#ledger.settle(segment, undefined);
    this.#options.emit({ type: 'failed', segment: segment.number, error });
  }

  #emitSpeech(
    type: 'speech-started' | 'speech-stopped',
    { number: segment }: Segment,
    atMs: number | undefined,
  ): void {
    const place = atMs === undefined ? {} : { atMs: this.toInputMs(atMs) };
    this.#options.emit({ type, segment, ...place });
  }

  /** Puts words where they are in the input. */
  #place(segment: Segment, words: readonly TranscribedWord[]): TranscribedWord[] {
    const [first] = words;
    const last = words.at(-1);
    if (first === undefined || last === undefined) return [];
    const { startMs = 0, endMs } = this.#ledger.placeOf(segment);
    const sentMs = this.#options.timeline.sent / SAMPLES_PER_MS;
    const place = { startMs, endMs: endMs ?? sentMs };
    const offsetMs = this.#clock.offsetMs(first.startMs, last.endMs, place);
    return words.map((word) => ({
      ...word,
      startMs: this.toInputMs(word.startMs + offsetMs),
      endMs: this.toInputMs(word.endMs + offsetMs),
    }));
  }
}

/** Seconds into milliseconds; 1.1 s is not 1100.0000000000002 ms. */
function toWord({ word: text, start, end, final }: WireTranscriptionWord): TranscribedWord {
  const startMs = Math.round((start ?? end ?? 0) * 1000);
  const endMs = Math.round((end ?? start ?? 0) * 1000);
  return { text, startMs, endMs, ...(final === undefined ? {} : { final }) };
}
