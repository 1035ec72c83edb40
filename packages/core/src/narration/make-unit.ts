import type { AudioClip } from '../audio/output/audio-output.ts';
import type { Pcm } from '../audio/pcm.ts';
import { writeWav } from '../audio/wav-writer.ts';
import { joinPieces } from './batches.ts';
import type { SpeechPiece } from './batches.ts';
import type { StoredSpeech } from './cache-entry.ts';
import type { SpeechUnit } from './speech-unit.ts';
import { secondsOf } from './timeline.ts';

/** The unit that some pieces of a plan make, with the speech of their text; its words are those of the plan's utterances. */
export function makeUnit(
  pieces: readonly SpeechPiece[],
  { sound, words, timing }: StoredSpeech,
  { cached, asWav }: { cached: boolean; asWav: boolean },
): SpeechUnit {
  const first = pieces[0]!;
  const last = pieces.at(-1)!;
  const { offsets } = joinPieces(pieces);
  let at = 0;
  return {
    from: { utterance: first.utterance.index, offset: first.start },
    to: { utterance: last.utterance.index, offset: last.end },
    sound: asWav && 'samples' in sound ? toWav(sound) : sound,
    seconds: secondsOf(sound),
    words: words.map(({ range, startSeconds, endSeconds }) => {
      while ((offsets[at + 1] ?? Infinity) <= range.start) at += 1;
      const { utterance, start } = pieces[at]!;
      const shift = start - offsets[at]!;
      return {
        utterance: utterance.index,
        range: { start: range.start + shift, end: range.end + shift },
        startSeconds,
        endSeconds,
      };
    }),
    timing,
    cached,
  };
}

function toWav(sound: Pcm): AudioClip {
  return { bytes: writeWav(sound), mediaType: 'audio/wav', durationSeconds: secondsOf(sound) };
}
