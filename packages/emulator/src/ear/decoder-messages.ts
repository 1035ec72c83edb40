/** What is compressed in a way that a decoder of the thread knows. */
export type Compression = 'mp3' | 'opus' | 'vorbis' | 'flac' | 'ogg-flac';

/** The only message to the decoding thread, as its `workerData`. */
export type DecoderTask = {
  compression: Compression;
  bytes: Uint8Array;
  /** Whether the channels are to be kept apart and not mixed. */
  keepChannels: boolean;
  /** A channel longer than this is refused. */
  mostSamples: number;
};

/** The only message from it. */
export type DecoderAnswer =
  | { type: 'sound'; channels: Int16Array[]; sampleRate: number }
  /** Nothing of the file could be decoded. */
  | { type: 'invalid' }
  | { type: 'too-long' };
