/** A piece, or what a pause has left of it. */
export type Part = {
  readonly id: number;
  readonly samples: Int16Array;
  /** Samples of the piece that stand before these. */
  readonly offset: number;
};

/** A part that has its place in a context. */
export type ScheduledSound = Part & {
  /** Counted in samples of the context's time: seconds would not stay exact. */
  readonly startFrame: number;
  readonly node: AudioBufferSourceNode | undefined;
  /** Fewer than its samples where a pause has cut it. */
  frames: number;
  /** Whether the piece ends with it. */
  isLast: boolean;
  hasBegun: boolean;
};

/**
 * Ends what is scheduled at a frame that is not rendered yet: `kept` sounds until then, `held` is what remains, to be
 * scheduled again.
 */
export function cutSounds(
  sounds: readonly ScheduledSound[],
  cutFrame: number,
  sampleRate: number,
): { kept: ScheduledSound[]; held: Part[] } {
  const kept: ScheduledSound[] = [];
  const held: Part[] = [];
  for (const sound of sounds) {
    const { id, samples, offset, node, startFrame, frames } = sound;
    const before = cutFrame - startFrame;
    if (before > 0) kept.push(sound);
    if (before > 0 && frames <= before) continue;
    if (before <= 0) node?.disconnect();
    node?.stop(Math.max(cutFrame, startFrame) / sampleRate);
    const passed = Math.max(0, before);
    held.push({ id, samples: samples.subarray(passed), offset: offset + passed });
    sound.frames = passed;
    sound.isLast = false;
  }
  return { kept, held };
}
