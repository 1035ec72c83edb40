import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EventStreamReader } from './event-stream.ts';

function read(chunks: Uint8Array[]): string[] {
  const events: string[] = [];
  const reader = new EventStreamReader((data) => events.push(data));
  for (const chunk of chunks) reader.feed(chunk);
  reader.end();
  return events;
}

const bytes = (text: string) => new TextEncoder().encode(text);

const STREAM = [
  ': a comment',
  '',
  'data: {"type":"speech.audio.delta","audio":"UklGRiQA"}',
  '',
  'event: named',
  'id: 7',
  'retry: 10',
  'data:{"text":"早上好🎈"}',
  '',
  'data: one',
  'data: two',
  '',
  '',
  'nonsense',
  'data: [DONE]',
  '',
  '',
].join('\n');
const EVENTS = [
  '{"type":"speech.audio.delta","audio":"UklGRiQA"}',
  '{"text":"早上好🎈"}',
  'one\ntwo',
  '[DONE]',
];

describe.each([
  ['LF', STREAM],
  ['CRLF', STREAM.replaceAll('\n', '\r\n')],
  ['CR', STREAM.replaceAll('\n', '\r')],
  ['a byte order mark', `\uFEFF${STREAM}`],
])('with %s', (_, text) => {
  test('cut at any byte', () => {
    const whole = bytes(text);
    for (let cut = 0; cut <= whole.length; cut += 1) {
      expect(read([whole.subarray(0, cut), whole.subarray(cut)])).toEqual(EVENTS);
    }
  });

  test('byte by byte', () => {
    expect(read([...bytes(text)].map((byte) => Uint8Array.of(byte)))).toEqual(EVENTS);
  });
});

test('in pieces of any size', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 20 }),
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 50 }),
      fc.constantFrom('\n', '\r\n', '\r'),
      (texts, sizes, newline) => {
        const events = texts.map((text) => JSON.stringify({ text }));
        const whole = bytes(events.map((event) => `data: ${event}${newline}${newline}`).join(''));
        const chunks: Uint8Array[] = [];
        for (let at = 0, turn = 0; at < whole.length; turn += 1) {
          const size = sizes[turn % sizes.length]!;
          chunks.push(whole.subarray(at, at + size));
          at += size;
        }
        expect(read(chunks)).toEqual(events);
      },
    ),
  );
});

test('the last event counts without the blank line behind it', () => {
  expect(read([bytes('data: a\n\ndata: b\n')])).toEqual(['a', 'b']);
  expect(read([bytes('data: a\n\ndata: b')])).toEqual(['a', 'b']);
  expect(read([bytes('data: a\r\n\r\ndata: b\r')])).toEqual(['a', 'b']);
});

test('what the receiver throws is passed on', () => {
  const reader = new EventStreamReader(() => {
    throw new Error('enough');
  });
  expect(() => reader.feed(bytes('data: a\n\n'))).toThrow('enough');
});

test('one event of a whole speech takes time in proportion, and one beyond reason is refused', () => {
  const piece = bytes('A'.repeat(1024 * 1024));
  let events = 0;
  const reader = new EventStreamReader(() => (events += 1));
  reader.feed(bytes('data: '));
  for (let count = 0; count < 32; count += 1) reader.feed(piece);
  reader.feed(bytes('\n\n'));
  expect(events).toBe(1);
  reader.feed(bytes('data: '));
  const flood = () => {
    for (let count = 0; count < 130; count += 1) reader.feed(piece);
  };
  expect(flood).toThrow(expect.objectContaining({ code: 'event_too_large' }));
});
