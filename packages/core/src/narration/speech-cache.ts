/**
 * Where speech that was paid for is kept. Keys are 64 hexadecimal digits that stand for everything that changes the sound;
 * values are opaque. What a store cannot keep it may forget, and it may forget at any time: a failing store costs money,
 * never the narration.
 */
export interface SpeechCache {
  /** `undefined` for what is not there, or not whole. */
  get(key: string): Promise<Uint8Array | undefined>;
  set(key: string, value: Uint8Array): Promise<void>;
  /** Whether `get` would find it, without reading it. */
  has(key: string): Promise<boolean>;
}
