const ENGLISH_ONES =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(
    ' ',
  );
const ENGLISH_TENS = 'twenty thirty forty fifty sixty seventy eighty ninety'.split(' ');
const ENGLISH_SCALES: Readonly<Record<string, number>> = { thousand: 1000, million: 1_000_000 };

const CHINESE_DIGITS = '零一二三四五六七八九';
const CHINESE_PLACES: Readonly<Record<string, number>> = { 十: 10, 百: 100, 千: 1000 };
const CHINESE_MYRIADS: Readonly<Record<string, number>> = { 万: 10_000, 亿: 100_000_000 };

const englishWord = [...ENGLISH_ONES, ...ENGLISH_TENS, 'hundred', ...Object.keys(ENGLISH_SCALES)]
  .toSorted((a, b) => b.length - a.length)
  .join('|');

const DIGITS = '\\d+(?:\\.\\d+)?';
const ENGLISH = `(?:${englishWord})(?:(?:[\\s-]|\\s+and\\s+)(?:${englishWord}))*`;
/** `一下`, `一起` and their like count nothing. */
const CHINESE =
  '(?!一[下些起样直定般])[零一二两三四五六七八九十百千万亿]+(?:点[零一二三四五六七八九]+(?![零一二三四五六七八九十百分半刻钟]))?';

/** A number in digits, in English words or in Chinese characters, as the source of a regular expression. */
export const NUMBER_PATTERN = `(?:${DIGITS}|${CHINESE}|${ENGLISH})`;

/** The value of what {@link NUMBER_PATTERN} matches; `undefined` for anything else. */
export function readNumber(text: string): number | undefined {
  const trimmed = text.trim().toLowerCase();
  if (/^\d+(?:\.\d+)?$/.test(trimmed)) return Number(trimmed);
  return /\p{Script=Han}/u.test(trimmed) ? readChinese(trimmed) : readEnglish(trimmed);
}

/** The numbers in a text, in their order. */
export function findNumbers(text: string): number[] {
  const pattern = new RegExp(`-?${DIGITS}|\\b${ENGLISH}\\b|${CHINESE}`, 'giu');
  return [...text.matchAll(pattern)].flatMap(([match]) => {
    const value = match.startsWith('-') ? Number(match) : readNumber(match);
    return value === undefined ? [] : [value];
  });
}

function readEnglish(text: string): number | undefined {
  let total = 0;
  let group = 0;
  let hasNumber = false;
  for (const word of text.split(/[\s-]+/)) {
    if (word === 'and' && hasNumber) continue;
    const one = ENGLISH_ONES.indexOf(word);
    const ten = ENGLISH_TENS.indexOf(word);
    const scale = ENGLISH_SCALES[word];
    if (one >= 0) group += one;
    else if (ten >= 0) group += (ten + 2) * 10;
    else if (word === 'hundred') group = Math.max(group, 1) * 100;
    else if (scale !== undefined) {
      total += Math.max(group, 1) * scale;
      group = 0;
    } else return undefined;
    hasNumber = true;
  }
  return hasNumber ? total + group : undefined;
}

function readChinese(text: string): number | undefined {
  const [whole = '', fraction] = text.replaceAll('两', '二').split('点');
  const value = readChineseWhole(whole);
  if (value === undefined || fraction === undefined) return value;
  const digits = Array.from(fraction, (digit) => CHINESE_DIGITS.indexOf(digit));
  return digits.includes(-1) ? undefined : Number(`${value}.${digits.join('')}`);
}

function readChineseWhole(text: string): number | undefined {
  if (text === '') return undefined;
  // A year or a telephone number, digit by digit.
  if (text.length > 1 && Array.from(text).every((digit) => CHINESE_DIGITS.includes(digit))) {
    return Number(Array.from(text, (digit) => CHINESE_DIGITS.indexOf(digit)).join(''));
  }
  let total = 0;
  let group = 0;
  let digit: number | undefined;
  for (const character of text) {
    const place = CHINESE_PLACES[character];
    const myriad = CHINESE_MYRIADS[character];
    if (place !== undefined) {
      group += (digit ?? 1) * place;
      digit = undefined;
    } else if (myriad !== undefined) {
      const counted = group + (digit ?? 0);
      if (total + counted === 0) return undefined;
      // 亿 counts all before it, 万 only what stands behind the last 亿.
      total = character === '亿' ? (total + counted) * myriad : total + counted * myriad;
      group = 0;
      digit = undefined;
    } else {
      digit = CHINESE_DIGITS.indexOf(character);
      if (digit < 0) return undefined;
    }
  }
  return total + group + (digit ?? 0);
}
