import type { AudioClip } from '../../audio/output/audio-output.ts';
import { encodePcm16 } from '../../audio/pcm.ts';
import type { Pcm } from '../../audio/pcm.ts';
import { LARGE_WAV_HEADER_BYTES, wavHeader } from '../../audio/wav-writer.ts';
import { AppendWriter } from './append-writer.ts';
import type { RenderFile } from './render-file.ts';
import { toSamples } from './sound-samples.ts';
import type { PlacedSound, SoundTrack, TrackState } from './sound-track.ts';

/** How much sound a crash may cost; what was fetched for it comes out of the cache again. */
const CHECKPOINT_SECONDS = 5;

/** 16-bit mono WAV; beyond 4 GB it becomes RF64. */
export class WavTrack implements SoundTrack {
  readonly #file: RenderFile;
  readonly #sampleRate: number;
  readonly #writer: AppendWriter;
  #samples: number;
  #checkpointAt: number;

  /** @param state a new file where there is none. */
  constructor(file: RenderFile, sampleRate: number, state: TrackState | undefined) {
    this.#file = file;
    this.#sampleRate = sampleRate;
    this.#samples = state?.samples ?? 0;
    this.#checkpointAt = this.#samples;
    this.#writer = new AppendWriter(file, state?.bytes ?? 0);
  }

  get lengthMs(): number {
    return (this.#samples / this.#sampleRate) * 1000;
  }

  async addSound(sound: Pcm | AudioClip): Promise<PlacedSound> {
    const startMs = this.lengthMs;
    await this.#write(toSamples(sound, this.#sampleRate));
    return { startMs, endMs: this.lengthMs };
  }

  async addPause(ms: number): Promise<void> {
    await this.#write(new Int16Array(Math.round((ms * this.#sampleRate) / 1000)));
  }

  async checkpoint(isStop: boolean): Promise<TrackState | undefined> {
    const least = isStop ? 1 : CHECKPOINT_SECONDS * this.#sampleRate;
    if (this.#samples - this.#checkpointAt < least) return undefined;
    await this.#writer.drain();
    this.#checkpointAt = this.#samples;
    return { bytes: this.#writer.position, samples: this.#samples, frames: 0, header: '' };
  }

  async finish(): Promise<void> {
    await this.#begin();
    await this.#writer.drain();
    const header = { sampleRate: this.#sampleRate, samples: this.#samples, reserved: true };
    await this.#file.writeAt(0, wavHeader(header));
  }

  async #write(samples: Int16Array): Promise<void> {
    await this.#begin();
    await this.#writer.write(encodePcm16(samples));
    this.#samples += samples.length;
  }

  /** A file that was given up half-way can be played: its header says that it goes on until its end. */
  async #begin(): Promise<void> {
    if (this.#writer.position >= LARGE_WAV_HEADER_BYTES) return;
    await this.#writer.write(wavHeader({ sampleRate: this.#sampleRate, reserved: true }));
  }
}
