import { NarrationPlan } from '../../../../packages/core/src/narration/plan.ts';
import { longNote } from '../../../../packages/core/src/text/testing/long-note.ts';
import type { Figures } from '../../harness/row.ts';
import type { NarrationTaskOf } from '../narration-task.ts';

/** A note is planned in pieces: when the first sentence is there, and how long the longest piece takes. */
export function measurePlanning({ bytes }: NarrationTaskOf<'planning'>): Figures {
  // What a host has read before: the compiler has seen the code.
  plan(longNote(50_000));
  globalThis.gc?.();
  const text = longNote(bytes);
  const before = process.memoryUsage().heapUsed;
  const figures = plan(text);
  return { ...figures, heap: (figures.heapBytes - before) / 1e6 };
}

function plan(text: string) {
  const startedAt = performance.now();
  const plan = new NarrationPlan({ text, format: 'markdown' });
  let firstMs: number | undefined;
  let longestMs = 0;
  let heapBytes = 0;
  let steps = 0;
  for (let goesOn = true; goesOn; steps += 1) {
    const stepAt = performance.now();
    goesOn = plan.step();
    const now = performance.now();
    longestMs = Math.max(longestMs, now - stepAt);
    if (firstMs === undefined && plan.length > 0) firstMs = now - startedAt;
    if (steps % 1000 === 0) heapBytes = Math.max(heapBytes, process.memoryUsage().heapUsed);
  }
  return {
    total: performance.now() - startedAt,
    first: firstMs ?? Number.POSITIVE_INFINITY,
    longest: longestMs,
    heapBytes,
  };
}

/** Texts that make careless parsers take quadratic time. */
const HOSTILE = ['[a](', '_*', '![[', '`', '<', '> ', '$', '[^', '**a', '- '];

export function measureHostile(): Figures {
  let longest = 0;
  for (const piece of HOSTILE) {
    const startedAt = performance.now();
    const plan = new NarrationPlan({ text: piece.repeat(10_000), format: 'markdown' });
    while (plan.step());
    longest = Math.max(longest, performance.now() - startedAt);
  }
  return { longest };
}
