import { describe, expect, test } from 'vitest';
import { combineDirections, neutralProsody, understandDirection } from './prosody.ts';

const prosody = (words: string) => understandDirection(words).prosody;

/** The documented values of `voice_label`. */
const labels = [
  '高兴',
  '非常高兴',
  '悲伤',
  '生气',
  '非常生气',
  '撒娇',
  '恐惧',
  '惊讶',
  '兴奋',
  '钦佩',
  '困惑',
  '慢速',
  '极慢',
  '快速',
  '极快',
  '冷漠',
  '尴尬',
  '沮丧',
  '骄傲',
  '温柔',
  '甜美',
  '豪爽',
  '严肃',
  '傲慢',
  '老年',
  '吼叫',
  '阴阳怪气',
  '磕巴',
];

describe('labels', () => {
  test('each documented label changes the voice in its own way', () => {
    const effects = labels.map((label) => JSON.stringify(prosody(label)));
    expect(new Set([...effects, JSON.stringify(neutralProsody)]).size).toBe(labels.length + 1);
  });

  test.each([
    ['高兴', 'happy'],
    ['非常高兴', 'very happy'],
    ['悲伤', 'sad'],
    ['生气', 'Angry'],
    ['恐惧', 'fearful'],
    ['惊讶', 'surprised'],
    ['兴奋', 'excited'],
    ['钦佩', 'admiring'],
    ['困惑', 'confused'],
    ['撒娇', 'coquettish'],
    ['慢速', 'slow'],
    ['极慢', 'very slow'],
    ['极快', 'very fast'],
    ['冷漠', 'indifferent'],
    ['老年', 'elderly'],
    ['磕巴', 'stuttering'],
    ['阴阳怪气', 'sarcastic'],
  ])('%s and %s mean the same', (chinese, english) => {
    expect(prosody(chinese)).toEqual(prosody(english));
  });

  test.each([
    ['粤语', 'yue'],
    ['Cantonese', 'yue'],
    ['四川话', 'sichuan'],
    ['Sichuan dialect', 'sichuan'],
    ['Sichuanese', 'sichuan'],
    ['日语', 'ja'],
    ['Japanese', 'ja'],
  ])('%s asks for %s', (label, language) => {
    expect(understandDirection(label).language).toBe(language);
  });
});

describe('instructions', () => {
  test('several words add up', () => {
    const both = prosody('excited, fast');
    expect(both.rate).toBeCloseTo(prosody('excited').rate * prosody('fast').rate);
    expect(both.pitch).toBe(prosody('excited').pitch);
  });

  test('a word inside another is not heard twice', () => {
    expect(prosody('愉快')).toEqual(prosody('高兴'));
    expect(prosody('slow')).toEqual({ ...neutralProsody, rate: 0.74 });
  });

  test('whispering takes the tone out of the voice', () => {
    expect(prosody('please whisper this').breath).toBe(1);
    expect(prosody('用耳语的方式说').breath).toBe(1);
  });

  test.each([
    '不要太快',
    '别生气',
    'not too fast',
    "don't shout",
    'without being',
    'no, never loud',
  ])('%s asks for nothing', (words) => {
    expect(prosody(words)).toEqual(neutralProsody);
  });

  test('degrees', () => {
    expect(prosody('稍快一点').rate).toBeLessThan(prosody('快').rate);
    expect(prosody('稍快一点').rate).toBeGreaterThan(1);
    expect(prosody('非常快').rate).toBeGreaterThan(prosody('快').rate);
  });

  test('what is asked for stays speech', () => {
    const most = prosody('极快，非常快，特别快，shouting, very loud, very high pitch, 极其兴奋');
    expect(most.rate).toBeLessThanOrEqual(2.2);
    expect(most.volume).toBeLessThanOrEqual(2.5);
    expect(most.pitch).toBeLessThanOrEqual(1.6);
  });

  test.each(['', '你好', 'made of bread', 'the shoulder', '(((', 'lowland'])(
    '%j has no effect',
    (words) => {
      expect(understandDirection(words)).toEqual({ prosody: neutralProsody, pauseMs: 0 });
    },
  );

  test('a pause is no manner of speaking', () => {
    expect(understandDirection('停顿')).toEqual({ prosody: neutralProsody, pauseMs: 600 });
  });
});

test('a direction inside a text comes on top of the general one', () => {
  const combined = combineDirections(
    understandDirection('粤语，慢速'),
    understandDirection('whisper'),
  );
  expect(combined.language).toBe('yue');
  expect(combined.prosody.breath).toBe(1);
  expect(combined.prosody.rate).toBeCloseTo(prosody('慢速').rate * prosody('whisper').rate);
});
