import { isRecord } from '../http/request-body.ts';
import type { Language } from './language.ts';
import type { MindTurn } from './mind.ts';

/** Longer results are not read out to their end. */
const LONGEST_SPOKEN = 300;
const MOST_FIELDS = 8;

/** Says what tools have answered, in a sentence for each. */
export function tellResults(results: readonly MindTurn[], language: Language): string {
  const isChinese = language === 'zh';
  return results
    .map(({ text, toolName }) => tellResult(text, toolName, isChinese))
    .join(isChinese ? '' : ' ');
}

function tellResult(text: string, toolName: string | undefined, isChinese: boolean): string {
  const value = parse(text);
  const name = toolName === undefined ? '' : toolName.replace(/[_-]+/g, ' ');
  const failure = isRecord(value) ? value['error'] : undefined;
  if (failure !== undefined && failure !== null) {
    const reason = toWords(failure, isChinese);
    return isChinese ? `查询没有成功：${reason}。` : `That did not work: ${reason}.`;
  }
  const words = toWords(value, isChinese);
  if (words === '') return isChinese ? '已经完成了。' : 'It is done.';
  if (isChinese) return `查到了，${endOf(words, '。')}`;
  return name === ''
    ? `The answer is: ${endOf(words, '.')}`
    : `${capitalize(name)} says: ${endOf(words, '.')}`;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function toWords(value: unknown, isChinese: boolean): string {
  return clip(describe(value, isChinese, 0));
}

function describe(value: unknown, isChinese: boolean, depth: number): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'boolean') return isChinese ? (value ? '是' : '否') : value ? 'yes' : 'no';
  if (typeof value === 'string' || typeof value === 'number') return String(value).trim();
  if (depth > 2) return '';
  const comma = isChinese ? '，' : ', ';
  if (Array.isArray(value)) {
    return value
      .slice(0, MOST_FIELDS)
      .map((item) => describe(item, isChinese, depth + 1))
      .filter((text) => text !== '')
      .join(comma);
  }
  const fields = Object.entries(value).slice(0, MOST_FIELDS);
  // One field is the answer itself, whatever its name.
  if (fields.length === 1) return describe(fields[0]?.[1], isChinese, depth + 1);
  return fields
    .flatMap(([key, field]) => {
      const text = describe(field, isChinese, depth + 1);
      return text === ''
        ? []
        : [`${key.replace(/[_-]+/g, ' ')}${isChinese ? '是' : ' is '}${text}`];
    })
    .join(comma);
}

function clip(text: string): string {
  const characters = Array.from(text);
  return characters.length <= LONGEST_SPOKEN
    ? text
    : `${characters.slice(0, LONGEST_SPOKEN).join('')}…`;
}

function endOf(text: string, end: string): string {
  return /[.。!！?？…]$/u.test(text) ? text : text + end;
}

function capitalize(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
