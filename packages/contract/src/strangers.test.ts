import { once } from 'node:events';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startEmulator } from '@stepvoice/emulator';
import type { Emulator } from '@stepvoice/emulator';
import { readWav, rmsDbfs } from '@stepvoice/core/audio';
import OpenAI from 'openai';
import WebSocket from 'ws';
import { decodeAudio } from './sound/decode.ts';

// Clients that have never heard of Stepvoice must not notice that they talk to the emulator.
let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator({ port: 0 });
});
afterAll(() => emulator.close());

function openai(apiKey = emulator.apiKey): OpenAI {
  return new OpenAI({ apiKey, baseURL: `${emulator.url}/v1`, maxRetries: 0 });
}

test('the official openai client gets speech', async () => {
  const answer = await openai().audio.speech.create({
    model: 'stepaudio-2.5-tts',
    voice: 'cixingnansheng',
    input: '火车在八点到站。',
  });
  const pcm = await decodeAudio(new Uint8Array(await answer.arrayBuffer()), 'mp3', 24_000);
  expect(pcm.sampleRate).toBe(24_000);
  expect(pcm.samples.length / 24_000).toBeGreaterThan(0.8);
  expect(rmsDbfs(pcm.samples)).toBeGreaterThan(-40);
});

test('the openai client may spread fields of the service into its body', async () => {
  const client = openai();
  const voice = { model: 'step-tts-2', voice: 'cixingnansheng', input: '火车在八点到站。' };
  const options = { ...voice, response_format: 'wav' as const, sample_rate: 16_000 };
  const plain = await client.audio.speech.create(options);
  const slow = await client.audio.speech.create({ ...options, speed: 0.5 });
  const [a, b] = await Promise.all(
    [plain, slow].map(async (answer) => readWav(new Uint8Array(await answer.arrayBuffer()))),
  );
  expect(a!.sampleRate).toBe(16_000);
  expect(b!.samples.length / a!.samples.length).toBeGreaterThan(1.6);
});

test('a literal extra_body, as the documented JavaScript sample sends it, is taken', async () => {
  const answer = await openai().audio.speech.create({
    model: 'step-tts-2',
    voice: 'cixingnansheng',
    input: '早上好。',
    extra_body: { response_format: 'wav', voice_label: { emotion: '高兴' } },
  } as OpenAI.Audio.SpeechCreateParams);
  expect(answer.ok).toBe(true);
});

test('the openai client is told of a wrong key in its own error', async () => {
  const refused = openai('wrong').audio.speech.create({
    model: 'stepaudio-2.5-tts',
    voice: 'cixingnansheng',
    input: 'hello',
  });
  await expect(refused).rejects.toMatchObject({
    status: 401,
    error: { message: 'Incorrect API key provided', type: 'invalid_api_key' },
  });
});

test('thirty lines on a bare WebSocket do the whole dance', async () => {
  const address = `${emulator.url.replace('http', 'ws')}/v1/realtime/audio?model=stepaudio-2.5-tts`;
  const socket = new WebSocket(address, {
    headers: { Authorization: `Bearer ${emulator.apiKey}` },
  });
  const order: string[] = [];
  const samples: number[] = [];
  const send = (type: string, session_id: string, data = {}): void =>
    socket.send(JSON.stringify({ type, data: { session_id, ...data } }));
  socket.on('message', (frame) => {
    const { type, data } = JSON.parse((frame as Buffer).toString()) as {
      type: string;
      data: { session_id: string; audio?: string };
    };
    if (order.at(-1) !== type) order.push(type);
    if (type === 'tts.connection.done') {
      send('tts.create', data.session_id, {
        voice_id: 'cixingnansheng',
        response_format: 'wav',
        sample_rate: 24_000,
        mode: 'sentence',
      });
    } else if (type === 'tts.response.created') {
      send('tts.text.delta', data.session_id, { text: '火车在八点到站。' });
      send('tts.text.done', data.session_id);
    } else if (type === 'tts.response.audio.delta') {
      // Every delta is a complete file of its own.
      samples.push(readWav(Buffer.from(data.audio ?? '', 'base64')).samples.length);
    }
  });
  const [code] = (await once(socket, 'close')) as [number];
  expect(code).toBe(1000);
  expect(order).toEqual([
    'tts.connection.done',
    'tts.response.created',
    'tts.response.sentence.start',
    'tts.response.audio.delta',
    'tts.response.sentence.end',
    'tts.response.audio.done',
  ]);
  const seconds = samples.reduce((sum, count) => sum + count, 0) / 24_000;
  expect(seconds).toBeGreaterThan(0.8);
  expect(seconds).toBeLessThan(6);
});
