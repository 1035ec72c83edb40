import { expect, test } from 'vitest';
import fc from 'fast-check';
import { AnswerMemory } from './answer-memory.ts';

test('an answer is what was pushed, also in memory that another one has used', () => {
  const lengths = fc.array(fc.integer({ min: 0, max: 900_000 }), { maxLength: 6 });
  const memory = new AnswerMemory();
  // Somebody is always waiting for an answer, so that memory is used again.
  memory.take();
  let value = 0;
  fc.assert(
    fc.property(lengths, (chunks) => {
      const answer = memory.take();
      const expected: Uint8Array[] = chunks.map((length) => {
        value = (value + 1) % 256;
        return new Uint8Array(length).fill(value);
      });
      for (const chunk of expected) answer.push(chunk);
      expect(Buffer.compare(answer.bytes, Buffer.concat(expected))).toBe(0);
      memory.giveBack(answer);
    }),
    { numRuns: 30 },
  );
});

test('memory is used again while an answer is on its way, and given up after the last', () => {
  const memory = new AnswerMemory();
  const [one, other] = [memory.take(), memory.take()];
  memory.giveBack(one);
  expect(memory.take()).toBe(one);
  memory.giveBack(one);
  memory.giveBack(other);
  expect([one, other]).not.toContain(memory.take());
});
