import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startEmulator } from '@stepvoice/emulator';
import type { Emulator } from '@stepvoice/emulator';
import OpenAI, { toFile } from 'openai';

// A client that has never heard of Stepvoice must not notice that it talks to the emulator.
const TEXT = '明天八点开会。Bring 2 pens!';
let emulator: Emulator;
let client: OpenAI;
beforeAll(async () => {
  emulator = await startEmulator();
  client = new OpenAI({ apiKey: emulator.apiKey, baseURL: `${emulator.url}/v1`, maxRetries: 0 });
});
afterAll(() => emulator.close());

describe('the official openai client', () => {
  test.each(['mp3', 'wav'] as const)('has a file of %s transcribed', async (format) => {
    const spoken = await client.audio.speech.create({
      model: 'step-tts-2',
      voice: 'data-voice',
      input: TEXT,
      response_format: format,
    });
    const file = await toFile(await spoken.arrayBuffer(), `会议.${format}`);
    const answer = await client.audio.transcriptions.create({ file, model: 'step-asr' });
    expect(answer.text).toBe(TEXT);
    const text = await client.audio.transcriptions.create({
      file,
      model: 'step-asr',
      response_format: 'text',
    });
    expect(text).toBe(TEXT);
  });

  test('is told in its own error that a file is no sound', async () => {
    const file = await toFile(new TextEncoder().encode('no sound at all'), 'a.mp3');
    await expect(
      client.audio.transcriptions.create({ file, model: 'step-asr' }),
    ).rejects.toBeInstanceOf(OpenAI.BadRequestError);
  });
});
