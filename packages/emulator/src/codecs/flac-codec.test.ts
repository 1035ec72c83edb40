import { FLACDecoder } from '@wasm-audio-decoders/flac';
import { SPEECH_SAMPLE_RATES } from '@stepvoice/core/protocol';
import { describe, expect, test } from 'vitest';
import { concatBytes } from './codec.ts';
import { FlacCodec } from './flac-codec.ts';
import { speechLike } from './testing/speech-like.ts';

describe.each(SPEECH_SAMPLE_RATES)('at %i Hz', (sampleRate) => {
  test('a decoder with a parser of its own agrees', async () => {
    const samples = speechLike(sampleRate + 1234, sampleRate);
    const codec = await FlacCodec.create(sampleRate);
    const file = concatBytes([codec.streamHeader, codec.encode(samples), codec.finish()]);
    codec.free();

    const decoder = new FLACDecoder();
    await decoder.ready;
    const { channelData, errors, ...decoded } = await decoder.decodeFile(file);
    decoder.free();
    expect(errors).toEqual([]);
    expect(decoded).toMatchObject({ sampleRate, bitDepth: 16 });
    // This one divides by 32767.
    expect(Int16Array.from(channelData[0]!, (value) => Math.round(value * 32_767))).toEqual(
      samples,
    );
  });

  test('a block leaves within 100 ms', async () => {
    const codec = await FlacCodec.create(sampleRate);
    const silent = codec.encode(new Int16Array(100));
    const tenth = codec.encode(speechLike(sampleRate / 10, sampleRate));
    codec.free();
    expect(silent).toHaveLength(0);
    expect(tenth.length).toBeGreaterThan(0);
  });
});
