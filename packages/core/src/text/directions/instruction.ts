import { ValidationError } from '../../errors.ts';
import type {
  CompiledDirection,
  DirectedEmotion,
  DirectedSpeed,
  Direction,
} from '../directions.ts';

type Words = readonly [english: string, chinese: string];

/** In English an adjective of the tone; in Chinese what stands before 的语气. */
const EMOTIONS: Readonly<Record<string, Words>> = {
  happy: ['happy', '高兴'],
  sad: ['sad', '悲伤'],
  angry: ['angry', '生气'],
  coquettish: ['coquettish', '撒娇'],
  fearful: ['fearful', '恐惧'],
  surprised: ['surprised', '惊讶'],
  excited: ['excited', '兴奋'],
  admiring: ['admiring', '钦佩'],
  confused: ['confused', '困惑'],
};

const LEVELS: Readonly<Record<1 | 2 | 3 | 4 | 5, Words>> = {
  1: ['slightly', '略带一点'],
  2: ['somewhat', '有些'],
  3: ['', ''],
  4: ['very', '非常'],
  5: ['extremely', '极其'],
};

const STYLES: Readonly<Record<string, Words>> = {
  indifferent: ['indifferent', '冷漠'],
  awkward: ['awkward', '尴尬'],
  dejected: ['dejected', '沮丧'],
  proud: ['proud', '骄傲'],
  gentle: ['gentle', '温柔'],
  sweet: ['sweet', '甜美'],
  bold: ['bold', '豪爽'],
  serious: ['serious', '严肃'],
  arrogant: ['arrogant', '傲慢'],
  elderly: ['elderly', '老年'],
  shouting: ['shouting', '吼叫'],
  sarcastic: ['sarcastic', '阴阳怪气'],
  stuttering: ['stuttering', '磕巴'],
};

const DIALECTS: Readonly<Record<string, Words>> = {
  chinese: ['Mandarin Chinese', '普通话'],
  english: ['English', '英语'],
  cantonese: ['Cantonese', '粤语'],
  sichuanese: ['the Sichuan dialect', '四川话'],
  japanese: ['Japanese', '日语'],
  korean: ['Korean', '韩语'],
};

const SPEEDS: Readonly<Record<DirectedSpeed, Words>> = {
  'very-slow': ['very slowly', '语速很慢'],
  slow: ['slowly', '语速较慢'],
  fast: ['fast', '语速较快'],
  'very-fast': ['very fast', '语速很快'],
};

const PERFORMANCES: Readonly<Record<'rap' | 'humming', Words>> = {
  rap: ['Rap the text', '用说唱的方式表演'],
  humming: ['Hum and sing the text', '用哼唱的方式表演'],
};

/** One sentence, in Chinese for a Chinese text and in English for any other. */
export function compileInstruction(
  direction: Direction,
  limit: number,
  language: string | undefined,
): CompiledDirection {
  const isChinese = /^(?:zh|yue|cmn)\b/iu.test(language ?? '');
  const instruction = isChinese ? inChinese(direction) : inEnglish(direction);
  if (instruction === '') return {};
  const length = Array.from(instruction).length;
  if (length > limit) {
    throw new ValidationError(`The direction makes an instruction of ${length} characters.`, {
      path: 'direction',
      value: { length },
      allowed: limit === 0 ? 'no direction with this voice' : `at most ${limit} characters`,
      instead: limit === 0 ? 'a voice label' : 'fewer directions, or a shorter style',
    });
  }
  return { instruction };
}

function inEnglish({ emotion, style, dialect, speed, performance }: Direction): string {
  const parts: string[] = [];
  if (emotion !== undefined) {
    const words = emotionWords(emotion, 0, ' ');
    parts.push(`in ${article(words)} ${words} tone`);
  }
  if (style !== undefined) {
    const word = wordFor(STYLES, style)[0];
    parts.push(`in ${article(word)} ${word} manner`);
  }
  if (dialect !== undefined) parts.push(`in ${wordFor(DIALECTS, dialect)[0]}`);
  if (speed !== undefined) parts.push(SPEEDS[speed][0]);
  if (parts.length === 0 && performance === undefined) return '';
  const verb = performance === undefined ? 'Speak' : PERFORMANCES[performance][0];
  return `${[verb, parts.join(', ')].join(' ').trim()}.`;
}

function inChinese({ emotion, style, dialect, speed, performance }: Direction): string {
  const parts: string[] = [];
  if (performance !== undefined) parts.push(PERFORMANCES[performance][1]);
  if (dialect !== undefined) parts.push(`说${wordFor(DIALECTS, dialect)[1]}`);
  if (emotion !== undefined) {
    parts.push(`语气${emotionWords(emotion, 1, '')}`);
  }
  if (style !== undefined) parts.push(`风格${wordFor(STYLES, style)[1]}`);
  if (speed !== undefined) parts.push(SPEEDS[speed][1]);
  return parts.length === 0 ? '' : `请${parts.join('，')}。`;
}

/** The labels' `very-happy` is level 4 of `happy`. */
function emotionWords({ name, level }: DirectedEmotion, language: 0 | 1, between: string): string {
  const strong = /^very-(.+)$/iu.exec(name.trim());
  const word = wordFor(EMOTIONS, strong?.[1] ?? name)[language];
  const degree = LEVELS[level ?? (strong === null ? 3 : 4)][language];
  return degree === '' ? word : `${degree}${between}${word}`;
}

/** The words of a name that is known; a word of the caller's own says itself. */
function wordFor(table: Readonly<Record<string, Words>>, name: string): Words {
  const known = name.trim().toLowerCase();
  if (Object.hasOwn(table, known)) return table[known]!;
  return (
    Object.values(table).find((words) => words.includes(name.trim())) ?? [name.trim(), name.trim()]
  );
}

function article(words: string): 'a' | 'an' {
  return /^[aeiou]/iu.test(words) ? 'an' : 'a';
}
