import type { SpeechFormat } from '@stepvoice/core/protocol';
import { CodecEncoder } from './codec-encoder.ts';
import { createCodec } from './create-codec.ts';
import type { Encoder, EncoderOptions } from './encoder.ts';

/**
 * An encoder for one file that is sent while it is made. Its bytes do not depend on how the samples are cut into pushes.
 * Codecs are loaded when first asked for. Close it if it is not flushed: codecs live in memory that no garbage collector
 * sees.
 *
 * As a stream, WAV and FLAC do not say their length, and MP3 says nothing about its delay (see {@link codecDelay}); Opus
 * always decodes to the exact length.
 *
 * @throws {RangeError} a sample rate other than 8000, 16000, 22050, 24000 or 48000
 */
export async function createEncoder(
  format: SpeechFormat,
  { sampleRate }: EncoderOptions,
): Promise<Encoder> {
  return new CodecEncoder(await createCodec(format, sampleRate));
}
