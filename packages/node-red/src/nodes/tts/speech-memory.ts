import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import type { Sound } from './sound.ts';

/**
 * Speech that was made before, by everything that makes it sound as it does. What was not used for longest goes first.
 */
export class SpeechMemory {
  readonly #maxBytes: number;
  /** In the order of their last use. */
  readonly #sounds = new Map<string, Sound>();
  #bytes = 0;

  /** @param maxBytes 0: nothing is kept */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get isOn(): boolean {
    return this.#maxBytes > 0;
  }

  /** @param request all that changes the sound */
  keyOf(request: object): string {
    return createHash('sha256').update(JSON.stringify(request)).digest('base64');
  }

  /** A copy: what is sent into a flow may be changed there. */
  get(key: string): Sound | undefined {
    const sound = this.#sounds.get(key);
    if (sound === undefined) return undefined;
    this.#sounds.delete(key);
    this.#sounds.set(key, sound);
    return { ...sound, bytes: Buffer.from(sound.bytes) };
  }

  set(key: string, sound: Sound): void {
    if (sound.bytes.length > this.#maxBytes) return;
    this.#drop(key);
    this.#sounds.set(key, { ...sound, bytes: Buffer.from(sound.bytes) });
    this.#bytes += sound.bytes.length;
    for (const oldest of this.#sounds.keys()) {
      if (this.#bytes <= this.#maxBytes) return;
      this.#drop(oldest);
    }
  }

  #drop(key: string): void {
    this.#bytes -= this.#sounds.get(key)?.bytes.length ?? 0;
    this.#sounds.delete(key);
  }
}
