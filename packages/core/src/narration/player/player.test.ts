import { describe, expect, test } from 'vitest';
import { PullOutput } from '../../audio/output/pull-output.ts';
import { CollectOutput } from '../../audio/output/collect-output.ts';
import type { AudioClip, AudioOutput } from '../../audio/output/audio-output.ts';
import type { Pcm } from '../../audio/pcm.ts';
import { ManualClock } from '../../net/testing/manual-clock.ts';
import { PulledDevice } from '../testing/pulled-device.ts';
import { Player } from './player.ts';
import { ScriptedOutput } from './testing/scripted-output.ts';
import { SCRIPTED_RATE, ScriptedSupply } from './testing/scripted-supply.ts';
import type { ScriptedSentence } from './testing/scripted-supply.ts';

const OLD = (index: number) => index;

type Told = { atMs: number; what: string };

function setUp(sentences: ScriptedSentence[] = story(), options: { rate?: number } = {}) {
  const clock = new ManualClock();
  const output = new PullOutput({
    sampleRate: SCRIPTED_RATE,
    now: () => clock.now(),
    queueSeconds: 1,
  });
  const device = new PulledDevice(clock, output);
  return { ...playOn(output, clock, sentences, options), output, device };
}

function playOn(
  output: AudioOutput,
  clock: ManualClock,
  sentences: ScriptedSentence[],
  { rate = 1 } = {},
) {
  const supply = new ScriptedSupply(clock, sentences);
  const told: Told[] = [];
  const tell = (what: string) => told.push({ atMs: clock.now(), what });
  const player: Player = new Player(
    {
      output,
      clock,
      supply,
      plan: supply,
      place: { utterance: 0, offset: 0 },
      listener: {
        onState: (state, reason) => tell(reason === undefined ? state : `${state} ${reason}`),
        onUtterance: (utterance) => tell(`utterance ${utterance}`),
        onWord: (utterance, word) => tell(`word ${utterance}.${word.start / 5}`),
        onPosition: () => undefined,
        onSkipped: (utterance) => tell(`skipped ${utterance.index}`),
        onUnit: () => undefined,
        onFailed: (error) => tell(`failed ${(error as Error).message}`),
        onEnded: () => tell('ended!'),
      },
    },
    rate,
  );
  const whats = (prefix = '') =>
    told.map(({ what }) => what).filter((what) => what.startsWith(prefix));
  return { clock, supply, player, told, whats };
}

function story(): ScriptedSentence[] {
  return [
    { tone: 1000, words: 4, pauseMs: 0 },
    { tone: 2000, words: 8, pauseMs: 500 },
    { tone: 3000, words: 2, pauseMs: 200 },
    { tone: 4000, words: 6, pauseMs: 0 },
  ];
}

/** Runs of the same sample, as [value, seconds]. */
function runsOf(samples: Int16Array): [number, number][] {
  const runs: [number, number][] = [];
  for (const sample of samples) {
    const last = runs.at(-1);
    if (last?.[0] === sample) last[1] += 1;
    else runs.push([sample, 1]);
  }
  return runs.map(([value, count]) => [value, count / SCRIPTED_RATE]);
}

describe('from the beginning to the end', () => {
  test('the sound is the units with their silence, to the sample, and words are told when they are heard', async () => {
    const { clock, player, device, told, whats, supply } = setUp();
    player.play();
    expect(player.state).toBe('buffering');
    await clock.advance(8000);

    const heard = device.samples;
    const first = heard.findIndex((sample) => sample !== 0);
    expect(runsOf(heard.subarray(first)).slice(0, -1)).toEqual([
      [1000, 1],
      [2000, 2],
      [0, 0.5],
      [3000, 0.5],
      [0, 0.2],
      [4000, 1.5],
    ]);
    const startMs = device.startedAtMs + (first / SCRIPTED_RATE) * 1000;
    const starts = [0, 1, 3.5, 4.2];
    for (const { atMs, what } of told.filter((one) => one.what.startsWith('word'))) {
      const [utterance, word] = what.slice(5).split('.').map(Number);
      expect(Math.abs(atMs - startMs - (starts[utterance!]! + word! * 0.25) * 1000)).toBeLessThan(
        21,
      );
    }
    expect(whats('word')).toHaveLength(20);
    expect(whats('utterance')).toEqual([0, 1, 2, 3].map((index) => `utterance ${index}`));
    expect(whats().slice(0, 2)).toEqual(['buffering', 'playing']);
    expect(whats().slice(-2)).toEqual(['ended', 'ended!']);
    expect(supply.calls).toHaveLength(1);
    expect(player.underruns).toBe(0);
    expect(supply.open).toBe(0);
    device.close();
    expect(clock.pending).toBe(0);
  });
});

describe('commands', () => {
  test('a pause holds sound and words where they are, and they go on from there', async () => {
    const { clock, player, device, whats } = setUp();
    player.play();
    await clock.advance(620);
    player.pause();
    const words = whats('word');
    const place = player.place;
    await clock.advance(3_600_000 / 100);
    expect(player.state).toBe('paused');
    expect(whats('word')).toEqual(words);
    expect(player.place).toEqual(place);
    player.play();
    expect(player.state).toBe('playing');
    await clock.advance(8000);
    expect(whats('word')).toHaveLength(20);
    expect(runsOf(device.samples.filter((sample) => sample !== 0))).toEqual([
      [1000, 1],
      [2000, 2],
      [3000, 0.5],
      [4000, 1.5],
    ]);
  });

  test('stop is silence at once but for the fade, tells nothing more, and play goes on where it was', async () => {
    const { clock, player, device, whats, supply } = setUp();
    player.play();
    await clock.advance(1500);
    player.stop();
    const count = whats().length;
    const frames = device.frames.length;
    await clock.advance(2000);
    expect(whats()).toHaveLength(count);
    expect(supply.open).toBe(0);
    const tail = device.frames
      .slice(frames)
      .map((frame) => frame.filter((sample) => sample !== 0).length);
    expect(tail.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(0.015 * SCRIPTED_RATE);
    expect(player.place).toEqual({ utterance: 1, offset: 5 });
    player.play();
    await clock.advance(8000);
    expect(whats('word').slice(-15, -8)).toEqual([1, 2, 3, 4, 5, 6, 7].map((n) => `word 1.${n}`));
    expect(whats().slice(-1)).toEqual(['ended!']);
  });

  test('a seek ahead of what is on its way asks the supply again, one within it does not', async () => {
    const { clock, player, supply, whats } = setUp();
    player.play();
    await clock.advance(500);
    player.moveTo({ utterance: 1, offset: 10 });
    expect(player.place).toEqual({ utterance: 1, offset: 10 });
    await clock.advance(100);
    expect(supply.calls).toHaveLength(1);
    expect(whats().slice(-3)).toEqual(['playing', 'utterance 1', 'word 1.2']);
    player.moveTo({ utterance: 3, offset: 0 });
    await clock.advance(100);
    expect(supply.calls.slice(1)).toEqual([{ utterance: 3, offset: 0 }]);
    expect(whats().slice(-2)).toEqual(['utterance 3', 'word 3.0']);
    player.moveTo({ utterance: 0, offset: 0 });
    await clock.advance(9000);
    expect(whats().slice(-1)).toEqual(['ended!']);
    expect(player.underruns).toBe(0);
  });

  test('a rate is heard at once, and words keep to it', async () => {
    const { clock, player, device, told, supply } = setUp();
    player.play();
    await clock.advance(1500);
    player.setRate(2);
    await clock.advance(6000);
    expect(supply.calls).toHaveLength(1);
    expect(supply.rate).toBe(2);
    const at = (what: string) => told.find((one) => one.what === what)!.atMs;
    expect(at('word 1.7') - at('word 1.4')).toBeGreaterThan(350);
    expect(at('word 1.7') - at('word 1.4')).toBeLessThan(400);
    expect(at('word 2.0') - at('word 1.7')).toBeLessThan(400);
    const rest = runsOf(device.samples.filter((sample) => sample > 3900));
    expect(rest.reduce((sum, [, seconds]) => sum + seconds, 0)).toBeCloseTo(0.75, 1);
    expect(told.at(-1)!.what).toBe('ended!');
  });

  test('after close nothing is left on the clock, in the output or at the supply', async () => {
    const { clock, player, device, supply, told } = setUp();
    supply.delayMs = 400;
    player.play();
    await clock.advance(1000);
    player.close();
    const count = told.length;
    device.close();
    await clock.advance(0);
    expect(clock.pending).toBe(0);
    expect(supply.open).toBe(0);
    player.play();
    player.moveTo({ utterance: 0, offset: 0 });
    await clock.advance(1000);
    expect(told).toHaveLength(count);
  });
});

describe('edits', () => {
  test('behind what is enqueued: the sound goes on as it was', async () => {
    const { clock, player, supply, device } = setUp();
    player.play();
    await clock.advance(500);
    supply.sentences = supply.sentences.with(3, { tone: 5000, words: 4, pauseMs: 0 });
    player.replan({
      indexOf: (index) => (index === 3 ? undefined : index),
      resumeAt: { utterance: 1, offset: 0 },
      isStale: false,
    });
    await clock.advance(9000);
    expect(runsOf(device.samples.filter((sample) => sample !== 0))).toEqual([
      [1000, 1],
      [2000, 2],
      [3000, 0.5],
      [5000, 1],
    ]);
    expect(player.underruns).toBe(0);
  });

  test('of the next sentence, which is enqueued: the one that is heard ends, and the new one follows', async () => {
    const { clock, player, supply, device, whats } = setUp();
    player.play();
    await clock.advance(500);
    supply.sentences = supply.sentences.with(1, { tone: 5000, words: 3, pauseMs: 0 });
    player.replan({
      indexOf: (index) => (index === 1 ? undefined : index),
      resumeAt: { utterance: 1, offset: 0 },
      isStale: false,
    });
    await clock.advance(9000);
    const tones = runsOf(device.samples.filter((sample) => sample !== 0));
    const [, ...rest] = tones.filter(([, seconds]) => seconds > 0.02);
    expect(rest).toEqual([
      [5000, 0.75],
      [3000, 0.5],
      [4000, 1.5],
    ]);
    // Cut in the silence between sentences: at most a frame of what follows is heard, fading.
    const first = tones.filter(([tone]) => tone === 1000).reduce((sum, [, s]) => sum + s, 0);
    expect(first).toBeGreaterThan(0.96);
    expect(tones.filter(([tone]) => tone <= 2000 && tone > 1000)).toEqual([]);
    expect(whats('utterance')).toEqual([0, 1, 2, 3].map((index) => `utterance ${index}`));
    expect(supply.calls).toEqual([
      { utterance: 0, offset: 0 },
      { utterance: 1, offset: 0 },
    ]);
  });

  test('of the sentence that is heard: it ends as it began, without words that are not there any more', async () => {
    const { clock, player, supply, device, whats } = setUp();
    player.play();
    await clock.advance(1600);
    supply.sentences = supply.sentences.with(1, { tone: 5000, words: 3, pauseMs: 0 });
    player.replan({
      indexOf: (index) => (index === 1 ? undefined : index),
      resumeAt: { utterance: 2, offset: 0 },
      isStale: false,
    });
    const words = whats('word').length;
    await clock.advance(1200);
    expect(whats('word')).toHaveLength(words);
    await clock.advance(8000);
    expect(whats('word').slice(words)).toHaveLength(8);
    expect(runsOf(device.samples.filter((sample) => sample !== 0))).toEqual([
      [1000, 1],
      [2000, 2],
      [3000, 0.5],
      [4000, 1.5],
    ]);
  });

  test('before the place: the sound goes on, and sentences have their new numbers', async () => {
    const { clock, player, supply, device, whats } = setUp();
    player.play();
    await clock.advance(1600);
    supply.sentences = [{ tone: 9000, words: 2, pauseMs: 0 }, ...supply.sentences];
    const resumeAt = { utterance: 3, offset: 0 };
    player.replan({ indexOf: (index) => index + 1, resumeAt, isStale: false });
    expect(player.place).toEqual({ utterance: 2, offset: 10 });
    await clock.advance(8000);
    expect(whats('utterance')).toEqual([0, 1, 3, 4].map((index) => `utterance ${index}`));
    expect(whats('word 2')).toEqual([3, 4, 5, 6, 7].map((word) => `word 2.${word}`));
    expect(runsOf(device.samples.filter((sample) => sample !== 0))).toHaveLength(4);
  });

  test('of another voice: from the next sentence on, and asked for at once', async () => {
    const { clock, player, supply, device } = setUp();
    player.play();
    await clock.advance(500);
    supply.sentences = supply.sentences.map((sentence) => ({
      ...sentence,
      tone: sentence.tone + 5,
    }));
    player.replan({ indexOf: OLD, resumeAt: { utterance: 1, offset: 0 }, isStale: true });
    expect(supply.calls).toHaveLength(2);
    await clock.advance(9000);
    const tones = runsOf(device.samples.filter((sample) => sample !== 0));
    expect(tones.filter(([, seconds]) => seconds > 0.1).map(([tone]) => tone)).toEqual([
      1000, 2005, 3005, 4005,
    ]);
  });

  test('while somebody types, the supply is not asked with every letter', async () => {
    const { clock, player, supply } = setUp(
      Array.from({ length: 6 }, (_, i) => ({ tone: 1000 * (i + 1), words: 16, pauseMs: 100 })),
    );
    player.play();
    await clock.advance(500);
    for (let letter = 0; letter < 10; letter += 1) {
      player.replan({
        indexOf: (index) => (index === 4 ? undefined : index),
        resumeAt: { utterance: 1, offset: 0 },
        isStale: false,
      });
      await clock.advance(100);
    }
    expect(supply.calls).toHaveLength(1);
    await clock.advance(1000);
    expect(supply.calls).toHaveLength(2);
  });
});

describe('trouble', () => {
  test('a supply that is late: buffering, counted, and words in time with the sound', async () => {
    const { clock, player, supply, whats, told } = setUp();
    supply.delayMs = 1500;
    player.play();
    await clock.advance(20_000);
    expect(player.underruns).toBe(1);
    expect(whats().filter((what) => /^(buffering|playing|ended)$/.test(what))).toEqual([
      'buffering',
      'playing',
      'buffering',
      'playing',
      'ended',
    ]);
    expect(player.firstSoundMs).toBeGreaterThan(1499);
    expect(player.firstSoundMs).toBeLessThan(1541);
    expect(whats('word')).toHaveLength(20);
    const second = told.find(({ what }) => what === 'word 1.0')!.atMs - told[0]!.atMs;
    expect(second).toBeGreaterThan(2999);
    expect(second).toBeLessThan(3041);
  });

  test('a supply that breaks off: what there is is heard, then it has failed, and play tries again', async () => {
    const { clock, player, supply, whats } = setUp();
    supply.failure = { at: 2, error: new Error('no more') };
    player.play();
    await clock.advance(8000);
    expect(whats('word')).toHaveLength(12);
    expect(whats().slice(-2)).toEqual(['failed', 'failed no more']);
    supply.failure = undefined;
    player.play();
    await clock.advance(8000);
    expect(whats('word')).toHaveLength(20);
    expect(whats().at(-1)).toBe('ended!');
  });

  test('a device that is gone', async () => {
    const { clock, player, output, whats, supply } = setUp();
    player.play();
    await clock.advance(1500);
    output.fail(new Error('unplugged'));
    await clock.advance(5000);
    expect(whats().slice(-2)).toEqual(['failed', 'failed unplugged']);
    expect(supply.open).toBe(0);
    player.play();
    await clock.advance(8000);
    expect(whats().at(-1)).toBe('ended!');
    expect(whats('failed ')).toHaveLength(1);
  });

  test('asleep for hours: nothing is told until the device goes on, and then what is heard', async () => {
    const { clock, player, device, whats } = setUp();
    player.play();
    await clock.advance(1300);
    const words = whats('word');
    device.isFrozen = true;
    await clock.advance(3600 * 1000 * 0.01);
    // What falls into the time in which a device may keep silent is guessed.
    const guessed = whats('word').length - words.length;
    expect(guessed).toBeLessThanOrEqual(6);
    device.isFrozen = false;
    await clock.advance(8000);
    expect(whats('word')).toHaveLength(20);
    expect(whats().at(-1)).toBe('ended!');
  });

  test('a platform that wants a gesture', async () => {
    const clock = new ManualClock();
    const output = new ScriptedOutput(() => clock.now());
    const { player, whats } = playOn(output, clock, story());
    output.isBlocked = true;
    player.play();
    await clock.advance(100);
    expect(whats()).toEqual(['buffering', 'paused blocked']);
    output.isBlocked = false;
    player.play();
    await clock.advance(250);
    output.play(250);
    expect(player.state).toBe('playing');
    player.close();
    expect(output.listeners.size).toBe(0);
    expect(clock.pending).toBe(0);
  });

  test('a stall: of the words it ran over only the last is told, but every sentence', async () => {
    const clock = new ManualClock();
    const output = new ScriptedOutput(() => clock.now());
    const { player, whats } = playOn(output, clock, story());
    player.play();
    await clock.advance(100);
    output.play(100);
    expect(whats('word')).toEqual(['word 0.0']);
    // Nothing was told for long enough that guessing was given up.
    await clock.advance(1600);
    const before = whats('word').length;
    await clock.advance(2000);
    expect(whats('word')).toHaveLength(before);
    output.play(2600);
    await clock.advance(0);
    output.play(1000);
    expect(whats('word').slice(before)).toEqual(['word 1.6', 'word 2.0']);
    expect(whats('utterance')).toEqual(['utterance 0', 'utterance 1', 'utterance 2']);
  });

  test('late events of what was dropped change nothing', async () => {
    const clock = new ManualClock();
    const output = new ScriptedOutput(() => clock.now());
    const { player, told } = playOn(output, clock, story());
    player.play();
    await clock.advance(100);
    output.play(100);
    const pieceId = output.held[0]!.piece.id;
    player.stop();
    const count = told.length;
    const atMs = clock.now();
    output.emit({ type: 'position', pieceId, seconds: 0.9, atMs, advancing: true });
    output.emit({ type: 'ended', pieceId, atMs });
    await clock.advance(1000);
    expect(told).toHaveLength(count);
    expect(player.place).toEqual({ utterance: 0, offset: 0 });
  });
});

describe('what outputs take', () => {
  test('files: each a sentence with its silence; a rate of the output itself changes nothing that is enqueued', async () => {
    const clock = new ManualClock();
    const output = new ScriptedOutput(() => clock.now(), { takes: 'clips', rates: [0.5, 2] });
    const { player, whats } = playOn(output, clock, story(), { rate: 1.5 });
    expect(output.rate).toBe(1.5);
    player.play();
    for (let i = 0; i < 20; i += 1) {
      await clock.advance(100);
      output.play(100);
    }
    player.setRate(2);
    expect(output.dropped).toEqual([]);
    for (let i = 0; i < 40; i += 1) {
      await clock.advance(100);
      output.play(100);
    }
    const clips = output.heard.map(({ sound }) => sound as AudioClip);
    expect(clips.map(({ mediaType }) => mediaType)).toEqual(clips.map(() => 'audio/wav'));
    expect(clips.map((clip) => clip.durationSeconds)).toEqual([1, 2.5, 0.7, 1.5]);
    expect(clips.map(({ bytes }) => bytes.length)).toEqual(
      [1, 2.5, 0.7, 1.5].map((seconds) => 44 + seconds * SCRIPTED_RATE * 2),
    );
    expect(whats('word')).toHaveLength(20);
    expect(whats().at(-1)).toBe('ended!');
  });

  test('beyond the rates of the output, the rest is stretched before', async () => {
    const clock = new ManualClock();
    const output = new ScriptedOutput(() => clock.now(), { takes: 'clips', rates: [0.5, 2] });
    const { player } = playOn(output, clock, story(), { rate: 3 });
    player.play();
    await clock.advance(0);
    expect(output.rate).toBe(2);
    const clip = output.held[0]!.piece.sound as AudioClip;
    expect(clip.durationSeconds).toBeCloseTo(1 / 1.5, 3);
    player.close();
  });

  test('another sample rate: the sound is converted, and nothing is lost', async () => {
    const clock = new ManualClock();
    const output = new PullOutput({ sampleRate: 48_000, now: () => clock.now() });
    const device = new PulledDevice(clock, output);
    const { player, whats } = playOn(output, clock, story().slice(0, 2));
    player.play();
    await clock.advance(5000);
    const heard = device.samples;
    const first = heard.findIndex((sample) => sample !== 0);
    const last = heard.findLastIndex((sample) => sample !== 0);
    expect(Math.abs(last - first + 1 - 3 * 48_000)).toBeLessThan(20);
    expect(whats('word')).toHaveLength(12);
    expect(whats().at(-1)).toBe('ended!');
  });

  test('no clock: a piece is heard when it is taken, sentences are told, words are not', async () => {
    const clock = new ManualClock();
    const taken: number[] = [];
    const output = new CollectOutput({
      write: ({ sound }) => {
        taken.push((sound as Pcm).samples.length);
      },
    });
    const { player, whats } = playOn(output, clock, story());
    player.play();
    await clock.advance(0);
    expect(taken.map((samples) => samples / SCRIPTED_RATE)).toEqual([1, 2, 0.5, 0.5, 0.2, 1.5]);
    expect(whats()).toEqual([
      'buffering',
      'playing',
      ...[0, 1, 2, 3].map((index) => `utterance ${index}`),
      'ended',
      'ended!',
    ]);
  });
});
