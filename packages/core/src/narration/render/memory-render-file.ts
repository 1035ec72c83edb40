import type { RenderFile } from './render-file.ts';

const FIRST_CAPACITY = 64 * 1024;

/** A file in memory, for hosts that take a finished one as bytes. */
export class MemoryRenderFile implements RenderFile {
  #memory: Uint8Array<ArrayBuffer>;
  #size: number;

  /** @param bytes what it holds already, such as what a host has kept of an earlier render; copied. */
  constructor(bytes: Uint8Array = new Uint8Array(0)) {
    this.#memory = new Uint8Array(bytes);
    this.#size = bytes.length;
  }

  /** What was written: a view, until the next write. */
  get bytes(): Uint8Array<ArrayBuffer> {
    return this.#memory.subarray(0, this.#size);
  }

  async size(): Promise<number> {
    return this.#size;
  }

  async readAt(offset: number, length: number): Promise<Uint8Array> {
    return this.bytes.slice(offset, offset + length);
  }

  async writeAt(offset: number, bytes: Uint8Array): Promise<void> {
    const end = offset + bytes.length;
    if (end > this.#memory.length) this.#grow(end);
    this.#memory.set(bytes, offset);
    this.#size = Math.max(this.#size, end);
  }

  async truncate(size: number): Promise<void> {
    if (size >= this.#size) return;
    // What is written behind the end later leaves a gap of zeros.
    this.#memory.fill(0, size, this.#size);
    this.#size = size;
  }

  async flush(): Promise<void> {}

  async close(): Promise<void> {}

  #grow(least: number): void {
    const grown = new Uint8Array(Math.max(least, this.#memory.length * 2, FIRST_CAPACITY));
    grown.set(this.bytes);
    this.#memory = grown;
  }
}
