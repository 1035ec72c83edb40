/** Readings a request gives for words of its text. */
export type PronunciationMap = {
  /** The longest entry written at `offset` of `text`. */
  match(text: string, offset: number): { written: string; spoken: string } | undefined;
};

const latinLetter = /[\p{Script=Latin}\p{N}]/u;

/**
 * Reads entries of the form `written/spoken`. The first slash divides; an entry without one, or with an empty side, says nothing and is
 * skipped. Of two entries for the same word the later one holds. Words of Latin letters match whole words only.
 */
export function createPronunciationMap(entries: readonly string[]): PronunciationMap {
  const readings = new Map<string, string>();
  for (const entry of entries) {
    const slash = entry.indexOf('/');
    const written = entry.slice(0, slash).trim();
    const spoken = entry.slice(slash + 1).trim();
    if (slash > 0 && written !== '' && spoken !== '') readings.set(written, spoken);
  }
  const byLength = [...readings].sort(([a], [b]) => b.length - a.length);
  return {
    match(text, offset) {
      for (const [written, spoken] of byLength) {
        if (text.startsWith(written, offset) && isWhole(text, offset, written))
          return { written, spoken };
      }
      return undefined;
    },
  };
}

function isWhole(text: string, offset: number, written: string): boolean {
  const joins = (a: string | undefined, b: string | undefined) =>
    a !== undefined && b !== undefined && latinLetter.test(a) && latinLetter.test(b);
  const end = offset + written.length;
  return !joins(text[offset - 1], written[0]) && !joins(written.at(-1), text[end]);
}

const syllable = /[a-zA-ZüÜ:]+[1-6]|\p{Script=Han}|[^\s]/gu;

/**
 * The parts of a given reading that are one syllable, word or sign each: `chong2庆` → `chong2`, `庆`; `wave file` → `wave`, `file`.
 * Pinyin is brought into the form the engine takes: small letters, `v` for `ü`.
 */
export function readingParts(spoken: string): string[] {
  return spoken
    .split(/\s+/)
    .flatMap((word) =>
      /[a-zA-ZüÜ][1-6]|\p{Script=Han}/u.test(word) ? (word.match(syllable) ?? []) : [word],
    )
    .map((part) => (isPinyin(part) ? part.toLowerCase().replace(/u:|ü/g, 'v') : part));
}

/** Whether a part of a reading is a syllable in Latin letters with its tone (`chong2`; Jyutping has six tones). */
export function isPinyin(part: string): boolean {
  return /^(?=.*[aeiouv])[a-zA-ZüÜ:]{1,7}[1-6]$/i.test(part.replace(/ü/gi, 'v'));
}
