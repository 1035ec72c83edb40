import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startEmulator } from '@stepvoice/emulator';
import type { Emulator } from '@stepvoice/emulator';
import { writeWav } from '@stepvoice/core/audio';
import OpenAI, { toFile } from 'openai';

// A client that has never heard of Stepvoice must not notice that it talks to the emulator.
let emulator: Emulator;
let client: OpenAI;
beforeAll(async () => {
  emulator = await startEmulator({ port: 0 });
  client = new OpenAI({ apiKey: emulator.apiKey, baseURL: `${emulator.url}/v1`, maxRetries: 0 });
});
afterAll(() => emulator.close());

describe('the official openai client', () => {
  test('stores, lists, reads and deletes files', async () => {
    const file = await client.files.create({
      file: await toFile(new TextEncoder().encode('你好，世界'), '笔记.txt'),
      purpose: 'file-extract' as OpenAI.FilePurpose,
    });
    expect(file).toMatchObject({ object: 'file', filename: '笔记.txt', bytes: 15 });
    expect(file.id).toMatch(/^file-[A-Za-z0-9]{10}$/);
    const listed: string[] = [];
    for await (const { id } of client.files.list()) listed.push(id);
    expect(listed).toEqual([file.id]);
    expect((await client.files.retrieve(file.id)).id).toBe(file.id);
    expect(await (await client.files.content(file.id)).text()).toBe('你好，世界');
    expect(await client.files.delete(file.id)).toMatchObject({ id: file.id, deleted: true });
    await expect(client.files.retrieve(file.id)).rejects.toMatchObject({ status: 404 });
  });

  test('is told in its own error what a file lacks', async () => {
    const upload = (bytes: Uint8Array, purpose: string) =>
      toFile(bytes, 'a.wav').then((file) =>
        client.files.create({ file, purpose: purpose as OpenAI.FilePurpose }),
      );
    const wav = writeWav({ samples: new Int16Array(10), sampleRate: 8000 });
    expect((await upload(wav, 'storage')).status).toBe('processed');
    await expect(upload(wav, 'assistants')).rejects.toMatchObject({
      status: 400,
      error: { type: 'request_params_invalid' },
    });
    await expect(upload(new TextEncoder().encode('text'), 'storage')).rejects.toThrow(/mp3, wav/);
  });

  test('lists models and gets one', async () => {
    const ids: string[] = [];
    for await (const { id } of client.models.list()) ids.push(id);
    expect(ids).toContain('stepaudio-2.5-tts');
    expect(await client.models.retrieve('step-tts-2')).toMatchObject({
      object: 'model',
      owned_by: 'stepai',
    });
    await expect(client.models.retrieve('step-9')).rejects.toMatchObject({ status: 404 });
  });
});

test('a form by hand, as the documentation of the service writes it for curl', async () => {
  const body = [
    '--xyz',
    'Content-Disposition: form-data; name="file"; filename="a.txt"',
    'Content-Type: text/plain',
    '',
    'hello',
    '--xyz',
    'Content-Disposition: form-data; name="purpose"',
    '',
    '"file-extract"',
    '--xyz--',
    '',
  ].join('\r\n');
  const answer = await fetch(`${emulator.url}/v1/files`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${emulator.apiKey}`,
      'content-type': 'multipart/form-data; boundary=xyz',
    },
    body,
  });
  expect(await answer.json()).toMatchObject({ bytes: 5, purpose: 'file-extract' });
});
