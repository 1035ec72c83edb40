import type { Pcm } from '../pcm.ts';

/** A whole file, for an output that plays files. */
export type AudioClip = {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** `audio/wav`, `audio/mpeg`, `audio/ogg`, `audio/flac`. */
  readonly mediaType: string;
  readonly durationSeconds: number;
};

/** What an output plays, in the order of its coming, without a gap between pieces. */
export type AudioPiece = {
  /** Chosen by who enqueues; every event names it. */
  readonly id: number;
  /** Samples for an output that takes `samples`, a file for one that takes `clips`. */
  readonly sound: Pcm | AudioClip;
};

/** What has happened at the sound device. All times are of the clock that the output was given, in milliseconds. */
export type AudioOutputEvent =
  /**
   * At `atMs`, `seconds` of the piece had been heard (in the piece's own time, whatever the rate). While `advancing` it
   * goes on from there at the output's rate. Comes when a piece begins, at a pause, a resumption, a change of rate and
   * an underrun, and at least four times a second while the output plays.
   */
  | {
      readonly type: 'position';
      readonly pieceId: number;
      readonly seconds: number;
      readonly atMs: number;
      readonly advancing: boolean;
    }
  /** The piece has been heard to its end. */
  | { readonly type: 'ended'; readonly pieceId: number; readonly atMs: number }
  /** The platform wants a gesture of the user before it lets anything sound; `resume()` tries again. */
  | { readonly type: 'blocked' }
  /** The device is gone, or the piece cannot be played. Nothing sounds until the next `enqueue`. */
  | { readonly type: 'failed'; readonly error: unknown };

export type AudioOutputTraits = {
  /** Whether pieces are samples or whole files. */
  readonly takes: 'samples' | 'clips';
  /**
   * Whether `position` and `ended` tell what is heard. Where not (a file, a message), a piece counts as heard when
   * `enqueue` has settled.
   */
  readonly keepsTime: boolean;
  /** The playback rates it plays by itself without changing the pitch; `undefined`: only 1, the rest is stretched before. */
  readonly rates: readonly [least: number, most: number] | undefined;
  /** The rate that `samples` must have; `undefined`: any. */
  readonly sampleRate: number | undefined;
};

/**
 * The seam to a sound device, for narration and conversation alike: scheduled WebAudio, audio elements that take files,
 * a timer that pulls frames, a player's standard input, a device in another process, or no device at all.
 */
export interface AudioOutput extends AudioOutputTraits {
  /**
   * Plays a piece after those before. Settles when there is room for the next, which is the backpressure: at once while
   * less than the output's own measure is waiting to be heard. A `stop` or `close` settles it too. The sound is read until
   * it has been heard, and must not be changed before.
   *
   * @throws the reason why the device cannot play.
   */
  enqueue(piece: AudioPiece): Promise<void>;
  /** Holds the sound where it is; what is enqueued waits. */
  pause(): void;
  resume(): void;
  /** Within `rates`; takes effect at once, for what sounds too. Only where `rates` is there. */
  setRate?(rate: number): void;
  /**
   * Drops all that has not been heard, after a fade of `fadeMs` (default 15, so that nothing clicks). The output can be
   * used again at once; events of dropped pieces do not come any more. What was paused stays so until `resume`.
   */
  stop(options?: { fadeMs?: number | undefined }): void;
  /** Calls back with each event, until the function it returns is called. */
  subscribe(listener: (event: AudioOutputEvent) => void): () => void;
  /** Drops all, and gives the device back; `enqueue` throws from then on, and the rest does nothing. */
  close(): Promise<void>;
}
