import { describe, expect, test } from 'vitest';
import { engineText, timeWords, type EngineEvent } from './word-timing.ts';

const part = (spoken: string, attached = false, words = [spoken]) => ({ words, spoken, attached });
const word = (textPosition: number, timeMs: number): EngineEvent => ({
  type: 'word',
  textPosition,
  timeMs,
  phoneme: '',
});
const sound = (phoneme: string, timeMs: number): EngineEvent => ({
  type: 'phoneme',
  textPosition: 0,
  timeMs,
  phoneme,
});

test('the text for the engine counts code points from 1', () => {
  expect(
    engineText([part('你'), part('好', true), part('VS'), part(''), part('𐍈'), part('b')], '?'),
  ).toEqual({
    text: '你好 VS 𐍈 b?',
    positions: [1, 2, 4, 6, 7, 9],
  });
});

describe('times', () => {
  const times = (parts: ReturnType<typeof part>[], events: EngineEvent[], durationMs: number) => {
    const { positions } = engineText(parts, '');
    return timeWords(parts, positions, events, durationMs).map(({ text, startMs, endMs }) => [
      text,
      startMs,
      endMs,
    ]);
  };

  test('are those of the engine’s words', () => {
    expect(times([part('a'), part('b')], [word(1, 10), word(3, 200)], 500)).toEqual([
      ['a', 10, 200],
      ['b', 200, 500],
    ]);
  });

  test('of characters that are one word for the engine are those of its syllables', () => {
    const events = [
      word(1, 0),
      sound('χ', 20),
      sound('ə', 60),
      sound('n', 90),
      sound('χ', 150),
      sound('ˈɑu', 190),
      sound('', 300),
    ];
    expect(times([part('很'), part('好', true)], events, 400)).toEqual([
      ['很', 0, 150],
      ['好', 150, 300],
    ]);
  });

  test('a closing ng belongs to the syllable before it', () => {
    const events = [
      word(1, 0),
      sound('p', 0),
      sound('i', 40),
      sound('ŋ', 90),
      sound('ɑ', 150),
      sound('n', 200),
      sound('', 260),
    ];
    expect(times([part('平'), part('安', true)], events, 300)).toEqual([
      ['平', 0, 150],
      ['安', 150, 260],
    ]);
  });

  test('are shared by length where nothing tells', () => {
    expect(times([part('トー'), part('キョ', true), part('', true)], [word(1, 0)], 400)).toEqual([
      ['トー', 0, 200],
      ['キョ', 200, 400],
      ['', 400, 400],
    ]);
    expect(times([part('x', false, ['一', '二'])], [word(1, 100)], 300)).toEqual([
      ['一', 100, 200],
      ['二', 200, 300],
    ]);
  });

  test('go forward whatever the engine says', () => {
    const odd = times(
      [part('a'), part('b'), part('c')],
      [word(1, 300), word(3, 100), word(5, 900)],
      500,
    );
    const flat = odd.flatMap(([, start, end]) => [start, end]) as number[];
    expect(flat).toEqual(flat.toSorted((a, b) => a - b));
    expect(times([part('a')], [], 100)).toEqual([['a', 0, 100]]);
  });
});
