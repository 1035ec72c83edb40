import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { BookVoice } from './book-voice.ts';

/** Answers speech requests on loopback with a {@link BookVoice}, so that what a renderer's process takes is its own. */
export class BookService implements AsyncDisposable {
  /** The texts of all requests, in their order. */
  readonly asked: string[] = [];
  readonly #server: Server;
  readonly #voices = new Map<number, BookVoice>();

  static async start(): Promise<BookService> {
    const service = new BookService();
    service.#server.listen(0, '127.0.0.1');
    await once(service.#server, 'listening');
    return service;
  }

  private constructor() {
    this.#server = createServer((request, response) => {
      // Whoever is killed leaves in the middle.
      this.#answer(request, response).catch(() => response.destroy());
    });
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v1`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = JSON.parse(await text(request)) as { input: string; sample_rate: number };
    this.asked.push(body.input);
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const events = this.#voiceAt(body.sample_rate).speak(body.input);
    await pipeline(Readable.from(events, { highWaterMark: 1 }), response);
  }

  #voiceAt(sampleRate: number): BookVoice {
    const known = this.#voices.get(sampleRate);
    if (known !== undefined) return known;
    const voice = new BookVoice(sampleRate);
    this.#voices.set(sampleRate, voice);
    return voice;
  }
}
