import { FloatResampler, Framer, encodePcm16, fromFloat32 } from '@stepvoice/core/audio';
import { FRAME_MS, MIC_SAMPLE_RATE } from '../nodes/play/page-messages.ts';
import type { PageTextKey } from './page-texts.ts';

/** Kept open for the next word: opening takes a while. But the phone shows that it is on, so not for long. */
const KEPT_OPEN_MS = 60_000;

/** Runs where the sound is: hands on what comes, 10 ms at a time. */
const WORKLET = `registerProcessor('stepvoice-capture', class extends AudioWorkletProcessor {
  constructor() {
    super();
    this.block = new Float32Array(Math.round(sampleRate / 100));
    this.filled = 0;
  }
  process([[channel]]) {
    if (channel === undefined) return true;
    let at = 0;
    while (at < channel.length) {
      const part = channel.subarray(at, at + this.block.length - this.filled);
      this.block.set(part, this.filled);
      this.filled += part.length;
      at += part.length;
      if (this.filled === this.block.length) {
        this.port.postMessage(this.block.slice());
        this.filled = 0;
      }
    }
    return true;
  }
});`;

export type MicrophoneListener = {
  /** 20 ms of mono s16le at 16 kHz, and how loud it is, from 0 to 1. */
  onFrame(bytes: Uint8Array<ArrayBuffer>, level: number): void;
  /** The device is gone, or the page may not use it any more. */
  onGone(): void;
};

/** Why there is no sound, as the page says it. */
export class MicrophoneError extends Error {
  override name = 'MicrophoneError';
  readonly text: PageTextKey;

  constructor(text: PageTextKey) {
    super(text);
    this.text = text;
  }
}

/** Browsers give it to https pages and localhost only. */
export function canHaveMicrophone(): boolean {
  return isSecureContext && 'mediaDevices' in navigator;
}

/** The microphone of the device, open while somebody talks and for a while after. */
export class Microphone {
  readonly #context: AudioContext;
  readonly #listener: MicrophoneListener;
  #opening: Promise<void> | undefined;
  #stream: MediaStream | undefined;
  #nodes: readonly AudioNode[] = [];
  #worklet: Promise<void> | undefined;
  #isOn = false;
  #closeTimer: number | undefined;
  #resampler: FloatResampler;
  #framer = new Framer({ frameSamples: (MIC_SAMPLE_RATE / 1000) * FRAME_MS });

  constructor(context: AudioContext, listener: MicrophoneListener) {
    this.#context = context;
    this.#listener = listener;
    this.#resampler = this.#createResampler();
  }

  /**
   * Frames come from now on.
   *
   * @throws {MicrophoneError}
   */
  async start(cleans: boolean): Promise<void> {
    clearTimeout(this.#closeTimer);
    this.#isOn = true;
    this.#resampler = this.#createResampler();
    this.#framer.flush();
    try {
      await (this.#opening ??= this.#open(cleans));
    } catch (error) {
      this.close();
      throw toMicrophoneError(error);
    }
  }

  stop(): void {
    if (!this.#isOn) return;
    this.#isOn = false;
    clearTimeout(this.#closeTimer);
    this.#closeTimer = setTimeout(() => this.close(), KEPT_OPEN_MS);
  }

  close(): void {
    this.#isOn = false;
    clearTimeout(this.#closeTimer);
    this.#opening = undefined;
    for (const node of this.#nodes) node.disconnect();
    this.#nodes = [];
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
    this.#stream = undefined;
  }

  async #open(cleans: boolean): Promise<void> {
    if (!canHaveMicrophone()) throw new MicrophoneError('needsSecure');
    const [stream] = await Promise.all([
      navigator.mediaDevices.getUserMedia({
        audio: {
          channelCount: 1,
          echoCancellation: cleans,
          noiseSuppression: cleans,
          autoGainControl: cleans,
        },
      }),
      (this.#worklet ??= this.#loadWorklet()),
      this.#context.resume(),
    ]);
    this.#stream = stream;
    const [track] = stream.getAudioTracks();
    track?.addEventListener('ended', () => {
      if (this.#stream !== stream) return;
      this.close();
      this.#listener.onGone();
    });
    const source = this.#context.createMediaStreamSource(stream);
    const capture = new AudioWorkletNode(this.#context, 'stepvoice-capture', {
      channelCount: 1,
      channelCountMode: 'explicit',
    });
    capture.port.addEventListener('message', ({ data }) => this.#hear(data as Float32Array));
    capture.port.start();
    // It makes no sound; some browsers run only what leads to the speaker.
    source.connect(capture).connect(this.#context.destination);
    this.#nodes = [source, capture];
  }

  async #loadWorklet(): Promise<void> {
    const url = URL.createObjectURL(new Blob([WORKLET], { type: 'text/javascript' }));
    try {
      await this.#context.audioWorklet.addModule(url);
    } finally {
      URL.revokeObjectURL(url);
    }
  }

  #hear(block: Float32Array): void {
    if (!this.#isOn) return;
    const samples = fromFloat32(this.#resampler.push(block));
    for (const frame of this.#framer.push(samples)) {
      // A frame may be a part of a larger buffer, all of which would be sent.
      const bytes = new Uint8Array(encodePcm16(frame));
      this.#listener.onFrame(bytes, peak(frame));
    }
  }

  #createResampler(): FloatResampler {
    return new FloatResampler({ from: this.#context.sampleRate, to: MIC_SAMPLE_RATE });
  }
}

function peak(samples: Int16Array): number {
  let most = 0;
  for (const sample of samples) most = Math.max(most, Math.abs(sample));
  return most / 32768;
}

function toMicrophoneError(error: unknown): MicrophoneError {
  if (error instanceof MicrophoneError) return error;
  const name = error instanceof DOMException ? error.name : '';
  if (name === 'NotAllowedError' || name === 'SecurityError') {
    return new MicrophoneError('micBlocked');
  }
  return new MicrophoneError(name === 'NotFoundError' ? 'micMissing' : 'micBusy');
}
