import { SpeechDetector } from '@stepvoice/core/audio';
import { expect, test } from 'vitest';
import { speechLike } from '../codecs/testing/speech-like.ts';
import { speakData } from '../voice/data-speech.ts';
import { TurnDetector } from './turn-detector.ts';

const RATE = 48_000;

function startsIn(samples: Int16Array, onDbfs = -50, options = {}): number[] {
  const detector = new SpeechDetector({
    sampleRate: RATE,
    endMs: 300,
    detector: new TurnDetector(onDbfs, options),
  });
  return detector
    .push(samples)
    .flatMap(({ type, atMs }) => (type === 'speech-started' ? [atMs] : []));
}

function noise(seconds: number, amplitude: number): Int16Array {
  let seed = 7;
  return Int16Array.from({ length: seconds * RATE }, () => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return (seed / 2 ** 31 - 1) * amplitude;
  });
}

test('speech that begins with the first sample is heard from there', () => {
  const [start] = startsIn(speechLike(RATE, RATE));
  expect(start).toBeLessThan(100);
});

test('noise, clicks and what is too soft are no speech', () => {
  expect(startsIn(noise(6, 3000))).toEqual([]);
  const clicks = new Int16Array(4 * RATE);
  for (let at = 0; at < clicks.length; at += RATE / 5) clicks.fill(20_000, at, at + 40);
  expect(startsIn(clicks)).toEqual([]);
  const soft = speechLike(RATE, RATE).map((sample) => sample / 6);
  expect(startsIn(soft, -30)).toEqual([]);
  expect(startsIn(soft, -55)).toHaveLength(1);
});

test('data speech counts where it may', async () => {
  for await (const { samples } of speakData('你好，世界！', 1)) {
    if (samples.every((sample) => sample === 0)) continue;
    const long = new Int16Array(4 * samples.length);
    for (let at = 0; at < long.length; at += samples.length) long.set(samples, at);
    expect(startsIn(long)[0]).toBeLessThan(100);
    expect(startsIn(long, -50, { hearsData: false })).toEqual([]);
    return;
  }
  throw new Error('nothing was said');
});
