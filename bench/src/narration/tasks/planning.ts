import { NarrationPlan } from '../../../../packages/core/src/narration/plan.ts';
import { longNote } from '../../../../packages/core/src/text/testing/long-note.ts';
import type { Figures } from '../../harness/row.ts';
import type { NarrationTaskOf } from '../narration-task.ts';

const TIMES = 3;

/**
 * A note is planned in pieces: when the first sentence is there, and how long the longest piece takes. Steps are the same each
 * time, so of each the best of three counts: what is left out is the collector, which halts a program of that many objects
 * for 25 to 60 ms once or twice, wherever it happens to be.
 */
export function measurePlanning({ bytes }: NarrationTaskOf<'planning'>): Figures {
  // What a host has read before: the compiler has seen the code.
  plan(longNote(50_000));
  const text = longNote(bytes);
  const before = process.memoryUsage().heapUsed;
  const runs = Array.from({ length: TIMES }, () => plan(text));
  const best = (of: (run: PlanRun) => number): number => Math.min(...runs.map(of));
  const steps = runs[0]!.stepsMs.map((_, step) => best(({ stepsMs }) => stepsMs[step]!));
  return {
    total: best(({ totalMs }) => totalMs),
    first: best(({ firstMs }) => firstMs),
    longest: steps.reduce((longest, ms) => Math.max(longest, ms), 0),
    heap: (runs[0]!.heapBytes - before) / 1e6,
  };
}

type PlanRun = { totalMs: number; firstMs: number; stepsMs: number[]; heapBytes: number };

function plan(text: string): PlanRun {
  const startedAt = performance.now();
  const plan = new NarrationPlan({ text, format: 'markdown' });
  const run: PlanRun = {
    totalMs: 0,
    firstMs: Number.POSITIVE_INFINITY,
    stepsMs: [],
    heapBytes: 0,
  };
  for (let goesOn = true; goesOn;) {
    const stepAt = performance.now();
    goesOn = plan.step();
    const now = performance.now();
    run.stepsMs.push(now - stepAt);
    if (plan.length > 0) run.firstMs = Math.min(run.firstMs, now - startedAt);
    if (run.stepsMs.length % 1000 === 0) {
      run.heapBytes = Math.max(run.heapBytes, process.memoryUsage().heapUsed);
    }
  }
  run.totalMs = performance.now() - startedAt;
  return run;
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
