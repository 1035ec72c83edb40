import { Chat } from './chat/chat.ts';
import { Files } from './files/files.ts';
import { Models } from './models/models.ts';
import { Connection } from './net/connection.ts';
import type { ConnectionOptions } from './net/connection.ts';
import { createPlatformRuntime } from './net/runtime.ts';
import type { Runtime } from './net/runtime.ts';
import type { ServiceFailure } from './net/service-failure.ts';
import { CENSORSHIP_BLOCK, readErrorBody } from './protocol/error-body.ts';
import { Realtime } from './realtime/realtime.ts';
import { Speech } from './speech/speech.ts';
import { Transcription } from './transcription/transcription.ts';
import { Voices } from './voices/voices.ts';

/** Options of a client. */
export type StepAudioOptions = ConnectionOptions & {
  /** What the platform provides; only tests and unusual platforms need to say it. */
  runtime?: Runtime | undefined;
};

/**
 * A connection for capabilities that are used one by one: `new Speech(createConnection({ apiKey }))`.
 *
 * @throws {AuthenticationError} without a usable key.
 * @throws {ValidationError} for an address or a header that cannot be used.
 * @throws {RangeError} for a limit out of range.
 */
export function createConnection(options: StepAudioOptions): Connection {
  const { runtime = createPlatformRuntime(), ...rest } = options;
  return new Connection(rest, { runtime, readFailure });
}

/**
 * The client: one account at one address. Everywhere but in Node; there import it from `@stepvoice/core/node`, which
 * keeps connections through pauses and can authenticate its sockets.
 *
 * ```ts
 * const { speech } = new StepAudio({ apiKey });
 * for await (const audio of speech.stream({ voice: 'cixingnansheng', text: '你好。' }).audio()) play(audio);
 * ```
 */
export class StepAudio {
  readonly chat: Chat;
  readonly files: Files;
  readonly models: Models;
  readonly realtime: Realtime;
  readonly speech: Speech;
  readonly transcription: Transcription;
  readonly voices: Voices;
  readonly #connection: Connection;

  /** Throws as {@link createConnection} does. */
  constructor(options: StepAudioOptions) {
    this.#connection = createConnection(options);
    this.chat = new Chat(this.#connection);
    this.files = new Files(this.#connection);
    this.models = new Models(this.#connection);
    this.realtime = new Realtime(this.#connection);
    this.speech = new Speech(this.#connection);
    this.transcription = new Transcription(this.#connection);
    this.voices = new Voices(this.#connection);
  }

  /** Closes the connections that are kept for later calls. Calls in flight end first. */
  close(): Promise<void> {
    return this.#connection.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

function readFailure(raw: unknown): ServiceFailure | undefined {
  const body = readErrorBody(raw);
  return body && { ...body, blocked: body.type === CENSORSHIP_BLOCK };
}
