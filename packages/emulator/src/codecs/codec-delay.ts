import type { SpeechFormat } from '@stepvoice/core/protocol';
import { LAME_DELAY_SAMPLES, mp3FrameSamples } from './mp3-info-frame.ts';

/** Silence that is not in the samples, but in what is decoded of a stream; in samples of the stream's rate. */
export type CodecDelay = {
  leadingSamples: number;
  leastTrailingSamples: number;
  mostTrailingSamples: number;
};

/** What a layer III decoder lags behind by itself: 528 samples and one. Gapless players leave it out with the encoder's. */
const MP3_DECODER_DELAY_SAMPLES = 529;
/** LAME goes on until the last sample is out of every decoder: this long after it. */
const MP3_LEAST_TRAILING_SAMPLES = 576 - MP3_DECODER_DELAY_SAMPLES;

/**
 * How much longer the file of a streaming encoder decodes than what was encoded. Only MP3 does: its frames have one size,
 * and a stream cannot say beforehand how much of them counts. Ogg Opus names the silence at both ends, FLAC ends in a short
 * frame; and whole files of all formats decode to their exact length, MP3 in players that know the tag of LAME.
 *
 * Opus decodes to 48 kHz: `round(samples × 48000 / sampleRate)` samples.
 */
export function codecDelay(format: SpeechFormat, sampleRate: number): CodecDelay {
  if (format !== 'mp3') {
    return { leadingSamples: 0, leastTrailingSamples: 0, mostTrailingSamples: 0 };
  }
  return {
    leadingSamples: LAME_DELAY_SAMPLES + MP3_DECODER_DELAY_SAMPLES,
    leastTrailingSamples: MP3_LEAST_TRAILING_SAMPLES,
    mostTrailingSamples: MP3_LEAST_TRAILING_SAMPLES + mp3FrameSamples(sampleRate) - 1,
  };
}
