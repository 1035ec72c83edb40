import { ProtocolError } from '../../errors.ts';
import { readMp3Frame } from '../mp3-frame.ts';
import type { Mp3Frame } from '../mp3-frame.ts';
import { Mp3FrameReader } from './mp3-frame-reader.ts';
import type { Mp3SoundFrame } from './mp3-frame-reader.ts';
import { infoFrame } from './mp3-info-frame.ts';
import type { Mp3SeekPoint } from './mp3-info-frame.ts';
import {
  DECODER_DELAY_SAMPLES,
  LAME_DELAY_SAMPLES,
  MP3_HEADER_BYTES,
  isSameStream,
  mainDataBegin,
  sideInfoBytes,
  sideInfoOffset,
} from './mp3-layout.ts';
import { silentFrame } from './silent-frame.ts';
import { joinBytes } from '../join-bytes.ts';

/** All that a joiner knows: plain data, from which another one goes on. */
export type Mp3JoinerState = {
  /** The header of the first frame, in hexadecimal; '' before there is one. */
  readonly header: string;
  /** Whether all frames have had one bit rate. */
  readonly isConstant: boolean;
  readonly frames: number;
  readonly bytes: number;
  /** By which the first stream's encoder is late. */
  readonly delaySamples: number;
  /** Where the sound ends, in samples as a player counts them that leaves the encoder's silence out. */
  readonly endSamples: number;
  /** Of the pause that is to follow. */
  readonly pauseSamples: number;
};

/** A stream in the place that it has got. */
export type JoinedMp3 = {
  /** To be written behind all before. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Where its sound begins, in samples. */
  readonly startSamples: number;
  /** How long it lasts, without the silence of its encoder. */
  readonly samples: number;
};

const NOTHING: Mp3JoinerState = {
  header: '',
  isConstant: true,
  frames: 0,
  bytes: 0,
  delaySamples: LAME_DELAY_SAMPLES,
  endSamples: 0,
  pauseSamples: 0,
};

/**
 * Joins MP3 streams, each encoded by itself, at the borders of their frames: nothing is decoded. The sound of each stream
 * is whole; between two of them stays the silence that their encoders put there (some 50 ms), which counts as part of the
 * pause wanted. Pauses are kept to half a frame: 12 ms at 24 kHz.
 */
export class Mp3Joiner {
  #state: Mp3JoinerState;
  #layout: Mp3Frame | undefined;

  /** @param state of the joiner to go on from. */
  constructor(state: Mp3JoinerState = NOTHING) {
    this.#state = state;
    this.#layout = readMp3Frame(fromHex(state.header), 0);
  }

  get state(): Mp3JoinerState {
    return this.#state;
  }

  /** Hz; `undefined` before the first stream. */
  get sampleRate(): number | undefined {
    return this.#layout?.sampleRate;
  }

  /** Silence before the next stream, or at the end; added to what was asked for before. */
  pause(samples: number): void {
    this.#state = { ...this.#state, pauseSamples: this.#state.pauseSamples + samples };
  }

  /**
   * Puts a whole stream behind those before.
   *
   * @throws {ProtocolError} `invalid_mp3` for bytes without a frame, `mp3_mode_change` for another sample rate, version or
   *   number of channels than those of the streams before.
   */
  append(stream: Uint8Array): JoinedMp3 {
    const reader = new Mp3FrameReader();
    const frames = [...reader.push(stream), ...reader.flush()];
    const [first] = frames;
    if (first === undefined) throw invalid(`${stream.length} bytes have no MP3 frame`);
    this.#adopt(first, reader.info?.delaySamples);
    const delay = reader.info?.delaySamples ?? LAME_DELAY_SAMPLES;
    const frameSamples = first.layout.samples;
    const whole = frames.length * frameSamples;
    // Where the encoder left no note, the sound may go on to what the last frame can still give.
    const padding = reader.info?.paddingSamples ?? DECODER_DELAY_SAMPLES;
    const samples = Math.max(0, whole - delay - padding);

    const silence = this.#takePause();
    const own = this.#standAlone(frames);
    const startSamples = this.#state.frames * frameSamples + delay - this.#state.delaySamples;
    this.#count(own, frames.length);
    this.#state = { ...this.#state, endSamples: startSamples + samples };
    return { bytes: joinBytes([silence, ...own]), startSamples, samples };
  }

  /** Ends the stream: the frames of the last pause, and those without which the last samples could not be heard. */
  finish(): Uint8Array<ArrayBuffer> {
    if (this.#layout === undefined) return new Uint8Array(0);
    const silence = this.#takePause();
    const { frames, delaySamples, endSamples } = this.#state;
    const missing =
      delaySamples + DECODER_DELAY_SAMPLES + endSamples - frames * this.#layout.samples;
    return joinBytes([
      silence,
      this.#silence(Math.ceil(Math.max(0, missing) / this.#layout.samples)),
    ]);
  }

  /** The frame that goes in front of it all, of the same length whatever has been joined. */
  infoFrame(seekPoints: readonly Mp3SeekPoint[] = []): Uint8Array<ArrayBuffer> {
    if (this.#layout === undefined) return new Uint8Array(0);
    const { header, isConstant, frames, bytes, delaySamples, endSamples } = this.#state;
    const padding = frames * this.#layout.samples - delaySamples - endSamples;
    return infoFrame({
      header: fromHex(header),
      isConstant,
      frames,
      bytes,
      seekPoints,
      delaySamples,
      paddingSamples: Math.min(4095, Math.max(0, padding)),
    });
  }

  #adopt({ bytes, layout }: Mp3SoundFrame, delaySamples = LAME_DELAY_SAMPLES): void {
    if (this.#layout === undefined) {
      this.#layout = layout;
      const header = toHex(bytes.subarray(0, MP3_HEADER_BYTES));
      this.#state = { ...this.#state, header, delaySamples };
      return;
    }
    if (isSameStream(this.#layout, layout)) return;
    throw new ProtocolError(
      `An MP3 of ${layout.sampleRate} Hz and ${layout.channels} channels cannot be joined to one of ${this.#layout.sampleRate} Hz and ${this.#layout.channels}. Ask for all of them in one mode.`,
      { code: 'mp3_mode_change' },
    );
  }

  /**
   * Frames whose data begins in a stream that is not there, as those of a recording cut out of another, would be decoded
   * out of the data of the stream before: they become silence.
   */
  #standAlone(frames: readonly Mp3SoundFrame[]): Uint8Array[] {
    let reservoir = 0;
    return frames.map(({ bytes, layout }) => {
      const isWhole = mainDataBegin(bytes, layout) <= reservoir;
      reservoir += bytes.length - sideInfoOffset(bytes) - sideInfoBytes(layout);
      return isWhole ? bytes : silentFrame(bytes);
    });
  }

  #takePause(): Uint8Array<ArrayBuffer> {
    const { frames, endSamples, pauseSamples } = this.#state;
    const frameSamples = this.#layout?.samples ?? 1;
    const endWithPause = endSamples + pauseSamples;
    const wanted = Math.round((endWithPause - frames * frameSamples) / frameSamples);
    const silence = this.#silence(Math.max(0, wanted));
    this.#state = { ...this.#state, endSamples: endWithPause, pauseSamples: 0 };
    return silence;
  }

  #silence(count: number): Uint8Array<ArrayBuffer> {
    if (count === 0) return new Uint8Array(0);
    const frame = silentFrame(fromHex(this.#state.header));
    const frames = Array.from({ length: count }, () => frame);
    this.#count(frames, count);
    return joinBytes(frames);
  }

  #count(frames: readonly Uint8Array[], count: number): void {
    const state = this.#state;
    const bitrate = fromHex(state.header)[2]! >> 4;
    this.#state = {
      ...state,
      frames: state.frames + count,
      bytes: state.bytes + frames.reduce((sum, frame) => sum + frame.length, 0),
      isConstant: state.isConstant && frames.every((frame) => frame[2]! >> 4 === bitrate),
    };
  }
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function fromHex(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: text.length / 2 }, (_, index) =>
    Number.parseInt(text.slice(2 * index, 2 * index + 2), 16),
  );
}

function invalid(reason: string): ProtocolError {
  return new ProtocolError(`Not a readable MP3: ${reason}.`, { code: 'invalid_mp3' });
}
