import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GAP_MS, LINE_WIDTH, LONGEST_MS, subtitleWidth, toSubtitleCues } from './subtitle-cues.ts';
import { toSrt, toVtt } from './subtitle-file.ts';
import type { SubtitleWord } from '../../speech/speech-events.ts';
import type { TimedSegment } from './timed-text.ts';

/** Words that are spoken one after the other, each for so long. */
function speak(words: readonly string[], wordMs: number, from = 0): SubtitleWord[] {
  return words.map((text, index) => ({
    text,
    startMs: from + index * wordMs,
    endMs: from + (index + 1) * wordMs,
  }));
}

const squeeze = (text: string) => text.replace(/\s+/g, '');

test('English is cut at sentences, in two balanced lines', () => {
  const text =
    'We had been walking for hours when the rain began to fall on us. Nobody said a word about it.';
  const cues = toSubtitleCues([{ text, words: speak(text.split(' '), 250, 1000) }]);
  expect(cues.map((cue) => cue.lines)).toEqual([
    ['We had been walking for hours', 'when the rain began to fall on us.'],
    ['Nobody said a word about it.'],
  ]);
  expect(cues[0]).toMatchObject({ startMs: 1000, endMs: 1000 + 14 * 250 - GAP_MS });
  expect(cues[1]?.startMs).toBe(1000 + 14 * 250);
});

test('Chinese is cut at punctuation, in lines of at most 18 characters', () => {
  const text =
    '今天上午我们开会讨论了下个季度的计划，大家都提出了很多意见，最后决定先把语音识别做好。';
  const words = speak(Array.from(text.replace(/[，。]/g, '')), 200);
  const cues = toSubtitleCues([{ text, words }]);
  expect(cues.flatMap(({ lines }) => lines).every((line) => Array.from(line).length <= 18)).toBe(
    true,
  );
  expect(cues.map(({ lines }) => lines.join('')).join('')).toBe(text);
  for (const { lines } of cues) expect(lines.at(-1)).toMatch(/[，。]$/u);
});

test('a long pause ends a cue, and is not subtitled', () => {
  const words = [...speak(['one', 'two'], 300), ...speak(['three', 'four'], 300, 9000)];
  const cues = toSubtitleCues([{ text: 'One two three four', words }]);
  expect(cues.map(({ lines }) => lines)).toEqual([['One two'], ['three four']]);
  expect(cues[0]?.endMs).toBeLessThan(2000);
  expect(cues[1]?.startMs).toBe(9000);
});

test('figures in place of spoken words keep the times of their neighbours', () => {
  const words = speak(['我', '有', '一', '百', '二', '十', '元'], 200);
  const [cue] = toSubtitleCues([{ text: '我有120元。', words }]);
  expect(cue).toMatchObject({ startMs: 0, endMs: 1400, lines: ['我有120元。'] });
});

test('without words the times of the segment are shared out', () => {
  const text = 'First sentence here. Second sentence there, which is a little longer than it.';
  const cues = toSubtitleCues([{ text, startMs: 2000, endMs: 8000, words: [] }]);
  expect(cues[0]?.startMs).toBe(2000);
  expect(cues.at(-1)?.endMs).toBe(8000);
});

test('a silent segment is none', () => {
  expect(toSubtitleCues([{ text: ' ', startMs: 0, endMs: 1000, words: [] }])).toEqual([]);
});

describe('whatever was said and whenever', () => {
  const word = fc.record({
    text: fc.oneof(
      fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'd'), minLength: 1, maxLength: 60 }),
      fc.constantFrom(
        '你好',
        '世界',
        '，',
        '。',
        'Hello,',
        'end.',
        '“so”',
        '120',
        '<b>',
        '-->',
        '&',
      ),
    ),
    gapMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 4000 })),
    lengthMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 9000 })),
    spaced: fc.boolean(),
    timed: fc.boolean(),
  });
  const segments = fc
    .array(fc.array(word, { maxLength: 40 }), { maxLength: 4 })
    .map((given): TimedSegment[] => {
      let at = 0;
      return given.map((parts) => {
        const words: SubtitleWord[] = [];
        let text = '';
        for (const part of parts) {
          at += part.gapMs;
          if (part.timed) words.push({ text: part.text, startMs: at, endMs: at + part.lengthMs });
          at += part.lengthMs;
          text += part.text + (part.spaced ? ' ' : '');
        }
        return { text, words };
      });
    });

  test('the text is whole, and a cue fits the screen and the eye', () => {
    fc.assert(
      fc.property(segments, (given) => {
        const cues = toSubtitleCues(given);
        const shown = cues.map(({ lines }) => lines.join('')).join('');
        expect(squeeze(shown)).toBe(squeeze(given.map(({ text }) => text).join('')));
        let free = 0;
        for (const { startMs, endMs, lines } of cues) {
          expect(startMs).toBeGreaterThanOrEqual(free);
          expect(endMs).toBeGreaterThan(startMs);
          expect(endMs - startMs).toBeLessThanOrEqual(LONGEST_MS);
          expect(lines.length).toBeLessThanOrEqual(2);
          for (const line of lines) {
            expect(line.trim()).not.toBe('');
            expect(subtitleWidth(line)).toBeLessThanOrEqual(LINE_WIDTH);
          }
          free = endMs + GAP_MS;
        }
      }),
    );
  });

  test('both kinds of files say the same, and can be read back', () => {
    const read = (file: string) =>
      [...file.matchAll(/(\d\d):(\d\d):(\d\d)[.,](\d{3}) --> \S+\n((?:.+\n)+)/g)].map(
        ([, h, m, s, ms, text]) => ({
          startMs: ((Number(h) * 60 + Number(m)) * 60 + Number(s)) * 1000 + Number(ms),
          text: text?.trimEnd(),
        }),
      );
    fc.assert(
      fc.property(segments, (given) => {
        const cues = toSubtitleCues(given);
        const expected = cues.map(({ startMs, lines }) => ({ startMs, text: lines.join('\n') }));
        expect(read(toSrt(cues))).toEqual(expected);
        const vtt = toVtt(cues);
        expect(vtt).toMatch(/^WEBVTT\n/);
        const unescape = (text = '') =>
          text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
        expect(read(vtt).map((cue) => ({ ...cue, text: unescape(cue.text) }))).toEqual(expected);
      }),
    );
  });
});

test('files are as their formats have it', () => {
  const cues = [
    { startMs: 0, endMs: 1500, lines: ['A < B'] },
    { startMs: 3_723_004, endMs: 3_725_000, lines: ['你好，', '世界。'] },
  ];
  expect(toSrt(cues)).toBe(
    '1\n00:00:00,000 --> 00:00:01,500\nA < B\n\n2\n01:02:03,004 --> 01:02:05,000\n你好，\n世界。\n',
  );
  expect(toVtt(cues)).toBe(
    'WEBVTT\n\n00:00:00.000 --> 00:00:01.500\nA &lt; B\n\n01:02:03.004 --> 01:02:05.000\n你好，\n世界。\n',
  );
});
