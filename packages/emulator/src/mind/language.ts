import type { MindTurn } from './mind.ts';

export type Language = 'en' | 'zh';

/** The language of a text by its script; `undefined` where it has no letters. */
export function languageOf(text: string): Language | undefined {
  if (/\p{Script=Han}/u.test(text)) return 'zh';
  return /\p{L}/u.test(text) ? 'en' : undefined;
}

/** What a conversation is held in: the language of its newest turn that has letters. Results of tools do not count. */
export function languageOfTurns(turns: readonly MindTurn[]): Language {
  for (const { role, text } of turns.toReversed()) {
    const language = role === 'user' || role === 'system' ? languageOf(text) : undefined;
    if (language !== undefined) return language;
  }
  return 'en';
}
