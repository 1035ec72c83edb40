/**
 * Encodes mono samples as MPEG layer III, frame after frame, with a bit reservoir that begins empty. Plain frames: no ID3
 * tag and no Xing, Info or VBRI frame; the render writes those itself.
 */
export interface Mp3Encoder {
  /** The frames that are complete by now. They may be a view of memory that the next call uses again. */
  encode(samples: Int16Array): Uint8Array;
  /** The last frames, filled up with silence. Nothing comes after it. */
  finish(): Uint8Array;
  /**
   * How many samples of silence the encoder puts before the first one, as the LAME tag counts them: without the 529 of
   * every decoder. 576 for LAME.
   */
  readonly delaySamples: number;
}

export type Mp3EncoderOptions = {
  /** Hz: 8000, 11 025, 12 000, 16 000, 22 050, 24 000, 32 000, 44 100 or 48 000. The frames must have the same. */
  readonly sampleRate: number;
  /** Kilobits a second, constant. */
  readonly bitrate: number;
};

/**
 * Makes an encoder; LAME as WebAssembly (`wasm-media-encoders`, say) is one. A render asks for a new one about every
 * twenty seconds of sound, when it is done with the one before, and the same sound must give the same bytes each time.
 */
export type CreateMp3Encoder = (options: Mp3EncoderOptions) => Mp3Encoder | Promise<Mp3Encoder>;
