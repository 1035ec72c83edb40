import type { AudioClip, AudioOutputTraits } from '../../audio/output/audio-output.ts';
import type { Pcm } from '../../audio/pcm.ts';
import { concatSamples } from '../../audio/pcm.ts';
import { Resampler } from '../../audio/resampler.ts';
import { TimeStretcher } from '../../audio/time-stretch/time-stretcher.ts';
import { writeWav } from '../../audio/wav-writer.ts';
import type { ReelUnit } from './reel-unit.ts';

/** What is made of a unit for an output, and where in the unit it belongs. */
export type MadePiece = {
  readonly sound: Pcm | AudioClip;
  readonly startSeconds: number;
  readonly seconds: number;
  readonly stretch: number;
};

/** Longer ones are cut, so that a change of rate or place does not wait for half a minute of sound to be stretched. */
const PIECE_SECONDS = 5;
/** Of sound that begins in the middle of a word, so that it does not click. */
const FADE_SECONDS = 0.005;

/**
 * The pieces of a unit from its `startSeconds` on, with the silence behind it, as the output takes them: samples at its
 * rate, or whole files. `stretch` is by how much faster they are made; a file of the service's own stays as it is.
 */
export function* makePieces(
  unit: ReelUnit,
  output: AudioOutputTraits,
  stretch: number,
): Generator<MadePiece> {
  const { sound } = unit;
  if (!('samples' in sound)) {
    yield* makeClips(unit, sound, output);
    return;
  }
  const sampleRate = output.sampleRate ?? sound.sampleRate;
  if (output.takes === 'samples') {
    yield* makeSound(unit, sound, sampleRate, stretch);
    yield* makeSilence(unit, sampleRate, stretch);
    return;
  }
  const parts = [
    ...makeSound(unit, sound, sampleRate, stretch),
    ...makeSilence(unit, sampleRate, stretch),
  ].map((piece) => piece.sound.samples);
  const samples = concatSamples(parts);
  if (samples.length === 0) return;
  const seconds = samples.length / sampleRate;
  yield {
    sound: wavClip({ samples, sampleRate }),
    startSeconds: unit.startSeconds,
    seconds,
    stretch,
  };
}

function* makeSound(
  unit: ReelUnit,
  sound: Pcm,
  sampleRate: number,
  stretch: number,
): Generator<MadePiece & { sound: Pcm }> {
  const first = Math.min(sound.samples.length, Math.round(unit.startSeconds * sound.sampleRate));
  const samples = first === 0 ? sound.samples : fadedIn(sound, first);
  const convert = converter(sound.sampleRate, sampleRate, stretch);
  const count = Math.max(1, Math.ceil(samples.length / sound.sampleRate / PIECE_SECONDS));
  let produced = 0;
  for (let i = 0; i < count; i += 1) {
    const from = Math.floor((samples.length * i) / count);
    const to = Math.floor((samples.length * (i + 1)) / count);
    const piece = convert(samples.subarray(from, to), i === count - 1);
    if (piece.length === 0) continue;
    yield {
      sound: { samples: piece, sampleRate },
      startSeconds: first / sound.sampleRate + (produced / sampleRate) * stretch,
      seconds: piece.length / sampleRate,
      stretch,
    };
    produced += piece.length;
  }
}

function* makeSilence(
  unit: ReelUnit,
  sampleRate: number,
  stretch: number,
): Generator<MadePiece & { sound: Pcm }> {
  const startSeconds = Math.max(unit.startSeconds, unit.soundSeconds);
  const length = Math.round(((unit.seconds - startSeconds) / stretch) * sampleRate);
  if (length <= 0) return;
  const seconds = length / sampleRate;
  yield { sound: { samples: new Int16Array(length), sampleRate }, startSeconds, seconds, stretch };
}

/** A file cannot be cut: it begins at its beginning. */
function* makeClips(
  unit: ReelUnit,
  sound: AudioClip,
  output: AudioOutputTraits,
): Generator<MadePiece> {
  if (unit.startSeconds < unit.soundSeconds) {
    yield { sound, startSeconds: 0, seconds: unit.soundSeconds, stretch: 1 };
  }
  for (const piece of makeSilence(unit, output.sampleRate ?? SILENCE_RATE, 1)) {
    yield { ...piece, sound: wavClip(piece.sound) };
  }
}

/** Of a silent file: any would do. */
const SILENCE_RATE = 24_000;

function wavClip(pcm: Pcm): AudioClip {
  return {
    bytes: writeWav(pcm),
    mediaType: 'audio/wav',
    durationSeconds: pcm.samples.length / pcm.sampleRate,
  };
}

function converter(
  from: number,
  to: number,
  rate: number,
): (samples: Int16Array, isLast: boolean) => Int16Array {
  const stretcher = rate === 1 ? undefined : new TimeStretcher({ sampleRate: from, rate });
  const resampler = from === to ? undefined : new Resampler({ from, to });
  return (samples, isLast) => {
    let converted = samples;
    if (stretcher !== undefined) {
      const parts = [stretcher.push(converted)];
      if (isLast) parts.push(stretcher.flush());
      converted = concatSamples(parts);
    }
    if (resampler !== undefined) {
      const parts = [resampler.push(converted)];
      if (isLast) parts.push(resampler.flush());
      converted = concatSamples(parts);
    }
    return converted;
  };
}

function fadedIn({ samples, sampleRate }: Pcm, first: number): Int16Array {
  const faded = samples.slice(first);
  const length = Math.min(faded.length, Math.round(FADE_SECONDS * sampleRate));
  for (let i = 0; i < length; i += 1) faded[i] = Math.round((faded[i]! * i) / length);
  return faded;
}
