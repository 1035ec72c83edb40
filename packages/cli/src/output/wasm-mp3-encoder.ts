import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { toFloat32 } from '@stepvoice/core/audio';
import type { CreateMp3Encoder } from '@stepvoice/core/narration';
import type { WasmMediaEncoder } from 'wasm-media-encoders';

/** Of LAME, whatever the rate. */
const DELAY_SAMPLES = 576;

/** `outputSampleRate` is missing from the package's types. */
type LameOptions = Parameters<WasmMediaEncoder<'audio/mpeg'>['configure']>[0];

/** LAME as WebAssembly, mono at a constant bit rate. It is loaded with the first file, and used for one at a time. */
export function createWasmMp3Encoder(): CreateMp3Encoder {
  let loaded: Promise<WasmMediaEncoder<'audio/mpeg'>> | undefined;
  return async ({ sampleRate, bitrate }) => {
    loaded ??= load();
    const lame = await loaded;
    lame.configure({
      channels: 1,
      sampleRate,
      // Left to itself LAME lowers the rate of what it finds to be compressed too much.
      outputSampleRate: sampleRate,
      bitrate,
    } as LameOptions);
    return {
      delaySamples: DELAY_SAMPLES,
      encode: (samples) => lame.encode([toFloat32(samples)]),
      finish: () => lame.finalize(),
    };
  };
}

async function load(): Promise<WasmMediaEncoder<'audio/mpeg'>> {
  const { createEncoder } = await import('wasm-media-encoders');
  // From the disk: the package's shorthand would ask the global `fetch`, which may be a program's stand-in.
  const file = fileURLToPath(import.meta.resolve('wasm-media-encoders/wasm/mp3'));
  return createEncoder('audio/mpeg', await readFile(file));
}
