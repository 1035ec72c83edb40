import { concatSamples, resample } from '@stepvoice/core/audio';
import { describe, expect, test, vi } from 'vitest';
import { DataSpeechListener, hearDataSpeech, speakData } from './data-speech.ts';
import { ggwaveSampleRate } from './ggwave-codec.ts';

async function say(text: string, tag = 0): Promise<Int16Array> {
  const pieces: Int16Array[] = [];
  for await (const { samples } of speakData(text, tag)) pieces.push(samples);
  return concatSamples(pieces);
}

/** A linear congruential generator: the same noise in every run. */
function noise(length: number, amplitude: number): Int16Array {
  let state = 1;
  return Int16Array.from({ length }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (state / 0x7fffffff - 0.5) * 2 * amplitude;
  });
}

const text = 'Stepvoice：你好，世界！ 123 <&> 😀';

test.each([48_000, 44_100, 32_000, 24_000, 22_050, 16_000])(
  'is heard to the letter at %i Hz',
  async (sampleRate) => {
    const samples = resample(await say(text), ggwaveSampleRate, sampleRate);
    expect(await hearDataSpeech({ samples, sampleRate })).toBe(text);
  },
);

test.each([0, 1, 317, 1023, 5000, 40_001])(
  'with %i samples of silence before it',
  async (offset) => {
    const samples = concatSamples([new Int16Array(offset), await say(text)]);
    expect(await hearDataSpeech({ samples, sampleRate: ggwaveSampleRate })).toBe(text);
  },
);

test('quiet and in noise', async () => {
  const spoken = await say(text);
  const rush = noise(spoken.length, 300);
  const samples = spoken.map((sample, i) => sample * 0.2 + rush[i]!);
  expect(await hearDataSpeech({ samples, sampleRate: ggwaveSampleRate })).toBe(text);
});

test('without the silence at its end', async () => {
  const spoken = await say(text);
  const samples = spoken.subarray(0, spoken.length - ggwaveSampleRate / 2);
  expect(await hearDataSpeech({ samples, sampleRate: ggwaveSampleRate })).toBe(text);
});

test('several utterances are one text; the same words twice are heard twice', async () => {
  const samples = concatSamples([await say('你好', 1), await say('你好', 2), await say('！', 3)]);
  expect(await hearDataSpeech({ samples, sampleRate: ggwaveSampleRate })).toBe('你好你好！');
});

describe('nothing is heard', () => {
  test.each([
    ['in silence', new Int16Array(48_000)],
    ['in nothing', new Int16Array(0)],
    ['in noise', noise(96_000, 8000)],
  ])('%s', async (_, samples) => {
    expect(await hearDataSpeech({ samples, sampleRate: ggwaveSampleRate })).toBeUndefined();
  });

  test('of a message with a hole in it', async () => {
    const samples = await say('一条有点长的消息，中间缺了一块');
    samples.fill(0, 48_000, 72_000);
    expect(await hearDataSpeech({ samples, sampleRate: ggwaveSampleRate })).toBeUndefined();
  });
});

test('a listener tells the text while it goes on, in chunks of any size', async () => {
  const listener = await DataSpeechListener.create(24_000);
  const samples = resample(await say(text), ggwaveSampleRate, 24_000);
  const events = [];
  for (let start = 0; start < samples.length; start += 777) {
    events.push(...listener.push(samples.subarray(start, start + 777)));
  }
  listener.free();
  listener.free();
  expect(events.at(-1)).toEqual({ type: 'message', text });
  expect(events.filter(({ type }) => type === 'partial').length).toBeGreaterThan(5);
});

test('more listeners at once than one copy of the library has room for', async () => {
  const samples = await say(text);
  const hearing = Array.from({ length: 10 }, () =>
    hearDataSpeech({ samples, sampleRate: ggwaveSampleRate }),
  );
  expect(await Promise.all(hearing)).toEqual(hearing.map(() => text));
});

test('twenty Chinese characters take a few seconds', async () => {
  const seconds = (await say('春'.repeat(20))).length / ggwaveSampleRate;
  expect(seconds).toBeGreaterThan(1);
  expect(seconds).toBeLessThan(4);
});

test('instances are given back, and nothing is printed', async () => {
  const print = vi.spyOn(process.stdout, 'write');
  for (let i = 0; i < 20; i++) {
    expect(await hearDataSpeech({ samples: await say('好', i), sampleRate: 48_000 })).toBe('好');
    // Left in the middle, as a listener who hangs up does.
    for await (const _ of speakData('x'.repeat(100), 0)) break;
  }
  expect(print).not.toHaveBeenCalled();
  print.mockRestore();
});
