import { describe, expect, test } from 'vitest';
import type { Clock } from '../net/clock.ts';
import type { SocketChannel } from '../net/web-socket.ts';
import { KeepAlive } from './keep-alive.ts';
import { SessionClock } from './session-clock.ts';

/** A clock of a machine that can sleep: then nothing fires until it wakes, and everything that was due does. */
class SleepyClock implements Clock {
  #now = 0;
  #timers: { at: number; callback: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  after(delayMs: number, callback: () => void): () => void {
    const timer = { at: this.#now + Math.max(0, delayMs), callback };
    this.#timers.push(timer);
    return () => void (this.#timers = this.#timers.filter((other) => other !== timer));
  }

  get pending(): number {
    return this.#timers.length;
  }

  /** Time goes on while the machine is awake. */
  pass(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const next = this.#timers.filter(({ at }) => at <= end).toSorted((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      this.#now = Math.max(this.#now, next.at);
      this.#timers = this.#timers.filter((other) => other !== next);
      next.callback();
    }
    this.#now = end;
  }

  sleep(ms: number): void {
    this.#now += ms;
    this.pass(0);
  }
}

function createSessionClock(clock: Clock, maxMs = 1_800_000) {
  const calls: string[] = [];
  const sessionClock = new SessionClock({
    clock,
    maxMs,
    warnBeforeMs: 60_000,
    onEnding: (remainingMs) => calls.push(`ending ${remainingMs}`),
    onExpired: () => calls.push('expired'),
    onOverdue: () => calls.push('overdue'),
  });
  return { sessionClock, calls };
}

describe('the time of a session', () => {
  test('goes on while the machine sleeps: what was missed comes in order', () => {
    const clock = new SleepyClock();
    const { calls } = createSessionClock(clock);
    clock.pass(60_000);
    clock.sleep(4 * 3_600_000);
    expect(calls).toEqual(['ending 0', 'expired', 'overdue']);
    expect(clock.pending).toBe(0);
  });

  test('a short sleep leaves what is left of it', () => {
    const clock = new SleepyClock();
    const { calls } = createSessionClock(clock);
    clock.sleep(1_770_000);
    expect(calls).toEqual(['ending 30000']);
    clock.pass(30_000);
    expect(calls).toEqual(['ending 30000', 'expired']);
  });

  test('begins again with another session, and ends with it', () => {
    const clock = new SleepyClock();
    const { sessionClock, calls } = createSessionClock(clock);
    clock.pass(1_750_000);
    sessionClock.restart();
    clock.pass(1_739_000);
    expect(calls).toEqual(['ending 60000']);
    sessionClock.stop();
    expect(clock.pending).toBe(0);
  });

  test('may have no end', () => {
    const clock = new SleepyClock();
    createSessionClock(clock, Number.POSITIVE_INFINITY);
    expect(clock.pending).toBe(0);
  });
});

function createKeepAlive(clock: Clock, canPing = true) {
  const channel = {
    canPing,
    pings: 0,
    answers: true,
    ping(onPong: () => void) {
      this.pings += 1;
      if (this.answers) onPong();
    },
  };
  let lost = 0;
  const keepAlive = new KeepAlive({
    clock,
    channel: channel as unknown as SocketChannel,
    intervalMs: 20_000,
    onLost: () => (lost += 1),
  });
  return { channel, keepAlive, lost: () => lost };
}

describe('pings', () => {
  test('after a sleep are sent once more before a connection counts as lost', () => {
    const clock = new SleepyClock();
    const { channel, lost } = createKeepAlive(clock);
    channel.answers = false;
    clock.pass(20_000);
    clock.sleep(3_600_000);
    expect([channel.pings, lost()]).toEqual([2, 0]);
    clock.pass(10_000);
    expect([channel.pings, lost()]).toEqual([2, 1]);
    expect(clock.pending).toBe(0);
  });

  test('go on every 20 s for as long as they are answered', () => {
    const clock = new SleepyClock();
    const { channel, keepAlive, lost } = createKeepAlive(clock);
    clock.pass(200_000);
    expect([channel.pings, lost()]).toEqual([10, 0]);
    keepAlive.stop();
    expect(clock.pending).toBe(0);
  });

  test('are not sent where the platform cannot', () => {
    const clock = new SleepyClock();
    createKeepAlive(clock, false);
    expect(clock.pending).toBe(0);
  });
});
