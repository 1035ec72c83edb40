import { expect, test } from 'vitest';
import { LevelMeter } from './level-meter.ts';

const RATE = 8000;

function tone(seconds: number, amplitude: number): Uint8Array {
  const samples = Int16Array.from({ length: seconds * RATE }, (_, index) =>
    Math.round(amplitude * 32767 * Math.sin((2 * Math.PI * 400 * index) / RATE)),
  );
  return new Uint8Array(samples.buffer);
}

test('loud, soft and silent parts are told apart', () => {
  const meter = new LevelMeter(RATE);
  meter.push(tone(0.1, 1));
  meter.push(tone(0.1, 0.03));
  meter.push(tone(0.1, 0));
  expect(meter.render(0.3, 10)).toBe('██▃▃  ');
});

test('shows what was heard so far, and no more than fits', () => {
  const meter = new LevelMeter(RATE);
  for (let step = 0; step < 20; step++) meter.push(tone(0.05, step % 2));
  expect(meter.render(0.1, 10)).toBe(' █');
  expect(meter.render(1, 4)).toBe(' █ █');
  expect(meter.overview(10)).toBe('▅'.repeat(10));
  expect(meter.overview(40)).toHaveLength(20);
});

test('gives the same bars however the bytes are cut', () => {
  const sound = Buffer.concat([tone(0.2, 0.5), tone(0.2, 0.01)]);
  const whole = new LevelMeter(RATE);
  whole.push(sound);
  const cut = new LevelMeter(RATE);
  for (let offset = 0; offset < sound.length; offset += 7) {
    cut.push(sound.subarray(offset, offset + 7));
  }
  expect(cut.render(1, 40)).toBe(whole.render(1, 40));
});

test('nothing heard, nothing shown', () => {
  expect(new LevelMeter(RATE).render(1, 10)).toBe('');
  expect(new LevelMeter(RATE).overview(10)).toBe('');
});
