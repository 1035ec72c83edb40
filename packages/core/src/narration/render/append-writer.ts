import type { RenderFile } from './render-file.ts';

/** Fewer, larger writes: a sentence of MP3 is a few kilobytes. */
const BUFFER_BYTES = 256 * 1024;

/** Writes a file from a place on, through a buffer. */
export class AppendWriter {
  readonly #file: RenderFile;
  readonly #buffer = new Uint8Array(BUFFER_BYTES);
  #buffered = 0;
  #written: number;

  constructor(file: RenderFile, offset: number) {
    this.#file = file;
    this.#written = offset;
  }

  /** Where the next byte goes. */
  get position(): number {
    return this.#written + this.#buffered;
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (this.#buffered + bytes.length > BUFFER_BYTES) await this.drain();
    if (bytes.length > BUFFER_BYTES) {
      await this.#file.writeAt(this.#written, bytes);
      this.#written += bytes.length;
      return;
    }
    this.#buffer.set(bytes, this.#buffered);
    this.#buffered += bytes.length;
  }

  async writeText(text: string): Promise<void> {
    await this.write(new TextEncoder().encode(text));
  }

  /** Settles when the file has all that was written. */
  async drain(): Promise<void> {
    if (this.#buffered === 0) return;
    const length = this.#buffered;
    await this.#file.writeAt(this.#written, this.#buffer.subarray(0, length));
    this.#written += length;
    this.#buffered = 0;
  }
}
