/** Turns mono 16-bit samples into a file, piece by piece: what `push` and `flush` return, in order, is the file. */
export interface Encoder {
  /**
   * The bytes that are complete by now, often none. Any number of samples may be pushed; they are read before it returns.
   *
   * @throws {Error} after {@link flush} or {@link close}
   */
  push(samples: Int16Array): Uint8Array;
  /**
   * The rest of the file; the codec's memory is given back, as by {@link close}.
   *
   * @throws {Error} after {@link flush} or {@link close}
   */
  flush(): Uint8Array;
  /** Gives the codec's memory back, whether the file is finished or not. May be called again. */
  close(): void;
}

export type EncoderOptions = {
  /** Of the samples, in Hz: one of the rates that the service documents. */
  sampleRate: number;
};
