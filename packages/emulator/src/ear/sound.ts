import type { Pcm } from '@stepvoice/core/audio';

/** Sound with all its channels, each as long as the others. */
export type Sound = { channels: readonly Int16Array[]; sampleRate: number };

/** The mean of the channels. That of a single one is itself. */
export function mixToMono({ channels, sampleRate }: Sound): Pcm {
  const [first = new Int16Array(), ...others] = channels;
  if (others.length === 0) return { samples: first, sampleRate };
  const samples = new Int16Array(first.length);
  for (let i = 0; i < samples.length; i++) {
    let sum = first[i]!;
    for (const other of others) sum += other[i]!;
    samples[i] = Math.round(sum / channels.length);
  }
  return { samples, sampleRate };
}

/** Takes samples that stand frame by frame apart; an incomplete last frame is left out. */
export function splitFrames(samples: Int16Array, channels: number): Int16Array[] {
  const length = Math.floor(samples.length / channels);
  return Array.from({ length: channels }, (_, channel) => {
    const own = new Int16Array(length);
    for (let i = 0; i < length; i++) own[i] = samples[i * channels + channel]!;
    return own;
  });
}
