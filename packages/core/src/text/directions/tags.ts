import { ValidationError } from '../../errors.ts';
import type { CompiledDirection, Direction, DirectedSpeed } from '../directions.ts';

/** Emotions with the levels that the release of Step-Audio-TTS-3B lists. */
const EMOTIONS: Readonly<
  Record<string, { readonly tag: string; readonly levels: readonly number[] }>
> = {
  happy: { tag: '高兴', levels: [1, 2] },
  angry: { tag: '生气', levels: [1, 2] },
  sad: { tag: '悲伤', levels: [1] },
  coquettish: { tag: '撒娇', levels: [1] },
};

const LANGUAGES: Readonly<Record<string, string>> = {
  chinese: '中文',
  english: '英文',
  korean: '韩语',
  japanese: '日语',
  sichuanese: '四川话',
  cantonese: '粤语',
};

const SPEEDS: Readonly<Record<DirectedSpeed, string>> = {
  slow: '慢速1',
  'very-slow': '慢速2',
  fast: '快速1',
  'very-fast': '快速2',
};

const PERFORMANCES = { rap: 'RAP', humming: '哼唱' } as const;

/**
 * Tags as the prompt of Step-Audio-TTS-3B has them: a performance alone, else emotion, language and speed in this order.
 * Always in ASCII parentheses: between full-width ones the release takes everything up to the text's last parenthesis for
 * the tag.
 */
export function compileTags(direction: Direction): CompiledDirection {
  const { emotion, style, dialect, speed, performance } = direction;
  if (style !== undefined) {
    throw new ValidationError('The tags of Step-Audio-TTS-3B have no style.', {
      path: 'direction.style',
      value: style,
      allowed: 'no style with this model',
      instead: `an emotion (${Object.keys(EMOTIONS).join(', ')}), or a model that takes an instruction`,
    });
  }
  if (performance !== undefined) return { tags: performanceTag(direction, performance) };
  let tags = '';
  if (emotion !== undefined) tags += `(${emotionTag(emotion)})`;
  if (dialect !== undefined)
    tags += `(${LANGUAGES[choose('direction.dialect', dialect, LANGUAGES)]})`;
  if (speed !== undefined) tags += `(${SPEEDS[speed]})`;
  return tags === '' ? {} : { tags };
}

function performanceTag(direction: Direction, performance: 'rap' | 'humming'): string {
  const others = (['emotion', 'dialect', 'speed'] as const).filter(
    (key) => direction[key] !== undefined,
  );
  if (others.length === 0) return `(${PERFORMANCES[performance]})`;
  throw new ValidationError('A performance of Step-Audio-TTS-3B takes no other direction.', {
    path: 'direction.performance',
    value: performance,
    allowed: `a performance without ${others.join(' and ')}`,
    instead: 'the performance alone',
  });
}

function emotionTag({ name, level = 1 }: NonNullable<Direction['emotion']>): string {
  const { tag, levels } = EMOTIONS[choose('direction.emotion.name', name, EMOTIONS)]!;
  if (levels.includes(level)) return `${tag}${level}`;
  throw new ValidationError(`Step-Audio-TTS-3B has no such level of ${JSON.stringify(name)}.`, {
    path: 'direction.emotion.level',
    value: level,
    allowed: levels.join(' or '),
    instead: `level ${levels.at(-1)}`,
  });
}

function choose(path: string, value: string, table: Readonly<Record<string, unknown>>): string {
  const name = value.trim().toLowerCase();
  if (Object.hasOwn(table, name)) return name;
  throw new ValidationError(`Step-Audio-TTS-3B has no tag for ${path}.`, {
    path,
    value,
    allowed: `one of ${Object.keys(table).join(', ')}`,
    instead: 'a model that takes an instruction',
  });
}
