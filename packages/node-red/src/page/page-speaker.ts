import type { AudioOutput, AudioOutputEvent } from '@stepvoice/core/audio';
import type { PageMessage, SoundEncoding } from '../nodes/play/page-messages.ts';

/** A sound of which nothing came for so long does not hold up those that wait behind it. */
const STALLED_MS = 3000;

/** Who interrupts waits for the silence; shorter ones click. */
const FADE_MS = 5;

type Report = Extract<PageMessage, { sound: number }>;

/** Makes of the bytes of one sound what the speaker plays: mono, at its rate. */
export interface SoundDecoder {
  /** What is complete by now; may be empty. @throws for what cannot be played */
  push(bytes: Uint8Array<ArrayBuffer>): Int16Array;
  end(): Int16Array | Promise<Int16Array>;
}

export type PageSpeakerListener = {
  onReport(report: Report): void;
  /** Whether anything is to be heard. */
  onBusy(isBusy: boolean): void;
  onBlocked(): void;
};

type PageSound = {
  readonly number: number;
  readonly decoder: SoundDecoder;
  /** Decoded, and not handed to the output yet. */
  readonly waiting: Int16Array[];
  /** Samples that were handed to the output. */
  given: number;
  heardMs: number;
  hasBegun: boolean;
  /** All of it has come and is decoded. */
  isWhole: boolean;
  isGone: boolean;
};

type Piece = { sound: PageSound; startMs: number; durationMs: number };
type Position = Extract<AudioOutputEvent, { type: 'position' }>;

/** Plays sounds one after the other, in the order of their beginning, and tells how much of each was heard. */
export class PageSpeaker {
  readonly #output: AudioOutput;
  readonly #sampleRate: number;
  readonly #createDecoder: (encoding: SoundEncoding) => SoundDecoder;
  readonly #listener: PageSpeakerListener;
  readonly #now: () => number;
  readonly #sounds = new Map<number, PageSound>();
  readonly #pieces = new Map<number, Piece>();
  #nextPiece = 1;
  #position: Position | undefined;
  #wake: (() => void) | undefined;
  #isPumping = false;

  /** @param now of the clock that the output has */
  constructor(
    output: AudioOutput & { sampleRate: number | undefined },
    createDecoder: (encoding: SoundEncoding) => SoundDecoder,
    listener: PageSpeakerListener,
    now: () => number,
  ) {
    this.#output = output;
    this.#sampleRate = output.sampleRate ?? 48_000;
    this.#createDecoder = createDecoder;
    this.#listener = listener;
    this.#now = now;
    output.subscribe((event) => this.#onOutput(event));
  }

  get isBusy(): boolean {
    return this.#sounds.size > 0;
  }

  open(number: number, encoding: SoundEncoding): void {
    try {
      const decoder = this.#createDecoder(encoding);
      this.#sounds.set(number, {
        number,
        decoder,
        waiting: [],
        given: 0,
        heardMs: 0,
        hasBegun: false,
        isWhole: false,
        isGone: false,
      });
    } catch {
      this.#listener.onReport({ type: 'unplayable', sound: number });
      return;
    }
    this.#listener.onBusy(true);
    if (!this.#isPumping) void this.#pump();
  }

  push(number: number, bytes: Uint8Array<ArrayBuffer>): void {
    const sound = this.#sounds.get(number);
    if (sound === undefined || sound.isWhole) return;
    try {
      this.#add(sound, sound.decoder.push(bytes));
    } catch {
      this.#fail(sound);
    }
  }

  async end(number: number): Promise<void> {
    const sound = this.#sounds.get(number);
    if (sound === undefined || sound.isWhole) return;
    try {
      this.#add(sound, await sound.decoder.end());
    } catch {
      this.#fail(sound);
      return;
    }
    sound.isWhole = true;
    this.#wake?.();
    this.#settle(sound);
  }

  /** Fades out what sounds and drops the rest. */
  cancel(): void {
    this.#hearUpToNow();
    this.#output.stop({ fadeMs: FADE_MS });
    this.#pieces.clear();
    this.#position = undefined;
    for (const sound of this.#sounds.values()) this.#leave(sound, false);
  }

  /** Drops what has not begun. */
  clear(): void {
    for (const sound of this.#sounds.values()) {
      if (sound.given === 0) this.#leave(sound, false);
    }
  }

  /** In a gesture it lets the sound out. */
  unlock(): void {
    this.#output.resume();
  }

  async #pump(): Promise<void> {
    this.#isPumping = true;
    for (let sound = this.#first(); sound !== undefined; sound = this.#first()) {
      const samples = sound.waiting.shift();
      if (samples === undefined) await this.#wait(sound);
      else await this.#enqueue(sound, samples);
    }
    this.#isPumping = false;
  }

  /** The first of which there is more to play. */
  #first(): PageSound | undefined {
    for (const sound of this.#sounds.values()) {
      if (!sound.isGone && (!sound.isWhole || sound.waiting.length > 0)) return sound;
    }
    return undefined;
  }

  async #wait(sound: PageSound): Promise<void> {
    const isMore = await new Promise<boolean>((resolve) => {
      const timer = setTimeout(() => resolve(false), STALLED_MS);
      this.#wake = () => {
        clearTimeout(timer);
        resolve(true);
      };
    });
    this.#wake = undefined;
    const hasOthers = [...this.#sounds.values()].some(({ waiting }) => waiting.length > 0);
    if (isMore || !hasOthers || sound.isGone || sound.waiting.length > 0) return;
    // What still comes of it would begin in the middle of another.
    sound.isWhole = true;
    this.#settle(sound);
  }

  async #enqueue(sound: PageSound, samples: Int16Array): Promise<void> {
    const id = this.#nextPiece;
    this.#nextPiece += 1;
    const startMs = (sound.given / this.#sampleRate) * 1000;
    this.#pieces.set(id, {
      sound,
      startMs,
      durationMs: (samples.length / this.#sampleRate) * 1000,
    });
    sound.given += samples.length;
    try {
      await this.#output.enqueue({ id, sound: { samples, sampleRate: this.#sampleRate } });
    } catch {
      this.#pieces.delete(id);
      this.#fail(sound);
    }
  }

  #add(sound: PageSound, samples: Int16Array): void {
    if (samples.length === 0 || sound.isGone) return;
    sound.waiting.push(samples);
    this.#wake?.();
  }

  #onOutput(event: AudioOutputEvent): void {
    if (event.type === 'blocked') this.#listener.onBlocked();
    else if (event.type === 'failed') this.#failAll();
    else {
      const piece = this.#pieces.get(event.pieceId);
      if (piece === undefined) return;
      const { sound, startMs, durationMs } = piece;
      if (!sound.hasBegun) {
        sound.hasBegun = true;
        this.#listener.onReport({ type: 'playing', sound: sound.number });
      }
      if (event.type === 'position') {
        this.#position = event;
        sound.heardMs = startMs + event.seconds * 1000;
      } else {
        this.#pieces.delete(event.pieceId);
        sound.heardMs = startMs + durationMs;
        this.#settle(sound);
      }
    }
  }

  /** The output tells its position a few times a second. */
  #hearUpToNow(): void {
    const position = this.#position;
    const piece = position === undefined ? undefined : this.#pieces.get(position.pieceId);
    if (position === undefined || piece === undefined) return;
    const sinceMs = position.advancing ? this.#now() - position.atMs : 0;
    const heardMs = Math.min(piece.durationMs, position.seconds * 1000 + Math.max(0, sinceMs));
    piece.sound.heardMs = piece.startMs + heardMs;
  }

  /** A sound is over when all of it has come and has been heard. */
  #settle(sound: PageSound): void {
    if (!sound.isWhole || sound.isGone || sound.waiting.length > 0) return;
    for (const piece of this.#pieces.values()) if (piece.sound === sound) return;
    this.#leave(sound, true);
  }

  #leave(sound: PageSound, whole: boolean): void {
    if (!this.#forget(sound)) return;
    const { number, heardMs } = sound;
    this.#listener.onReport({ type: 'played', sound: number, heardMs, whole });
    this.#rest();
  }

  #fail(sound: PageSound): void {
    if (!this.#forget(sound)) return;
    this.#listener.onReport({ type: 'unplayable', sound: sound.number });
    this.#rest();
  }

  #failAll(): void {
    this.#pieces.clear();
    for (const sound of this.#sounds.values()) this.#fail(sound);
  }

  #forget(sound: PageSound): boolean {
    if (sound.isGone) return false;
    sound.isGone = true;
    sound.waiting.length = 0;
    this.#sounds.delete(sound.number);
    this.#wake?.();
    return true;
  }

  #rest(): void {
    if (!this.isBusy) this.#listener.onBusy(false);
  }
}
