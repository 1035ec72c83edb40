import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FrameReader, toFrames } from './data-speech-frames.ts';

/** What is made of frames, without the partial texts on the way. */
function read(frames: readonly Uint8Array[]) {
  const reader = new FrameReader();
  const events = [...frames.flatMap((frame) => reader.push(frame)), ...reader.flush()];
  return events.filter(({ type }) => type !== 'partial');
}
const text = fc.string({
  unit: fc.constantFrom('a', '中', '😀', 'é', '\u0000', '\ufeff'),
  minLength: 1,
  maxLength: 700,
});

test('any text comes back, with each frame heard several times', () => {
  fc.assert(
    fc.property(
      text,
      fc.integer({ min: 0, max: 255 }),
      fc.integer({ min: 1, max: 4 }),
      (said, tag, times) => {
        const heard = toFrames(said, tag).flatMap((frame) =>
          Array.from({ length: times }, () => frame),
        );
        expect(read(heard)).toEqual([{ type: 'message', text: said }]);
      },
    ),
  );
});

test('messages one after the other, also the same twice', () => {
  expect(read([...toFrames('一', 1), ...toFrames('一', 2), ...toFrames('two', 3)])).toEqual([
    { type: 'message', text: '一' },
    { type: 'message', text: '一' },
    { type: 'message', text: 'two' },
  ]);
});

test('what is lost is noticed', () => {
  fc.assert(
    fc.property(text, fc.nat(), (said, pick) => {
      const frames = toFrames(said, 7);
      const lost = pick % frames.length;
      const events = read(frames.toSpliced(lost, 1));
      expect(events).toEqual(lost === 0 ? [] : [{ type: 'damaged', missingFrames: 1 }]);
    }),
  );
});

test('a message that breaks off is damaged, and the next one is heard', () => {
  expect(read([...toFrames('x'.repeat(60), 1).slice(0, 5), ...toFrames('next', 2)])).toEqual([
    { type: 'damaged', missingFrames: 6 },
    { type: 'message', text: 'next' },
  ]);
});

test('frames that belong nowhere are not heard', () => {
  // Numbered far from the frames of a short text, whatever their checksum says.
  const stray = fc
    .uint8Array({ minLength: 7, maxLength: 7 })
    .map((rest) => Uint8Array.of(200, ...rest));
  const short = fc.string({ unit: fc.constantFrom('a', '中'), minLength: 1, maxLength: 200 });
  fc.assert(
    fc.property(short, stray, fc.nat(), (said, bytes, at) => {
      const frames = toFrames(said, 9);
      const heard = frames.toSpliced(at % frames.length, 0, bytes);
      expect(read(heard)).toEqual([{ type: 'message', text: said }]);
    }),
  );
});

test('a flipped bit never goes unnoticed', () => {
  const said = '这是一条消息';
  const frames = toFrames(said, 3);
  for (let at = 0; at < frames.length; at++) {
    for (let bit = 0; bit < 64; bit++) {
      const flipped = frames.map((frame) => frame.slice());
      flipped[at]![bit >> 3]! ^= 1 << (bit & 7);
      expect(read(flipped).some(({ type }) => type === 'message')).toBe(false);
    }
  }
});

describe('partial text', () => {
  test('grows character by character and is always a beginning of the text', () => {
    const said = '语音合成🎉完成';
    const reader = new FrameReader();
    const partial = toFrames(said, 1)
      .flatMap((frame) => reader.push(frame))
      .flatMap((event) => (event.type === 'partial' ? [event.text] : []));
    expect(partial.length).toBeGreaterThan(2);
    for (const beginning of partial) expect(said.startsWith(beginning)).toBe(true);
  });
});

test('a text beyond 65 535 bytes is refused', () => {
  expect(() => toFrames('x'.repeat(65_536), 0)).toThrow(/65535 bytes at most; this text has 65536/);
  expect(toFrames('x'.repeat(65_535), 0)).toHaveLength(1 + Math.ceil(65_535 / 6));
});

test('wrong frames are not taken', () => {
  expect(read([new Uint8Array(8), new Uint8Array(3), new Uint8Array(8).fill(255)])).toEqual([]);
});
