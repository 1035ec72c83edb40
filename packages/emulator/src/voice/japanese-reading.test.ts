import { beforeAll, describe, expect, test } from 'vitest';
import { loadJapaneseReader, readKanaOnly, type JapaneseReader } from './japanese-reading.ts';

describe('with the dictionary', () => {
  let read: JapaneseReader;
  beforeAll(async () => {
    read = await loadJapaneseReader();
  });
  /** Words as they are spoken in one breath. */
  const phrases = (text: string) =>
    read(text)
      .map(({ attached, pronunciation }) => (attached ? '' : ' ') + (pronunciation ?? '?'))
      .join('')
      .trim();

  test.each([
    ['東京に行きます', 'トーキョーニ イキマス'],
    ['今日はいい天気ですね', 'キョーワ イイ テンキデスネ'],
    ['日本語の漢字を読めません', 'ニホンゴノ カンジヲ ヨメマセン'],
    ['十一月二十日', 'ジューイチガツ ニジューニチ'],
    ['お前', 'オマエ'],
  ])('%s is read %s', (text, reading) => {
    expect(phrases(text)).toBe(reading);
  });

  test.each(['東京', '𠮷野家', 'あ\u0000漢', '々', 'ﾃｽﾄ', '漢'.repeat(2000)])(
    'surfaces joined are the text',
    (text) => {
      expect(
        read(text)
          .map(({ surface }) => surface)
          .join(''),
      ).toBe(text);
    },
  );
});

test('without it kana is read and kanji is not', () => {
  expect(readKanaOnly('東京にイキます')).toEqual([
    { surface: '東', attached: false },
    { surface: '京', attached: false },
    { surface: 'にイキます', pronunciation: 'にイキます', attached: false },
  ]);
});
