import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { concatSamples, encodePcm16 } from '../audio/pcm.ts';
import type { Pcm } from '../audio/pcm.ts';
import type { Subtitle } from '../speech/speech-events.ts';
import { joinPieces, wholePiece } from './batches.ts';
import { NarrationPlan } from './plan.ts';
import { simulateVoice } from './testing/simulated-voice.ts';
import type { SimulatedToken } from './testing/simulated-voice.ts';
import { cutBatch, wholeBatch } from './timeline.ts';
import type { SpokenPieces } from './timeline.ts';

const SAMPLE_RATE = 8000;

function batchOf(text: string) {
  const plan = new NarrationPlan({ text, format: 'plain' });
  while (plan.step());
  const utterances = Array.from({ length: plan.length }, (_, index) => plan.utteranceAt(index)!);
  return joinPieces(utterances.map((utterance) => wholePiece(utterance)));
}

const subtitlesOf = (tokens: readonly SimulatedToken[]): Subtitle[] => [
  { text: '', words: tokens, requestId: undefined },
];

function speak(text: string) {
  const batch = batchOf(text);
  const { samples, tokens } = simulateVoice(batch.text, SAMPLE_RATE);
  return { batch, sound: { samples, sampleRate: SAMPLE_RATE }, tokens };
}

const samplesOf = (speech: { sound: unknown }) => (speech.sound as { samples: Int16Array }).samples;

const TEXT = 'The first one. 第二句话在这里！\n\nAnd, in 3 words, a third?';

describe('the sound of a batch', () => {
  test('is cut in the silence between sentences, and is whole when joined', () => {
    const { batch, sound, tokens } = speak(TEXT);
    const groups = cutBatch(batch, sound, subtitlesOf(tokens));
    expect(groups.map(({ first, count }) => [first, count])).toEqual([
      [0, 1],
      [1, 1],
      [2, 1],
    ]);
    expect(isWhole(groups, sound)).toBe(true);
    for (const { speech } of groups) {
      const samples = samplesOf(speech);
      expect(samples.buffer.byteLength).toBe(samples.byteLength);
      expect(Math.abs(samples[0]!)).toBe(0);
      expect(Math.abs(samples.at(-1)!)).toBe(0);
      expect(speech.timing).toBe('service');
    }
    // Each holds the tones of its own sentence and no other: but for the silence around it.
    const [, second] = groups;
    const own = simulateVoice('第二句话在这里', SAMPLE_RATE).samples;
    expect(trimmed(samplesOf(second!.speech))).toEqual(trimmed(own));
  });

  test('has the words of each sentence, from its own start', () => {
    const { batch, sound, tokens } = speak(TEXT);
    const [first, , third] = cutBatch(batch, sound, subtitlesOf(tokens));
    const words = third!.speech.words.map(({ range }) =>
      batch.pieces[2]!.text.slice(range.start, range.end),
    );
    expect(words).toEqual(['And', 'in', '3', 'words', 'a', 'third']);
    const before = sound.samples.length - samplesOf(third!.speech).length;
    const token = tokens.find(({ text }) => text.startsWith('words'))!;
    expect(third!.speech.words[3]!.startSeconds).toBeCloseTo(
      token.startMs / 1000 - before / SAMPLE_RATE,
      2,
    );
    expect(first!.speech.words[0]).toMatchObject({ range: { start: 0, end: 3 } });
  });

  test('without times it is one unit, with words by estimate', () => {
    const { batch, sound, tokens } = speak(TEXT);
    for (const subtitles of [[], subtitlesOf([]), subtitlesOf(tokens.slice(0, 3))]) {
      const groups = cutBatch(batch, sound, subtitles);
      expect(groups).toHaveLength(1);
      expect(groups[0]).toMatchObject({ first: 0, count: 3, speech: { timing: 'estimate' } });
      expect(samplesOf(groups[0]!.speech)).toEqual(sound.samples);
      const { words } = groups[0]!.speech;
      expect(words).toHaveLength(16);
      // The voice and the estimate weigh alike.
      const last = words.at(-1)!;
      expect(last.endSeconds).toBeCloseTo(tokens.at(-1)!.endMs / 1000, 1);
    }
  });

  test('where the times of one sentence are missing, that one stays with its neighbours', () => {
    const { batch, sound, tokens } = speak(
      'One is here. Two is there. Three is gone. Four is last. Five it is.',
    );
    const heard = tokens.filter((_, index) => index < 6 || index > 8);
    const groups = cutBatch(batch, sound, subtitlesOf(heard));
    expect(groups.map(({ first, count }) => [first, count])).toEqual([
      [0, 1],
      [1, 3],
      [4, 1],
    ]);
    expect(isWhole(groups, sound)).toBe(true);
    expect(groups[1]!.speech.words).toHaveLength(9);
  });

  test('times in steps of 80 ms cut in the same silence', () => {
    const { batch, sound, tokens } = speak(TEXT);
    const grid = (ms: number) => Math.round(ms / 80) * 80;
    const coarse = tokens.map(({ text, startMs, endMs }) => ({
      text,
      startMs: grid(startMs),
      endMs: grid(endMs),
    }));
    const groups = cutBatch(batch, sound, subtitlesOf(coarse));
    expect(groups).toHaveLength(3);
    const own = simulateVoice('第二句话在这里', SAMPLE_RATE).samples;
    expect(trimmed(samplesOf(groups[1]!.speech))).toEqual(trimmed(own));
  });

  test('a file that cannot be cut is one unit with its words', () => {
    const { batch, tokens } = speak(TEXT);
    const clip = { bytes: new Uint8Array(4), mediaType: 'audio/mpeg', durationSeconds: 9 };
    expect(wholeBatch(batch, clip, subtitlesOf(tokens))).toMatchObject({
      first: 0,
      count: 3,
      speech: { sound: clip, timing: 'service' },
    });
    expect(wholeBatch(batch, clip, []).speech.timing).toBe('estimate');
  });
});

test('whatever becomes of the times: no sample is lost, and words lie inside their sound', () => {
  const { batch, sound, tokens } = speak('One two. 三四五。Six, seven! 8 9. 十。');
  const fault = fc.record({
    at: fc.nat(),
    kind: fc.constantFrom('drop', 'late', 'early', 'rename', 'stretch', 'swap'),
  });
  fc.assert(
    fc.property(fc.array(fault, { maxLength: 8 }), (faults) => {
      const items = tokens.map((token) => ({ ...token }));
      for (const { at, kind } of faults) {
        const item = items[at % Math.max(1, items.length)];
        if (item === undefined) break;
        if (kind === 'drop') items.splice(at % items.length, 1);
        else if (kind === 'late') item.endMs += 700;
        else if (kind === 'early') item.startMs -= 900;
        else if (kind === 'rename') item.text = '?';
        else if (kind === 'stretch') item.endMs = 1e9;
        else items.reverse();
      }
      const groups = cutBatch(batch, sound, subtitlesOf(items));
      expect(isWhole(groups, sound)).toBe(true);
      expect(groups.reduce((sum, { count }) => sum + count, 0)).toBe(batch.pieces.length);
      for (const { speech } of groups) {
        const seconds = samplesOf(speech).length / SAMPLE_RATE;
        let at = 0;
        for (const { startSeconds, endSeconds } of speech.words) {
          expect(startSeconds).toBeGreaterThanOrEqual(at);
          expect(endSeconds).toBeGreaterThanOrEqual(startSeconds);
          at = endSeconds;
        }
        expect(at).toBeLessThanOrEqual(seconds);
      }
    }),
    { numRuns: 150 },
  );
});

/** Compared as bytes: a matcher that looks at each sample takes a hundred times as long. */
function isWhole(groups: readonly SpokenPieces[], sound: Pcm): boolean {
  const joined = concatSamples(groups.map(({ speech }) => samplesOf(speech)));
  return Buffer.from(encodePcm16(joined)).equals(encodePcm16(sound.samples));
}

function trimmed(samples: Int16Array): Int16Array {
  const first = samples.findIndex((sample) => sample !== 0);
  return samples.slice(first, samples.findLastIndex((sample) => sample !== 0) + 1);
}
