import type { HeardWord } from '../ear/ear.ts';
import { spokenPart } from '../ear/word-times.ts';

/** What is said in one go: a sentence, or what stands between two pauses. */
export type Utterance = { text: string; startMs: number; endMs: number; words: HeardWord[] };

const SENTENCE_END = /[。！？!?…]["”’」』)\]]*\s*$|\.["”’)\]]*\s*$/;
const PAUSE_MS = 700;

/** Divides what was heard into utterances; words and utterances are without the signs around them. */
export function toUtterances(words: readonly HeardWord[]): Utterance[] {
  const groups: HeardWord[][] = [];
  let isNew = true;
  for (const word of words) {
    const last = groups.at(-1);
    const before = last?.at(-1);
    const isPause = before !== undefined && word.startMs - before.endMs >= PAUSE_MS;
    if (last === undefined || isNew || isPause) groups.push([word]);
    else last.push(word);
    isNew = SENTENCE_END.test(word.text);
  }
  return groups.map((group) => ({
    text: trimSigns(group.map((word) => word.text).join('')),
    startMs: group[0]!.startMs,
    endMs: group.at(-1)!.endMs,
    words: group.map((word) => ({ ...word, text: spokenPart(word.text) })),
  }));
}

/** The service's own sample shows an utterance without the full stop that the whole text has. */
function trimSigns(text: string): string {
  return text.trim().replace(/[。.，,、；;]+$/u, '');
}
