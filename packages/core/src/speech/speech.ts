import type { Connection } from '../net/connection.ts';
import type { WholeAnswer } from '../net/exchange.ts';
import { CallErrors } from '../net/call-errors.ts';
import { collectBody } from '../net/collect-body.ts';
import type { SpeechFile } from './speech-events.ts';
import { collectEvents, toSpeechFile, toSpeechFileFromEvents } from './speech-file.ts';
import type { AskedFor } from './speech-file.ts';
import { toSpeechLink } from './speech-link.ts';
import type { SpeechLink } from './speech-link.ts';
import type {
  SpeechConnectOptions,
  SpeechCreateOptions,
  SpeechStreamOptions,
} from './speech-options.ts';
import type { SpeechSocket } from './speech-socket.ts';
import { SpeechStream } from './speech-stream.ts';
import { DEFAULT_SAMPLE_RATE, toWireRequest } from './wire-mapping.ts';

const MAX_FILE_BYTES = 128 * 1024 * 1024;

/** Text to speech. */
export class Speech {
  readonly #connection: Connection;

  /** `new StepAudio(…).speech` is one; by itself it takes a connection from `createConnection()`. */
  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /**
   * Speaks a text into one file, or, with `returnUrl`, into one that the service keeps.
   *
   * With `timestamps` the file comes with its subtitles.
   *
   * @throws {ValidationError} before anything is sent; `path` is the option's.
   * @throws {AuthenticationError} {@link RateLimitError} {@link ModerationError} {@link ServiceError} as the service
   *   answers; {@link ConnectionError} {@link TimeoutError} {@link ProtocolError} where it does not, with what had come
   *   as `partial`. An abort throws `signal.reason`.
   */
  create(options: SpeechCreateOptions & { returnUrl: true }): Promise<SpeechLink>;
  create(options: SpeechCreateOptions & { returnUrl?: false | undefined }): Promise<SpeechFile>;
  create(options: SpeechCreateOptions): Promise<SpeechFile | SpeechLink>;
  async create(options: SpeechCreateOptions): Promise<SpeechFile | SpeechLink> {
    const { maxBytes = MAX_FILE_BYTES, signal, returnUrl } = options;
    // Only an event stream carries both the audio and its times.
    const isOverStream = options.timestamps === true && returnUrl !== true;
    const request = toWireRequest(options, isOverStream ? 'create-over-stream' : 'create');
    const asked = askedFor(options, 'mp3');
    const errors = new CallErrors(this.#connection, [options.text]);
    if (isOverStream) {
      const stream = this.#stream(request, asked, errors, options);
      const file = await collectEvents(stream, asked, maxBytes);
      return { ...file, requestId: stream.requestId };
    }
    const toFile = (answer: WholeAnswer): SpeechFile => toSpeechFile(answer, asked, errors);
    const exchange = await this.#connection.request({
      path: '/audio/speech',
      body: request,
      signal,
      secrets: [options.text],
      onLateAnswer: returnUrl === true ? undefined : lateFile(options.onLateAnswer, toFile),
    });
    const body = await collectBody(exchange, maxBytes, returnUrl !== true);
    const answer = { head: exchange.head, body };
    if (returnUrl !== true) return toFile(answer);
    return toSpeechLink(answer, { connection: this.#connection, asked, errors, maxBytes });
  }

  /**
   * Speaks a text as a stream of audio and subtitles, to be played while it is being made. The request leaves with the
   * first read.
   *
   * @throws {ValidationError} at once; what can go wrong later is thrown by the iteration, as {@link create} has it.
   */
  stream(options: SpeechStreamOptions): SpeechStream {
    const request = toWireRequest(options, 'stream');
    const errors = new CallErrors(this.#connection, [options.text]);
    return this.#stream(request, askedFor(options, 'pcm'), errors, options);
  }

  /**
   * Opens a socket for text that is still being written. Resolves when the service has accepted it; what is written from
   * then on is held until the service is ready for it.
   *
   * @throws as {@link create}. On a platform whose sockets can send no header, a {@link ValidationError} that says what
   *   helps.
   */
  async connect(options: SpeechConnectOptions): Promise<SpeechSocket> {
    // Loaded with its first use, as is what opens it.
    const { SpeechSocket: Socket } = await import('./speech-socket.ts');
    return Socket.connect(this.#connection, options);
  }

  #stream(
    request: ReturnType<typeof toWireRequest>,
    asked: AskedFor,
    errors: CallErrors,
    { signal, onLateAnswer }: SpeechStreamOptions,
  ): SpeechStream {
    return new SpeechStream({
      connection: this.#connection,
      request,
      ...asked,
      errors,
      signal,
      onLateAnswer: lateFile(onLateAnswer, (answer) =>
        toSpeechFileFromEvents(answer, asked, errors),
      ),
    });
  }
}

function askedFor(options: SpeechCreateOptions, format: AskedFor['format']): AskedFor {
  return {
    format: options.format ?? format,
    sampleRate: options.sampleRate ?? DEFAULT_SAMPLE_RATE,
  };
}

function lateFile(
  onLateAnswer: ((file: SpeechFile) => void) | undefined,
  toFile: (answer: WholeAnswer) => SpeechFile,
): ((answer: WholeAnswer) => void) | undefined {
  if (onLateAnswer === undefined) return undefined;
  return (answer) => {
    let file: SpeechFile;
    try {
      file = toFile(answer);
    } catch {
      // Nobody waits for this answer any more: that it is a failure is nobody's either.
      return;
    }
    onLateAnswer(file);
  };
}
