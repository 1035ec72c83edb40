import { concatSamples } from '@stepvoice/core/audio';
import { beforeAll, describe, expect, test } from 'vitest';
import { Espeak } from './espeak.ts';
import { loadJapaneseReader } from './japanese-reading.ts';
import { likeness, soundStatistics, type SoundStatistics } from './testing/sound-statistics.ts';
import { speakUtterance, type SpeakerTools, type UtteranceRequest } from './utterance.ts';
import { officialVoiceIds, voiceProfile } from './voice-profile.ts';

const sampleRate = 16_000;
const sentence = '今天天气很好，我们去公园散步吧。';
let tools: SpeakerTools;

beforeAll(async () => {
  const espeak = await Espeak.load();
  let japanese: ReturnType<typeof loadJapaneseReader> | undefined;
  tools = {
    espeak: () => Promise.resolve(espeak),
    japanese: () => (japanese ??= loadJapaneseReader()),
  };
});

async function speak(options: Partial<UtteranceRequest>): Promise<Int16Array> {
  const request = {
    text: sentence,
    voice: 'jingdiannvsheng',
    sampleRate,
    directives: true,
    ...options,
  };
  const chunks: Int16Array[] = [];
  for await (const { samples } of speakUtterance(request, tools, 0)) chunks.push(samples);
  return concatSamples(chunks);
}

async function measure(options: Partial<UtteranceRequest>): Promise<SoundStatistics> {
  return soundStatistics(await speak(options), sampleRate);
}

/** By how many just noticeable steps two voices differ in what they differ most. */
function distance(a: SoundStatistics, b: SoundStatistics): number {
  return Math.max(
    Math.abs(12 * Math.log2(a.medianPitchHz / b.medianPitchHz)) / 0.5,
    Math.abs(Math.log(a.durationSeconds / b.durationSeconds)) / 0.05,
    Math.abs(a.brightnessDb - b.brightnessDb) / 0.75,
    Math.abs(a.pitchRangeSemitones - b.pitchRangeSemitones),
  );
}

describe('voices', () => {
  let measured: { id: string; statistics: SoundStatistics }[];
  beforeAll(async () => {
    measured = [];
    for (const id of officialVoiceIds)
      measured.push({ id, statistics: await measure({ voice: id }) });
  });

  test('there is one for each documented id', () => {
    expect(officialVoiceIds).toHaveLength(40);
    expect(new Set(officialVoiceIds).size).toBe(40);
  });

  test('each differs audibly from each other', () => {
    const alike = measured.flatMap((a, i) =>
      measured
        .slice(0, i)
        .flatMap((b) => (distance(a.statistics, b.statistics) < 1 ? [`${a.id} = ${b.id}`] : [])),
    );
    expect(alike).toEqual([]);
  });

  test('women and men are told apart by pitch', () => {
    const pitches = (gender: string) =>
      measured
        .filter(({ id }) => voiceProfile(id).gender === gender)
        .map(({ statistics }) => statistics.medianPitchHz);
    expect(Math.min(...pitches('female'))).toBeGreaterThan(175);
    expect(Math.max(...pitches('male'))).toBeLessThan(162);
  });

  test('a voice is the same every time, and so is that of a clone', async () => {
    for (const voice of ['shenchennanyin', 'voice-tone-Qm3xT7bYpa']) {
      expect(distance(await measure({ voice }), await measure({ voice }))).toBeLessThan(1);
    }
  });

  test('clones have voices of their own', () => {
    const letters = Array.from('abcdefghijklmnop');
    const profiles = letters.map((letter) => voiceProfile(`voice-tone-Qm3xT7bYp${letter}`));
    expect(new Set(profiles.map((profile) => JSON.stringify(profile))).size).toBe(letters.length);
    expect(new Set(profiles.map(({ gender }) => gender)).size).toBe(2);
  });

  test.each(['constructor', '__proto__', 'toString', ''])('%j is an id like any other', (id) => {
    expect(voiceProfile(id).pitchHz).toBeGreaterThan(60);
  });
});

describe('requests are heard', () => {
  test.each([0.5, 0.75, 1.5, 2])('speed %f', async (speed) => {
    for (const text of [sentence, 'The weather is fine, let us go for a walk.']) {
      const normal = await measure({ text });
      const changed = await measure({ text, speed });
      const ratio = normal.durationSeconds / changed.durationSeconds / speed;
      expect(ratio).toBeGreaterThan(0.87);
      expect(ratio).toBeLessThan(1.13);
    }
  });

  test.each([0.25, 0.5, 1.5, 2])('volume %f', async (volume) => {
    const change = (await measure({ volume })).levelDbfs - (await measure({})).levelDbfs;
    expect(Math.abs(change - 20 * Math.log10(volume))).toBeLessThan(1);
  });

  test('the loudest shout is bent, not cut off', async () => {
    const samples = await speak({
      volume: 2,
      style: '吼叫',
      voice: 'huolinvsheng',
      instruction: '非常大声',
    });
    const loud = samples.filter((sample) => Math.abs(sample) > 26_000).length;
    const atTheRails = samples.filter((sample) => Math.abs(sample) > 32_700).length;
    expect(loud).toBeGreaterThan(100);
    expect(atTheRails).toBeLessThan(loud / 3);
  });

  test.each(['高兴', '悲伤', '生气', '惊讶', '慢速', '快速', '冷漠', '老年', '吼叫', '温柔'])(
    '%s',
    async (emotion) => {
      const normal = await measure({});
      const changed = await measure({ emotion });
      const level = Math.abs(changed.levelDbfs - normal.levelDbfs) / 2;
      expect(Math.max(level, distance(normal, changed) / 2)).toBeGreaterThan(1);
    },
  );

  test('a whisper has no pitch', async () => {
    const normal = await measure({});
    for (const whisper of [
      await measure({ instruction: 'whisper' }),
      await measure({ text: `(whisper)${sentence}` }),
      await measure({ text: `（耳语）${sentence}` }),
    ]) {
      expect(whisper.voicedShare).toBeLessThan(normal.voicedShare / 3);
      expect(whisper.durationSeconds).toBeLessThan(normal.durationSeconds * 1.3);
    }
  });

  test('a direction nobody knows is not spoken and changes nothing', async () => {
    const normal = await measure({});
    expect(
      distance(await measure({ text: `(qwertyuiop asdfgh jkl)${sentence}` }), normal),
    ).toBeLessThan(1);
    const spoken = await measure({ text: `(qwertyuiop asdfgh jkl)${sentence}`, directives: false });
    expect(spoken.durationSeconds).toBeGreaterThan(normal.durationSeconds + 0.8);
  });

  test.each(['粤语', '四川话', '日语'])('%s sounds different', async (language) => {
    const text = '知道这是十四年的事情吗？';
    const normal = await speak({ text });
    expect(likeness(normal, await speak({ text }))).toBeGreaterThan(0.9);
    expect(likeness(normal, await speak({ text, language }))).toBeLessThan(0.8);
  });

  test('a given reading', async () => {
    const seconds = async (pronunciations: string[]) =>
      (await speak({ text: 'WAV', pronunciations })).length / sampleRate;
    expect(await seconds(['WAV/wave file format'])).toBeGreaterThan((await seconds([])) + 0.2);
    const text = '我们去重庆';
    const right = await speak({ text, pronunciations: ['重庆/chong2庆'] });
    expect(
      likeness(right, await speak({ text, pronunciations: ['重庆/chong2qing4'] })),
    ).toBeGreaterThan(0.9);
    expect(likeness(right, await speak({ text, pronunciations: ['重庆/dong4la1'] }))).toBeLessThan(
      0.8,
    );
  });
});

describe('languages have natural lengths', () => {
  test.each([
    ['今天天气很好，我们去公园散步吧。', 15, 3, 7],
    ['今日天氣好好，我哋去公園散步啦。', 15, 3, 8],
    ['我用 VS Code 写 TypeScript。', 9, 2, 6],
    ['今日は東京に行って、本を買いました。', 18, 4, 12],
    ['The quick brown fox jumps over the lazy dog.', 11, 3, 8],
  ])('%s', async (text, syllables, slowest, fastest) => {
    const seconds = (await speak({ text, voice: 'qinqienvsheng' })).length / sampleRate;
    expect(syllables / seconds).toBeGreaterThan(slowest);
    expect(syllables / seconds).toBeLessThan(fastest);
  });
});
