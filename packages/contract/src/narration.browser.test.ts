import { beforeAll, expect, test } from 'vitest';
import { StepAudioError } from '@stepvoice/core';
import {
  concatSamples,
  toFloat32,
  type AudioOutput,
  type AudioOutputEvent,
} from '@stepvoice/core/audio';
import { createElementOutput, createWebAudioOutput } from '@stepvoice/core/browser';
import { narrate, type Utterance } from '@stepvoice/core/narration';
import { systemClock } from '../../core/src/net/clock.ts';
import { createSimulatedSpeech } from '../../core/src/narration/testing/simulated-service.ts';
import { simulateVoice } from '../../core/src/narration/testing/simulated-voice.ts';
import { clickPage } from './page-gesture.ts';
import { captureSound } from './sound-capture.ts';

beforeAll(() => clickPage());

const RATE = 24_000;
/**
 * Every turn is a request and a unit of its own, so that the times of its words are known to the millisecond; short words,
 * so that there are enough of them to speak of the 95th of a hundred.
 */
const TEXT = [
  'It is so, and we go on to it as we do it all day.',
  '**Anna**: So do we, if it is up to us to go or to be as we are.',
].join('\n\n');

type ToldWord = { utterance: number; atMs: number };
type Position = Extract<AudioOutputEvent, { type: 'position' }>;

/** Reads the text aloud, and notes down when which word is told. */
async function listen(output: AudioOutput) {
  const { service, speech } = createSimulatedSpeech({
    clock: systemClock,
    firstByteMs: 30,
    msPerCharacter: 1,
  });
  const utterances: Utterance[] = [];
  const told: ToldWord[] = [];
  await using narration = narrate(
    { text: TEXT, format: 'markdown' },
    {
      speech,
      output,
      voice: { voice: 'ruyananshi' },
      cast: { Anna: { voice: 'shuangkuainvsheng' } },
      pauses: { paragraphMs: 200, speakerMs: 200 },
    },
  );
  narration.on('utterance', ({ utterance }) => utterances.push(utterance));
  narration.on('word', ({ utterance }) => {
    told.push({ utterance: utterance.index, atMs: systemClock.now() });
  });
  narration.play();
  await narration.done;
  expect(narration.metrics.underruns).toBe(0);
  const spoken = utterances.map(({ spoken: { text }, pauseAfterMs }) => {
    const request = service.requests.find((one) => one.text.trim() === text.trim());
    if (request === undefined) throw new StepAudioError('not one request a turn', { code: 'test' });
    return { ...simulateVoice(request.text, RATE), pauseAfterMs };
  });
  return { told, spoken };
}

type Listened = Awaited<ReturnType<typeof listen>>;

function percentile(percent: number, values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.ceil((values.length * percent) / 100) - 1]!;
}

function median(values: readonly number[]): number {
  return percentile(50, values);
}

test('WebAudio: every sample is heard, and words are told within 30 ms of the positions that were recorded', async () => {
  const context = new AudioContext({ sampleRate: RATE, latencyHint: 'playback' });
  const capture = await captureSound(context);
  const output = createWebAudioOutput({ sampleRate: RATE, context, destination: capture.node });
  const positions: Position[] = [];
  output.subscribe((event) => {
    if (event.type === 'position' && event.advancing) positions.push(event);
  });
  const { told, spoken } = await listen(output);
  const sound = await capture.read();
  await output.close();
  await context.close();

  const parts = spoken.flatMap(({ samples, pauseAfterMs }) => [
    samples,
    new Int16Array((pauseAfterMs / 1000) * RATE),
  ]);
  const expected = toFloat32(concatSamples(parts));
  const isSound = (value: number) => value !== 0;
  const start = sound.findIndex(isSound) - expected.findIndex(isSound);
  const heard = sound.subarray(start, start + expected.length);
  expect(heard.findIndex((value, at) => value !== expected[at])).toBe(-1);
  expect(sound.subarray(start + expected.length).some(isSound)).toBe(false);

  const times = spoken.flatMap(({ tokens }) => tokens.map(({ startMs }) => startMs));
  expect(told).toHaveLength(times.length);
  // Sounds and silences take turns.
  const pieceIds = [...new Set(positions.map(({ pieceId }) => pieceId))];
  const errorsMs = told.map(({ utterance, atMs }, at) => {
    const near = positions
      .filter(({ pieceId }) => pieceId === pieceIds[utterance * 2])
      .toSorted((a, b) => Math.abs(a.atMs - atMs) - Math.abs(b.atMs - atMs))[0]!;
    return Math.abs(near.seconds * 1000 + atMs - near.atMs - times[at]!);
  });
  expect(percentile(95, errorsMs)).toBeLessThan(30);
});

/** By how much each word is told too late or too early, if `timeOf` is when so much of an utterance has been heard. */
function errorsOf(
  { told, spoken }: Listened,
  timeOf: (utterance: number, seconds: number) => number,
): number[] {
  const times = spoken.flatMap(({ tokens }, utterance) =>
    tokens.map(({ startMs }) => ({ utterance, atMs: timeOf(utterance, startMs / 1000) })),
  );
  expect(told.map(({ utterance }) => utterance)).toEqual(times.map(({ utterance }) => utterance));
  return told.map(({ atMs }, at) => Math.abs(atMs - times[at]!.atMs));
}

/** Looks every few milliseconds. */
function watch<Look>(look: () => Look): { looks: Look[]; end: () => void } {
  const looks: Look[] = [];
  const timer = setInterval(() => looks.push(look()), 4);
  return { looks, end: () => clearInterval(timer) };
}

test('audio elements: words are told within 30 ms of the positions that were recorded', async () => {
  const elements = [new Audio(), new Audio()] as const;
  const output = createElementOutput({ elements });
  await output.unlock();
  const { looks, end } = watch(() => {
    const element = elements.find(({ paused, ended }) => !paused && !ended);
    return { element, seconds: element?.currentTime ?? 0, atMs: systemClock.now() };
  });
  const listened = await listen(output);
  end();
  await output.close();
  // A device plays evenly, so the moment when a file began follows from where it was later, when its time is settled.
  const startsMs = listened.spoken.map((_, utterance) => {
    const settled = looks.filter(
      ({ element, seconds }) => element === elements[utterance % 2] && seconds > 0.5,
    );
    expect(settled.length).toBeGreaterThan(100);
    return median(settled.map(({ atMs, seconds }) => atMs - seconds * 1000));
  });
  const errorsMs = errorsOf(listened, (at, seconds) => startsMs[at]! + seconds * 1000);
  expect(percentile(95, errorsMs)).toBeLessThan(30);
});
