import { describe, expect, test } from 'vitest';
import { writeWav } from '../audio/wav-writer.ts';
import { createConnection } from '../client.ts';
import type { StepAudioOptions } from '../client.ts';
import {
  CapabilityError,
  ProtocolError,
  ServiceError,
  StepAudioError,
  ValidationError,
} from '../errors.ts';
import { ManualClock } from '../net/testing/manual-clock.ts';
import { ScriptedServer } from '../net/testing/scripted-server.ts';
import type { Script } from '../net/testing/scripted-server.ts';
import { createNodeRuntime } from '../runtime/node/node-runtime.ts';
import { Files } from './files.ts';
import type { FileUploadOptions } from './files.ts';
import { sniffMediaType } from './media-type.ts';

const WAV = writeWav({ samples: new Int16Array(100), sampleRate: 24_000 });

// Written by hand from the service's documentation.
const FILE = {
  id: 'file-Qm3xT7bYpa',
  object: 'file',
  bytes: 244,
  created_at: 1_790_000_000,
  filename: '录音.wav',
  purpose: 'storage',
  status: 'processed',
};
const STORED = {
  id: 'file-Qm3xT7bYpa',
  filename: '录音.wav',
  bytes: 244,
  purpose: 'storage',
  createdAt: new Date(1_790_000_000_000),
  status: 'processed',
};

const answerWith =
  (body: unknown, status = 200): Script =>
  (_, answer) =>
    answer.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));

function connect({ url }: ScriptedServer, options: StepAudioOptions = {}): Files {
  const runtime = { ...createNodeRuntime(), clock: new ManualClock(), random: () => 0 };
  return new Files(
    createConnection({ apiKey: 'sk-geheim-0123', baseURL: url, runtime, retry: false, ...options }),
  );
}

describe('upload', () => {
  test('sends a form, with its purpose first', async () => {
    await using server = await ScriptedServer.start(answerWith(FILE));
    const stored = await connect(server).upload({ data: WAV, filename: '录音 "1".wav' });
    expect(stored).toEqual(STORED);
    const { method, url, body, headers } = server.lastRequest;
    expect([method, url]).toEqual(['POST', '/v1/files']);
    expect(headers['content-type']).toMatch(/^multipart\/form-data; boundary=/);
    expect(body).toMatch(
      /name="purpose"\r\n\r\nstorage\r\n.*name="file"; filename="录音 %221%22.wav"/s,
    );
    expect(body).toContain('Content-Type: audio/wav\r\n\r\nRIFF');
  });

  test.each<[string, FileUploadOptions, string]>([
    ['a file has its own name', { data: new File([WAV], 'Ü.wav') }, 'filename="Ü.wav"'],
    ['another is named by its type', { data: new Blob([WAV]) }, 'filename="file.wav"'],
    [
      'text is what the caller says it is',
      {
        data: new TextEncoder().encode('a,b'),
        purpose: 'file-extract',
        mediaType: 'text/csv; charset=utf-8',
      },
      'filename="file.csv"\r\nContent-Type: text/csv\r\n',
    ],
    [
      'an address',
      { url: 'https://files.example/录.wav' },
      'name="url"\r\n\r\nhttps://files.example/',
    ],
  ])('%s', async (_, options, expected) => {
    await using server = await ScriptedServer.start(answerWith(FILE));
    await connect(server).upload(options);
    expect(server.lastRequest.body).toContain(expected);
  });

  const big = (mebibytes: number): Blob =>
    ({
      size: mebibytes * 1024 * 1024,
      arrayBuffer: () => Promise.reject(new Error('read')),
    }) as never;

  test.each<[string, object, string, RegExp]>([
    ['nothing', {}, 'data', /either data or url/],
    ['both', { data: WAV, url: 'https://a.example' }, 'url', /either data or url/],
    ['an unknown option', { file: WAV }, 'file', /Use data/],
    ['an unknown purpose', { data: WAV, purpose: 'fine-tune' }, 'purpose', /storage, file-extract/],
    ['a purpose of old', { data: WAV, purpose: 'retrieval' }, 'purpose', /Use retrieval-text/],
    ['an empty file', { data: new Uint8Array() }, 'data', /not empty/],
    ['a text to store', { data: new TextEncoder().encode('hi') }, 'data', /mp3, wav.*none of them/],
    [
      'a pdf to store',
      { data: new TextEncoder().encode('%PDF-1.7') },
      'data',
      /is application\/pdf/,
    ],
    ['sound as an image', { data: WAV, purpose: 'retrieval-image' }, 'data', /jpeg, png/],
    ['over 128 MiB', { data: big(129) }, 'data', /more than the 134217728 bytes/],
    ['over 64 MiB to read', { data: big(65), purpose: 'file-extract' }, 'data', /67108864/],
    ['an empty name', { data: WAV, filename: '' }, 'filename', /1 to 255/],
    ['a name too long', { data: WAV, filename: 'x'.repeat(256) }, 'filename', /1 to 255/],
    [
      'a media type with a line end',
      { data: new Uint8Array(4), purpose: 'file-extract', mediaType: 'a/b\r\nx: y' },
      'mediaType',
      /text\/plain/,
    ],
    ['a local address', { url: 'file:///etc/passwd' }, 'url', /http or https/],
    ['an address with a password', { url: 'https://me:geheim@a.example' }, 'url', /without a user/],
  ])('%s is refused before anything is sent', async (_, options, path, message) => {
    await using server = await ScriptedServer.start(answerWith(FILE));
    const refused = connect(server).upload(options as FileUploadOptions);
    await expect(refused).rejects.toThrow(ValidationError);
    await expect(refused).rejects.toMatchObject({ path });
    await expect(refused).rejects.toThrow(message);
    await expect(refused).rejects.not.toThrow(/geheim/);
    expect(server.requests).toEqual([]);
  });

  test('an abort while the file is still read sends nothing', async () => {
    await using server = await ScriptedServer.start(answerWith(FILE));
    const abort = new AbortController();
    const uploading = connect(server).upload({ data: new ReadableStream(), signal: abort.signal });
    const reason = new Error('gone');
    abort.abort(reason);
    await expect(uploading).rejects.toBe(reason);
    expect(server.requests).toEqual([]);
  });

  test('a large file has time to be sent, on top of the time to answer', async () => {
    await using server = await ScriptedServer.start(() => undefined);
    const clock = new ManualClock();
    const runtime = { ...createNodeRuntime(), clock, random: () => 0 };
    const data = new Uint8Array(3 * 1024 * 1024);
    const uploading = connect(server, { runtime }).upload({ data, purpose: 'file-extract' });
    let isOver = false;
    const settled = uploading.catch((error: unknown) => error).finally(() => (isOver = true));
    await server.until(() => server.requests.length === 1);
    await clock.advance(60_000);
    expect(isOver).toBe(false);
    await clock.advance(17_000);
    expect(await settled).toMatchObject({ code: 'first_byte_timeout' });
  });

  test('an answer without an id is told as such', async () => {
    await using server = await ScriptedServer.start(answerWith({ object: 'file' }));
    const failed = connect(server).upload({ data: WAV });
    await expect(failed).rejects.toThrow(ProtocolError);
    await expect(failed).rejects.toThrow(/stored file: id should be/);
  });
});

describe('the others', () => {
  test('list, with rows that lack what they may', async () => {
    const rows = [FILE, { id: 'file-2', bytes: null, created_at: 'soon' }];
    await using server = await ScriptedServer.start(answerWith({ object: 'list', data: rows }));
    const [first, second] = await connect(server).list();
    expect(first).toEqual(STORED);
    expect(second).toMatchObject({ id: 'file-2', bytes: undefined, createdAt: undefined });
  });

  test('get, content and delete go to the file', async () => {
    await using server = await ScriptedServer.start((request, answer) => {
      if (request.url.endsWith('/content')) return answer.end('第一行\n');
      return answerWith(request.method === 'DELETE' ? { id: FILE.id, deleted: true } : FILE)(
        request,
        answer,
      );
    });
    const files = connect(server);
    expect(await files.get(FILE.id)).toEqual(STORED);
    expect(await files.content(FILE.id)).toBe('第一行\n');
    await files.delete(FILE.id);
    expect(server.requests.map(({ method, url, body }) => [method, url, body])).toEqual([
      ['GET', `/v1/files/${FILE.id}`, ''],
      ['GET', `/v1/files/${FILE.id}/content`, ''],
      ['DELETE', `/v1/files/${FILE.id}`, ''],
    ]);
  });

  test.each(['', '..', '../models', 'a/b', 'file-%2f', 'a b', 7])(
    'the id %j goes nowhere',
    async (id) => {
      await using server = await ScriptedServer.start(answerWith(FILE));
      const files = connect(server);
      for (const call of ['get', 'content', 'delete'] as const) {
        await expect(files[call](id as string)).rejects.toMatchObject({ path: 'id' });
      }
      expect(server.requests).toEqual([]);
    },
  );

  test('an unknown id is a ServiceError with its status', async () => {
    const body = { error: { message: 'file file-9 does not exist', type: 'not_found' } };
    await using server = await ScriptedServer.start(answerWith(body, 404));
    const failed = connect(server).delete('file-9');
    await expect(failed).rejects.toThrow(ServiceError);
    await expect(failed).rejects.toMatchObject({ status: 404 });
  });

  test('a deletion whose answer was lost is a deletion', async () => {
    await using server = await ScriptedServer.start((request, answer) => {
      if (server.requests.length === 1) answer.socket?.destroy();
      else answerWith({ error: { message: 'no such file' } }, 404)(request, answer);
    });
    await connect(server, { retry: { baseDelayMs: 0 }, runtime: createNodeRuntime() }).delete(
      'file-9',
    );
    expect(server.requests).toHaveLength(2);
  });

  test('a deletion that was not done is an error', async () => {
    await using server = await ScriptedServer.start(answerWith({ id: FILE.id, deleted: false }));
    await expect(connect(server).delete(FILE.id)).rejects.toMatchObject({ code: 'not_deleted' });
  });

  test('the subscription has no files', async () => {
    await using server = await ScriptedServer.start((_, answer) =>
      answer.writeHead(404).end('404'),
    );
    await expect(connect(server, { plan: 'step-plan' }).list()).rejects.toThrow(CapabilityError);
  });

  test('a gateway’s page is no list', async () => {
    await using server = await ScriptedServer.start((_, answer) =>
      answer.writeHead(200, { 'content-type': 'text/html' }).end('<html>'),
    );
    await expect(connect(server).list()).rejects.toThrow(StepAudioError);
  });
});

test.each<[string, string | undefined]>([
  ['\x89PNG\r\n\x1a\n', 'image/png'],
  ['\xff\xd8\xff\xe0', 'image/jpeg'],
  ['GIF89a', 'image/gif'],
  ['RIFF....WEBPVP8 ', 'image/webp'],
  ['RIFF....WAVEfmt ', 'audio/wav'],
  ['....ftypisom', 'video/mp4'],
  ['....ftypM4A ', 'audio/mp4'],
  ['ID3\u0004\u0000\u0000\u0000\u0000\u0000\u0000', 'audio/mpeg'],
  ['fLaC', 'audio/flac'],
  ['%PDF-1.7', 'application/pdf'],
  ['plain words', undefined],
  ['', undefined],
])('%j is %s', (start, mediaType) => {
  expect(sniffMediaType(Uint8Array.from(start, (character) => character.charCodeAt(0)))).toBe(
    mediaType,
  );
});
