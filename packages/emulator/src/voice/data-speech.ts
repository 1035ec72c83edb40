import { Framer, Resampler } from '@stepvoice/core/audio';
import {
  bytesInFrames,
  contentBytes,
  FrameReader,
  toFrames,
  type DataSpeechEvent,
} from './data-speech-frames.ts';
import { GgwaveCodec, ggwaveSampleRate } from './ggwave-codec.ts';

/** The voice id whose sound is the text itself. */
export const dataVoice = 'data-voice';

/** Silence after a message, in which a decoder with a long window can finish. */
const pauseAfterSeconds = 0.5;
const listeningFrameSamples = 1024;

/** Of the protocol in use, for one frame of eight bytes. */
const frameMs = 256;

/** When the byte at `offset` of a text's UTF-8 begins to sound, from the beginning of its data speech. */
export function dataByteMs(offset: number): number {
  return frameMs * (1 + offset / contentBytes);
}

/** A stretch of data speech: its sound at 48 kHz, and how much of the text's UTF-8 is out when it ends. */
export type DataSpeechPiece = { samples: Int16Array; bytesSpoken: number };

/**
 * Speaks a text as data: six bytes a quarter of a second, about eight Chinese characters a second. Survives Opus, MP3, noise and any
 * rate from 16 kHz up, to the letter; at 8 kHz its tones are gone.
 * @param tag See `toFrames`.
 */
export async function* speakData(text: string, tag: number): AsyncGenerator<DataSpeechPiece> {
  const codec = await GgwaveCodec.create('send');
  try {
    const length = new TextEncoder().encode(text).length;
    let frames = 0;
    for (const frame of toFrames(text, tag)) {
      frames++;
      yield { samples: codec.encode(frame), bytesSpoken: Math.min(length, bytesInFrames(frames)) };
    }
    yield { samples: new Int16Array(ggwaveSampleRate * pauseAfterSeconds), bytesSpoken: length };
  } finally {
    codec.free();
  }
}

/** Hears data speech in a stream of samples. Must be freed; what it reports is a message as soon as its last frame was heard. */
export class DataSpeechListener {
  readonly #codec: GgwaveCodec;
  readonly #resampler: Resampler;
  readonly #framer = new Framer({ frameSamples: listeningFrameSamples });
  readonly #frames = new FrameReader();

  /**
   * @param sampleRate Of what it will hear, Hz.
   * @throws {ValidationError} an unusable rate.
   */
  static async create(sampleRate: number): Promise<DataSpeechListener> {
    const resampler = new Resampler({ from: sampleRate, to: ggwaveSampleRate });
    return new DataSpeechListener(await GgwaveCodec.create('receive'), resampler);
  }

  private constructor(codec: GgwaveCodec, resampler: Resampler) {
    this.#codec = codec;
    this.#resampler = resampler;
  }

  /** Listens to the next samples. */
  push(samples: Int16Array): DataSpeechEvent[] {
    return this.#hear(this.#resampler.push(samples));
  }

  /** Ends the stream. The listener can hear another one. */
  flush(): DataSpeechEvent[] {
    const rest = this.#hear(this.#resampler.flush());
    // The last frame may have ended with the sound: its window must be filled.
    const silence = this.#hear(new Int16Array(ggwaveSampleRate * pauseAfterSeconds));
    this.#framer.flush();
    return [...rest, ...silence, ...this.#frames.flush()];
  }

  free(): void {
    this.#codec.free();
  }

  #hear(samples: Int16Array): DataSpeechEvent[] {
    const events: DataSpeechEvent[] = [];
    for (const frame of this.#framer.push(samples)) {
      const payload = this.#codec.decode(frame);
      if (payload) events.push(...this.#frames.push(payload));
    }
    return events;
  }
}

/**
 * The text spoken with `data-voice` in a recording, whatever it went through: all messages that were heard completely, joined. `undefined`
 * when there is none; a damaged message is no message.
 * @throws {ValidationError} an unusable rate.
 */
export async function hearDataSpeech({
  samples,
  sampleRate,
}: {
  samples: Int16Array;
  sampleRate: number;
}): Promise<string | undefined> {
  const listener = await DataSpeechListener.create(sampleRate);
  try {
    const events = [...listener.push(samples), ...listener.flush()];
    const texts = events.flatMap((event) => (event.type === 'message' ? [event.text] : []));
    return texts.length === 0 ? undefined : texts.join('');
  } finally {
    listener.free();
  }
}
