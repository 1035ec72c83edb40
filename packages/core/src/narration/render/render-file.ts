/**
 * A file that can be written anywhere: what a narration is rendered to. In Node it is a file, in a host that has only
 * blobs a {@link MemoryRenderFile}. One caller at a time; a call ends before the next begins.
 *
 * A failure throws what the host has to say about it, such as a full disk; the render passes it on and can be resumed.
 */
export interface RenderFile {
  /** Bytes written so far. */
  size(): Promise<number>;
  /** As much as there is of `length` bytes from `offset` on. */
  readAt(offset: number, length: number): Promise<Uint8Array>;
  /** All of `bytes`; from the end of the file on, it grows. `bytes` may be used again when this has settled. */
  writeAt(offset: number, bytes: Uint8Array): Promise<void>;
  /** Drops what stands behind `size`. */
  truncate(size: number): Promise<void>;
  /** Settles when what was written would survive a power cut. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

/** The files of one render. They are the caller's to close. */
export type RenderFiles = {
  /** The WAV or MP3. */
  readonly sound: RenderFile;
  /** What a later call resumes from; emptied when the render is whole. Without it a render cannot be resumed. */
  readonly journal?: RenderFile | undefined;
  /** SubRip subtitles. */
  readonly srt?: RenderFile | undefined;
  /** WebVTT subtitles. */
  readonly vtt?: RenderFile | undefined;
  /** When each sentence and each word is spoken, as JSON: a {@link NarrationTranscript}. */
  readonly words?: RenderFile | undefined;
};
