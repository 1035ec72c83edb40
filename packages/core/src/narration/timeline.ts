import { findPause } from '../audio/find-pause.ts';
import { durationSeconds } from '../audio/pcm.ts';
import type { Pcm } from '../audio/pcm.ts';
import type { AudioClip } from '../audio/output/audio-output.ts';
import type { Subtitle } from '../speech/speech-events.ts';
import { alignWords, heardShare } from './alignment.ts';
import type { AlignedWord, TimeSpan } from './alignment.ts';
import type { Batch } from './batches.ts';
import type { StoredSpeech } from './cache-entry.ts';

/** The sound of one piece of a batch, or of several that could not be told apart. */
export type SpokenPieces = {
  /** Index of the first one in the batch. */
  readonly first: number;
  readonly count: number;
  /** Words count in the text of these pieces, joined as the batch joins them. */
  readonly speech: StoredSpeech;
};

/** Of the words of a piece, those that the service must have told the time of, for the rest to be called its times. */
const LEAST_HEARD = 0.5;
/** The service's times are steps of 80 ms: the silence between two words may begin or end as much beside them. */
const TIME_STEP_SECONDS = 0.08;
/** −46 dBFS: below that nothing of a voice is heard. */
const AUDIBLE_LEVEL = 160;

/**
 * Cuts the sound of a batch into that of its pieces, in the pause between the last word of the one and the first of the
 * next, where the service told both. Pieces between which it did not stay together. Joined again they are the whole sound,
 * to the sample, and each has memory of its own.
 */
export function cutBatch(batch: Batch, sound: Pcm, subtitles: readonly Subtitle[]): SpokenPieces[] {
  const { samples, sampleRate } = sound;
  const seconds = samples.length / sampleRate;
  const words = timeWords(batch.text, subtitles, { ...audiblePart(sound), seconds });
  const groups: SpokenPieces[] = [];
  let first = 0;
  let from = 0;
  for (let behind = 1; behind <= batch.pieces.length; behind += 1) {
    const isLast = behind === batch.pieces.length;
    const cut = isLast ? samples.length : findCut(sound, words, batch.offsets[behind]!);
    if (cut === undefined || (cut <= from && !isLast)) continue;
    const own = { samples: samples.slice(from, cut), sampleRate };
    const part = { first, behind, from: from / sampleRate };
    groups.push(toGroup(batch, words, part, own));
    first = behind;
    from = cut;
  }
  return groups;
}

/** The sound of a batch that cannot be cut. */
export function wholeBatch(
  batch: Batch,
  sound: AudioClip,
  subtitles: readonly Subtitle[],
): SpokenPieces {
  const seconds = sound.durationSeconds;
  const words = timeWords(batch.text, subtitles, { from: 0, to: seconds, seconds });
  return toGroup(batch, words, { first: 0, behind: batch.pieces.length, from: 0 }, sound);
}

function timeWords(
  text: string,
  subtitles: readonly Subtitle[],
  sound: TimeSpan & { readonly seconds: number },
): AlignedWord[] {
  const words = alignWords(text, subtitles, sound);
  // So few found are chance, or times of something else.
  return heardShare(words) >= LEAST_HEARD ? words : alignWords(text, [], sound);
}

function findCut(
  { samples, sampleRate }: Pcm,
  words: readonly AlignedWord[],
  offset: number,
): number | undefined {
  const next = words.findIndex(({ range }) => range.start >= offset);
  const before = words[next - 1];
  const after = words[next];
  if (before?.isHeard !== true || after?.isHeard !== true) return undefined;
  const from = Math.max(before.endSeconds - TIME_STEP_SECONDS, before.startSeconds);
  const to = Math.min(after.startSeconds + TIME_STEP_SECONDS, after.endSeconds);
  return findPause(samples, sampleRate, from, to);
}

function toGroup(
  batch: Batch,
  words: readonly AlignedWord[],
  { first, behind, from }: { first: number; behind: number; from: number },
  sound: Pcm | AudioClip,
): SpokenPieces {
  const start = batch.offsets[first]!;
  const end = batch.offsets[behind - 1]! + batch.pieces[behind - 1]!.text.length;
  const own = words.filter(({ range }) => range.start >= start && range.start < end);
  const length = secondsOf(sound);
  const within = (seconds: number): number => Math.min(Math.max(seconds - from, 0), length);
  return {
    first,
    count: behind - first,
    speech: {
      sound,
      words: own.map(({ range, startSeconds, endSeconds }) => ({
        range: { start: range.start - start, end: range.end - start },
        startSeconds: within(startSeconds),
        endSeconds: within(endSeconds),
      })),
      timing: heardShare(own) >= LEAST_HEARD ? 'service' : 'estimate',
    },
  };
}

/** How long a sound lasts. */
export function secondsOf(sound: Pcm | AudioClip): number {
  return 'samples' in sound ? durationSeconds(sound) : sound.durationSeconds;
}

function audiblePart({ samples, sampleRate }: Pcm): TimeSpan {
  const isAudible = (sample: number): boolean => Math.abs(sample) > AUDIBLE_LEVEL;
  const first = samples.findIndex(isAudible);
  if (first < 0) return { from: 0, to: samples.length / sampleRate };
  const last = samples.findLastIndex(isAudible);
  return { from: first / sampleRate, to: (last + 1) / sampleRate };
}
