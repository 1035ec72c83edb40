import { decodePcm16, encodePcm16, fromFloat32, toFloat32 } from '@stepvoice/core/audio';
import type { Figures } from '../../harness/row.ts';
import type { AudioTaskOf } from '../audio-task.ts';
import { bestTime, noiseBytes } from '../best-time.ts';

/** 100 ms at 24 kHz, and a minute of such pieces. */
const PIECE_SAMPLES = 2400;
const PIECES = 600;

type ToFloat = (bytes: Uint8Array) => Float32Array;
type FromFloat = (floats: Float32Array) => Uint8Array;

const TO_FLOAT: Readonly<Record<string, ToFloat>> = {
  ours: (bytes) => toFloat32(decodePcm16(bytes)),
  'Int16Array view': (bytes) =>
    scale(new Int16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2)),
  'copy and view': (bytes) => scale(new Int16Array(new Uint8Array(bytes).buffer)),
  DataView(bytes) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const floats = new Float32Array(bytes.length / 2);
    for (let i = 0; i < floats.length; i++) floats[i] = view.getInt16(i * 2, true) / 32_768;
    return floats;
  },
  'Float32Array.from': (bytes) =>
    Float32Array.from(
      new Int16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2),
      (sample) => sample / 32_768,
    ),
};

const FROM_FLOAT: Readonly<Record<string, FromFloat>> = {
  ours: (floats) => encodePcm16(fromFloat32(floats)),
  'Int16Array with branches'(floats) {
    const samples = new Int16Array(floats.length);
    for (let i = 0; i < floats.length; i++) {
      const value = floats[i]! * 32_768;
      samples[i] =
        value >= 32_767
          ? 32_767
          : value <= -32_768
            ? -32_768
            : value < 0
              ? value - 0.5
              : value + 0.5;
    }
    return new Uint8Array(samples.buffer);
  },
  DataView(floats) {
    const bytes = new Uint8Array(floats.length * 2);
    const view = new DataView(bytes.buffer);
    for (let i = 0; i < floats.length; i++) {
      const value = Math.max(-1, Math.min(1, floats[i]!));
      view.setInt16(i * 2, value < 0 ? value * 32_768 : value * 32_767, true);
    }
    return bytes;
  },
};

/** Million samples a second between bytes and floats. */
export function measurePcmConversion(task: AudioTaskOf<'pcm'>): Figures {
  const run = task.conversion === 'fromFloat' ? fromFloatRun(task) : toFloatRun(task);
  let sink = 0;
  const ms = bestTime(() => {
    for (let i = 0; i < PIECES; i++) sink += run();
  });
  if (sink === 0) throw new Error('nothing was done');
  return { speed: (PIECE_SAMPLES * PIECES) / 1e6 / (ms / 1000) };
}

function toFloatRun({ contender, conversion }: AudioTaskOf<'pcm'>): () => number {
  const convert = TO_FLOAT[contender];
  if (convert === undefined) throw new Error(`no conversion ${contender}`);
  const offset = conversion === 'toFloatOdd' ? 1 : 0;
  const bytes = noiseBytes(PIECE_SAMPLES * 2 + offset).subarray(offset);
  const reference = new Int16Array(new Uint8Array(bytes).buffer);
  if (!convert(bytes).every((value, i) => value * 32_768 === reference[i])) {
    throw new Error(`${contender} is wrong`);
  }
  return () => convert(bytes).length;
}

function fromFloatRun({ contender }: AudioTaskOf<'pcm'>): () => number {
  const convert = FROM_FLOAT[contender];
  if (convert === undefined) throw new Error(`no conversion ${contender}`);
  // A little too loud, as sound is that was resampled.
  const floats = toFloat32(decodePcm16(noiseBytes(PIECE_SAMPLES * 2))).map((value) => value * 1.01);
  const isOff = convert(floats).length !== PIECE_SAMPLES * 2;
  if (isOff) throw new Error(`${contender} is wrong`);
  return () => convert(floats).length;
}

function scale(samples: Int16Array): Float32Array {
  const floats = new Float32Array(samples.length);
  for (let i = 0; i < samples.length; i++) floats[i] = samples[i]! / 32_768;
  return floats;
}
