import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Subtitle } from '../speech/speech-events.ts';
import { alignWords, heardShare } from './alignment.ts';

type Item = [text: string, startMs: number, endMs: number];

const subtitle = (...items: Item[]): Subtitle => ({
  text: items.map(([text]) => text).join(''),
  words: items.map(([text, startMs, endMs]) => ({ text, startMs, endMs })),
  requestId: undefined,
});
const sound = { from: 0.1, to: 3.9, seconds: 4 };

/** Words with their times in milliseconds, and a star where the service said them. */
function timesOf(text: string, subtitles: Subtitle[], within = sound): string[] {
  return alignWords(text, subtitles, within).map(
    ({ range, startSeconds, endSeconds, isHeard }) =>
      `${text.slice(range.start, range.end)} ${Math.round(startSeconds * 1000)}-${Math.round(endSeconds * 1000)}${isHeard ? '*' : ''}`,
  );
}

describe('tokens of the service', () => {
  test('Han characters, with the punctuation that hangs on them', () => {
    const heard = subtitle(
      ['早', 0, 160],
      ['上', 160, 320],
      ['好。', 320, 720],
      ['走', 1120, 1280],
    );
    expect(timesOf('早上好。走！', [heard])).toEqual([
      '早 0-160*',
      '上 160-320*',
      '好 320-720*',
      '走 1120-1280*',
    ]);
  });

  test('pieces of words, several words in one, and other spellings of the same letters', () => {
    const heard = subtitle(
      ['un', 100, 200],
      ['believ', 200, 400],
      ['ABLE', 400, 500],
      ['ｂｕｔ it', 600, 900],
    );
    expect(timesOf('Unbelievable, but it', [heard])).toEqual([
      'Unbelievable 100-500*',
      'but 600-780*',
      'it 780-900*',
    ]);
  });

  test('pieces that come out of order, in any subtitle', () => {
    const heard = [subtitle(['three', 2000, 2400]), subtitle(['two', 1000, 1400], ['one', 0, 400])];
    expect(timesOf('One two three', heard)).toEqual([
      'One 0-400*',
      'two 1000-1400*',
      'three 2000-2400*',
    ]);
  });

  test('words that are read otherwise lie where the other words were heard', () => {
    const heard = subtitle(
      ['In', 0, 200],
      ['twenty', 300, 600],
      ['nineteen', 600, 1100],
      ['it', 1400, 1500],
      ['rained', 1500, 2000],
    );
    expect(timesOf('In 2019, it rained', [heard])).toEqual([
      'In 0-200*',
      '2019 300-1100',
      'it 1400-1500*',
      'rained 1500-2000*',
    ]);
  });

  test('what is missing is spread over the time that is left', () => {
    const heard = subtitle(['one', 0, 400], ['four', 1600, 2000]);
    const [, two, tri] = alignWords('one two tri four', [heard], sound);
    expect(two!.startSeconds).toBeGreaterThanOrEqual(0.4);
    expect(two!.endSeconds).toBeCloseTo(1, 0.5);
    expect(tri!.startSeconds).toBeGreaterThanOrEqual(two!.endSeconds);
    expect(tri!.endSeconds).toBeLessThanOrEqual(1.6);
    expect([two!.isHeard, tri!.isHeard]).toEqual([false, false]);
  });

  test('words that overlap end where the next one begins', () => {
    const heard = subtitle(['one', 0, 900], ['two', 500, 1200]);
    expect(timesOf('one two', [heard])).toEqual(['one 0-500*', 'two 500-1200*']);
  });

  test('a token that does not belong there disturbs nobody', () => {
    const heard = subtitle(['<sil>', 0, 90], ['x', 90, 100], ['a', 100, 200], ['b', 300, 400]);
    expect(timesOf('a b', [heard])).toEqual(['a 100-200*', 'b 300-400*']);
  });

  test('times that are none are left out', () => {
    const heard = subtitle(
      ['one', Number.NaN, 3],
      ['two', -5, 3],
      ['three', 900, 800],
      ['four', 1000, Infinity],
    );
    expect(heardShare(alignWords('one two three four', [heard], sound))).toBe(0);
  });

  test('times that go beyond the sound are ended with it; of another sound they are not believed', () => {
    const over = subtitle(['one', 0, 400], ['two', 3500, 4700]);
    expect(timesOf('one two', [over])).toEqual(['one 0-400*', 'two 3500-4000*']);
    const other = subtitle(['one', 0, 4000], ['two', 4000, 8000]);
    expect(heardShare(alignWords('one two', [other], sound))).toBe(0);
  });
});

describe('without any', () => {
  test('words fill what can be heard, by their weight', () => {
    const [first, second, third] = alignWords('今天, hi', [], sound);
    expect(first!.startSeconds).toBeCloseTo(0.1);
    expect(third!.endSeconds).toBeCloseTo(3.9);
    expect(first!.endSeconds - first!.startSeconds).toBeCloseTo(
      second!.endSeconds - second!.startSeconds,
    );
    expect(third!.startSeconds).toBeGreaterThan(second!.endSeconds + 0.3);
  });

  test('nothing to say has no words', () => {
    expect(alignWords('…!?', [subtitle(['x', 0, 5])], sound)).toEqual([]);
    expect(alignWords('', [], sound)).toEqual([]);
  });
});

test('a thousand characters with a hole in the middle', () => {
  const words = Array.from({ length: 180 }, (_, index) => `w${index % 37}`);
  const items = words.map((word, index): Item => [word, index * 20, index * 20 + 15]);
  items.splice(60, 50, ['something', 1500, 1600], ['else', 1700, 1800]);
  const aligned = alignWords(words.join(' '), [subtitle(...items)], sound);
  expect(heardShare(aligned)).toBeCloseTo(130 / 180);
  expect(aligned[59]!.startSeconds).toBeCloseTo(59 * 0.02);
  expect(aligned[110]!.startSeconds).toBeCloseTo(110 * 0.02);
});

test('whatever the service says: sorted, inside the sound, one word after the other', () => {
  const piece = fc.constantFrom(
    'one ',
    'two. ',
    '三',
    '四。',
    '5',
    '3.14 ',
    '🎉',
    'café ',
    '\n',
    'ＡＢ',
    'ﬁ',
  );
  const time = fc.oneof(
    fc.integer({ min: -100, max: 5000 }),
    fc.constantFrom(Number.NaN, Infinity, -0),
  );
  const item = fc.record({
    text: fc.oneof(piece, fc.string({ maxLength: 4 })),
    startMs: time,
    endMs: time,
  });
  const heard = fc.array(
    fc.record({
      text: fc.constant(''),
      words: fc.array(item, { maxLength: 12 }),
      requestId: fc.constant(undefined),
    }),
    { maxLength: 3 },
  );
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 15 }),
      heard,
      fc.double({ min: 0, max: 4, noNaN: true }),
      (pieces, subtitles, seconds) => {
        const text = pieces.join('');
        const words = alignWords(text, subtitles, { from: 0, to: seconds, seconds });
        let at = 0;
        let place = 0;
        for (const { range, startSeconds, endSeconds } of words) {
          expect(range.start).toBeGreaterThanOrEqual(place);
          expect(startSeconds).toBeGreaterThanOrEqual(at);
          expect(endSeconds).toBeGreaterThanOrEqual(startSeconds);
          place = range.end;
          at = endSeconds;
        }
        expect(at).toBeLessThanOrEqual(seconds);
      },
    ),
    { numRuns: 400 },
  );
});
