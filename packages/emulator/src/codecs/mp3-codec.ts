import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { toFloat32 } from '@stepvoice/core/audio';
import type { WasmMediaEncoder } from 'wasm-media-encoders';
import type { Codec } from './codec.ts';
import { crc16, mp3InfoFrame } from './mp3-info-frame.ts';

type Lame = WasmMediaEncoder<'audio/mpeg'>;
type LameParameters = Parameters<Lame['configure']>[0];

/** Instances that are kept for the next file: starting one costs more than a short file does. */
const MOST_IDLE = 4;
const idle: Lame[] = [];

/** A `WebAssembly.Module`, which TypeScript knows only together with the DOM. */
let compiled: object | undefined;

async function takeLame(): Promise<Lame> {
  const used = idle.pop();
  if (used !== undefined) return used;
  const { createEncoder } = await import('wasm-media-encoders');
  if (compiled !== undefined) return createEncoder('audio/mpeg', compiled);
  // From the disk: the package's shorthand would ask the global `fetch`, which may be a program's stand-in.
  const file = fileURLToPath(import.meta.resolve('wasm-media-encoders/wasm/mp3'));
  return createEncoder('audio/mpeg', await readFile(file), (module) => (compiled = module));
}

/** MPEG-1, 2 or 2.5 layer III at a constant bit rate, by LAME. */
export class Mp3Codec implements Codec {
  readonly streamHeader: Uint8Array = new Uint8Array();
  readonly #sampleRate: number;
  readonly #kilobitsPerSecond: number;
  #lame: Lame | undefined;
  #isFinished = false;
  #firstFrame: Uint8Array | undefined;
  #samples = 0;
  #bytes = 0;
  #crc = 0;

  static async create(sampleRate: number): Promise<Mp3Codec> {
    return new Mp3Codec(await takeLame(), sampleRate);
  }

  private constructor(lame: Lame, sampleRate: number) {
    this.#lame = lame;
    this.#sampleRate = sampleRate;
    this.#kilobitsPerSecond = mp3KilobitsPerSecond(sampleRate);
    lame.configure({
      channels: 1,
      sampleRate,
      // Left to itself LAME lowers the rate of what it finds to be compressed too much.
      outputSampleRate: sampleRate,
      bitrate: this.#kilobitsPerSecond,
    } as LameParameters);
  }

  encode(samples: Int16Array): Uint8Array {
    this.#samples += samples.length;
    return this.#take((lame) => lame.encode([toFloat32(samples)]));
  }

  finish(): Uint8Array {
    const bytes = this.#take((lame) => lame.finalize());
    this.#isFinished = true;
    return bytes;
  }

  fileHeader(): Uint8Array {
    return mp3InfoFrame({
      firstFrame: this.#firstFrame!,
      sampleRate: this.#sampleRate,
      kilobitsPerSecond: this.#kilobitsPerSecond,
      samples: this.#samples,
      bytes: this.#bytes,
      crc: this.#crc,
    });
  }

  free(): void {
    // One that stopped halfway may have stopped in an error.
    if (this.#lame && this.#isFinished && idle.length < MOST_IDLE) idle.push(this.#lame);
    this.#lame = undefined;
  }

  #take(step: (lame: Lame) => Uint8Array): Uint8Array {
    // What comes is a view of memory that the next call overwrites.
    const bytes = new Uint8Array(step(this.#lame!));
    this.#firstFrame ??= bytes.length > 0 ? bytes : undefined;
    this.#bytes += bytes.length;
    this.#crc = crc16(bytes, this.#crc);
    return bytes;
  }
}

/** 128, as the service sends; below 16 kHz (MPEG-2.5) LAME codes at most 64. */
export function mp3KilobitsPerSecond(sampleRate: number): number {
  return sampleRate < 16_000 ? 64 : 128;
}
