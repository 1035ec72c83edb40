import type { DataSpeechEvent } from '../voice/index.ts';
import type { HeardWord } from './ear.ts';
import { toWords } from './word-times.ts';

/** Of data speech: the time that six bytes of text take, and so about what is heard before the first of them is known. */
const FRAME_MS = 256;

/** The text of data speech as it comes, and when each word of it was said. */
export class DataSpeechText {
  /** Of messages that were heard to their end. */
  #complete = '';
  #text = '';
  /** At `ms`, the first `length` code units of the text had been said. */
  #anchors: { length: number; ms: number }[] = [];

  /** All that is understood by now. */
  get text(): string {
    return this.#text;
  }

  /** Whether a whole message was heard. */
  get hasMessage(): boolean {
    return this.#complete !== '';
  }

  /** @param nowMs where in the sound the listener was when it told. */
  push(event: DataSpeechEvent, nowMs: number): void {
    switch (event.type) {
      case 'partial':
        return this.#grow(this.#complete + event.text, nowMs);
      case 'message':
        this.#complete += event.text;
        return this.#grow(this.#complete, nowMs);
      case 'damaged':
        this.#text = this.#complete;
        this.#anchors = this.#anchors.filter(({ length }) => length <= this.#text.length);
    }
  }

  /** What has not become a message never will. */
  finish(): void {
    this.#text = this.#complete;
  }

  get words(): HeardWord[] {
    let offset = 0;
    return toWords(this.#text).map((text) => {
      const startMs = this.#timeAt(offset);
      offset += text.length;
      return { text, startMs, endMs: this.#timeAt(offset) };
    });
  }

  #grow(text: string, nowMs: number): void {
    if (text.length <= this.#text.length) return;
    const last = this.#anchors.at(-1);
    // After a pause the time of the first characters does not begin where the last ended.
    const startMs = Math.max(last?.ms ?? 0, nowMs - FRAME_MS);
    if (startMs > (last?.ms ?? 0)) this.#anchors.push({ length: this.#text.length, ms: startMs });
    this.#anchors.push({ length: text.length, ms: nowMs });
    this.#text = text;
  }

  #timeAt(offset: number): number {
    let before = { length: 0, ms: this.#anchors[0]?.ms ?? 0 };
    for (const anchor of this.#anchors) {
      if (anchor.length >= offset && anchor.length > before.length) {
        const share = (offset - before.length) / (anchor.length - before.length);
        return Math.round(before.ms + share * (anchor.ms - before.ms));
      }
      before = anchor;
    }
    return Math.round(before.ms);
  }
}
