import { ValidationError } from '../errors.ts';
import { encodePcm16, type Pcm } from './pcm.ts';
import { checkSampleRate } from './sample-rate.ts';

const HEADER_BYTES = 44;
const BYTES_PER_SAMPLE = 2;
/** The sizes in a RIFF file have 32 bits, and the outer one counts all of the header but its first eight bytes. */
const MAX_SAMPLES = Math.floor((0xffffffff - (HEADER_BYTES - 8)) / BYTES_PER_SAMPLE);
/** What streaming writers put for a length they do not know; readers then read until the end. */
const UNKNOWN_SIZE = 0xffffffff;

/** A WAV file: 16 bits, mono. Throws `ValidationError` as `wavHeader` does. */
export function writeWav(pcm: Pcm): Uint8Array<ArrayBuffer> {
  const header = wavHeader({ sampleRate: pcm.sampleRate, samples: pcm.samples.length });
  const file = new Uint8Array(HEADER_BYTES + pcm.samples.byteLength);
  file.set(header);
  file.set(encodePcm16(pcm.samples), HEADER_BYTES);
  return file;
}

/**
 * The 44 bytes that stand before 16-bit mono samples. `samples` is how many will follow; without it the header is one for
 * streaming, with sizes that tell readers to go on until the end.
 *
 * Throws `ValidationError` for an unusable sample rate, for a count that is no whole number, and for more samples than
 * the 4 GiB of a WAV file hold (2 147 483 629: 24 hours at 24 kHz).
 */
export function wavHeader({
  sampleRate,
  samples,
}: {
  sampleRate: number;
  samples?: number | undefined;
}): Uint8Array<ArrayBuffer> {
  checkSampleRate(sampleRate, 'sampleRate');
  if (samples !== undefined && !(Number.isInteger(samples) && samples >= 0)) {
    const allowed = 'a whole number, or nothing if it is not known yet';
    throw new ValidationError(`samples is ${samples}; it must be ${allowed}.`, {
      path: 'samples',
      value: samples,
      allowed,
    });
  }
  if (samples !== undefined && samples > MAX_SAMPLES) {
    throw new ValidationError(
      `samples is ${samples}, more than the 4 GiB of a WAV file hold (${MAX_SAMPLES}). Write several files, or leave the number out for a streaming header.`,
      { path: 'samples', value: samples, allowed: `0 to ${MAX_SAMPLES}` },
    );
  }
  const dataBytes = samples === undefined ? UNKNOWN_SIZE : samples * BYTES_PER_SAMPLE;
  const riffBytes = samples === undefined ? UNKNOWN_SIZE : HEADER_BYTES - 8 + dataBytes;

  const header = new Uint8Array(HEADER_BYTES);
  const view = new DataView(header.buffer);
  writeText(header, 0, 'RIFF');
  view.setUint32(4, riffBytes, true);
  writeText(header, 8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, sampleRate, true);
  view.setUint32(28, sampleRate * BYTES_PER_SAMPLE, true);
  view.setUint16(32, BYTES_PER_SAMPLE, true);
  view.setUint16(34, 8 * BYTES_PER_SAMPLE, true);
  writeText(header, 36, 'data');
  view.setUint32(40, dataBytes, true);
  return header;
}

function writeText(bytes: Uint8Array, offset: number, text: string): void {
  for (let i = 0; i < text.length; i++) bytes[offset + i] = text.charCodeAt(i);
}
