import type { HeardWord } from './ear.ts';
import type { Stretch } from './word-times.ts';

/** What stands for speech that nothing here understands: how long it was, one word for each stretch of it. */
export function placeholderWords(
  stretches: readonly Stretch[],
  language: string | undefined,
): HeardWord[] {
  const isChinese = /^(?:zh|cmn|yue)\b/i.test(language ?? '');
  return stretches.map(({ startMs, endMs }, i) => {
    const seconds = ((endMs - startMs) / 1000).toFixed(1);
    const text = isChinese ? `[语音 ${seconds} 秒]` : `[speech ${seconds} s]`;
    const isLast = i === stretches.length - 1;
    return {
      text: isLast ? text : `${text} `,
      startMs: Math.round(startMs),
      endMs: Math.round(endMs),
    };
  });
}
