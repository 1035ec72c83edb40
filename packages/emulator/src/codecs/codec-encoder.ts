import { concatBytes, inPieces, type Codec } from './codec.ts';
import type { Encoder } from './encoder.ts';

/** The life cycle that the encoders of all formats share. */
export class CodecEncoder implements Encoder {
  #codec: Codec | undefined;
  #hasHeader = false;

  constructor(codec: Codec) {
    this.#codec = codec;
  }

  push(samples: Int16Array): Uint8Array {
    return this.#run((codec) => Array.from(inPieces(samples), (piece) => codec.encode(piece)));
  }

  flush(): Uint8Array {
    const bytes = this.#run((codec) => [codec.finish()]);
    this.close();
    return bytes;
  }

  close(): void {
    this.#codec?.free();
    this.#codec = undefined;
  }

  #run(step: (codec: Codec) => Uint8Array[]): Uint8Array {
    const codec = this.#codec;
    if (codec === undefined) {
      throw new Error('The encoder is finished or closed; create another one for another file.');
    }
    try {
      const parts = step(codec);
      if (!this.#hasHeader) parts.unshift(codec.streamHeader);
      this.#hasHeader = true;
      return concatBytes(parts);
    } catch (error) {
      // A codec that failed once is in no known state.
      this.close();
      throw error;
    }
  }
}
