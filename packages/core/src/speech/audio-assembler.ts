import { sniffContainer } from '../audio/container.ts';
import { wavHeader } from '../audio/wav-writer.ts';
import { ProtocolError } from '../errors.ts';
import type { SpeechFormat, SpeechSocketFormat } from '../protocol/models.ts';
import type { SpeechAudioEvent, SpeechClipEvent } from './speech-events.ts';
import { findWavSamples } from './wav-samples.ts';

/** Turns the pieces of audio that the service sends into those that the caller gets. */
export interface AudioAssembler<Event = SpeechAudioEvent> {
  /** `undefined` where the piece completes nothing. */
  push(bytes: Uint8Array, durationSeconds?: number): Event | undefined;
  /** What was held back, at a good end. */
  flush(): Event | undefined;
}

/** For a stream whose pieces, joined, are one file. */
export function createStreamAssembler(format: SpeechFormat, sampleRate: number): AudioAssembler {
  return format === 'pcm' ? new PcmAssembler(sampleRate) : passOn;
}

/** For a socket, where the pieces of a plain format are files of their own. */
export function createSocketAssembler(
  format: SpeechSocketFormat,
  sampleRate: number,
): AudioAssembler<SpeechAudioEvent | SpeechClipEvent> {
  switch (format) {
    case 'pcm':
    case 'wav':
      return new FileJoiner(format, sampleRate);
    case 'mp3_stream':
    case 'opus_stream':
    case 'flac_stream':
      return passOn;
    case 'mp3':
    case 'opus':
    case 'flac':
      return createClipMarker(format);
  }
}

/** Of formats whose length cannot be seen, about: MP3 comes at 128 kbit/s, Opus at 32, FLAC at a little over half. */
export function bytesPerSecond(format: SpeechSocketFormat, sampleRate: number): number {
  if (format.startsWith('mp3')) return 16_000;
  if (format.startsWith('opus')) return 4000;
  return format.startsWith('flac') ? sampleRate * 1.2 : sampleRate * 2;
}

const passOn: AudioAssembler = {
  push: (audio, durationSeconds) =>
    audio.length === 0 ? undefined : { type: 'audio', audio, durationSeconds },
  flush: () => undefined,
};

function createClipMarker(format: SpeechFormat): AudioAssembler<SpeechClipEvent> {
  return {
    push: (audio, durationSeconds) =>
      audio.length === 0 ? undefined : { type: 'clip', audio, format, durationSeconds },
    flush: () => undefined,
  };
}

/** As many bytes as it takes to tell a file from samples. */
const SNIFF_BYTES = 16;
/** A WAV whose samples have not begun by then is none. */
const LONGEST_HEADER = 64 * 1024;

/**
 * Raw samples, whole ones in each piece. Some servers answer with a file in place of the samples: a WAV is unwrapped,
 * anything else would be heard as noise at full volume and is refused.
 */
class PcmAssembler implements AudioAssembler {
  readonly #sampleRate: number;
  readonly #samples = new WholeSamples();
  #head: Uint8Array | undefined = new Uint8Array(0);
  /** Bytes of samples still to come, where a header said so. */
  #remaining = Number.POSITIVE_INFINITY;

  constructor(sampleRate: number) {
    this.#sampleRate = sampleRate;
  }

  push(bytes: Uint8Array): SpeechAudioEvent | undefined {
    if (this.#head === undefined) return this.#take(bytes);
    const head = this.#head.length === 0 ? bytes : join(this.#head, bytes);
    const start = head.length < SNIFF_BYTES ? undefined : this.#skipHeader(head);
    this.#head = start === undefined ? head : undefined;
    return start === undefined ? undefined : this.#take(head.subarray(start));
  }

  flush(): SpeechAudioEvent | undefined {
    const head = this.#head;
    this.#head = undefined;
    // Too short to be anything but samples, or a WAV without any.
    return head === undefined || isWav(head) ? undefined : this.#take(head);
  }

  /** Where the samples begin; `undefined` if that is further on. */
  #skipHeader(head: Uint8Array): number | undefined {
    if (!isWav(head)) {
      refuseOtherFiles(head);
      return 0;
    }
    const wav = findWavSamples(head);
    if (wav === undefined) {
      if (head.length > LONGEST_HEADER) throw notJoinable('a WAV without samples');
      return undefined;
    }
    refuseOtherRate(wav.sampleRate, this.#sampleRate);
    this.#remaining = wav.end - wav.start;
    return wav.start;
  }

  #take(bytes: Uint8Array): SpeechAudioEvent | undefined {
    const samples = bytes.length <= this.#remaining ? bytes : bytes.subarray(0, this.#remaining);
    this.#remaining -= samples.length;
    return toPcmEvent(this.#samples.push(samples), this.#sampleRate);
  }
}

/**
 * Joins WAV files, each with its header, and pieces without one, into a single stream: bare samples, or one WAV of
 * unknown length.
 */
class FileJoiner implements AudioAssembler {
  readonly #asWav: boolean;
  #samples = new WholeSamples();
  /** Of the pieces without a header: what was asked for, or what the last header said. */
  #rate: number;
  #begun = false;

  constructor(format: 'pcm' | 'wav', sampleRate: number) {
    this.#asWav = format === 'wav';
    this.#rate = sampleRate;
  }

  push(bytes: Uint8Array): SpeechAudioEvent | undefined {
    const unwrapped = this.#unwrap(bytes);
    const event = toPcmEvent(this.#samples.push(unwrapped), this.#rate);
    const needsHeader = this.#asWav && !this.#begun;
    if (event === undefined) return undefined;
    this.#begun = true;
    if (!needsHeader) return event;
    return { ...event, audio: join(wavHeader({ sampleRate: this.#rate }), event.audio) };
  }

  flush(): undefined {
    return undefined;
  }

  #unwrap(bytes: Uint8Array): Uint8Array {
    if (!isWav(bytes)) {
      if (!this.#begun) refuseOtherFiles(bytes);
      return bytes;
    }
    const wav = findWavSamples(bytes);
    if (wav === undefined) throw notJoinable('a WAV without samples');
    // The caller was promised a rate, by the options for samples and by the first header for a WAV.
    if (this.#begun || !this.#asWav) refuseOtherRate(wav.sampleRate, this.#rate);
    this.#rate = wav.sampleRate;
    // What was left of the file before belongs to nothing.
    this.#samples = new WholeSamples();
    return bytes.subarray(wav.start, wav.end);
  }
}

/** Cuts bytes between samples, whatever they came in. */
class WholeSamples {
  #spare: number | undefined;

  push(bytes: Uint8Array): Uint8Array {
    // Nearly always: nothing left over, nothing too much, nothing copied.
    if (this.#spare === undefined && bytes.length % 2 === 0) return bytes;
    const all = this.#spare === undefined ? bytes : join(Uint8Array.of(this.#spare), bytes);
    const length = all.length - (all.length % 2);
    this.#spare = all[length];
    return all.subarray(0, length);
  }
}

function toPcmEvent(audio: Uint8Array, sampleRate: number): SpeechAudioEvent | undefined {
  if (audio.length === 0) return undefined;
  return { type: 'audio', audio, durationSeconds: audio.length / 2 / sampleRate };
}

function isWav(bytes: Uint8Array): boolean {
  return bytes[0] === 0x52 && sniffContainer(bytes) === 'wav';
}

function refuseOtherFiles(bytes: Uint8Array): void {
  const container = sniffContainer(bytes);
  // One in 22 000 sounds begins like an MP3 frame; only a tag is proof.
  const isTag = bytes[0] === 0x49;
  if (container !== undefined && (container !== 'mp3' || isTag)) throw notJoinable(container);
}

function notJoinable(what: string): ProtocolError {
  return new ProtocolError(`The service sent ${what} where it was asked for samples.`, {
    code: 'wrong_audio',
  });
}

function refuseOtherRate(rate: number, expected: number): void {
  if (rate === expected) return;
  throw new ProtocolError(`The service sent audio at ${rate} Hz where ${expected} Hz belong.`, {
    code: 'wrong_audio',
  });
}

function join(first: Uint8Array, second: Uint8Array): Uint8Array {
  const joined = new Uint8Array(first.length + second.length);
  joined.set(first);
  joined.set(second, first.length);
  return joined;
}
