import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { StepAudio } from '@stepvoice/core/node';
import type { SpeechFormat, SpeechSampleRate, SpeechSocketFormat } from '@stepvoice/core/node';
import { SPEECH_FORMATS, SPEECH_SAMPLE_RATES } from '@stepvoice/core/protocol';
import { decodePcm16, readWav } from '@stepvoice/core/audio';
import type { Pcm } from '@stepvoice/core/audio';
import { codecDelay, hearDataSpeech, startEmulator } from '@stepvoice/emulator';
import type { Emulator } from '@stepvoice/emulator';
import { compareSound, longestGapMs } from './sound/compare.ts';
import { decodeAudio, decodeClips } from './sound/decode.ts';

const TEXT = '火车在八点到站，快走吧！The train leaves at eight.';
const VOICE = 'cixingnansheng';

let emulator: Emulator;
let client: StepAudio;
beforeAll(async () => {
  emulator = await startEmulator({ port: 0 });
  client = new StepAudio({ apiKey: emulator.apiKey, baseURL: emulator.url });
});
afterAll(() => emulator.close());

async function create(
  format: SpeechFormat,
  sampleRate: SpeechSampleRate,
  text = TEXT,
  voice = VOICE,
): Promise<Pcm> {
  const file = await client.speech.create({ text, voice, format, sampleRate });
  expect(file.format).toBe(format);
  return decodeAudio(file.audio, format, sampleRate);
}

/** Samples that a stream of the format begins with before its sound does. Of all formats only MP3 cannot say so itself. */
function streamDelay(format: SpeechFormat, sampleRate: number): number {
  return codecDelay(format, sampleRate).leadingSamples;
}

/** Longest frame of each codec, in milliseconds: MPEG layer III at 8 kHz has 576 samples, FLAC's blocks 4096. */
function frameMs(format: SpeechFormat, sampleRate: number): number {
  switch (format) {
    case 'mp3':
      return ((sampleRate >= 32_000 ? 1152 : 576) / sampleRate) * 1000;
    case 'opus':
      return 20;
    case 'pcm':
    case 'wav':
    case 'flac':
      return 1000 / sampleRate;
  }
}

describe('every format at every rate is the sound it was made from', () => {
  const cases = SPEECH_FORMATS.flatMap((format) =>
    SPEECH_SAMPLE_RATES.map((sampleRate) => ({ format, sampleRate })),
  );

  test.each(cases)('$format at $sampleRate Hz', async ({ format, sampleRate }) => {
    const reference = await create('pcm', sampleRate);
    const heard = await create(format, sampleRate);
    // Opus is decoded at 48 kHz whatever it was coded from.
    expect(heard.sampleRate).toBe(format === 'opus' ? 48_000 : sampleRate);
    const delay = streamDelay(format, sampleRate);
    const { correlation, lagMs, longerMs } = compareSound(reference, heard, delay);
    expect(correlation).toBeGreaterThan(format === 'mp3' || format === 'opus' ? 0.9 : 0.999);
    expect(Math.abs(lagMs)).toBeLessThanOrEqual(frameMs(format, sampleRate) + 0.2);
    expect(Math.abs(longerMs)).toBeLessThanOrEqual(frameMs(format, sampleRate) + 0.2);
  });
});

describe('streams join', () => {
  test.each(['pcm', 'wav', 'mp3', 'opus', 'flac'] as const)('%s over SSE', async (format) => {
    const reference = await create('pcm', 24_000);
    const pieces: Uint8Array[] = [];
    for await (const audio of client.speech.stream({ text: TEXT, voice: VOICE, format }).audio()) {
      pieces.push(audio);
    }
    const heard = await decodeAudio(new Uint8Array(Buffer.concat(pieces)), format, 24_000);
    const { correlation, longerMs } = compareSound(reference, heard, streamDelay(format, 24_000));
    expect(correlation).toBeGreaterThan(0.9);
    expect(Math.abs(longerMs)).toBeLessThanOrEqual(frameMs(format, 24_000) + 0.2);
  });

  async function overSocket(
    format: SpeechSocketFormat,
  ): Promise<{ pieces: Uint8Array[]; clips: Uint8Array[] }> {
    const pieces: Uint8Array[] = [];
    const clips: Uint8Array[] = [];
    await using socket = await client.speech.connect({ voice: VOICE, format, mode: 'sentence' });
    socket.write(TEXT);
    socket.end();
    for await (const event of socket) {
      if (event.type === 'audio') pieces.push(event.audio);
      if (event.type === 'clip') clips.push(event.audio);
    }
    return { pieces, clips };
  }

  let spoken: Pcm;
  beforeAll(async () => {
    const { pieces, clips } = await overSocket('pcm');
    expect(clips).toEqual([]);
    for (const piece of pieces) expect(piece.length % 2).toBe(0);
    spoken = { samples: decodePcm16(new Uint8Array(Buffer.concat(pieces))), sampleRate: 24_000 };
  });

  test('wav files, one in each frame of the socket, become one WAV without a click', async () => {
    const { pieces, clips } = await overSocket('wav');
    expect(clips).toEqual([]);
    const bytes = new Uint8Array(Buffer.concat(pieces));
    expect(Buffer.from(bytes).toString('latin1').split('RIFF')).toHaveLength(2);
    expect(readWav(bytes).samples).toEqual(spoken.samples);
  });

  test.each(['mp3_stream', 'opus_stream', 'flac_stream'] as const)(
    '%s is one file',
    async (format) => {
      const { pieces, clips } = await overSocket(format);
      expect(clips).toEqual([]);
      const plain = format.replace('_stream', '') as SpeechFormat;
      const heard = await decodeAudio(new Uint8Array(Buffer.concat(pieces)), plain, 24_000);
      const { correlation, longerMs } = compareSound(spoken, heard, streamDelay(plain, 24_000));
      expect(correlation).toBeGreaterThan(0.9);
      expect(Math.abs(longerMs)).toBeLessThanOrEqual(2 * frameMs(plain, 24_000) + 0.2);
      expect(longestGapMs(heard, 8) - longestGapMs(spoken, 8)).toBeLessThan(60);
    },
  );

  test.each(['mp3', 'opus', 'flac'] as const)(
    '%s arrives as clips that are files of their own',
    async (format) => {
      const { pieces, clips } = await overSocket(format);
      expect(pieces).toEqual([]);
      expect(clips.length).toBeGreaterThan(1);
      const heard = await decodeClips(clips, format, 24_000);
      const { longerMs } = compareSound(spoken, heard);
      expect(Math.abs(longerMs)).toBeLessThanOrEqual(
        clips.length * (frameMs(format, 24_000) + 0.2),
      );
    },
  );
});

describe('data speech survives to the letter', () => {
  const secret = 'Zug 8:00 到站 🚉';
  const cases = SPEECH_FORMATS.flatMap((format) =>
    ([16_000, 24_000, 48_000] as const).map((sampleRate) => ({ format, sampleRate })),
  );

  test.each(cases)('$format at $sampleRate Hz', async ({ format, sampleRate }) => {
    expect(await hearDataSpeech(await create(format, sampleRate, secret, 'data-voice'))).toBe(
      secret,
    );
  });
});
