import { beforeAll, describe, expect, test } from 'vitest';
import { StepAudio } from '@stepvoice/core/node';
import { decodePcm16 } from '@stepvoice/core/audio';
import { startEmulator } from '@stepvoice/emulator';
import {
  falseStartsPerMinute,
  joinSound,
  mean,
  measureDetection,
  measureEcho,
  median,
  toSound,
} from './sound/detection-figures.ts';
import { NOISES } from './sound/noise.ts';
import type { NoiseName } from './sound/noise.ts';

const VOICES = [
  'cixingnansheng',
  'wenrounansheng',
  'livelybreezy-female',
  'elegantgentle-female',
] as const;
const TEXTS = [
  'The train leaves at eight. Please hurry, or we will miss it, and the next one goes tomorrow.',
  'I would like to book a table for four people on Friday evening, somewhere near the station.',
  '火车在八点到站，快走吧！不然我们就赶不上了，下一班要等到明天。',
  '今天的天气真不错，我们下午去公园散步好不好？记得带上水和帽子。',
] as const;

/** By voice, in the order of the texts. */
let spoken: Float64Array[][];
beforeAll(async () => {
  await using emulator = await startEmulator({ port: 0 });
  const { speech } = new StepAudio({ apiKey: emulator.apiKey, baseURL: emulator.url });
  spoken = [];
  for (const voice of VOICES) {
    const utterances: Float64Array[] = [];
    for (const text of TEXTS) {
      const { audio } = await speech.create({ text, voice, format: 'pcm', sampleRate: 16_000 });
      utterances.push(toSound(decodePcm16(audio)));
    }
    spoken.push(utterances);
  }
});

describe('two minutes of noise start no speech', () => {
  const names = Object.keys(NOISES) as NoiseName[];
  const cases = names.flatMap((name) => [-50, -40, -35, -30, -20].map((dbfs) => ({ name, dbfs })));

  test.each(cases)('$name at $dbfs dBFS', ({ name, dbfs }) => {
    const most = name === 'fanSwitchedOn' ? 0.7 : 0;
    expect(falseStartsPerMinute(NOISES[name](120), dbfs)).toBeLessThanOrEqual(most);
  });
});

describe('speech is found', () => {
  const steady = ['white', 'pink', 'brown', 'rain', 'fan'] as const;
  const cases = steady.flatMap((name) => [
    { name, snrDb: 20, least: 90 },
    { name, snrDb: 10, least: 85 },
    // What the figures of the detector on other clips were at 5 dB.
    { name, snrDb: 5, least: 80 },
  ]);

  test('by every voice in a quiet place', () => {
    const figures = spoken.flat().map((utterance) => measureDetection(utterance));
    expect(mean(figures.map(({ found }) => found))).toBeGreaterThanOrEqual(90);
    expect(mean(figures.map(({ falselyActive }) => falselyActive))).toBeLessThanOrEqual(2);
    expect(median(figures.map(({ onsetMs }) => onsetMs ?? Infinity))).toBeLessThanOrEqual(300);
  });

  test.each(cases)('in $name noise at $snrDb dB', ({ name, snrDb, least }) => {
    const noise = NOISES[name](11);
    const figures = spoken.flat().map((utterance) => measureDetection(utterance, { noise, snrDb }));
    expect(mean(figures.map(({ found }) => found))).toBeGreaterThanOrEqual(least);
    expect(mean(figures.map(({ falselyActive }) => falselyActive))).toBeLessThanOrEqual(5);
    expect(median(figures.map(({ onsetMs }) => onsetMs ?? Infinity))).toBeLessThanOrEqual(300);
    for (const { onsetMs } of figures) expect(onsetMs).toBeDefined();
  });
});

describe('echo', () => {
  const rooms = [
    { delayMs: 60, decayMs: 110, seed: 21 },
    { delayMs: 120, decayMs: 200, seed: 22 },
  ];
  const pairs = [
    [2, 0],
    [0, 2],
    [3, 1],
    [1, 3],
  ] as const;
  const cases = [-6, -12, -20, -30].flatMap((echoDb) =>
    rooms.flatMap((room) => pairs.map(([played, user]) => ({ echoDb, room, played, user }))),
  );

  test.each(cases)(
    'of $echoDb dB in a room of $room.decayMs ms, voice $played interrupted by $user',
    ({ echoDb, room, played, user }) => {
      const { falseStarts, interruptions, delaysMs } = measureEcho({
        played: joinSound([...spoken[played]!, ...spoken[played]!]),
        users: spoken[user]!,
        echoDb,
        room,
      });
      expect(falseStarts).toBe(0);
      expect(interruptions).toBeGreaterThanOrEqual(7);
      expect(delaysMs.length).toBeGreaterThanOrEqual(interruptions - 1);
      expect(median(delaysMs)).toBeLessThanOrEqual(echoDb === -6 ? 490 : 320);
    },
  );
});
