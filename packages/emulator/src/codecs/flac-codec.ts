import type { StreamMetadata } from 'libflacjs/dist/libflac.js';
import { concatBytes, type Codec } from './codec.ts';
import { withStreamInfo } from './flac-stream-info.ts';

type Flac = typeof import('libflacjs/dist/libflac.js');

const COMPRESSION_LEVEL = 5;
/** A block leaves when it is full, so it is short where samples are few: 64 to 93 ms. */
function blockSamples(sampleRate: number): number {
  return 2 ** Math.floor(Math.log2(sampleRate / 10));
}

let loading: Promise<Flac> | undefined;

function load(): Promise<Flac> {
  // Past the package's own entry, which leaves a path in the environment of the process.
  loading ??= import('libflacjs/dist/libflac.js').then(async ({ default: flac }) => {
    if (!flac.isReady()) await new Promise<void>((resolve) => flac.on('ready', () => resolve()));
    return flac;
  });
  return loading;
}

/** FLAC by libFLAC. */
export class FlacCodec implements Codec {
  readonly streamHeader: Uint8Array;
  readonly #flac: Flac;
  #encoder: number;
  #written: Uint8Array[] = [];
  #streamInfo: StreamMetadata | undefined;

  static async create(sampleRate: number): Promise<FlacCodec> {
    return new FlacCodec(await load(), sampleRate);
  }

  private constructor(flac: Flac, sampleRate: number) {
    this.#flac = flac;
    const isVerified = false;
    this.#encoder = flac.create_libflac_encoder(
      sampleRate,
      1,
      16,
      COMPRESSION_LEVEL,
      0,
      isVerified,
      blockSamples(sampleRate),
    );
    if (this.#encoder === 0) throw new Error('libFLAC has no memory for another encoder.');
    const status = flac.init_encoder_stream(
      this.#encoder,
      (bytes) => void this.#written.push(bytes),
      (metadata) => (this.#streamInfo = metadata),
    );
    if (status !== 0) {
      this.free();
      throw new Error(`libFLAC takes no stream of ${sampleRate} Hz (status ${status}).`);
    }
    this.streamHeader = this.#takeWritten();
  }

  encode(samples: Int16Array): Uint8Array {
    const wide = Int32Array.from(samples);
    this.#check(
      this.#flac.FLAC__stream_encoder_process_interleaved(this.#encoder, wide, wide.length),
    );
    return this.#takeWritten();
  }

  finish(): Uint8Array {
    this.#check(this.#flac.FLAC__stream_encoder_finish(this.#encoder));
    return this.#takeWritten();
  }

  fileHeader(): Uint8Array {
    if (this.#streamInfo === undefined) throw new Error('The stream is not finished.');
    return withStreamInfo(this.streamHeader, this.#streamInfo);
  }

  free(): void {
    if (this.#encoder === 0) return;
    // Deleting finishes as well, but into a callback that is gone by then.
    this.#flac.FLAC__stream_encoder_finish(this.#encoder);
    this.#flac.FLAC__stream_encoder_delete(this.#encoder);
    this.#encoder = 0;
    this.#written = [];
  }

  #check(ok: boolean | number): void {
    if (ok) return;
    const state = this.#flac.FLAC__stream_encoder_get_state(this.#encoder);
    throw new Error(`libFLAC stopped encoding (state ${state}).`);
  }

  #takeWritten(): Uint8Array {
    const bytes = concatBytes(this.#written);
    this.#written = [];
    return bytes;
  }
}
