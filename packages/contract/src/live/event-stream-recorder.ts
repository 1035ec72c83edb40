import type { WireShapes } from './wire-shapes.ts';

/** Longer answers that are one JSON are not looked into. */
const LONGEST_JSON = 8 * 1024 * 1024;

/** Writes down the shape of one answer: of each of its events, or of its JSON. */
export class EventStreamRecorder {
  readonly #name: string;
  readonly #mediaType: string;
  readonly #shapes: WireShapes;
  readonly #decoder = new TextDecoder();
  #text = '';

  constructor(name: string, mediaType: string, shapes: WireShapes) {
    this.#name = name;
    this.#mediaType = mediaType;
    this.#shapes = shapes;
  }

  push(chunk: Uint8Array): void {
    if (!/json|event-stream/.test(this.#mediaType) || this.#text.length > LONGEST_JSON) return;
    this.#text += this.#decoder.decode(chunk, { stream: true });
  }

  end(): void {
    if (!/json|event-stream/.test(this.#mediaType)) {
      this.#shapes.add(this.#name, {});
    } else if (this.#mediaType.includes('json')) this.#shapes.addJson(this.#name, this.#text);
    else {
      for (const line of this.#text.split(/\r\n|\r|\n/)) {
        if (!line.startsWith('data:')) continue;
        const data = line.slice('data:'.length).trim();
        if (data === '[DONE]') this.#shapes.add(`${this.#name} [DONE]`, {});
        else this.#shapes.addJson(this.#name, data);
      }
    }
  }
}
