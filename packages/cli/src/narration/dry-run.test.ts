import { SPEECH_PRICES } from '@stepvoice/core/narration';
import stringWidth from 'string-width';
import { expect, test } from 'vitest';
import type { CommandContext } from '../command-context.ts';
import type { NarrateOptions } from '../commands/narrate-options.ts';
import { createTranslate } from '../language/translate.ts';
import { describeEstimate } from './dry-run.ts';
import type { Chapter } from './read-chapters.ts';

const chapter = (title: string, text: string): Chapter => ({
  title,
  file: `${title}.md`,
  source: { text, format: 'markdown' },
});

function describe(chapters: Chapter[], language: 'en' | 'zh', prices = SPEECH_PRICES): string[][] {
  const voice = { voice: 'v', model: 'stepaudio-2.5-tts' };
  const options = { voice, cast: {}, text: {}, prices } as unknown as NarrateOptions;
  const context = { t: createTranslate(language) } as CommandContext;
  const lines = describeEstimate(chapters, options, context).split('\n');
  expect(new Set(lines.map((line) => stringWidth(line))).size).toBe(1);
  return lines.map((line) => line.split(/ {2,}/));
}

test('each chapter has its row, and all of them one', () => {
  const chapters = [chapter('Rain', 'It rained. We left.'), chapter('湖边', '下雨了。')];
  const [head, rain, lake, all] = describe(chapters, 'en');
  expect(head).toEqual([
    'Chapter',
    'Sentences',
    'Characters',
    'Billed',
    'Requests',
    'Time',
    'Cost',
  ]);
  expect(rain).toEqual([
    'Rain',
    '2',
    '18',
    '8',
    '1',
    expect.stringMatching(/^~0:0\d$/),
    'CN¥0.005',
  ]);
  expect(lake?.slice(0, 4)).toEqual(['湖边', '1', '4', '4']);
  expect(all?.slice(0, 3)).toEqual(['All', '3', '22']);
});

test('one chapter needs no sum, and a price that is not known is not made up', () => {
  const rows = describe([chapter('Rain', 'It rained.')], 'zh', { currency: 'CNY', per10000: {} });
  expect(rows).toHaveLength(2);
  expect(rows[1]?.at(-1)).toBe('未知');
});
