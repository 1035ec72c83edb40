import { PcmReader, Resampler, WavReader, fromFloat32 } from '@stepvoice/core/audio';
import type { SoundEncoding } from '../nodes/play/page-messages.ts';
import type { SoundDecoder } from './page-speaker.ts';

export function createSoundDecoder(encoding: SoundEncoding, context: AudioContext): SoundDecoder {
  switch (encoding.kind) {
    case 'pcm':
      return new PcmDecoder(encoding, context.sampleRate);
    case 'wav':
      return new WavDecoder(context.sampleRate);
    case 'file':
      return new FileDecoder(context);
  }
}

class PcmDecoder implements SoundDecoder {
  readonly #reader = new PcmReader();
  readonly #resampler: Resampler;
  readonly #channels: number;
  #rest = new Int16Array(0);

  constructor({ sampleRate, channels }: { sampleRate: number; channels: number }, to: number) {
    this.#resampler = new Resampler({ from: sampleRate, to });
    this.#channels = channels;
  }

  push(bytes: Uint8Array): Int16Array {
    return this.#resampler.push(this.#mix(this.#reader.push(bytes)));
  }

  end(): Int16Array {
    return this.#resampler.flush();
  }

  /** The mean of the channels. */
  #mix(samples: Int16Array): Int16Array {
    const channels = this.#channels;
    if (channels === 1) return samples;
    const all = new Int16Array(this.#rest.length + samples.length);
    all.set(this.#rest);
    all.set(samples, this.#rest.length);
    const mixed = new Int16Array(Math.floor(all.length / channels));
    for (let i = 0; i < mixed.length; i++) {
      let sum = 0;
      for (const sample of all.subarray(i * channels, (i + 1) * channels)) sum += sample;
      mixed[i] = Math.round(sum / channels);
    }
    this.#rest = all.slice(mixed.length * channels);
    return mixed;
  }
}

class WavDecoder implements SoundDecoder {
  readonly #reader = new WavReader();
  readonly #to: number;
  #resampler: Resampler | undefined;

  constructor(to: number) {
    this.#to = to;
  }

  push(bytes: Uint8Array): Int16Array {
    return this.#resample(this.#reader.push(bytes));
  }

  end(): Int16Array {
    const last = this.#resample(this.#reader.flush());
    const rest = this.#resampler?.flush() ?? new Int16Array(0);
    const all = new Int16Array(last.length + rest.length);
    all.set(last);
    all.set(rest, last.length);
    return all;
  }

  #resample(samples: Int16Array): Int16Array {
    const from = this.#reader.format?.sampleRate;
    if (from === undefined) return samples;
    this.#resampler ??= new Resampler({ from, to: this.#to });
    return this.#resampler.push(samples);
  }
}

/** Browsers decode files as a whole. */
class FileDecoder implements SoundDecoder {
  readonly #context: AudioContext;
  readonly #parts: Uint8Array<ArrayBuffer>[] = [];

  constructor(context: AudioContext) {
    this.#context = context;
  }

  push(bytes: Uint8Array<ArrayBuffer>): Int16Array {
    this.#parts.push(bytes);
    return new Int16Array(0);
  }

  async end(): Promise<Int16Array> {
    const file = await new Blob(this.#parts.splice(0)).arrayBuffer();
    const decoded = await this.#context.decodeAudioData(file);
    const { length, numberOfChannels } = decoded;
    const mixed = new Float32Array(length);
    for (let channel = 0; channel < numberOfChannels; channel++) {
      const samples = decoded.getChannelData(channel);
      for (let i = 0; i < length; i++) mixed[i]! += samples[i]! / numberOfChannels;
    }
    return fromFloat32(mixed);
  }
}
