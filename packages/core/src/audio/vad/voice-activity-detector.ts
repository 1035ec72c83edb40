/** What a detector makes of one frame. */
export type VoiceActivity = {
  /** Whether something stands out that may be speech. */
  readonly active: boolean;
  /** Whether an active frame has a pitch, as vowels have and keyboards, coughs and fans do not. */
  readonly voiced: boolean;
  /** The detector's own measure behind `active`; more is more like speech. */
  readonly score: number;
  /** Root mean square of the frame in decibels of full scale; `-Infinity` for silence. */
  readonly levelDbfs: number;
};

/** Judges sound frame by frame. `SpeechDetector` makes of its judgements where speech starts and ends. */
export interface VoiceActivityDetector {
  /** Samples a second of the frames. */
  readonly sampleRate: number;
  /** Samples in a frame. */
  readonly frameSamples: number;
  /**
   * Judges the next frame.
   *
   * @param reference the same stretch of what is being played, for a detector that knows echo from the user
   * @param isSpeaking whether the user is held to speak at present; an echo is not learned from such frames
   * @returns an object that the next call may overwrite
   */
  process(frame: Int16Array, reference?: Int16Array, isSpeaking?: boolean): VoiceActivity;
  /** Forgets all it has heard. */
  reset(): void;
}
