import { createManualClock } from '@stepvoice/emulator';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PlaybackLedger, heardOfItems } from './playback-ledger.ts';

const piece = (streamId: string, durationMs: number, itemId = `item-${streamId}`) => ({
  streamId,
  responseId: `response-${streamId}`,
  itemId,
  durationMs,
});

test('replies are heard one after the other', () => {
  const clock = createManualClock();
  const ledger = new PlaybackLedger(clock);
  ledger.add(piece('a', 1000));
  ledger.add(piece('b', 1000));
  clock.advance(1300);
  const heard = ledger.silence().map(({ reply, heardMs }) => [reply.streamId, heardMs]);
  expect(heard).toEqual([
    ['a', 1000],
    ['b', 300],
  ]);
  expect(ledger.isSounding).toBe(false);
});

test('a reply that runs dry stands still', () => {
  const clock = createManualClock();
  const ledger = new PlaybackLedger(clock);
  ledger.add(piece('a', 200));
  clock.advance(500);
  ledger.add(piece('a', 1000));
  clock.advance(100);
  expect(ledger.silence()[0]?.heardMs).toBe(300);
});

test('whoever plays knows better when a reply began', () => {
  const clock = createManualClock();
  const ledger = new PlaybackLedger(clock);
  ledger.add(piece('a', 1000));
  ledger.add(piece('b', 1000));
  clock.advance(250);
  ledger.begin('a');
  clock.advance(1100);
  expect(ledger.silence().map(({ heardMs }) => heardMs)).toEqual([1000, 100]);
});

test('what was heard is never more than was sent, nor than the time that passed', () => {
  const step = fc.record({
    streamId: fc.constantFrom('a', 'b', 'c'),
    durationMs: fc.integer({ min: 1, max: 500 }),
    waitMs: fc.integer({ min: 0, max: 400 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const clock = createManualClock();
      const began = clock.now();
      const ledger = new PlaybackLedger(clock);
      for (const { waitMs, ...sent } of steps) {
        ledger.add(piece(sent.streamId, sent.durationMs));
        clock.advance(waitMs);
      }
      let totalMs = 0;
      for (const { reply, heardMs } of ledger.silence()) {
        expect(heardMs).toBeGreaterThanOrEqual(0);
        expect(heardMs).toBeLessThanOrEqual(reply.sentMs);
        totalMs = Math.max(totalMs, heardMs);
      }
      expect(totalMs).toBeLessThanOrEqual(clock.now() - began);
    }),
  );
});

test('of several items each is told what was heard of it', () => {
  const clock = createManualClock();
  const ledger = new PlaybackLedger(clock);
  for (const itemId of ['x', 'y', 'z']) ledger.add(piece('a', 400, itemId));
  clock.advance(500);
  const [silenced] = ledger.silence();
  expect(silenced?.heardMs).toBe(500);
  expect(silenced === undefined ? [] : heardOfItems(silenced.reply, 500)).toEqual([
    { itemId: 'y', heardMs: 100 },
    { itemId: 'z', heardMs: 0 },
  ]);
});
