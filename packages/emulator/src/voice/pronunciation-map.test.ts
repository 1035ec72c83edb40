import { describe, expect, test } from 'vitest';
import { createPronunciationMap, isPinyin, readingParts } from './pronunciation-map.ts';

describe('matching', () => {
  const map = createPronunciationMap([
    '重庆/chong2庆',
    '重/zhong4',
    'WAV/wave file',
    'C++/see plus plus',
    'a/b/c',
  ]);

  test.each([
    ['去重庆吧', 1, '重庆', 'chong2庆'],
    ['重要', 0, '重', 'zhong4'],
    ['存为WAV文件', 2, 'WAV', 'wave file'],
    ['a WAV.', 2, 'WAV', 'wave file'],
    ['C++ code', 0, 'C++', 'see plus plus'],
    ['a', 0, 'a', 'b/c'],
  ])('%s at %i', (text, offset, written, spoken) => {
    expect(map.match(text, offset)).toEqual({ written, spoken });
  });

  test.each([
    ['WAVE', 0],
    ['MWAV', 1],
    ['wav', 0],
    ['WAV2', 0],
  ])('%s at %i is another word', (text, offset) => {
    expect(map.match(text, offset)).toBeUndefined();
  });

  test('entries that say nothing are skipped, the later of two holds', () => {
    const odd = createPronunciationMap(['', '/', 'x', 'y/', '/z', 'k/1', 'k/2']);
    expect(odd.match('xyzk', 0)).toBeUndefined();
    expect(odd.match('k', 0)?.spoken).toBe('2');
  });
});

test.each([
  ['chong2庆', ['chong2', '庆']],
  ['chong2 qing4', ['chong2', 'qing4']],
  ['chong2qing4', ['chong2', 'qing4']],
  ['nü3er2', ['nv3', 'er2']],
  ['Lu:4', ['lv4']],
  ['wave file', ['wave', 'file']],
  ['GPT-4o', ['GPT-4o']],
  ['二 点 五', ['二', '点', '五']],
])('%s has the parts %j', (spoken, parts) => {
  expect(readingParts(spoken)).toEqual(parts);
});

test('pinyin is told from words', () => {
  expect(['chong2', 'e4', 'zhuang4', 'file', 'mp3', 'covid19', '2'].map(isPinyin)).toEqual([
    true,
    true,
    true,
    false,
    false,
    false,
    false,
  ]);
});
