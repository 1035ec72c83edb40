import type { Clock } from '../net/clock.ts';
import type { SocketChannel } from '../net/web-socket.ts';
import type { AudioFrame } from './audio-input.ts';

/** About four seconds of sound: more in the platform's own buffer could not be taken back. */
const HIGH_WATER_BYTES = 256 * 1024;
/** No platform tells when its buffer has drained. */
const POLL_MS = 20;

type Parcel = { text: string; samples: number };

/** Sends in order, and no faster than the network takes it. */
export class WireOutbox {
  readonly #clock: Clock;
  readonly #channel: SocketChannel;
  readonly #onDrained: () => void;
  #parcels: Parcel[] = [];
  #first = 0;
  #unsentSamples = 0;
  #stopTimer: (() => void) | undefined;

  /** `onDrained` is called when everything that had been held back is sent. */
  constructor(clock: Clock, channel: SocketChannel, onDrained: () => void) {
    this.#clock = clock;
    this.#channel = channel;
    this.#onDrained = onDrained;
  }

  /** Sound that is held back. */
  get unsentSamples(): number {
    return this.#unsentSamples;
  }

  send(text: string, frame?: AudioFrame): void {
    const samples = frame?.samples ?? 0;
    if (this.#isEmpty && !this.#isFull) {
      this.#channel.send(text);
      return;
    }
    this.#parcels.push({ text, samples });
    this.#unsentSamples += samples;
    this.#arm();
  }

  /** Overtakes what is held back. */
  sendNow(text: string): void {
    this.#channel.send(text);
  }

  /** Forgets the sound that is held back. */
  dropAudio(): void {
    this.#parcels = this.#parcels.slice(this.#first).filter(({ samples }) => samples === 0);
    this.#first = 0;
    this.#unsentSamples = 0;
  }

  close(): void {
    this.#stopTimer?.();
    this.#stopTimer = undefined;
    this.#parcels = [];
    this.#first = 0;
    this.#unsentSamples = 0;
  }

  get #isEmpty(): boolean {
    return this.#first === this.#parcels.length;
  }

  get #isFull(): boolean {
    return this.#channel.bufferedAmount > HIGH_WATER_BYTES;
  }

  #arm(): void {
    this.#stopTimer ??= this.#clock.after(POLL_MS, () => {
      this.#stopTimer = undefined;
      this.#pump();
    });
  }

  #pump(): void {
    while (!this.#isEmpty && !this.#isFull) {
      const { text, samples } = this.#parcels[this.#first]!;
      this.#first += 1;
      this.#unsentSamples -= samples;
      this.#channel.send(text);
    }
    if (!this.#isEmpty) {
      this.#arm();
      return;
    }
    this.#parcels = [];
    this.#first = 0;
    this.#onDrained();
  }
}
