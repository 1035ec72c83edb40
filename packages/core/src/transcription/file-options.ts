import type { ByteSource } from '../net/byte-source.ts';
import type { TranscriptionFormat } from '../protocol/transcription-rules.ts';
import type { TranscribedWord } from './transcription-event.ts';

/** Options of `transcription.submit()`. */
export type TranscriptionSubmitOptions = {
  /** A public address, which answers without a redirect, of a file below 100 MB. The service downloads it itself. */
  url: string;
  format: TranscriptionFormat;
  /** Default `stepaudio-2.5-asr`. Chinese and English only. */
  model?: 'stepaudio-2.5-asr' | 'step-asr-1.1' | (string & {}) | undefined;
  /** `opus` for Opus in `ogg`. Default `raw`. */
  codec?: 'raw' | 'opus' | undefined;
  /** Hz; needed for `pcm`. */
  sampleRate?: number | undefined;
  /** 1 or 2, as in the file. Default 1, or 2 with `channelSplit`. */
  channels?: number | undefined;
  /** Transcribes the two channels apart. Default false. */
  channelSplit?: boolean | undefined;
  /** Ask for utterances with their times. Default false, or true with `speakers`. */
  utterances?: boolean | undefined;
  /** Ask who speaks, up to ten people. Default false. */
  speakers?: boolean | undefined;
  signal?: AbortSignal | undefined;
};

/** A file that the service transcribes by itself. The id can be kept, and waited for by another program. */
export type TranscriptionJob = {
  id: string;
  /** The service's trace id of the submission. */
  requestId: string | undefined;
};

/** Options of `transcription.wait()`. */
export type TranscriptionWaitOptions = {
  /** How often to ask. Default 2000; the service advises 1000 to 3000. */
  pollMs?: number | undefined;
  /** Hears each new status: `PENDING`, `RUNNING` … as the service has it. */
  onStatus?: ((status: string) => void) | undefined;
  /** Ends the waiting, not the job. */
  signal?: AbortSignal | undefined;
};

export type FileUtterance = {
  text: string;
  startMs: number;
  endMs: number;
  words: readonly TranscribedWord[];
  /** Only with `speakers`: an opaque name that means the same person within one channel of one file. */
  speaker?: string;
};

export type FileTranscriptChannel = { text: string; utterances: readonly FileUtterance[] };

/** What a whole file says. */
export type FileTranscript = {
  /** Of all channels, one after the other. */
  text: string;
  /** One, or two with `channelSplit`. */
  channels: readonly FileTranscriptChannel[];
  durationMs?: number;
  /** The service's trace id of the last answer. */
  requestId: string | undefined;
};

/** Options of `transcription.create()`. */
export type TranscriptionCreateOptions = {
  /** MP3, WAV, Ogg or PCM below 100 MB. */
  file: ByteSource;
  /** Its ending tells the service what it is. Default: by the first bytes, `audio.wav` and the like. */
  filename?: string | undefined;
  /** Default `step-asr`. */
  model?: string | undefined;
  /** Names and terms to expect. */
  hotwords?: readonly string[] | undefined;
  signal?: AbortSignal | undefined;
};
