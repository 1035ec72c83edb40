import { PcmReader, concatSamples, fromFloat32, readWav, resample } from '@stepvoice/core/audio';
import type { OggOpusDecodedAudio, OggOpusDecoder } from 'ogg-opus-decoder';
import { mixToMono, splitFrames } from '../ear/sound.ts';
import { EventFault } from './event-fault.ts';
import type { SoundFormat } from './session-settings.ts';

/** Turns what a client appends, piece by piece, into mono samples of one rate. Must be closed. */
export interface SoundReader {
  readonly sampleRate: number;
  /** @throws {EventFault} for bytes that are no sound of the kind. */
  push(bytes: Uint8Array): Promise<Int16Array>;
  /** What the last piece left over, where the sound ends here. */
  flush(): Promise<Int16Array>;
  close(): void;
}

const OPUS_RATE = 48_000;

export function createSoundReader(format: SoundFormat): SoundReader {
  return format.type === 'ogg' ? new OggReader() : new RawReader(format);
}

/** Raw PCM; a piece that begins with the header of a WAV file is taken for one. */
class RawReader implements SoundReader {
  readonly sampleRate: number;
  readonly #channels: number;
  #reader = new PcmReader();
  /** Of an incomplete frame. */
  #carry = new Int16Array();

  constructor({ rate, channel }: SoundFormat) {
    this.sampleRate = rate;
    this.#channels = channel;
  }

  async push(bytes: Uint8Array): Promise<Int16Array> {
    return isWav(bytes) ? this.#readWav(bytes) : this.#readRaw(bytes);
  }

  flush(): Promise<Int16Array> {
    this.#reader = new PcmReader();
    this.#carry = new Int16Array();
    return Promise.resolve(new Int16Array());
  }

  close(): void {
    // Nothing is held.
  }

  #readRaw(bytes: Uint8Array): Int16Array {
    const samples = concatSamples([this.#carry, this.#reader.push(bytes)]);
    const whole = samples.length - (samples.length % this.#channels);
    this.#carry = new Int16Array(samples.subarray(whole));
    const channels = splitFrames(samples.subarray(0, whole), this.#channels);
    return mixToMono({ channels, sampleRate: this.sampleRate }).samples;
  }

  #readWav(bytes: Uint8Array): Int16Array {
    try {
      const { samples, sampleRate } = readWav(bytes);
      return resample(samples, sampleRate, this.sampleRate);
    } catch {
      throw new EventFault('audio begins like a WAV file and is not a readable one', {
        code: 'invalid_value',
        param: 'audio',
      });
    }
  }
}

/** Opus in Ogg, one stream or several, each appended in pieces of any size. */
class OggReader implements SoundReader {
  readonly sampleRate = OPUS_RATE;
  #decoder: Promise<OggOpusDecoder> | undefined;
  #hasBegun = false;

  async push(bytes: Uint8Array): Promise<Int16Array> {
    if (!this.#hasBegun && bytes.length >= 4 && !startsWith(bytes, 'OggS')) {
      throw new EventFault('audio is not an Ogg stream, as the session’s format says', {
        code: 'invalid_value',
        param: 'audio',
      });
    }
    this.#hasBegun = true;
    this.#decoder ??= createOggDecoder();
    const decoder = await this.#decoder;
    return this.#read(() => decoder.decode(bytes));
  }

  async flush(): Promise<Int16Array> {
    this.#hasBegun = false;
    if (this.#decoder === undefined) return new Int16Array();
    const decoder = await this.#decoder;
    return this.#read(() => decoder.flush());
  }

  close(): void {
    void this.#decoder?.then((decoder) => decoder.free());
    this.#decoder = undefined;
  }

  async #read(
    decode: () => OggOpusDecodedAudio | Promise<OggOpusDecodedAudio>,
  ): Promise<Int16Array> {
    try {
      const { channelData } = await decode();
      const channels = channelData.map((channel) => fromFloat32(channel));
      return mixToMono({ channels, sampleRate: OPUS_RATE }).samples;
    } catch {
      this.close();
      this.#hasBegun = false;
      throw new EventFault('audio is not a readable Ogg Opus stream', {
        code: 'invalid_value',
        param: 'audio',
      });
    }
  }
}

async function createOggDecoder(): Promise<OggOpusDecoder> {
  const { OggOpusDecoder: Decoder } = await import('ogg-opus-decoder');
  const decoder = new Decoder();
  await decoder.ready;
  return decoder;
}

function isWav(bytes: Uint8Array): boolean {
  return startsWith(bytes, 'RIFF') && startsWith(bytes.subarray(8), 'WAVE');
}

function startsWith(bytes: Uint8Array, text: string): boolean {
  return Array.from(text).every((character, i) => bytes[i] === character.charCodeAt(0));
}
