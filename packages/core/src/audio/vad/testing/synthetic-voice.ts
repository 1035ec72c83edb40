import { fromFloat32 } from '../../pcm.ts';

/** Formants of the vowels in "father", "see" and "too", in hertz. */
const VOWELS = [
  [730, 1090, 2440],
  [270, 2290, 3010],
  [300, 870, 2240],
] as const;

/**
 * Something with all that a detector looks for in a voice: syllables, four a second, of a pulse train through formants
 * that is louder in the middle, with a pitch that moves.
 */
export function syntheticVoice(options: {
  seconds: number;
  sampleRate: number;
  pitch: number;
  /** Root mean square in decibels of full scale. */
  dbfs: number;
}): Int16Array {
  const { seconds, sampleRate, pitch, dbfs } = options;
  const sound = new Float32Array(Math.round(seconds * sampleRate));
  let phase = 0;
  for (let i = 0; i < sound.length; i++) {
    const time = i / sampleRate;
    const vowel = VOWELS[Math.floor(time * 4) % VOWELS.length]!;
    const envelope = Math.sin(Math.PI * ((time * 4) % 1)) ** 0.5;
    const hertz = pitch * (1 + 0.08 * Math.sin(2 * Math.PI * 1.3 * time));
    phase += (2 * Math.PI * hertz) / sampleRate;
    let value = 0;
    for (let harmonic = 1; harmonic * hertz < Math.min(4000, sampleRate / 2); harmonic++) {
      const frequency = harmonic * hertz;
      const gain = vowel.reduce((sum, formant) => sum + resonance(frequency, formant), 0);
      value += (gain / harmonic ** 0.5) * Math.sin(harmonic * phase);
    }
    sound[i] = envelope * value;
  }
  return atLevel(sound, dbfs);
}

/** White noise, the same on every run for the same seed. */
export function whiteNoise(options: {
  seconds: number;
  sampleRate: number;
  dbfs: number;
  seed?: number;
}): Int16Array {
  let state = options.seed ?? 1;
  const sound = Float32Array.from({ length: options.seconds * options.sampleRate }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return state / 2 ** 31;
  });
  return atLevel(sound, options.dbfs);
}

/** Sounds added up, the second from sample `at` of the first. */
export function mixed(first: Int16Array, second: Int16Array, at = 0): Int16Array {
  return first.map((sample, i) =>
    Math.min(32_767, Math.max(-32_768, sample + (second[i - at] ?? 0))),
  );
}

function resonance(hertz: number, formant: number): number {
  return 1 / (1 + ((hertz - formant) / 90) ** 2);
}

function atLevel(sound: Float32Array, dbfs: number): Int16Array {
  const energy = sound.reduce((sum, value) => sum + value * value, 0);
  const gain = 10 ** (dbfs / 20) / Math.sqrt(energy / sound.length);
  return fromFloat32(sound.map((value) => value * gain));
}
