import type { Pcm } from '@stepvoice/core/audio';

/**
 * A voice by numbers: a train of decaying pulses that swells and fades once a syllable.
 *
 * @param syllables a second; 0 for one long tone
 */
export function pulseVoice({
  pitchHz,
  syllables = 4,
  seconds = 6,
  sampleRate = 16_000,
}: {
  pitchHz: number;
  syllables?: number;
  seconds?: number;
  sampleRate?: number;
}): Pcm {
  const samples = new Int16Array(Math.round(seconds * sampleRate));
  let phase = 0;
  for (let i = 0; i < samples.length; i++) {
    const time = i / sampleRate;
    // A few percent up and down, as in a sentence.
    phase += (pitchHz * (1 + 0.05 * Math.sin(2 * Math.PI * 0.8 * time))) / sampleRate;
    const sincePulse = ((phase % 1) / pitchHz) * 1000;
    const pulse = Math.exp(-sincePulse / 2) * Math.sin(2 * Math.PI * 0.7 * sincePulse);
    const swell = syllables === 0 ? 1 : Math.sin(Math.PI * ((time * syllables) % 1)) ** 2;
    samples[i] = Math.round(9000 * swell * pulse);
  }
  return { samples, sampleRate };
}

/** The same on every run. */
export function noise(seconds: number, sampleRate = 16_000): Pcm {
  let state = 1;
  const samples = Int16Array.from({ length: seconds * sampleRate }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return state >> 19;
  });
  return { samples, sampleRate };
}
