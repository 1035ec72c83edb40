import { SilenceCutter } from '../audio/vad/silence-cutter.ts';
import type { SampleSource } from './sound-source.ts';
import { emptyError } from './sound-source.ts';
import { RateConverter } from './rate-converter.ts';

/** The sound of one call, and where it lies in the input. */
export type SoundPiece = {
  samples: Int16Array;
  sampleRate: number;
  startMs: number;
  endMs: number;
};

/** What the models work at: more would only be uploaded. */
const HIGHEST_RATE = 16_000;
/** The service refuses less than 100 to 200 ms with a 400; silence fills up what is missing. */
const SHORTEST_MS = 200;

/** Cuts samples in their pauses into pieces for one call each. Holds no more than one piece and what it was read from. */
export class PieceSource {
  readonly #source: SampleSource;
  readonly #maxSeconds: number;
  readonly #ready: SoundPiece[] = [];
  #cutter: SilenceCutter | undefined;
  #converter: RateConverter | undefined;
  #sampleRate = HIGHEST_RATE;
  #isOver = false;
  #isEmpty = true;

  constructor(source: SampleSource, maxSeconds: number) {
    this.#source = source;
    this.#maxSeconds = maxSeconds;
  }

  get totalMs(): number | undefined {
    return this.#source.totalMs;
  }

  /**
   * The next piece, or `undefined` at the end.
   *
   * @throws {ValidationError} where there is no sound at all.
   */
  async read(): Promise<SoundPiece | undefined> {
    while (this.#ready.length === 0 && !this.#isOver) {
      const pcm = await this.#source.read();
      if (pcm === undefined) this.#end();
      else if (pcm.samples.length > 0) this.#push(pcm.samples, pcm.sampleRate);
    }
    return this.#ready.shift();
  }

  #push(samples: Int16Array, sampleRate: number): void {
    if (this.#cutter === undefined) {
      this.#isEmpty = false;
      this.#sampleRate = Math.min(sampleRate, HIGHEST_RATE);
      this.#converter = new RateConverter(this.#sampleRate);
      this.#cutter = new SilenceCutter({
        sampleRate: this.#sampleRate,
        maxSeconds: this.#maxSeconds,
      });
    }
    for (const part of this.#converter?.push(samples, sampleRate) ?? []) this.#cut(part);
  }

  #cut(samples: Int16Array): void {
    for (const piece of this.#cutter?.push(samples) ?? []) this.#add(piece);
  }

  #end(): void {
    this.#isOver = true;
    if (this.#isEmpty) throw emptyError();
    this.#cut(this.#converter?.flush() ?? new Int16Array(0));
    for (const piece of this.#cutter?.flush() ?? []) this.#add(piece);
  }

  #add({ samples, startMs }: { samples: Int16Array; startMs: number }): void {
    const sampleRate = this.#sampleRate;
    const endMs = startMs + (samples.length / sampleRate) * 1000;
    const shortest = Math.ceil((SHORTEST_MS / 1000) * sampleRate);
    let padded = samples;
    if (samples.length < shortest) {
      padded = new Int16Array(shortest);
      padded.set(samples);
    }
    this.#ready.push({
      samples: padded,
      sampleRate,
      startMs: Math.round(startMs),
      endMs: Math.round(endMs),
    });
  }
}
