import type { Pcm } from '@stepvoice/core/audio';
import { trackPitch } from '../clones/pitch.ts';
import type { Utterance } from './utterances.ts';

/** Two voices whose usual pitch lies this much closer are taken for one: a fifth of an octave. */
const SAME_VOICE_OCTAVES = 0.22;
/** The service tells no more apart. */
const MOST_SPEAKERS = 10;

/**
 * Who says which utterance, counted from 0 in the order in which they first speak. Voices are told apart by their pitch
 * alone, which is enough for the emulator's own.
 */
export function tellSpeakers(pcm: Pcm, utterances: readonly Utterance[]): number[] {
  /** In octaves; of each speaker the pitch of the first utterance. */
  const voices: number[] = [];
  return utterances.map(({ startMs, endMs }) => {
    const start = Math.round((startMs / 1000) * pcm.sampleRate);
    const end = Math.round((endMs / 1000) * pcm.sampleRate);
    const pitch = usualPitch({ ...pcm, samples: pcm.samples.subarray(start, end) });
    if (pitch === undefined) return 0;
    const distances = voices.map((voice) => Math.abs(voice - pitch));
    const nearest = distances.indexOf(Math.min(...distances));
    const isNew = nearest < 0 || distances[nearest]! > SAME_VOICE_OCTAVES;
    if (!isNew || voices.length >= MOST_SPEAKERS) return nearest;
    return voices.push(pitch) - 1;
  });
}

/** The median of the voiced moments, in octaves; `undefined` where there are none. */
function usualPitch(pcm: Pcm): number | undefined {
  const pitches = trackPitch(pcm)
    .flatMap(({ pitchHz }) => (pitchHz === undefined ? [] : [pitchHz]))
    .toSorted((a, b) => a - b);
  const median = pitches[Math.floor(pitches.length / 2)];
  return median === undefined ? undefined : Math.log2(median);
}
