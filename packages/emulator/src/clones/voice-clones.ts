import type { Clock } from '../clock.ts';
import { createShortId } from '../short-id.ts';
import type { VoiceTraits } from '../voice/index.ts';

/** A voice that the account has cloned. */
export type VoiceClone = {
  readonly id: string;
  readonly fileId: string;
  readonly createdAtMs: number;
  /** `undefined` for one that was there from the start: its voice follows from its id. */
  readonly traits: VoiceTraits | undefined;
};

/** What makes two requests for a clone the same. */
export type CloneOrder = { model: string; fileId: string; text: string | undefined };

/** The cloned voices of the account, for as long as the emulator runs. */
export class VoiceClones {
  readonly #clones = new Map<string, VoiceClone>();
  readonly #orders = new Map<string, VoiceClone>();
  readonly #clock: Clock;

  /** @param ids of voices that are there from the start */
  constructor(clock: Clock, ids: readonly string[] = []) {
    this.#clock = clock;
    for (const id of ids) {
      const fileId = `file-${id.slice(-10)}`;
      this.#clones.set(id, { id, fileId, createdAtMs: clock.now(), traits: undefined });
    }
  }

  has(id: string): boolean {
    return this.#clones.has(id);
  }

  /** What a voice was heard to sound like. */
  traitsOf(id: string): VoiceTraits | undefined {
    return this.#clones.get(id)?.traits;
  }

  /** The voice that the same order made before. */
  find(order: CloneOrder): VoiceClone | undefined {
    return this.#orders.get(keyOf(order));
  }

  add(order: CloneOrder, traits: VoiceTraits): VoiceClone {
    const clone: VoiceClone = {
      id: createShortId('voice-tone-'),
      fileId: order.fileId,
      createdAtMs: this.#clock.now(),
      traits,
    };
    this.#clones.set(clone.id, clone);
    this.#orders.set(keyOf(order), clone);
    return clone;
  }

  /** Oldest first. */
  list(): readonly VoiceClone[] {
    return [...this.#clones.values()];
  }
}

function keyOf({ model, fileId, text }: CloneOrder): string {
  return JSON.stringify([model, fileId, text]);
}
