import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FaultSet } from '../faults/fault-set.ts';
import { ApiError } from './api-error.ts';
import type { Exchange } from './exchange.ts';
import { readMultipart } from './multipart.ts';
import type { MultipartForm } from './multipart.ts';

const FORM = 'multipart/form-data; boundary=xyz';

/** A request whose body comes in pieces of `step` bytes. */
function exchangeOf(body: Uint8Array, contentType: string, step = body.length): Exchange {
  const pieces: Buffer[] = [];
  for (let i = 0; i < body.length; i += step) pieces.push(Buffer.from(body.subarray(i, i + step)));
  const request = Readable.from(pieces) as IncomingMessage;
  request.headers = { 'content-type': contentType };
  return { request, faults: new FaultSet([]) } as unknown as Exchange;
}

function read(body: string, contentType = FORM, maxBytes = 1000): Promise<MultipartForm> {
  return readMultipart(exchangeOf(Buffer.from(body), contentType), { maxBytes });
}

function lines(...text: string[]): string {
  return text.join('\r\n');
}

describe('reads', () => {
  test('what Node itself writes, split anywhere', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 300 }),
        fc.string({ unit: 'grapheme', maxLength: 40 }),
        fc.integer({ min: 1, max: 40 }),
        async (bytes, text, step) => {
          const form = new FormData();
          // Line ends are normalised by every writer of forms; quotes are taken away here.
          const value = text.replace(/[\r\n"]/g, '');
          form.set('note', value);
          form.set('file', new File([bytes], '录音 1.wav', { type: 'audio/wav' }));
          const sent = new Response(form);
          const type = sent.headers.get('content-type') ?? '';
          const body = new Uint8Array(await sent.arrayBuffer());
          const { fields, files } = await readMultipart(exchangeOf(body, type, step), {
            maxBytes: 10_000,
          });
          expect(fields.get('note')).toBe(value);
          const file = files.get('file');
          expect(file).toMatchObject({ filename: '录音 1.wav', contentType: 'audio/wav' });
          expect(Array.from(file?.bytes ?? [])).toEqual(Array.from(bytes));
        },
      ),
      { numRuns: 50 },
    );
  });

  test('values and names in quotes and without', async () => {
    const body = lines(
      '--xyz',
      'Content-Disposition: form-data; name=model',
      '',
      '"step-asr"',
      '--xyz',
      'content-disposition: form-data; name="one"',
      '',
      '"',
      '--xyz--',
      '',
    );
    const { fields } = await read(body, 'Multipart/Form-Data; boundary="xyz"');
    expect([...fields]).toEqual([
      ['model', 'step-asr'],
      ['one', '"'],
    ]);
  });

  test('a part of sound without a file name is a file', async () => {
    const body = lines(
      'preamble',
      '--xyz',
      'Content-Disposition: form-data; name="file"',
      'Content-Type: AUDIO/*',
      '',
      'abc',
      '--xyz--',
    );
    const { files } = await read(body);
    expect(files.get('file')).toEqual({
      filename: '',
      contentType: 'audio/*',
      bytes: Buffer.from('abc'),
    });
  });

  test('of a file name the last segment only', async () => {
    const body = lines(
      '--xyz',
      'Content-Disposition: form-data; name="file"; filename="../../etc/passwd"',
      '',
      'abc',
      '--xyz--',
    );
    expect((await read(body)).files.get('file')?.filename).toBe('passwd');
  });

  test('an empty form', async () => {
    expect((await read('--xyz--\r\n')).fields.size).toBe(0);
  });
});

const FIELD = lines('--xyz', 'Content-Disposition: form-data; name="a"', '', 'b');
const FILE = lines('--xyz', 'Content-Disposition: form-data; name="a"; filename="b"', '', 'c');

describe('refuses with a clear word', () => {
  test.each([
    ['no form', '{}', 'application/json', 'request body must be multipart/form-data'],
    ['nothing', '', '', 'request body must be multipart/form-data'],
    ['no boundary', FIELD, 'multipart/form-data', /must name its boundary/],
    ['a field without an end', FIELD, FORM, /closing boundary/],
    ['a file without an end', FILE, FORM, /closing boundary/],
    ['another boundary', FIELD, 'multipart/form-data; boundary=abc', /closing boundary/],
    ['too many parts', `${`${FIELD}\r\n`.repeat(101)}--xyz--`, FORM, /more than 100 parts/],
  ])('%s', async (_, body, contentType, message) => {
    const failure = read(body, contentType, 100_000);
    await expect(failure).rejects.toThrow(ApiError);
    await expect(failure).rejects.toThrow(message);
    await expect(failure).rejects.toMatchObject({ status: 400 });
  });

  test('too much', async () => {
    const body = Buffer.alloc(200_000);
    await expect(readMultipart(exchangeOf(body, FORM), { maxBytes: 1000 })).rejects.toMatchObject({
      status: 413,
      headers: { connection: 'close' },
    });
  });
});
