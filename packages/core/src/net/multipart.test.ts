import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeForm } from './multipart.ts';
import type { FormContent } from './multipart.ts';

/** Read back by somebody else: the platform's own parser. */
function parse({ type, bytes }: FormContent): Promise<FormData> {
  return new Response(bytes, { headers: { 'content-type': type } }).formData();
}

const text = ({ bytes }: FormContent): string => new TextDecoder().decode(bytes);

test('a form is what RFC 7578 says', () => {
  const form = encodeForm([
    { name: 'purpose', value: 'storage' },
    { name: 'file', filename: '录音.wav', mediaType: 'audio/wav', bytes: Uint8Array.of(1, 2, 3) },
  ]);
  const [, boundary] = /^multipart\/form-data; boundary=(stepvoice-[0-9a-f]{32})$/.exec(form.type)!;
  expect(text(form)).toBe(
    `--${boundary}\r\nContent-Disposition: form-data; name="purpose"\r\n\r\nstorage\r\n` +
      `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="录音.wav"\r\n` +
      `Content-Type: audio/wav\r\n\r\n\u0001\u0002\u0003\r\n--${boundary}--\r\n`,
  );
  expect(encodeForm([]).type).not.toBe(form.type);
});

test('names cannot leave their quotes', () => {
  const filename = 'a"b\r\nContent-Type: text/html\r\n\r\n🎈.wav';
  const form = encodeForm([
    { name: 'file', filename, mediaType: 'audio/wav', bytes: new Uint8Array() },
  ]);
  expect(text(form)).toContain(
    'filename="a%22b%0D%0AContent-Type: text/html%0D%0A%0D%0A🎈.wav"\r\nContent-Type: audio/wav\r\n',
  );
});

test('what goes in comes out, whatever it is', async () => {
  const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(
      name,
      fc.uint8Array({ maxLength: 200 }),
      fc.string(),
      async (filename, bytes, value) => {
        // The platform's parser decodes neither escapes nor lone line ends the same way as they were written.
        fc.pre(!/["\r\n%\\]/.test(filename));
        const form = await parse(
          encodeForm([
            { name: 'value', value: value.toWellFormed() },
            { name: 'file', filename, mediaType: 'application/octet-stream', bytes },
          ]),
        );
        expect(form.get('value')).toBe(value.toWellFormed());
        const file = form.get('file') as File;
        expect(file.name).toBe(filename);
        expect(new Uint8Array(await file.arrayBuffer())).toEqual(new Uint8Array(bytes));
      },
    ),
    { numRuns: 50 },
  );
});
