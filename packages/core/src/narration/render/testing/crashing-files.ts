import { MemoryRenderFile } from '../memory-render-file.ts';
import type { RenderFile } from '../render-file.ts';

type Operation =
  | { readonly type: 'write'; readonly offset: number; readonly bytes: Uint8Array }
  | { readonly type: 'truncate'; readonly size: number };

/** A machine that stops at one of its file operations. What was not flushed may be on the disk, or half of it, or not. */
export class CrashingMachine {
  readonly #crashAt: number;
  readonly #random: () => number;
  #operations = 0;

  /** @param crashAt which operation is the last. */
  constructor(crashAt = Number.POSITIVE_INFINITY, random: () => number = Math.random) {
    this.#crashAt = crashAt;
    this.#random = random;
  }

  get operations(): number {
    return this.#operations;
  }

  open(bytes: Uint8Array = new Uint8Array(0)): CrashingFile {
    return new CrashingFile(bytes, this);
  }

  operate(): void {
    this.#operations += 1;
    if (this.#operations > this.#crashAt) throw new Error('The machine has stopped.');
  }

  random(most: number): number {
    return Math.floor(this.#random() * (most + 1));
  }
}

export class CrashingFile implements RenderFile {
  readonly #machine: CrashingMachine;
  readonly #now: MemoryRenderFile;
  #durable: MemoryRenderFile;
  #unflushed: Operation[] = [];

  constructor(bytes: Uint8Array, machine: CrashingMachine) {
    this.#machine = machine;
    this.#now = new MemoryRenderFile(bytes);
    this.#durable = new MemoryRenderFile(bytes);
  }

  get bytes(): Uint8Array {
    return this.#now.bytes;
  }

  /** What is found after the crash. */
  async survived(): Promise<Uint8Array> {
    const kept = this.#machine.random(this.#unflushed.length);
    for (const [index, operation] of this.#unflushed.slice(0, kept).entries()) {
      const isTorn = index === kept - 1 && operation.type === 'write';
      const part = isTorn ? this.#machine.random(operation.bytes.length) : undefined;
      await apply(this.#durable, operation, part);
    }
    return this.#durable.bytes.slice();
  }

  async size(): Promise<number> {
    return this.#now.size();
  }

  async readAt(offset: number, length: number): Promise<Uint8Array> {
    return this.#now.readAt(offset, length);
  }

  async writeAt(offset: number, bytes: Uint8Array): Promise<void> {
    await this.#operate({ type: 'write', offset, bytes: bytes.slice() });
  }

  async truncate(size: number): Promise<void> {
    await this.#operate({ type: 'truncate', size });
  }

  async flush(): Promise<void> {
    this.#machine.operate();
    for (const operation of this.#unflushed) await apply(this.#durable, operation);
    this.#unflushed = [];
  }

  async close(): Promise<void> {}

  async #operate(operation: Operation): Promise<void> {
    // The one that is cut off by the crash may have been done in part.
    this.#unflushed.push(operation);
    this.#machine.operate();
    await apply(this.#now, operation);
  }
}

async function apply(file: RenderFile, operation: Operation, part?: number): Promise<void> {
  if (operation.type === 'truncate') await file.truncate(operation.size);
  else await file.writeAt(operation.offset, operation.bytes.subarray(0, part));
}
