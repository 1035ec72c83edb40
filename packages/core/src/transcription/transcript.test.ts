import { expect, test } from 'vitest';
import { TranscriptCollector, joinTexts } from './transcript.ts';

test.each([
  [['Good morning.', 'How are you?'], 'Good morning. How are you?'],
  [['早上好。', '你好吗？'], '早上好。你好吗？'],
  [['今天用', 'Step', '写。'], '今天用Step写。'],
  [['カタカナ', 'ひらがな'], 'カタカナひらがな'],
  [['안녕', '하세요'], '안녕 하세요'],
  [['one ', 'two'], 'one two'],
  [['', 'one', '', 'two', ''], 'one two'],
  [[], ''],
])('%j', (texts, joined) => {
  expect(joinTexts(texts)).toBe(joined);
});

test('adds up what the service counted', () => {
  const collector = new TranscriptCollector();
  const final = { type: 'final', segment: 0, text: 'a', words: [] } as const;
  collector.push(final);
  expect(collector.toTranscript()).not.toHaveProperty('usage');
  collector.push({ ...final, usage: { inputTokens: 3, totalTokens: 4 } });
  collector.push({ ...final, startMs: 9, usage: { inputTokens: 5, outputTokens: 1 } });
  expect(collector.toTranscript()).toEqual({
    text: 'a a a',
    segments: [
      { text: 'a', words: [] },
      { text: 'a', words: [] },
      { text: 'a', startMs: 9, words: [] },
    ],
    words: [],
    usage: { inputTokens: 8, outputTokens: 1, totalTokens: 4 },
  });
});
