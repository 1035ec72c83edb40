import { decodeBase64, decodePcm16, readWav, resample } from '@stepvoice/core/audio';
import { REALTIME_APPEND_LIMIT_BYTES } from '@stepvoice/core/protocol';
import { EventRefusal } from './event-refusal.ts';

const DATA_URL = /^\s*data:[^,]{0,200},/;
const HEADERS: readonly string[] = ['OggS', 'fLaC'];
const SAMPLE_RATE = 24_000;

/**
 * The samples in `audio` of a client event: base64 of signed 16-bit little-endian PCM, 24 kHz, mono. Some clients send a
 * WAV file all the same: it is read as one.
 *
 * @param param names the field in refusals.
 * @throws {EventRefusal} for anything else, naming what it looks like.
 */
export function decodeInputAudio(audio: string, param: string): Int16Array {
  if (DATA_URL.test(audio)) {
    throw invalidAudio(param, 'is a data URL; send the base64 alone, without "data:…," in front');
  }
  if (audio.length > REALTIME_APPEND_LIMIT_BYTES) {
    throw invalidAudio(
      param,
      `has ${audio.length} bytes; at most ${REALTIME_APPEND_LIMIT_BYTES} are allowed in one event`,
    );
  }
  const bytes = decode(audio, param);
  if (startsWith(bytes, 'RIFF') && startsWith(bytes.subarray(8), 'WAVE')) {
    return samplesInWav(bytes, param);
  }
  const header = HEADERS.find((magic) => bytes.length > 4 && startsWith(bytes, magic));
  if (header !== undefined) {
    throw invalidAudio(
      param,
      `begins with the header of a file (${header}); send raw pcm16 samples without one`,
    );
  }
  if (bytes.length % 2 !== 0) {
    throw invalidAudio(param, `is incomplete: ${bytes.length} bytes are no whole 16-bit samples`);
  }
  return decodePcm16(bytes);
}

function samplesInWav(bytes: Uint8Array, param: string): Int16Array {
  try {
    const { samples, sampleRate } = readWav(bytes);
    return resample(samples, sampleRate, SAMPLE_RATE);
  } catch {
    throw invalidAudio(param, 'begins like a WAV file and is not a readable one');
  }
}

function decode(audio: string, param: string): Uint8Array {
  try {
    return decodeBase64(audio);
  } catch {
    throw invalidAudio(param, 'is not valid base64');
  }
}

function invalidAudio(param: string, what: string): EventRefusal {
  return new EventRefusal(`${param} ${what}`, { code: 'invalid_param', param });
}

function startsWith(bytes: Uint8Array, magic: string): boolean {
  for (let i = 0; i < magic.length; i += 1) if (bytes[i] !== magic.charCodeAt(i)) return false;
  return true;
}
