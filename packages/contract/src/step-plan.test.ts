import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeWav } from '@stepvoice/core/audio';
import { CapabilityError, StepAudio } from '@stepvoice/core/node';
import { startEmulator } from '@stepvoice/emulator';
import type { Emulator } from '@stepvoice/emulator';

let emulator: Emulator;
let client: StepAudio;
beforeAll(async () => {
  emulator = await startEmulator();
  const { apiKey, url } = emulator;
  client = new StepAudio({ apiKey, baseURL: url, plan: 'step-plan', retry: false });
});
afterAll(async () => {
  await client.close();
  await emulator.close();
});

const CONSENT = { by: 'Li Lei', how: 'own-voice' };
const MESSAGES = [{ role: 'user', content: '你好' }] as const;
const WAV = writeWav({ samples: new Int16Array(8000), sampleRate: 16_000 });

test.each<[string, () => Promise<unknown>]>([
  ['transcription.connect', () => client.transcription.connect()],
  [
    'transcription.submit',
    () => client.transcription.submit({ url: 'https://example.com/a.wav', format: 'wav' }),
  ],
  ['transcription.wait', () => client.transcription.wait('task')],
  ['transcription.create', () => client.transcription.create({ file: WAV })],
  ['realtime of another model', () => client.realtime.connect({ model: 'step-audio-2' })],
  [
    'chat with another model',
    () => client.chat.create({ messages: MESSAGES, model: 'step-audio-2' }),
  ],
  ['voices.preview', () => client.voices.preview({ fileId: 'file-1234567890', text: '你好' })],
  ['files.list', () => client.files.list()],
  ['models.list', () => client.models.list()],
])('%s: the subscription does not serve it, and what it serves is said', async (_, call) => {
  const failure = await call().catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(CapabilityError);
  const { message, code } = failure as CapabilityError;
  expect(code).toBe('not_in_plan');
  expect(message).toMatch(/step-plan.*stepaudio-2\.5-realtime.*stepaudio-2\.5-chat.*payg/);
  expect(message).not.toContain(emulator.apiKey);
});

test('what it serves works', async () => {
  const { audio } = await client.speech.create({
    text: '好',
    voice: 'data-voice',
    model: 'stepaudio-2.5-tts',
    format: 'wav',
  });
  expect((await client.transcription.stream(audio).text()).text).toBe('好');
  expect((await client.chat.create({ messages: MESSAGES })).text).not.toBe('');
  expect((await client.voices.listClones()).voices).toEqual([]);
  expect((await client.voices.list()).length).toBeGreaterThan(20);
  await using session = await client.realtime.connect();
  expect(session.state.model).toBe('stepaudio-2.5-realtime');
  // A clip must be uploaded first, and the subscription keeps no files.
  const clone = client.voices.clone({ fileId: 'file-1234567890', consent: CONSENT });
  await expect(clone).rejects.toThrow(/file/);
});
