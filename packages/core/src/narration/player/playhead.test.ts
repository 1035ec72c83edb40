import { expect, test } from 'vitest';
import { Playhead } from './playhead.ts';
import type { PlayedPiece } from './playhead.ts';
import { ReelUnit } from './reel-unit.ts';

const NOW = 1_790_000_000_000;
const unit = new ReelUnit(
  {
    from: { utterance: 0, offset: 0 },
    to: { utterance: 0, offset: 4 },
    sound: { samples: new Int16Array(80_000), sampleRate: 8000 },
    seconds: 10,
    words: [],
    timing: 'service',
    cached: false,
  },
  { utteranceAt: () => undefined },
);

function playing(isGapless = true): Playhead {
  const playhead = new Playhead(isGapless);
  for (const id of [1, 2]) {
    const piece: PlayedPiece = { id, unit, startSeconds: (id - 1) * 5, seconds: 5, stretch: 1 };
    playhead.add(piece, NOW);
  }
  playhead.locate(1, 4.5, NOW, true);
  return playhead;
}

const placeAt = (playhead: Playhead, ms: number) => {
  const { piece, seconds } = playhead.at(NOW + ms)!;
  return [piece.id, Math.round(seconds * 1000)];
};

test('between two words of the output it goes on by the clock, over joins without a gap', () => {
  const playhead = playing();
  expect(placeAt(playhead, 250)).toEqual([1, 4750]);
  expect(playhead.msUntil(unit, 5.2, NOW + 250)).toBeCloseTo(450, 1);
  expect(placeAt(playhead, 750)).toEqual([2, 250]);
});

test('where joins have gaps, the next piece begins when the output says so', () => {
  const playhead = playing(false);
  expect(placeAt(playhead, 750)).toEqual([1, 5000]);
  expect(playhead.msUntil(unit, 5.2, NOW + 750)).toBeUndefined();
  playhead.finish(1, NOW + 500);
  expect(placeAt(playhead, 900)).toEqual([2, 0]);
});

test.each([3_600_000, -3_600_000])('a clock that jumps by %d ms moves nothing', (jumpMs) => {
  const playhead = playing();
  expect(placeAt(playhead, 250)).toEqual([1, 4750]);
  expect(placeAt(playhead, jumpMs)).toEqual([1, 4750]);
  expect(playhead.isOutOfTouch(NOW + jumpMs)).toBe(true);
  playhead.locate(1, 4.8, NOW + jumpMs, true);
  expect(placeAt(playhead, jumpMs + 100)).toEqual([1, 4900]);
});

test('it never goes back by itself', () => {
  const playhead = playing();
  expect(placeAt(playhead, 400)).toEqual([1, 4900]);
  playhead.locate(1, 4.6, NOW + 400, true);
  expect(placeAt(playhead, 410)).toEqual([1, 4900]);
  expect(placeAt(playhead, 800)).toEqual([2, 0]);
});
