import { Chat } from './chat/chat.ts';
import { createConnection as createPortableConnection } from './client.ts';
import type { StepAudioOptions as PortableOptions } from './client.ts';
import { Files } from './files/files.ts';
import { Models } from './models/models.ts';
import type { Connection } from './net/connection.ts';
import { createNodeRuntime } from './runtime/node/node-runtime.ts';
import type { NodeRuntimeOptions } from './runtime/node/node-runtime.ts';
import { Realtime } from './realtime/realtime.ts';
import { Speech } from './speech/speech.ts';
import { Transcription } from './transcription/transcription.ts';
import { Voices } from './voices/voices.ts';

// The names below stand in for those of the portable entry.
export * from './index.ts';
export {
  createSocketAcceptor,
  type AcceptedSocket,
  type AcceptedSocketListener,
  type SocketAcceptor,
  type SocketAcceptorOptions,
} from './runtime/node/accept-socket.ts';
export { createFolderCache } from './runtime/node/folder-cache.ts';
export type { FolderCacheOptions } from './runtime/node/folder-cache.ts';
export { createNodeRuntime } from './runtime/node/node-runtime.ts';
export type { NodeRuntimeOptions } from './runtime/node/node-runtime.ts';
export type { ProxyEnvironment } from './runtime/node/proxy-environment.ts';
export { openRenderFiles } from './runtime/node/open-render-files.ts';
export type { OpenRenderFiles, RenderFilesOptions } from './runtime/node/render-file.ts';

/** Options of a client in Node. */
export type StepAudioOptions = PortableOptions & NodeRuntimeOptions;

/** As in the portable entry, wired to undici and `ws`. */
export function createConnection(options: StepAudioOptions): Connection {
  const { dispatcher, socketAgent, proxyEnv, ...rest } = options;
  return createPortableConnection({
    ...rest,
    runtime: rest.runtime ?? createNodeRuntime({ dispatcher, socketAgent, proxyEnv }),
  });
}

/**
 * The client for Node: keeps connections through the pauses between sentences, authenticates its sockets and can pause
 * them.
 *
 * ```ts
 * await using client = new StepAudio({ apiKey: process.env.STEPFUN_API_KEY });
 * const { audio } = await client.speech.create({ voice: 'cixingnansheng', text: '你好。' });
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
