import { expect, test } from 'vitest';
import { SentenceLedger } from './sentence-ledger.ts';

test.each<[string, string[], string[], boolean]>([
  ['all sentences', ['火车到了。快', '走吧！'], ['火车到了。', '快走吧！'], true],
  ['not the last one', ['火车到了。快走吧！'], ['火车到了。'], false],
  ['not the last one in English', ['It leaves. Mind the gap.'], ['It leaves.'], false],
  ['marks and spaces lost', ['**It**  leaves, at  8!'], ['It leaves at 8'], true],
  [
    'a directive left out',
    ['(softly) It leaves. Mind the gap.'],
    ['It leaves.', 'Mind the gap.'],
    true,
  ],
  ['a sentence without text', ['It leaves.'], ['', 'It leaves.', ''], true],
  ['read more fully than written', ['8 kg'], ['eight kilograms'], true],
  ['no sentences told of', ['It leaves.'], [], true],
  ['nothing but empty ones', ['It leaves.'], ['', ''], true],
  ['a long text', ['字'.repeat(5000), '完。'], ['字'.repeat(100), '字完。'], true],
])('%s', (_, written, spoken, expected) => {
  const ledger = new SentenceLedger();
  for (const text of written) ledger.wrote(text);
  for (const text of spoken) ledger.spoke(text);
  expect(ledger.mayBeComplete).toBe(expected);
});
