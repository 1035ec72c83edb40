import { ConnectionError, RateLimitError } from '@stepvoice/core';
import { expect, test } from 'vitest';
import type { CommandContext } from '../command-context.ts';
import { createTranslate } from '../language/translate.ts';
import { WaitNotes } from './wait-notes.ts';

const limited = new RateLimitError('x', { code: 'rate_limit', status: 429 });
const lost = new ConnectionError('x', { code: 'connection_failed' });
const soon = (ms: number) => performance.timeOrigin + performance.now() + ms;

function open() {
  const told: string[] = [];
  const context = { t: createTranslate('en') } as CommandContext;
  return { told, waits: new WaitNotes(context, (text) => told.push(text)) };
}

test('each kind of trouble is told once, until it has passed', () => {
  const { told, waits } = open();
  for (const ms of [1000, 2000, 4000]) {
    waits.begin({ reason: 'retry', untilMs: soon(ms), error: lost });
  }
  expect(told).toEqual([expect.stringMatching(/cannot be reached.* tried again/)]);
  waits.begin({ reason: 'rate-limit', untilMs: soon(60_000), error: limited });
  expect(told[1]).toMatch(/too often.*in 60 s/);
  waits.passed();
  waits.begin({ reason: 'retry', untilMs: soon(1000), error: lost });
  expect(told).toHaveLength(3);
});

test('how long it takes is known while it takes that long', () => {
  const { waits } = open();
  expect(waits.seconds).toBeUndefined();
  waits.begin({ reason: 'rate-limit', untilMs: soon(1500), error: limited });
  expect(waits.seconds).toBe(2);
  waits.passed();
  expect(waits.seconds).toBeUndefined();
});

test('what is over at once is not told, and a service that is silent is', () => {
  const { told, waits } = open();
  waits.begin({ reason: 'retry', untilMs: soon(200), error: lost });
  expect(told).toEqual([]);
  waits.begin({ reason: 'no-answer' });
  expect(told).toEqual([expect.stringMatching(/takes its time/)]);
  expect(waits.seconds).toBeUndefined();
});
