import { expect, test } from 'vitest';
import { FaultSyntaxError } from './fault.ts';
import { FaultPlan } from './fault-plan.ts';

test('strikes the next requests, and only those to the endpoint', () => {
  const plan = new FaultPlan(1);
  plan.add({ fault: 'status:503', times: 2, endpoint: 'speech' });
  expect(plan.draw('models')).toEqual([]);
  expect(plan.draw('speech')).toEqual([{ kind: 'status', status: 503 }]);
  expect(plan.list()).toMatchObject([{ times: 1, endpoint: 'speech' }]);
  expect(plan.draw('speech')).toHaveLength(1);
  expect(plan.draw('speech')).toEqual([]);
  expect(plan.list()).toEqual([]);
});

test('lets some pass first', () => {
  const plan = new FaultPlan(1);
  plan.add({ fault: { kind: 'stall' }, skip: 2, times: 1 });
  const struck = [1, 2, 3, 4].map(() => plan.draw('speech').length);
  expect(struck).toEqual([0, 0, 1, 0]);
});

test('puts the faults of several rules together, until they are taken back', () => {
  const plan = new FaultPlan(1);
  const remove = plan.add({ fault: 'latency:10; jitter:5' });
  plan.add({ fault: [{ kind: 'stall' }] });
  expect(plan.draw('file').map(({ kind }) => kind)).toEqual(['latency', 'jitter', 'stall']);
  remove();
  remove();
  expect(plan.draw('file').map(({ kind }) => kind)).toEqual(['stall']);
  plan.clear();
  expect(plan.draw('file')).toEqual([]);
});

test('strikes by probability, the same way for the same seed', () => {
  const draws = (seed: number): number[] => {
    const plan = new FaultPlan(seed);
    plan.add({ fault: 'status:500', probability: 0.3 });
    return Array.from({ length: 1000 }, () => plan.draw('speech').length);
  };
  const first = draws(7);
  expect(draws(7)).toEqual(first);
  expect(draws(8)).not.toEqual(first);
  const share = first.reduce((sum, struck) => sum + struck, 0) / first.length;
  expect(share).toBeGreaterThan(0.25);
  expect(share).toBeLessThan(0.35);
});

test.each([
  [{ fault: 'stall', endpoint: 'kitchen' }, 'endpoint'],
  [{ fault: 'stall', probability: 1.5 }, 'probability'],
  [{ fault: 'stall', times: 0 }, 'times'],
  [{ fault: 'stall', when: 'later' }, 'when'],
  [{}, 'Fault rule: fault'],
])('refuses the rule %j', (rule, message) => {
  const plan = new FaultPlan(1);
  expect(() => plan.add(rule as never)).toThrow(FaultSyntaxError);
  expect(() => plan.add(rule as never)).toThrow(message);
  expect(plan.list()).toEqual([]);
});
