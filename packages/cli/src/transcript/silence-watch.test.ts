import { expect, test, vi } from 'vitest';
import { SilenceWatch } from './silence-watch.ts';

const RATE = 16_000;

function watch(silenceMs: number) {
  const onSilence = vi.fn<() => void>();
  const watched = new SilenceWatch(silenceMs, onSilence);
  const seconds = (count: number) => watched.sound(count * RATE, RATE);
  return { watched, onSilence, seconds };
}

test('silence before the first word ends nothing', () => {
  const { onSilence, seconds } = watch(2000);
  seconds(60);
  expect(onSilence).not.toHaveBeenCalled();
});

test('it counts from where the speech was over, and ends once', () => {
  const { watched, onSilence, seconds } = watch(2000);
  seconds(3);
  watched.event({ type: 'speech-started', segment: 0, atMs: 500 });
  watched.event({ type: 'speech-stopped', segment: 0, atMs: 2200 });
  seconds(1);
  expect(onSilence).not.toHaveBeenCalled();
  seconds(0.5);
  expect(onSilence).toHaveBeenCalledOnce();
  seconds(10);
  expect(onSilence).toHaveBeenCalledOnce();
});

test('who goes on speaking is not cut off, and a service that tells no pauses is understood', () => {
  const { watched, onSilence, seconds } = watch(1000);
  watched.event({ type: 'speech-stopped', segment: 0 });
  watched.event({ type: 'speech-started', segment: 1 });
  seconds(5);
  watched.event({ type: 'partial', segment: 1, text: 'and' });
  seconds(5);
  expect(onSilence).not.toHaveBeenCalled();
  watched.event({ type: 'final', segment: 1, text: 'and so on', words: [] });
  seconds(1);
  expect(onSilence).toHaveBeenCalledOnce();
});
