import { SPEECH_SAMPLE_RATES, type SpeechFormat } from '@stepvoice/core/protocol';
import type { Codec } from './codec.ts';
import { FlacCodec } from './flac-codec.ts';
import { Mp3Codec } from './mp3-codec.ts';
import { OpusCodec } from './opus-codec.ts';
import { PcmCodec, WavCodec } from './pcm-codec.ts';

/** @throws {RangeError} a rate that the service does not document */
export async function createCodec(format: SpeechFormat, sampleRate: number): Promise<Codec> {
  if (!SPEECH_SAMPLE_RATES.some((known) => known === sampleRate)) {
    throw new RangeError(
      `sampleRate is ${sampleRate}; it must be one of ${SPEECH_SAMPLE_RATES.join(', ')}.`,
    );
  }
  switch (format) {
    case 'pcm':
      return new PcmCodec();
    case 'wav':
      return new WavCodec(sampleRate);
    case 'mp3':
      return Mp3Codec.create(sampleRate);
    case 'opus':
      return OpusCodec.create(sampleRate);
    case 'flac':
      return FlacCodec.create(sampleRate);
  }
}
