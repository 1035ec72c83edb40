import { encodePcm16, wavHeader } from '@stepvoice/core/audio';
import type { Codec } from './codec.ts';

const NOTHING = new Uint8Array();

/** Raw samples, 16-bit little-endian, without a header. */
export class PcmCodec implements Codec {
  readonly streamHeader: Uint8Array = NOTHING;

  encode(samples: Int16Array): Uint8Array {
    return new Uint8Array(encodePcm16(samples));
  }

  finish(): Uint8Array {
    return NOTHING;
  }

  fileHeader(): Uint8Array {
    return NOTHING;
  }

  free(): void {}
}

/** RIFF WAVE; in a stream with sizes that tell readers to go on until the end. */
export class WavCodec implements Codec {
  readonly streamHeader: Uint8Array;
  readonly #sampleRate: number;
  #samples = 0;

  constructor(sampleRate: number) {
    this.#sampleRate = sampleRate;
    this.streamHeader = wavHeader({ sampleRate });
  }

  encode(samples: Int16Array): Uint8Array {
    this.#samples += samples.length;
    return new Uint8Array(encodePcm16(samples));
  }

  finish(): Uint8Array {
    return NOTHING;
  }

  fileHeader(): Uint8Array {
    return wavHeader({ sampleRate: this.#sampleRate, samples: this.#samples });
  }

  free(): void {}
}
