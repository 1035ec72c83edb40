import type { SpeechFormat } from '../protocol/models.ts';

/** One token with its place in the audio, in milliseconds from the start of the whole audio. */
export type SubtitleWord = { text: string; startMs: number; endMs: number };

/** One cut piece of the text. Pieces may arrive after later audio; their times count over the whole audio. */
export type Subtitle = {
  text: string;
  /** Empty where the service could not align the piece. */
  words: readonly SubtitleWord[];
  /** The service's id of the piece; on a socket the same as that of its sentence. */
  requestId: string | undefined;
};

/**
 * A piece of the audio. All pieces of one stream, joined, are one file of the stream's format. Pieces of PCM always
 * hold whole samples (signed 16 bit, little endian, mono).
 */
export type SpeechAudioEvent = {
  type: 'audio';
  audio: Uint8Array;
  /** Exact for PCM; elsewhere what the service says, or `undefined`. */
  durationSeconds: number | undefined;
};

export type SpeechSubtitleEvent = { type: 'subtitle' } & Subtitle;

/** An event of a kind this library does not know, as the service sent it. */
export type SpeechUnknownEvent = { type: 'unknown'; raw: unknown };

/** What `speech.stream()` yields. The end of the iteration means the service said that it was done. */
export type SpeechEvent = SpeechAudioEvent | SpeechSubtitleEvent | SpeechUnknownEvent;

/**
 * A complete file of its own: what a socket sends in the formats `mp3`, `opus` and `flac`. Glued together such files
 * are not gapless; play them one after the other, or ask for `mp3_stream`, `opus_stream`, `flac_stream`.
 */
export type SpeechClipEvent = {
  type: 'clip';
  audio: Uint8Array;
  format: SpeechFormat;
  durationSeconds: number | undefined;
};

/** The service begins or ends a sentence; the audio between the two belongs to it. */
export type SpeechSentenceEvent = {
  type: 'sentence-start' | 'sentence-end';
  text: string;
  requestId: string | undefined;
};

/** The service took a `flush()`. The audio of the flushed text may still follow. */
export type SpeechFlushedEvent = { type: 'flushed' };

/** What a {@link SpeechSocket} yields. */
export type SpeechSocketEvent =
  | SpeechAudioEvent
  | SpeechClipEvent
  | SpeechSubtitleEvent
  | SpeechSentenceEvent
  | SpeechFlushedEvent
  | SpeechUnknownEvent;

/** A whole speech. */
export type SpeechFile = {
  audio: Uint8Array;
  /** Read from the bytes; `pcm` where they carry no container. */
  format: SpeechFormat;
  sampleRate: number;
  /** Only with `timestamps: true`. */
  subtitles: readonly Subtitle[];
  /** The service's trace id; its support asks for it. */
  requestId: string | undefined;
};
