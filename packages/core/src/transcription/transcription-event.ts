import type { StepAudioError } from '../errors.ts';

/** A word, or one Chinese character, with its place in milliseconds from the start of the whole input. */
export type TranscribedWord = {
  text: string;
  startMs: number;
  endMs: number;
  /** `false` while the word belongs to a tentative tail, its times an estimate. */
  final?: boolean;
};

/** What the service counted; a field is missing where it named none. */
export type TranscriptionUsage = {
  inputTokens?: number;
  /** The part of `inputTokens` that was sound. */
  audioTokens?: number;
  outputTokens?: number;
  totalTokens?: number;
};

/** The whole text of a segment so far. The next one may say something else. */
export type TranscriptionPartialEvent = {
  type: 'partial';
  segment: number;
  text: string;
  /** Where the service sends times. */
  words?: readonly TranscribedWord[];
};

type SegmentText = {
  /** Counts from 0, in the order in which segments began. */
  segment: number;
  /** May be empty: silence, noise, another language than was asked for. */
  text: string;
  /** Where the segment begins and ends, from the start of the whole input, where that is known. */
  startMs?: number;
  endMs?: number;
  /** Empty where the service sent no times. */
  words: readonly TranscribedWord[];
  usage?: TranscriptionUsage;
};

/** A segment as it stays: it comes once for each. */
export type TranscriptionFinalEvent = { type: 'final' } & SegmentText;

/** A socket with `fullRerun` read a segment once more, after its final text, and reads it otherwise. */
export type TranscriptionCorrectionEvent = { type: 'correction' } & SegmentText;

/** The service could not transcribe one segment of a socket; the others go on. */
export type TranscriptionFailedEvent = { type: 'failed'; segment: number; error: StepAudioError };

/** A socket with `turnDetection` heard where speech begins or ends. */
export type TranscriptionSpeechEvent = {
  type: 'speech-started' | 'speech-stopped';
  segment: number;
  atMs?: number;
};

/** How much of the input has its final text. */
export type TranscriptionProgressEvent = {
  type: 'progress';
  audioMs: number;
  /** An estimate until the end is reached; missing for a stream of unknown length. */
  totalMs?: number;
};

/** An event of a kind this library does not know, as the service sent it. */
export type TranscriptionUnknownEvent = { type: 'unknown'; raw: unknown };

/** What `transcription.stream()` and a `TranscriptionSocket` yield. */
export type TranscriptionEvent =
  | TranscriptionPartialEvent
  | TranscriptionFinalEvent
  | TranscriptionCorrectionEvent
  | TranscriptionFailedEvent
  | TranscriptionSpeechEvent
  | TranscriptionProgressEvent
  | TranscriptionUnknownEvent;
