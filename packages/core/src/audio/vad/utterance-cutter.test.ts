import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ValidationError } from '../../errors.ts';
import { concatSamples } from '../pcm.ts';
import { ScriptedDetector, scripted } from './testing/scripted-detector.ts';
import { UtteranceCutter } from './utterance-cutter.ts';
import type { UtteranceCutterOptions, UtteranceEvent } from './utterance-cutter.ts';

const RATE = 1000;
const pause = '.'.repeat(40);
const speech = 'V'.repeat(40);

function cutterOf(options: Partial<UtteranceCutterOptions> = {}): UtteranceCutter {
  return new UtteranceCutter({
    sampleRate: RATE,
    endMs: 200,
    preRollMs: 100,
    postRollMs: 50,
    detector: new ScriptedDetector(),
    ...options,
  });
}

type Utterance = { fromMs: number; toMs: number; samples: Int16Array; own: number; reason: string };

/** Utterances as whole sounds; `samples` with the rest of the pause behind them. */
function gather(events: readonly UtteranceEvent[]): Utterance[] {
  const utterances: Utterance[] = [];
  let parts: Int16Array[] = [];
  let fromMs = -1;
  for (const event of events) {
    if (event.type === 'started') {
      fromMs = event.atMs;
      parts = [];
    } else if (event.type === 'sound') {
      parts.push(event.samples);
    } else {
      const { atMs, ownSamples, reason } = event;
      utterances.push({
        fromMs,
        toMs: atMs,
        samples: concatSamples(parts),
        own: ownSamples,
        reason,
      });
    }
  }
  return utterances;
}

function cut(script: string, options: Partial<UtteranceCutterOptions> = {}): Utterance[] {
  const cutter = cutterOf(options);
  return gather([...cutter.push(scripted(script)), ...cutter.flush()]);
}

test('cuts what was said, with a little before and behind it', () => {
  const script = pause + speech + pause;
  const [only, ...others] = cut(script);
  expect(others).toEqual([]);
  expect(only).toMatchObject({ fromMs: 300, toMs: 850, own: 550, reason: 'pause' });
  expect(only?.samples.subarray(0, 550)).toEqual(scripted(script).subarray(300, 850));
});

test('gives the sound while it is being said', () => {
  const cutter = cutterOf();
  cutter.push(scripted(pause));
  const begun = cutter.push(scripted('V'.repeat(20)));
  expect(begun.map(({ type }) => type)).toEqual(['started', 'sound']);
  expect(cutter.isSpeaking).toBe(true);
  expect(cutter.push(scripted('V')).map(({ type }) => type)).toEqual(['sound']);
});

test('two utterances share no sample, however near they are', () => {
  const script = speech + '.'.repeat(20) + speech + pause;
  const [first, second] = cut(script, { preRollMs: 1000 });
  expect(first).toMatchObject({ fromMs: 0, toMs: 450 });
  expect(second).toMatchObject({ fromMs: 450 });
});

test('a long one is cut, without a sample lost', () => {
  const script = 'V'.repeat(250) + pause;
  const utterances = cut(script, { maxSeconds: 1 });
  expect(utterances.map(({ reason }) => reason)).toEqual(['length', 'length', 'pause']);
  expect(utterances.map(({ fromMs }) => fromMs)).toEqual([0, 1000, 2000]);
  const whole = concatSamples(utterances.map(({ samples, own }) => samples.subarray(0, own)));
  expect(whole).toEqual(scripted(script).subarray(0, 2550));
});

test('flush ends what goes on, and makes the cutter new', () => {
  const cutter = cutterOf();
  const events = [...cutter.push(scripted(pause + speech)), ...cutter.flush()];
  expect(gather(events)).toMatchObject([{ fromMs: 300, toMs: 800, reason: 'flush' }]);
  expect(cutter.isSpeaking).toBe(false);
  expect(gather([...cutter.push(scripted(speech)), ...cutter.flush()])).toMatchObject([
    { fromMs: 0 },
  ]);
});

test('the same however the stream is cut', () => {
  const letters = fc.constantFrom('V', 'A', '.');
  const runs = fc.array(fc.tuple(letters, fc.integer({ min: 1, max: 60 })), { maxLength: 12 });
  fc.assert(
    fc.property(runs, fc.array(fc.integer({ min: 1, max: 500 })), (script, sizes) => {
      const samples = scripted(script.map(([letter, count]) => letter.repeat(count)).join(''));
      const options = { maxSeconds: 1 };
      const own = (events: readonly UtteranceEvent[]) =>
        gather(events).map(({ samples: all, own: count, ...place }) => ({
          ...place,
          samples: all.subarray(0, count),
        }));
      const atOnce = cutterOf(options);
      const whole = own([...atOnce.push(samples), ...atOnce.flush()]);
      const inPieces = cutterOf(options);
      const events: UtteranceEvent[] = [];
      let at = 0;
      for (const size of [...sizes, samples.length]) {
        events.push(...inPieces.push(samples.subarray(at, at + size)));
        at += size;
      }
      events.push(...inPieces.flush());
      expect(own(events)).toEqual(whole);
      for (const { fromMs, samples: said } of whole) {
        expect(said).toEqual(samples.subarray(fromMs, fromMs + said.length));
      }
    }),
    { numRuns: 200 },
  );
});

describe('refuses', () => {
  test.each([
    [{ preRollMs: -1 }, 'preRollMs'],
    [{ preRollMs: 5001 }, 'preRollMs'],
    [{ postRollMs: 201 }, 'postRollMs'],
    [{ maxSeconds: 0.5 }, 'maxSeconds'],
    [{ sampleRate: 10 }, 'sampleRate'],
  ])('%j', (options, path) => {
    expect(() => cutterOf(options)).toThrow(ValidationError);
    expect(() => cutterOf(options)).toThrow(path);
  });
});
