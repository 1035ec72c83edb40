import { Buffer } from 'node:buffer';
import { LocalizedError } from '../../kit/flow-error.ts';
import type { AudioLibrary } from '../../kit/incoming-sound.ts';
import type { TimeSlice } from '../../kit/time-slice.ts';

/** Of all parts together: 16 bits at 48 kHz for an hour and a half. */
const MAX_SAMPLES = 256 * 1024 * 1024;

/** A whole sound in the pieces that it came in. Whatever is done to it is done piece by piece. */
export class GatheredSound {
  readonly pieces: Int16Array[] = [];
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** @throws {LocalizedError} `sound_too_large` */
  push(samples: Int16Array): void {
    if (samples.length === 0) return;
    this.#length += samples.length;
    if (this.#length > MAX_SAMPLES) throw tooLarge();
    this.pieces.push(samples);
  }

  /** Bytes of it, with the header of its file, copied once. */
  async toBytes(
    audio: AudioLibrary,
    options: {
      format: 'wav' | 'pcm';
      sampleRate: number;
      slice: TimeSlice;
      from?: number;
      to?: number;
    },
  ): Promise<Buffer> {
    const { format, sampleRate, slice, from = 0, to = this.#length } = options;
    const header =
      format === 'wav' ? audio.wavHeader({ sampleRate, samples: to - from }) : new Uint8Array(0);
    const bytes = Buffer.alloc(header.length + 2 * (to - from));
    bytes.set(header);
    let place = 0;
    let filled = header.length;
    for (const piece of this.pieces) {
      const wanted = piece.subarray(Math.max(0, from - place), Math.max(0, to - place));
      place += piece.length;
      bytes.set(audio.encodePcm16(wanted), filled);
      filled += 2 * wanted.length;
      if (slice.isOver) await slice.rest();
    }
    return bytes;
  }
}

function tooLarge(): LocalizedError {
  return new LocalizedError(
    'sound_too_large',
    {
      en: 'The parts together are more sound than this node can hold (1.5 hours at 48 kHz). Work on them one by one.',
      zh: '各部分合计超过此节点的容量（48 kHz 约 1.5 小时）。请分别处理。',
    },
    { badge: 'badInput' },
  );
}
