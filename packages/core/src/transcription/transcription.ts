import { CallErrors } from '../net/call-errors.ts';
import type { Connection } from '../net/connection.ts';
import { toFailure } from './failure.ts';
import type {
  FileTranscript,
  TranscriptionCreateOptions,
  TranscriptionJob,
  TranscriptionSubmitOptions,
  TranscriptionWaitOptions,
} from './file-options.ts';
import type {
  TranscriptionConnectOptions,
  TranscriptionInput,
  TranscriptionStreamOptions,
} from './transcription-options.ts';
import type { TranscriptionSocket } from './transcription-socket.ts';
import { TranscriptionStream } from './transcription-stream.ts';
import { toCallLimits, toWireSettings } from './wire-mapping.ts';

/** Speech to text. All but `stream` is loaded with its first use. */
export class Transcription {
  readonly #connection: Connection;

  /** `new StepAudio(…).transcription` is one; by itself it takes a connection from `createConnection()`. */
  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /**
   * Transcribes sound of any length as a stream of texts.
   *
   * PCM and WAV may be hours long and come as a stream: they are cut in pauses, sent call by call, and the texts are put
   * together with times from the start of the input; no more than a few pieces are in memory. Other files go as they are,
   * in one call of up to 30 minutes; longer ones need `decode`.
   *
   * @throws {ValidationError} for options, at once. What is wrong with the input, and what can go wrong later, is thrown
   *   by the iteration: a {@link ValidationError}, {@link AuthenticationError}, {@link RateLimitError},
   *   {@link ModerationError}, {@link CapabilityError} or {@link ServiceError} as the service answers, a
   *   {@link ConnectionError}, {@link TimeoutError} or {@link ProtocolError} where it does not, or `signal.reason`.
   */
  stream(input: TranscriptionInput, options: TranscriptionStreamOptions = {}): TranscriptionStream {
    const settings = toWireSettings(options);
    const limits = toCallLimits(options);
    const { format, sampleRate, channels, decode, concurrency = 1, signal } = options;
    const secrets = [options.prompt ?? '', ...(options.hotwords ?? [])];
    const errors = new CallErrors(this.#connection, secrets);
    return new TranscriptionStream({
      connection: this.#connection,
      input,
      settings,
      sound: { format, sampleRate, channels, decode },
      limits,
      concurrency,
      errors,
      toError: (raw, requestId) =>
        toFailure(raw, { connection: this.#connection, errors, secrets, requestId }),
      secrets,
      signal,
    });
  }

  /**
   * Opens a socket for sound that is still being made. Resolves when the service has accepted it; what is written from
   * then on is held until the service is ready for it. Not under plan `step-plan`.
   *
   * @throws as {@link stream}, options included. On a platform whose sockets can send no header, a
   *   {@link ValidationError} that says what helps.
   */
  async connect(options: TranscriptionConnectOptions = {}): Promise<TranscriptionSocket> {
    const { TranscriptionSocket: Socket } = await import('./transcription-socket.ts');
    return Socket.connect(this.#connection, options);
  }

  /**
   * Hands a file to the service, which downloads and transcribes it by itself. Resolves when it has taken the job; what
   * becomes of it, {@link wait} tells. Not under plan `step-plan`.
   *
   * @throws as {@link stream}, options included.
   */
  async submit(options: TranscriptionSubmitOptions): Promise<TranscriptionJob> {
    const { submitFile } = await import('./file-task.ts');
    return submitFile(this.#connection, options);
  }

  /**
   * Asks for a job until it is done.
   *
   * @throws {ServiceError} when the job failed, with the stage as its `code`. Stage `audio_download` is `retryable`: the
   *   service sometimes fails to download at first, and submitting again helps. Else as {@link stream}; a job that could
   *   not be asked for goes on, and can be waited for again.
   */
  async wait(
    job: TranscriptionJob | string,
    options: TranscriptionWaitOptions = {},
  ): Promise<FileTranscript> {
    const { waitForFile } = await import('./file-task.ts');
    return waitForFile(this.#connection, job, options);
  }

  /**
   * Uploads a file and answers with its text.
   *
   * @deprecated The service retires this endpoint; {@link stream} does the same and more.
   * @throws as {@link stream}, options included.
   */
  async create(options: TranscriptionCreateOptions): Promise<{ text: string }> {
    const { uploadFile } = await import('./upload.ts');
    return uploadFile(this.#connection, options);
  }
}
