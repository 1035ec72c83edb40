import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeWav } from '@stepvoice/core/audio';
import { createManualClock } from '../clock.ts';
import { startEmulatorWith } from '../emulator.ts';
import type { Emulator } from '../emulator.ts';
import { ask, form, refusal, upload } from '../testing/account.ts';
import { bearer } from '../testing/raw-client.ts';
import { createToneEngine } from '../testing/tone-engine.ts';
import { StoredFiles } from './stored-files.ts';

const WAV = writeWav({ samples: new Int16Array(100), sampleRate: 24_000 });
const text = (content: string): File => new File([content], 'notes.txt');

const clock = createManualClock(1_790_000_000_500);
let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulatorWith({ clock }, createToneEngine);
});
afterAll(() => emulator.close());

test('a file lives from upload to deletion', async () => {
  const file = new File([WAV], '录音 🎈.wav');
  const made = await ask(emulator, 'POST', '/files', form({ purpose: 'storage', file }));
  const id = String(made.body['id']);
  const stored = {
    id: expect.stringMatching(/^file-[A-Za-z0-9]{10}$/) as string,
    object: 'file',
    bytes: WAV.length,
    created_at: 1_790_000_000,
    filename: '录音 🎈.wav',
    purpose: 'storage',
  };
  expect(made).toEqual({ status: 200, body: { ...stored, status: 'processed' } });
  const shown = { ...stored, status: 'success' };
  expect((await ask(emulator, 'GET', `/files/${id}`)).body).toEqual(shown);
  const list = await ask(emulator, 'GET', '/files');
  expect(list.body).toEqual({ object: 'list', data: [shown] });
  expect((await ask(emulator, 'DELETE', `/files/${id}`)).body).toEqual({
    id,
    object: 'file',
    deleted: true,
  });
  expect(await refusal(emulator, 'DELETE', `/files/${id}`)).toEqual([
    404,
    `file ${id} does not exist`,
  ]);
  expect((await ask(emulator, 'GET', '/files')).body).toEqual({ object: 'list', data: [] });
});

test('quotes and line ends of a name come back', async () => {
  const id = await upload(emulator, WAV, 'a"b\r\nc.wav');
  expect((await ask(emulator, 'GET', `/files/${id}`)).body['filename']).toBe('a"b\r\nc.wav');
});

test('the text of a file that was stored to be read', async () => {
  const id = await upload(emulator, new TextEncoder().encode('第一行\n'), 'a.txt', 'file-extract');
  const answer = await fetch(`${emulator.url}/v1/files/${id}/content`, {
    headers: bearer(emulator),
  });
  expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8');
  expect(await answer.text()).toBe('第一行\n');
  const binary = await upload(emulator, Uint8Array.of(0xff, 0xfe, 0x80), 'a.doc', 'file-extract');
  expect(await refusal(emulator, 'GET', `/files/${binary}/content`)).toEqual([
    400,
    'the emulator reads text files only',
  ]);
  const sound = await upload(emulator, WAV);
  expect((await refusal(emulator, 'GET', `/files/${sound}/content`))[1]).toMatch(
    /file-extract only/,
  );
  expect((await refusal(emulator, 'GET', '/files/file-0/content'))[0]).toBe(404);
});

describe('is refused', () => {
  test.each<[string, Record<string, string | File>, RegExp]>([
    ['nothing', {}, /purpose is required/],
    ['no file', { purpose: 'storage' }, /file or url is required/],
    ['an unknown purpose', { purpose: 'fine-tune', file: text('a') }, /purpose is not valid/],
    ['an empty file', { purpose: 'storage', file: new File([], 'a.wav') }, /not empty/],
    ['text to store', { purpose: 'storage', file: text('a') }, /mp3, wav/],
    ['a file as a field', { purpose: 'storage', file: 'abc' }, /file or url is required/],
    ['another scheme', { purpose: 'storage', url: 'ftp://a.example/b' }, /url is not valid/],
    ['no address', { purpose: 'storage', url: 'ref.wav' }, /url is not valid/],
    [
      'a closed port',
      { purpose: 'storage', url: 'http://127.0.0.1:9/a.wav' },
      /could not be fetched/,
    ],
  ])('%s', async (_, fields, message) => {
    const [status, said] = await refusal(emulator, 'POST', '/files', form(fields));
    expect(status).toBe(400);
    expect(said).toMatch(message);
  });

  test('what is no form', async () => {
    expect((await refusal(emulator, 'POST', '/files', {}))[1]).toMatch(/multipart/);
  });

  test('more than 64 MiB to read', async () => {
    const file = new File([new Uint8Array(64 * 1024 * 1024 + 1)], 'a.txt');
    const sent = form({ purpose: 'retrieval-text', file });
    expect((await refusal(emulator, 'POST', '/files', sent))[1]).toMatch(/at most 64 MiB/);
  });

  test('the thousand and first', () => {
    const files = new StoredFiles(createManualClock());
    const file = { filename: 'a', purpose: 'storage', bytes: WAV };
    const ids = Array.from({ length: 1000 }, () => files.add(file).id);
    expect(new Set(ids).size).toBe(1000);
    expect(() => files.add(file)).toThrow(/1000 files, delete some first/);
    expect(files.delete(ids[0]!)).toBe(true);
    expect(files.delete(ids[0]!)).toBe(false);
    expect(files.add(file).bytes).toBe(WAV);
  });

  test('more than fits into memory', () => {
    const files = new StoredFiles(createManualClock());
    const file = { filename: 'a', purpose: 'storage', bytes: { length: 2 ** 29 } as Uint8Array };
    const { id } = files.add(file);
    files.add(file);
    expect(() => files.add(file)).toThrow(/keeps 1073741824 bytes/);
    files.delete(id);
    expect(files.add(file).id).not.toBe(id);
  });
});

describe('from an address', () => {
  async function serve(status: number, body: Uint8Array) {
    const seen: (string | undefined)[] = [];
    const server = createServer((request, answer) => {
      seen.push(request.headers.authorization);
      answer.writeHead(status).end(body);
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    return {
      url: `http://127.0.0.1:${port}/%E5%BD%95.wav?x=1`,
      seen,
      [Symbol.dispose]: () => void server.close(),
    };
  }

  test('comes without the key, named as there', async () => {
    using source = await serve(200, WAV);
    const sent = form({ purpose: 'storage', url: source.url });
    const { body } = await ask(emulator, 'POST', '/files', sent);
    expect(body).toMatchObject({ filename: '录.wav', bytes: WAV.length });
    expect(source.seen).toEqual([undefined]);
  });

  test('a file beats it', async () => {
    using source = await serve(200, WAV);
    const file = new File([WAV], 'own.wav');
    const sent = form({ purpose: 'storage', url: source.url, file });
    expect((await ask(emulator, 'POST', '/files', sent)).body['filename']).toBe('own.wav');
    expect(source.seen).toEqual([]);
  });

  test('one that does not answer is given up after 30 s', async () => {
    const seen = Promise.withResolvers<void>();
    const server = createServer(() => seen.resolve());
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/a.wav`;
    const refused = refusal(emulator, 'POST', '/files', form({ purpose: 'storage', url }));
    await seen.promise;
    clock.advance(30_000);
    expect(await refused).toEqual([400, expect.stringMatching(/could not be fetched from 127/)]);
    server.close();
  });

  test('more than the limit is not taken', async () => {
    using source = await serve(200, new Uint8Array(64 * 1024 * 1024 + 1));
    const sent = form({ purpose: 'file-extract', url: source.url });
    expect((await refusal(emulator, 'POST', '/files', sent))[1]).toMatch(
      /more than 67108864 bytes/,
    );
  });

  test('a failure there is told', async () => {
    using source = await serve(404, WAV);
    const sent = form({ purpose: 'storage', url: source.url });
    expect(await refusal(emulator, 'POST', '/files', sent)).toEqual([
      400,
      'url answered with status 404',
    ]);
  });
});

test('the subscription has no files', async () => {
  for (const [method, path] of [
    ['GET', '/files'],
    ['GET', '/files/file-1'],
    ['DELETE', '/files/file-1'],
  ] as const) {
    const [status] = await refusal(emulator, method, path, undefined, '/step_plan/v1');
    expect(status).toBe(404);
  }
});
