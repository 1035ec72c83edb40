import { EventEmitter } from 'node:events';
import { expect, test, vi } from 'vitest';
import { watchInterruption } from './interruption.ts';

function fakeProcess() {
  const exit = vi.fn<(code: number) => void>();
  const fake = Object.assign(new EventEmitter(), {
    exit,
    stdout: new EventEmitter(),
    stderr: new EventEmitter(),
  });
  return { fake, exit, process: fake as unknown as NodeJS.Process };
}

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
])('%s aborts with %i, a second one ends the process', (name, exitCode) => {
  const { fake, exit, process } = fakeProcess();
  const interruption = watchInterruption(process);
  const { signal } = interruption;
  fake.emit(name);
  expect(signal.reason).toMatchObject({ exitCode });
  expect(exit).not.toHaveBeenCalled();
  fake.emit(name);
  expect(exit).toHaveBeenCalledWith(exitCode);
  interruption.dispose();
});

test('a command that does not end in time is ended', () => {
  vi.useFakeTimers();
  const { fake, exit, process } = fakeProcess();
  const interruption = watchInterruption(process, 1000);
  fake.emit('SIGINT');
  vi.advanceTimersByTime(999);
  expect(exit).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(exit).toHaveBeenCalledWith(130);
  interruption.dispose();
  vi.useRealTimers();
});

test('a reader that has gone aborts; other faults of stdout are told where it is written', () => {
  const { fake, process } = fakeProcess();
  const interruption = watchInterruption(process);
  const { signal } = interruption;
  fake.stdout.emit('error', Object.assign(new Error('x'), { code: 'ENOSPC' }));
  fake.stderr.emit('error', Object.assign(new Error('x'), { code: 'EPIPE' }));
  expect(signal.aborted).toBe(false);
  fake.stdout.emit('error', Object.assign(new Error('x'), { code: 'EPIPE' }));
  expect(signal.reason).toMatchObject({ exitCode: 141 });
  fake.stdout.emit('error', Object.assign(new Error('x'), { code: 'EPIPE' }));
  interruption.dispose();
  expect(fake.listenerCount('SIGINT')).toBe(0);
});

test('a recording takes the first Ctrl-C, and the next one interrupts', () => {
  const { fake, process } = fakeProcess();
  const interruption = watchInterruption(process);
  const stop = vi.fn<() => void>();
  interruption.onceInterrupted(stop);
  fake.emit('SIGINT');
  expect(stop).toHaveBeenCalledOnce();
  expect(interruption.signal.aborted).toBe(false);
  interruption.interrupt();
  expect(interruption.signal.reason).toMatchObject({ exitCode: 130 });
  interruption.dispose();
});

test('SIGTERM is no Ctrl-C, and one that is no longer wanted is not called', () => {
  const { fake, process } = fakeProcess();
  const interruption = watchInterruption(process);
  const stop = vi.fn<() => void>();
  const undo = interruption.onceInterrupted(stop);
  undo();
  const release = interruption.onceInterrupted(stop);
  fake.emit('SIGTERM');
  release();
  expect(stop).not.toHaveBeenCalled();
  expect(interruption.signal.reason).toMatchObject({ exitCode: 143 });
  interruption.dispose();
});
