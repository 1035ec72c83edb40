import { expect, test } from 'vitest';
import { createManualClock, sleep, untilAborted } from './clock.ts';

test('a manual clock runs what becomes due, in order, also what is added on the way', () => {
  const clock = createManualClock(1000);
  const seen: string[] = [];
  clock.after(20, () => seen.push(`b at ${clock.now()}`));
  clock.after(10, () => {
    seen.push(`a at ${clock.now()}`);
    clock.after(5, () => seen.push(`c at ${clock.now()}`));
  });
  const cancel = clock.after(12, () => seen.push('never'));
  cancel();
  expect(clock.pending).toBe(2);
  clock.advance(19);
  expect(seen).toEqual(['a at 1010', 'c at 1015']);
  clock.advance(1);
  expect(seen).toEqual(['a at 1010', 'c at 1015', 'b at 1020']);
  expect([clock.now(), clock.pending]).toEqual([1020, 0]);
});

test('sleeping ends with the time or with the signal, and leaves nothing behind', async () => {
  const clock = createManualClock();
  const controller = new AbortController();
  const woken = sleep(clock, 100, controller.signal);
  clock.advance(100);
  await woken;
  const broken = sleep(clock, 100, controller.signal);
  controller.abort(new Error('enough'));
  await expect(broken).rejects.toThrow('enough');
  await expect(sleep(clock, 100, controller.signal)).rejects.toThrow('enough');
  await expect(untilAborted(controller.signal)).rejects.toThrow('enough');
  expect(clock.pending).toBe(0);
});
