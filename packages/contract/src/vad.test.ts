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

/** A man's and a woman's voice, English and Mandarin. */
const UTTERANCES = [
  { voice: 'wenrounansheng', text: 'The train leaves at eight. Please hurry, or we will miss it.' },
  { voice: 'livelybreezy-female', text: 'Could you book a table for four people on Friday?' },
  { voice: 'wenrounansheng', text: '今天的天气真不错，我们下午去公园散步好不好？' },
  { voice: 'livelybreezy-female', text: '火车在八点到站，快走吧！不然我们就赶不上了。' },
] as const;

let utterances: Float64Array[];
beforeAll(async () => {
  await using emulator = await startEmulator({ port: 0 });
  const { speech } = new StepAudio({ apiKey: emulator.apiKey, baseURL: emulator.url });
  utterances = [];
  for (const { voice, text } of UTTERANCES) {
    const { audio } = await speech.create({ text, voice, format: 'pcm', sampleRate: 16_000 });
    utterances.push(toSound(decodePcm16(audio)));
  }
});

describe('noise alone starts no speech', () => {
  const rows: readonly [NoiseName, dbfs: number, perMinute: number][] = [
    ['white', -40, 0],
    ['pink', -40, 0],
    ['brown', -40, 0],
    ['rain', -40, 0],
    ['fan', -40, 0],
    ['chordMusic', -40, 0],
    ['keyboard', -40, 0],
    ['coughs', -40, 0],
    ['fanSwitchedOn', -40, 0.7],
    ['telephoneRing', -35, 0],
    ['ringbackTone', -35, 0],
    ['reversingBeeper', -35, 0],
    ['siren', -35, 0],
  ];

  test.each(rows)('%s at %d dBFS: at most %d a minute', (name, dbfs, perMinute) => {
    const figure = falseStartsPerMinute(NOISES[name](20), dbfs);
    expect(figure).toBeLessThanOrEqual(perMinute);
  });

  test('by the voice that it lacks', () => {
    const coughs = NOISES.coughs(20);
    expect(falseStartsPerMinute(coughs, -40, { requireVoicing: false })).toBeGreaterThan(5);
  });
});

describe('speech is found', () => {
  test('in a quiet place', () => {
    const figures = utterances.map((utterance) => measureDetection(utterance));
    expect(mean(figures.map(({ found }) => found))).toBeGreaterThanOrEqual(90);
    expect(mean(figures.map(({ falselyActive }) => falselyActive))).toBeLessThanOrEqual(2);
    expect(median(figures.map(({ onsetMs }) => onsetMs ?? Infinity))).toBeLessThanOrEqual(300);
    expect(figures.map(({ starts }) => starts)).toEqual([1, 1, 1, 1]);
  });

  test.each(['white', 'pink', 'rain', 'fan'] as const)('in %s noise', (name) => {
    const noise = NOISES[name](9);
    const figures = utterances.map((utterance) =>
      measureDetection(utterance, { noise, snrDb: 10 }),
    );
    for (const { found } of figures) expect(found).toBeGreaterThanOrEqual(85);
    expect(mean(figures.map(({ falselyActive }) => falselyActive))).toBeLessThanOrEqual(5);
    expect(median(figures.map(({ onsetMs }) => onsetMs ?? Infinity))).toBeLessThanOrEqual(300);
    const loud = utterances.map((utterance) => measureDetection(utterance, { noise, snrDb: 5 }));
    for (const { onsetMs } of loud) expect(onsetMs).toBeDefined();
  });
});

describe('while an answer is played, with what is played as reference', () => {
  test.each([-12, -20, -30])('an echo of %d dB is no speech, and an interruption is', (echoDb) => {
    const [english, , mandarin] = utterances;
    const { falseStarts, interruptions, delaysMs } = measureEcho({
      played: joinSound([english!, mandarin!, english!, mandarin!, english!]),
      users: [utterances[1]!, utterances[3]!],
      echoDb,
      room: { delayMs: 60, decayMs: 110, seed: 21 },
    });
    expect(falseStarts).toBe(0);
    expect(interruptions).toBeGreaterThanOrEqual(3);
    expect(delaysMs).toHaveLength(interruptions);
    expect(median(delaysMs)).toBeLessThanOrEqual(320);
  });
});
