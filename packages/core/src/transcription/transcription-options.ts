import type { AudioContainer } from '../audio/container.ts';
import type { Pcm } from '../audio/pcm.ts';
import type {
  TranscriptionFormat,
  TranscriptionSocketFormat,
} from '../protocol/transcription-rules.ts';

/** Open: the service may serve newer ones. */
export type TranscriptionModel =
  | 'stepaudio-3-asr-max'
  | 'stepaudio-2.5-asr'
  | 'stepaudio-2-asr-pro'
  | (string & {});

/** Open: the service may serve newer ones. */
export type TranscriptionSocketModel =
  | 'stepaudio-2.5-asr-stream'
  | 'step-asr-1.1-stream'
  | (string & {});

/**
 * The bytes of a sound file or of raw PCM, whole or as they come, or samples. A stream is read once, no faster than the
 * service takes it.
 */
export type TranscriptionInput =
  | Uint8Array
  | ArrayBuffer
  | Blob
  | ReadableStream<Uint8Array>
  | AsyncIterable<Uint8Array>
  | Pcm;

/** Options of `transcription.stream()`. */
export type TranscriptionStreamOptions = {
  /** Default `stepaudio-2.5-asr`: served at both hosts and under both plans. */
  model?: TranscriptionModel | undefined;
  /** Needed for `pcm` (signed 16 bit, little endian), which nothing marks; others are told from their first bytes. */
  format?: TranscriptionFormat | undefined;
  /** Hz; for bytes of PCM, and needed there. */
  sampleRate?: number | undefined;
  /** 1 or 2; for bytes of PCM. Default 1. */
  channels?: number | undefined;
  /** A code such as `zh` or `en`. Left out, the service detects it. */
  language?: string | undefined;
  /** Names and terms to expect. */
  hotwords?: readonly string[] | undefined;
  /** What the sound is about, in words; `stepaudio-2-asr-pro` only. */
  prompt?: string | undefined;
  /** Writes numbers, dates and units as digits and signs (inverse text normalization). The service's default is true. */
  itn?: boolean | undefined;
  /** Ask for the times of words. Default false. */
  timestamps?: boolean | undefined;
  /**
   * Longest sound of one call, in seconds, up to what the model takes (1800). Default 300, which makes a request of
   * 13 MB at 16 kHz. PCM and WAV are cut in pauses into calls no longer than this.
   */
  maxCallSeconds?: number | undefined;
  /** How many calls of one long sound may be under way at the same time, 1 to 8. Events stay in order. Default 1. */
  concurrency?: number | undefined;
  /**
   * Decodes a file that is too long for one call, or in a format that the service does not take, so that it can be cut.
   * Receives the file's bytes from the first.
   */
  decode?:
    | ((
        file: AsyncIterable<Uint8Array>,
        context: { container: AudioContainer; signal: AbortSignal },
      ) => AsyncIterable<Pcm>)
    | undefined;
  /** Aborting closes the connection at once; the iteration then throws `signal.reason` as it is. */
  signal?: AbortSignal | undefined;
};

/** When the service itself finds where a segment ends. */
export type TurnDetection = {
  /** So long a pause ends a segment. Default 800. */
  silenceDurationMs?: number | undefined;
  /** Larger is stricter; clients of the service use 0.5 to 0.8. Default: the service's own. */
  threshold?: number | undefined;
};

/** Options of `transcription.connect()`. */
export type TranscriptionConnectOptions = {
  /** Default `stepaudio-2.5-asr-stream`. */
  model?: TranscriptionSocketModel | undefined;
  /** What bytes given to `write()` are. Default `pcm`; with `ogg` (Opus) only bytes can be written. */
  format?: TranscriptionSocketFormat | undefined;
  /** Hz of PCM bytes, and of samples written without a rate. Any; it is converted. Default 16000. */
  sampleRate?: number | undefined;
  /** A code such as `zh` or `en`. Left out, the service detects it. */
  language?: string | undefined;
  /** Context or terms, in words. There are no `hotwords` on the socket. */
  prompt?: string | undefined;
  /** Writes numbers, dates and units as digits and signs (inverse text normalization). */
  itn?: boolean | undefined;
  /** Exact word times in final segments, on `stepaudio-2.5-asr-stream`; without it they are rough. Default false. */
  timestamps?: boolean | undefined;
  /**
   * The service reads each segment a second time when it is complete. A second reading that comes after the `final`
   * event is a `correction` event. Default false.
   */
  fullRerun?: boolean | undefined;
  /** `null`: segments end with `commit()`. Default `null`. */
  turnDetection?: TurnDetection | null | undefined;
  /**
   * While nothing is written, 100 ms of silence are sent this often, since the service closes an idle session after a
   * time it does not tell. Word times do not count it. PCM only; `false` sends none. Default 20 000.
   */
  keepAliveMs?: number | false | undefined;
  /** Aborting closes the socket at once; the iteration then throws `signal.reason` as it is. */
  signal?: AbortSignal | undefined;
};
