import type { AudioClip } from '../../audio/output/audio-output.ts';
import type { Id3TagOptions } from '../../audio/mp3/id3-tag.ts';
import type { Mp3JoinerState } from '../../audio/mp3/mp3-joiner.ts';
import type { Pcm } from '../../audio/pcm.ts';

/** Where a sound stands in the file, in milliseconds as a player shows them. */
export type PlacedSound = { readonly startMs: number; readonly endMs: number };

/** A place of the file from which it can be gone on with. */
export type TrackState = {
  /** Of the file. */
  readonly bytes: number;
  /** Of the sound, pauses counted; 0 where `joiner` counts them. */
  readonly samples: number;
  /** MP3 only: frames before that place, without the one in front. */
  readonly frames: number;
  /** MP3 only: the header of the first frame, in hexadecimal. */
  readonly header: string;
  /** Joined MP3 only. */
  readonly joiner?: Mp3JoinerState | undefined;
};

/** The file of sound that a narration is rendered to. */
export interface SoundTrack {
  addSound(sound: Pcm | AudioClip): Promise<PlacedSound>;
  /** Silence behind what was added last. */
  addPause(ms: number): Promise<void>;
  /**
   * The last place to go on from, when there is one that was not told yet. What stands before it has been handed to the
   * file.
   *
   * @param isStop as far as can be, since nothing will be added.
   */
  checkpoint(isStop: boolean): Promise<TrackState | undefined>;
  /** How long the sound is so far, in milliseconds. */
  readonly lengthMs: number;
  /** Writes what stands in front, which can only be known at the end. Nothing is added after it. */
  finish(tag: Id3TagOptions): Promise<void>;
}
