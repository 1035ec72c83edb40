import type { Translate } from './translate.ts';

/** An aside, in the brackets of the language. */
export function inBrackets(text: string, t: Translate): string {
  return t.language === 'zh' ? `（${text}）` : `(${text})`;
}

/** Things one after the other, with the mark that the language puts between them. */
export function joinList(things: readonly string[], t: Translate): string {
  return things.join(t.language === 'zh' ? '、' : ', ');
}
