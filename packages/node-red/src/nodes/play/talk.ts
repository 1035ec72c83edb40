import { Buffer } from 'node:buffer';
import { loadAudio } from '../../kit/core.ts';
import type { FlowMessage } from '../../kit/node-red.ts';
import { StreamParts } from '../../kit/stream-place.ts';
import { FRAME_MS, MIC_SAMPLE_RATE } from './page-messages.ts';

const BYTES_PER_MS = (MIC_SAMPLE_RATE / 1000) * 2;

/** What somebody says on a page, from the press of the button to its release. */
export interface Talk {
  readonly id: string;
  readonly durationMs: number;
  push(samples: Uint8Array): void;
  /** Sends what is still to be sent. */
  end(): void | Promise<void>;
}

/** Each frame is a message at once. */
export class StreamedTalk implements Talk {
  readonly id: string;
  readonly #send: (message: FlowMessage) => void;
  readonly #parts: StreamParts;
  #bytes = 0;

  constructor(id: string, send: (message: FlowMessage) => void) {
    this.id = id;
    this.#send = send;
    this.#parts = new StreamParts(id, 'buffer');
  }

  get durationMs(): number {
    return this.#bytes / BYTES_PER_MS;
  }

  push(samples: Uint8Array): void {
    this.#bytes += samples.length;
    this.#sendFrame(samples, false);
  }

  /** Only now is it known that there are no more frames, so the last message is an empty one. */
  end(): void {
    this.#sendFrame(Buffer.alloc(0), true);
  }

  #sendFrame(samples: Uint8Array, isLast: boolean): void {
    this.#send({
      payload: samples,
      audio: {
        format: 'pcm',
        encoding: 's16le',
        sampleRate: MIC_SAMPLE_RATE,
        channels: 1,
        durationMs:
          samples.length === FRAME_MS * BYTES_PER_MS ? FRAME_MS : samples.length / BYTES_PER_MS,
      },
      stepvoice: { stream: 'audio' },
      ...this.#parts.next(isLast),
    });
  }
}

/** All of it is one message, a WAV. */
export class WholeTalk implements Talk {
  readonly id: string;
  readonly #send: (message: FlowMessage) => void;
  readonly #frames: Uint8Array[] = [];
  #bytes = 0;

  constructor(id: string, send: (message: FlowMessage) => void) {
    this.id = id;
    this.#send = send;
  }

  get durationMs(): number {
    return this.#bytes / BYTES_PER_MS;
  }

  push(samples: Uint8Array): void {
    this.#bytes += samples.length;
    this.#frames.push(samples);
  }

  /** A press without a word is none. */
  async end(): Promise<void> {
    if (this.#bytes === 0) return;
    const { decodePcm16, writeWav } = await loadAudio();
    const samples = decodePcm16(Buffer.concat(this.#frames));
    this.#send({
      payload: writeWav({ samples, sampleRate: MIC_SAMPLE_RATE }),
      audio: {
        format: 'wav',
        encoding: 's16le',
        sampleRate: MIC_SAMPLE_RATE,
        channels: 1,
        durationMs: this.durationMs,
      },
    });
  }
}
