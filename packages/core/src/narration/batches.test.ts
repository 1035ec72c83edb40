import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  budgetAfter,
  countCharacters,
  joinPieces,
  mostOf,
  nextBatch,
  partsOf,
  splitBatch,
  wholePiece,
} from './batches.ts';
import type { SpeechPiece } from './batches.ts';
import { isSpoken } from './is-spoken.ts';
import { NarrationPlan } from './plan.ts';
import type { Utterance } from './utterance.ts';

const LIMIT = 1000;

function utterancesOf(text: string, cast: readonly string[] = []): Utterance[] {
  const plan = new NarrationPlan({ text, format: 'markdown' }, { text: { cast } });
  while (plan.step());
  return Array.from({ length: plan.length }, (_, index) => plan.utteranceAt(index)!);
}

const isKnown = () => false;

describe('a sentence in parts', () => {
  test('is cut at a clause, first after 60 characters, then after twice as many', () => {
    const [sentence] = utterancesOf(
      'The ferry crosses the estuary twice a day, and on most mornings hardly anybody is on deck, to see the harbour wall go by.',
    );
    expect(partsOf(sentence!, LIMIT).map(({ text }) => text)).toEqual([
      'The ferry crosses the estuary twice a day,',
      'and on most mornings hardly anybody is on deck, to see the harbour wall go by.',
    ]);
    const [long] = utterancesOf(`${'很长的一句话，'.repeat(50)}完。`);
    const lengths = partsOf(long!, LIMIT).map(({ text }) => countCharacters(text));
    expect(lengths).toEqual([56, 119, 177]);
    const [tight] = utterancesOf(`${'很长的一句话，'.repeat(50)}完。`);
    expect(
      Math.max(...partsOf(tight!, 100).map(({ text }) => countCharacters(text))),
    ).toBeLessThanOrEqual(100);
  });

  test('is not cut where only a word would be left before', () => {
    const [sentence] = utterancesOf(`Well, ${'on and on it went without a pause '.repeat(4)}.`);
    const [first] = partsOf(sentence!, LIMIT);
    expect(first!.text.length).toBeGreaterThan(40);
    expect(first!.text.length).toBeLessThanOrEqual(60);
  });

  test('that is short is its own part', () => {
    const [sentence] = utterancesOf('Short.');
    expect(partsOf(sentence!, LIMIT)).toEqual([wholePiece(sentence!)]);
  });
});

describe('a batch', () => {
  test('pauses between paragraphs, and writes no spaces where the script has none', () => {
    const batch = joinPieces(
      utterancesOf('# 雾\n\n早。走吧！Hello there. Bye.').map((one) => wholePiece(one)),
    );
    expect(batch.text).toBe('雾\n早。走吧！Hello there. Bye.');
    expect(
      batch.offsets.map((offset, index) =>
        batch.text.startsWith(batch.pieces[index]!.text, offset),
      ),
    ).toEqual(batch.offsets.map(() => true));
  });

  test('ends at the next speaker, and at what is known', () => {
    const all = utterancesOf('Anna: I am here.\n\nI really am.\n\nBen: So am I.', ['Anna', 'Ben']);
    const [first, ...following] = all;
    const options = { budget: 200, limit: LIMIT, isKnown };
    for (const piece of nextBatch(wholePiece(first!), following, options).pieces) {
      expect(piece.utterance.speaker).toBe(first!.speaker);
    }
    const long = utterancesOf(
      'One sentence of some length. Another one of some length. And one more.',
    );
    const known = ({ utterance }: SpeechPiece) => utterance.index === 1;
    expect(
      nextBatch(wholePiece(long[0]!), long.slice(1), { ...options, isKnown: known }).pieces,
    ).toHaveLength(1);
  });

  test('goes over a word that is known, if there is more behind it that is not', () => {
    const all = utterancesOf('One sentence of some length. Yes. And one more of some length. No.');
    const known = ({ text }: SpeechPiece) => text === 'Yes.' || text === 'No.';
    const batch = nextBatch(wholePiece(all[0]!), all.slice(1), {
      budget: 200,
      limit: LIMIT,
      isKnown: known,
    });
    expect(batch.pieces.map(({ utterance }) => utterance.index)).toEqual([0, 1, 2]);
  });

  test('in halves has the same pieces', () => {
    const batch = joinPieces(
      utterancesOf('A b. C d. E f. G h. I j.').map((one) => wholePiece(one)),
    );
    const halves = splitBatch(batch);
    expect(halves.map(({ text }) => text)).toEqual(['A b. C d. E f.', 'G h. I j.']);
  });
});

test('a part is no longer than allowed for the sake of a mark that nobody says', () => {
  const [utterance] = utterancesOf(`${'没有标点的一长串文字'.repeat(6)}Yes ${'x'.repeat(94)}. 。`);
  const parts = partsOf(utterance!, 100).map(({ text }) => text);
  expect(Math.max(...parts.map(countCharacters))).toBeLessThanOrEqual(100);
  expect(parts.join('')).toContain('x'.repeat(94));
});

test('all batches together: everything once, in order, no longer than allowed, each about twice the last', () => {
  const sentence = fc.constantFrom(
    'Yes. ',
    'A sentence of middling length, all told. ',
    '今天很冷。',
    '🎉 ',
    '\n\n',
    '\n\n## Head\n\n',
    'x'.repeat(90) + '. ',
    'A long sentence, with a clause here, and another one there, and no end in sight, because it goes on, and on, and on, until it stops. ',
    '没有标点的一长串文字没有标点的一长串文字没有标点的一长串文字没有标点的一长串文字没有标点的一长串文字没有标点的一长串文字',
    '。',
  );
  const limits = fc.constantFrom(100, 300, LIMIT);
  fc.assert(
    fc.property(fc.array(sentence, { maxLength: 60 }), limits, (sentences, limit) => {
      const all = utterancesOf(sentences.join(''));
      let spoken = '';
      let characters = 0;
      let at = { utterance: 0, offset: 0 };
      for (let utterance = all[0]; utterance !== undefined; utterance = all[at.utterance]) {
        const budget = budgetAfter(characters, limit);
        const whole = wholePiece(utterance);
        const fits = at.offset === 0 && countCharacters(whole.text) <= mostOf(budget, limit);
        const first = fits ? whole : partsOf(utterance, limit).find(({ end }) => end > at.offset)!;
        const batch = nextBatch(first, all.slice(at.utterance + 1), { budget, limit, isKnown });
        characters = countCharacters(batch.text);
        expect(characters).toBeLessThanOrEqual(limit);
        expect(characters).toBeLessThanOrEqual(Math.max(60, budget * 1.5));
        for (const [index, piece] of batch.pieces.entries()) {
          expect(isSpoken(piece.text)).toBe(true);
          expect([piece.utterance.index, piece.start]).toEqual([at.utterance, at.offset]);
          expect(batch.text.startsWith(piece.text, batch.offsets[index])).toBe(true);
          const { text } = piece.utterance.spoken;
          spoken += text.slice(piece.start, piece.end);
          at =
            piece.end === text.length
              ? { utterance: at.utterance + 1, offset: 0 }
              : { utterance: at.utterance, offset: piece.end };
        }
      }
      expect(spoken).toBe(all.map((utterance) => utterance.spoken.text).join(''));
    }),
    { numRuns: 150 },
  );
});
