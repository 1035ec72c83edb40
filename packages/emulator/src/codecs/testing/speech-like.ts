const SYLLABLES_A_SECOND = 4;
const HIGHEST_HARMONIC_HZ = 3400;

/**
 * Sound with the traits of speech that are hard on codecs: a gliding pitch with harmonics, sudden beginnings, hisses, and
 * pauses that are digital silence. The same every time; all of it lies below 4 kHz, so that every rate holds it.
 */
export function speechLike(length: number, sampleRate: number): Int16Array<ArrayBuffer> {
  const samples = new Int16Array(length);
  let phase = 0;
  let seed = 1;
  let hiss = 0;
  for (let i = 0; i < length; i += 1) {
    const seconds = i / sampleRate;
    const place = (seconds * SYLLABLES_A_SECOND) % 1;
    const pitchHz = 140 + 50 * Math.sin(2 * Math.PI * 0.7 * seconds);
    phase = (phase + (2 * Math.PI * pitchHz) / sampleRate) % (2 * Math.PI);
    // A one-pole low-pass of noise, drawn for silent samples as well.
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    hiss += (1 - Math.exp((-2 * Math.PI * 1500) / sampleRate)) * (seed / 2 ** 31 - 1 - hiss);
    if (place < 0.2) samples[i] = 3000 * hiss;
    else if (place < 0.8)
      samples[i] = voice(phase, pitchHz) * Math.sin((Math.PI * (place - 0.2)) / 0.6);
  }
  return samples;
}

function voice(phase: number, pitchHz: number): number {
  let value = 0;
  for (let k = 1; k * pitchHz < HIGHEST_HARMONIC_HZ; k += 1) {
    // Two broad resonances, at 600 and 1800 Hz.
    const height =
      1 / (1 + ((k * pitchHz - 600) / 300) ** 2) + 0.4 / (1 + ((k * pitchHz - 1800) / 400) ** 2);
    value += height * Math.sin(k * phase);
  }
  return 5000 * value;
}
