import { writeWav } from '@stepvoice/core/audio';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeWhole } from '../codecs/index.ts';
import { startEmulatorWith } from '../emulator.ts';
import type { Emulator } from '../emulator.ts';
import { bearer, errorOf } from '../testing/raw-client.ts';
import { createToneEngine } from '../testing/tone-engine.ts';
import { pcmBytes, sayData } from './testing/asr-client.ts';

const TEXT = '语音 recognition 42。';
const RATE = 16_000;
let emulator: Emulator;
let samples: Int16Array;
beforeAll(async () => {
  emulator = await startEmulatorWith(
    { transcripts: [{ text: '按名字', filename: 'named.wav' }] },
    createToneEngine,
  );
  samples = await sayData(TEXT, RATE);
});
afterAll(() => emulator.close());

function upload(
  file: Uint8Array | undefined,
  filename: string,
  fields: Record<string, string> = {},
  to = emulator,
): Promise<Response> {
  const form = new FormData();
  for (const [name, value] of Object.entries({ model: 'step-asr', ...fields })) {
    form.set(name, value);
  }
  if (file !== undefined) form.set('file', new File([new Uint8Array(file)], filename));
  return fetch(`${to.url}/v1/audio/transcriptions`, {
    method: 'POST',
    headers: bearer(to),
    body: form,
  });
}

describe('hears', () => {
  test('a file, as JSON and as text, quoted values as the service’s own sample sends them', async () => {
    const wav = writeWav({ samples, sampleRate: RATE });
    const json = await upload(wav, 'a.wav', { response_format: 'json', hotwords: '["阶跃"]' });
    expect(await json.json()).toEqual({ text: TEXT });
    const quoted = { model: '"step-asr"', response_format: '"text"' };
    const text = await upload(wav, 'a.wav', quoted);
    expect([text.headers.get('content-type'), await text.text()]).toEqual([
      'text/plain; charset=utf-8',
      TEXT,
    ]);
  });

  test('mp3 and raw PCM', async () => {
    const mp3 = await encodeWhole('mp3', await sayData(TEXT, 24_000), 24_000);
    expect(await (await upload(mp3, 'a.mp3')).json()).toEqual({ text: TEXT });
    expect(await (await upload(pcmBytes(samples), 'a.PCM')).json()).toEqual({ text: TEXT });
  });

  test('what a transcript says of a file of that name', async () => {
    const wav = writeWav({ samples: new Int16Array(RATE), sampleRate: RATE });
    expect(await (await upload(wav, 'named.wav')).json()).toEqual({ text: '按名字' });
  });
});

describe('refuses', () => {
  test.each<[string, Record<string, string>, string]>([
    ['a model', { model: 'stepaudio-2.5-asr' }, 'model stepaudio-2.5-asr not supported'],
    [
      'a form of the answer',
      { response_format: 'srt' },
      'response_format is not valid: expected one of json, text',
    ],
    ['hotwords', { hotwords: 'a, b' }, 'hotwords is not valid: expected a JSON array of strings'],
  ])('%s', async (_, fields, message) => {
    const answer = await upload(writeWav({ samples, sampleRate: RATE }), 'a.wav', fields);
    expect(await errorOf(answer)).toEqual({ type: 'request_params_invalid', message });
  });

  test('no file, no sound, no form', async () => {
    expect((await errorOf(await upload(undefined, ''))).message).toBe('file is required');
    const text = new TextEncoder().encode('words, words, words');
    expect((await errorOf(await upload(text, 'a.wav'))).message).toBe(
      'the audio is none of wav, mp3, ogg, flac and m4a',
    );
    const answer = await fetch(`${emulator.url}/v1/audio/transcriptions`, {
      method: 'POST',
      headers: bearer(emulator),
      body: '{}',
    });
    expect((await errorOf(answer)).message).toBe('request body must be multipart/form-data');
  });

  test('an answer without a form, by the letter of the documentation', async () => {
    await using strict = await startEmulatorWith({ strict: true }, createToneEngine);
    const wav = writeWav({ samples, sampleRate: RATE });
    expect((await errorOf(await upload(wav, 'a.wav', {}, strict))).message).toBe(
      'response_format is required',
    );
  });
});
