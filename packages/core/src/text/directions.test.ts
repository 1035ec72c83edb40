import { describe, expect, test } from 'vitest';
import { ValidationError } from '../errors.ts';
import { compileDirection, type Direction, type DirectionBackEnd } from './directions.ts';

const labels: DirectionBackEnd = {
  kind: 'labels',
  emotions: ['happy', 'very-happy', 'sad', 'angry', 'very-angry'],
  styles: ['slow', 'very-slow', 'fast', 'very-fast', 'gentle'],
  languages: ['cantonese', 'sichuanese', 'japanese'],
};
const instruction: DirectionBackEnd = { kind: 'instruction', limit: 200 };
const tags: DirectionBackEnd = { kind: 'tts-3b' };

function refusal(direction: Direction, backEnd: DirectionBackEnd): ValidationError {
  try {
    compileDirection(direction, backEnd);
  } catch (error) {
    if (error instanceof ValidationError) return error;
    throw error;
  }
  throw new Error('The direction was accepted.');
}

describe('voice labels', () => {
  test.each<[Direction, object]>([
    [{}, {}],
    [{ emotion: { name: 'happy' } }, { label: { emotion: 'happy' } }],
    [{ emotion: { name: 'Happy', level: 3 } }, { label: { emotion: 'happy' } }],
    [{ emotion: { name: 'happy', level: 4 } }, { label: { emotion: 'very-happy' } }],
    [{ emotion: { name: 'angry', level: 5 } }, { label: { emotion: 'very-angry' } }],
    [{ emotion: { name: 'very-angry', level: 5 } }, { label: { emotion: 'very-angry' } }],
    [{ style: 'gentle' }, { label: { style: 'gentle' } }],
    [{ dialect: 'cantonese' }, { label: { language: 'cantonese' } }],
    [{ speed: 'very-slow' }, { label: { style: 'very-slow' } }],
  ])('%j', (direction, expected) => {
    expect(compileDirection(direction, labels)).toEqual(expected);
  });

  test.each<[Direction, string, RegExp]>([
    [{ emotion: { name: 'jealous' } }, 'direction.emotion.name', /happy, very-happy, sad/],
    [{ emotion: { name: 'sad', level: 5 } }, 'direction.emotion.level', /3, or no level/],
    [{ emotion: { name: 'happy', level: 1 } }, 'direction.emotion.level', /3, 4 or 5/],
    [{ style: 'shouting' }, 'direction.style', /gentle/],
    [{ dialect: 'korean' }, 'direction.dialect', /cantonese, sichuanese, japanese/],
    [{ performance: 'rap' }, 'direction.performance', /no performance/],
    [{ style: 'gentle', dialect: 'cantonese' }, 'direction', /one of emotion/],
  ])('cannot do %j', (direction, path, allowed) => {
    const error = refusal(direction, labels);
    expect(error.path).toBe(path);
    expect(error.allowed).toMatch(allowed);
    expect(error.instead).toBeTruthy();
  });

  test('a voice with fewer words refuses what it has not', () => {
    const mini = { ...labels, styles: ['slow'] };
    expect(refusal({ speed: 'fast' }, mini).allowed).toBe('one of slow');
  });
});

describe('instructions', () => {
  test.each<[Direction, string, string]>([
    [{ emotion: { name: 'happy' } }, 'Speak in a happy tone.', '请语气高兴。'],
    [
      { emotion: { name: 'happy', level: 1 } },
      'Speak in a slightly happy tone.',
      '请语气略带一点高兴。',
    ],
    [
      { emotion: { name: 'angry', level: 2 } },
      'Speak in a somewhat angry tone.',
      '请语气有些生气。',
    ],
    [{ emotion: { name: 'angry', level: 3 } }, 'Speak in an angry tone.', '请语气生气。'],
    [{ emotion: { name: 'sad', level: 4 } }, 'Speak in a very sad tone.', '请语气非常悲伤。'],
    [
      { emotion: { name: 'excited', level: 5 } },
      'Speak in an extremely excited tone.',
      '请语气极其兴奋。',
    ],
    [{ emotion: { name: 'very-happy' } }, 'Speak in a very happy tone.', '请语气非常高兴。'],
    [
      { emotion: { name: 'very-happy', level: 5 } },
      'Speak in an extremely happy tone.',
      '请语气极其高兴。',
    ],
    [{ emotion: { name: '高兴' } }, 'Speak in a happy tone.', '请语气高兴。'],
    [{ style: 'gentle' }, 'Speak in a gentle manner.', '请风格温柔。'],
    [{ style: 'news anchor' }, 'Speak in a news anchor manner.', '请风格news anchor。'],
    [{ dialect: 'sichuanese' }, 'Speak in the Sichuan dialect.', '请说四川话。'],
    [{ speed: 'very-fast' }, 'Speak very fast.', '请语速很快。'],
    [{ performance: 'rap', speed: 'fast' }, 'Rap the text fast.', '请用说唱的方式表演，语速较快。'],
    [
      { emotion: { name: 'sad', level: 2 }, style: 'gentle', dialect: 'cantonese', speed: 'slow' },
      'Speak in a somewhat sad tone, in a gentle manner, in Cantonese, slowly.',
      '请说粤语，语气有些悲伤，风格温柔，语速较慢。',
    ],
  ])('%j', (direction, english, chinese) => {
    expect(compileDirection(direction, instruction)).toEqual({ instruction: english });
    expect(compileDirection(direction, instruction, { language: 'zh-CN' })).toEqual({
      instruction: chinese,
    });
  });

  test('nothing directed is no instruction', () => {
    expect(compileDirection({}, instruction)).toEqual({});
  });

  test('the limit counts characters and names none of them', () => {
    const style = '𠮷'.repeat(30);
    const error = refusal({ style }, { kind: 'instruction', limit: 40 });
    expect(error.value).toEqual({ length: 49 });
    expect(error.allowed).toBe('at most 40 characters');
    expect(error.message).not.toContain('𠮷');
    expect(compileDirection({ style }, { kind: 'instruction', limit: 49 }).instruction).toContain(
      style,
    );
    expect(refusal({ speed: 'slow' }, { kind: 'instruction', limit: 0 }).instead).toBe(
      'a voice label',
    );
  });
});

describe('tags of Step-Audio-TTS-3B', () => {
  test.each<[Direction, object]>([
    [{}, {}],
    [{ emotion: { name: 'happy' } }, { tags: '(高兴1)' }],
    [{ emotion: { name: 'happy', level: 2 } }, { tags: '(高兴2)' }],
    [{ emotion: { name: 'angry', level: 2 } }, { tags: '(生气2)' }],
    [{ emotion: { name: 'sad', level: 1 } }, { tags: '(悲伤1)' }],
    [{ emotion: { name: 'coquettish' } }, { tags: '(撒娇1)' }],
    [{ dialect: 'chinese' }, { tags: '(中文)' }],
    [{ dialect: 'english' }, { tags: '(英文)' }],
    [{ dialect: 'korean' }, { tags: '(韩语)' }],
    [{ dialect: 'japanese' }, { tags: '(日语)' }],
    [{ dialect: 'sichuanese' }, { tags: '(四川话)' }],
    [{ dialect: 'Cantonese' }, { tags: '(粤语)' }],
    [{ speed: 'slow' }, { tags: '(慢速1)' }],
    [{ speed: 'very-slow' }, { tags: '(慢速2)' }],
    [{ speed: 'fast' }, { tags: '(快速1)' }],
    [{ speed: 'very-fast' }, { tags: '(快速2)' }],
    [
      { speed: 'fast', dialect: 'cantonese', emotion: { name: 'happy', level: 1 } },
      { tags: '(高兴1)(粤语)(快速1)' },
    ],
    [{ performance: 'rap' }, { tags: '(RAP)' }],
    [{ performance: 'humming' }, { tags: '(哼唱)' }],
  ])('%j', (direction, expected) => {
    expect(compileDirection(direction, tags)).toEqual(expected);
  });

  test.each<[Direction, string, RegExp]>([
    [{ emotion: { name: 'happy', level: 3 } }, 'direction.emotion.level', /^1 or 2$/],
    [{ emotion: { name: 'sad', level: 2 } }, 'direction.emotion.level', /^1$/],
    [{ emotion: { name: 'confused' } }, 'direction.emotion.name', /happy, angry, sad, coquettish/],
    [{ dialect: 'french' }, 'direction.dialect', /chinese, english/],
    [{ style: 'gentle' }, 'direction.style', /no style/],
    [{ performance: 'rap', speed: 'fast' }, 'direction.performance', /without speed/],
  ])('cannot do %j', (direction, path, allowed) => {
    const error = refusal(direction, tags);
    expect(error.path).toBe(path);
    expect(error.allowed).toMatch(allowed);
    expect(error.instead).toBeTruthy();
  });
});

describe('what no back end takes', () => {
  test.each<[Direction, string]>([
    [{ emotion: { name: 'happy', level: 0 as never } }, 'direction.emotion.level'],
    [{ emotion: { name: 'happy', level: 2.5 as never } }, 'direction.emotion.level'],
    [{ emotion: { name: ' ' } }, 'direction.emotion.name'],
    [{ style: 'a) (b' }, 'direction.style'],
    [{ style: 'a（b' }, 'direction.style'],
    [{ style: 'a\nb' }, 'direction.style'],
    [{ dialect: 7 as never }, 'direction.dialect'],
    [{ speed: 'quick' as never }, 'direction.speed'],
    [{ performance: 'dance' as never }, 'direction.performance'],
  ])('%j', (direction, path) => {
    for (const backEnd of [labels, instruction, tags])
      expect(refusal(direction, backEnd).path).toBe(path);
  });

  test('a back end that there is not', () => {
    expect(refusal({}, { kind: 'telepathy' } as never).path).toBe('backEnd.kind');
  });
});
