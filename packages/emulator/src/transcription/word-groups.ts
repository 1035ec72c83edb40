import type { HeardWord } from '../ear/ear.ts';

/**
 * Joins what was heard to words as a reader divides them (`今天`, not `今` and `天`), with the signs and spaces behind
 * them; a word takes the time of its parts.
 */
export function groupWords(words: readonly HeardWord[]): HeardWord[] {
  const text = words.map((word) => word.text).join('');
  const starts = wordStarts(text);
  const groups: HeardWord[] = [];
  let offset = 0;
  for (const word of words) {
    const last = groups.at(-1);
    if (last === undefined || starts.has(offset)) groups.push({ ...word });
    else {
      last.text += word.text;
      last.endMs = word.endMs;
    }
    offset += word.text.length;
  }
  return groups;
}

/** Where words begin that are words; what is none clings to the one before. */
function wordStarts(text: string): Set<number> {
  const segments = new Intl.Segmenter('zh', { granularity: 'word' }).segment(text);
  const starts = new Set<number>();
  for (const { index, isWordLike } of segments) if (isWordLike === true) starts.add(index);
  return starts;
}
