import type { JapaneseReader } from './japanese-reading.ts';
import type { Manner } from './manner.ts';
import type { PronunciationMap } from './pronunciation-map.ts';
import type { Prosody } from './prosody.ts';
import type { Normalization } from './text-normalization.ts';
import { textUnits, type ClosingMark, type TextUnit } from './text-units.ts';

/** What the engine reads in one go: a clause, or the stretch of it in one language. */
export type SpeechPiece = {
  /** `cmn`, `sichuan`, `yue`, `ja`, `en`, or a language of eSpeak NG's own. */
  language: string;
  parts: SpokenPart[];
  mark: ClosingMark;
  pauseBeforeMs: number;
  /** At neutral pace. */
  pauseAfterMs: number;
  prosody: Prosody;
};

/** The smallest stretch whose time the engine tells: its written words, and what is read for them. */
export type SpokenPart = {
  /** In order; joined over all parts of all pieces they are the text. */
  words: string[];
  /** Letters, digits and word signs only; `''` is not read. */
  spoken: string;
  /** Written right behind the part before it, without a space. */
  attached: boolean;
};

const pausesMs = { none: 0, clause: 150, sentence: 330, paragraph: 550 };
/** Where the voice changes language inside a clause: no pause to speak of, but no collision either. */
const languageChangePauseMs = 25;
/** A clause longer than this, in Han characters, is read in stretches: nine seconds of speech, so that a listener can stop it. */
const longestPiece = 40;

/** Divides a text into what is read in one go. A text with nothing to read gives no pieces. */
export function planSpeech(
  text: string,
  options: {
    pronunciations: PronunciationMap;
    normalization: Normalization;
    /** Read for quantities in a text without words. */
    homeLanguage: 'zh' | 'en';
    /** Ordered by offset, the first at 0. */
    manners: readonly Manner[];
    readJapanese: JapaneseReader;
  },
): SpeechPiece[] {
  const units = textUnits(text, options);
  if (units.every(({ spoken }) => spoken === '')) return [];
  const spoken = withLanguages(units, options);
  const stretches = divide(spoken);
  return stretches.map((stretch, i) => ({
    ...toPiece(stretch, options.readJapanese),
    pauseBeforeMs:
      stretch[0]!.manner === stretches[i - 1]?.[0]!.manner ? 0 : stretch[0]!.manner.pauseMs,
  }));
}

type SpokenUnit = TextUnit & { language: string; manner: Manner };

function withLanguages(
  units: readonly TextUnit[],
  { manners, homeLanguage }: { manners: readonly Manner[]; homeLanguage: 'zh' | 'en' },
): SpokenUnit[] {
  const result: SpokenUnit[] = [];
  for (const sentence of splitAfter(
    units,
    (unit) => unit.break === 'sentence' || unit.break === 'paragraph',
  )) {
    const isJapanese = sentence.some((unit) => unit.kind === 'kana');
    const manner = (unit: TextUnit) => manners.findLast(({ at }) => at <= unit.offset)!;
    const hanLanguage = (unit: TextUnit) => manner(unit).language ?? (isJapanese ? 'ja' : 'cmn');
    const own = sentence.map((unit): string | undefined => {
      if (unit.kind === 'kana') return 'ja';
      // Pinyin is Mandarin, whatever language the characters around it are read in; Cantonese has its own.
      if (unit.pinyin && hanLanguage(unit) === 'ja') return 'cmn';
      return unit.kind === 'han' ? hanLanguage(unit) : unit.language;
    });
    sentence.forEach((unit, i) => {
      const language =
        own[i] ??
        languageAround(sentence, own, i) ??
        (homeLanguage === 'en' ? 'en' : hanLanguage(unit));
      result.push({ ...unit, language, manner: manner(unit) });
    });
  }
  return result;
}

/** Of the nearest unit that has one: before it in the clause, after it in the clause, then anywhere before, anywhere after. */
function languageAround(
  sentence: readonly TextUnit[],
  own: readonly (string | undefined)[],
  index: number,
): string | undefined {
  const clauseStart = sentence.findLastIndex((unit, i) => i < index && unit.break !== 'none') + 1;
  const breakAt = sentence.findIndex((unit, i) => i >= index && unit.break !== 'none');
  const clauseEnd = breakAt < 0 ? sentence.length : breakAt + 1;
  const known = (language: string | undefined) => language !== undefined;
  return (
    own.slice(clauseStart, index).findLast(known) ??
    own.slice(index, clauseEnd).find(known) ??
    own.slice(0, clauseStart).findLast(known) ??
    own.slice(clauseEnd).find(known)
  );
}

/** Cuts where the voice pauses, where the language or the manner changes, and where a clause goes on for too long. */
function divide(units: readonly SpokenUnit[]): SpokenUnit[][] {
  const stretches: SpokenUnit[][] = [];
  let length = 0;
  for (const unit of units) {
    const stretch = stretches.at(-1);
    const last = stretch?.at(-1);
    length += lengthOf(unit);
    if (
      stretch &&
      last &&
      last.break === 'none' &&
      last.language === unit.language &&
      last.manner === unit.manner &&
      length <= longestPiece
    ) {
      stretch.push(unit);
    } else {
      stretches.push([unit]);
      length = lengthOf(unit);
    }
  }
  return stretches;
}

/** In Han characters; about three Latin letters take as long as one. */
function lengthOf({ kind, spoken }: TextUnit): number {
  if (typeof spoken !== 'string') return spoken.zh.length;
  return kind === 'word' ? spoken.length / 3 : 1;
}

function toPiece(
  units: readonly SpokenUnit[],
  readJapanese: JapaneseReader,
): Omit<SpeechPiece, 'pauseBeforeMs'> {
  const { language, manner } = units[0]!;
  const last = units.at(-1)!;
  return {
    language,
    parts:
      language === 'ja'
        ? japaneseParts(units, readJapanese)
        : units.map((unit, i) => toPart(unit, units[i - 1])),
    mark: last.break === 'none' ? ',' : last.mark,
    pauseAfterMs: last.break === 'none' ? languageChangePauseMs : pausesMs[last.break],
    prosody: manner.prosody,
  };
}

function toPart(unit: SpokenUnit, before: SpokenUnit | undefined): SpokenPart {
  return {
    words: [unit.written],
    spoken: readingIn(unit, unit.language),
    // Characters stay together, so that the engine finds the words they form.
    attached: before !== undefined && isRunning(unit) && isRunning(before),
  };
}

function isRunning({ kind, pinyin, language }: SpokenUnit): boolean {
  return kind === 'han' && !pinyin && language !== 'ja';
}

function readingIn({ spoken }: TextUnit, language: string): string {
  if (typeof spoken === 'string') return spoken;
  if (language === 'ja') return spoken.ja;
  return language === 'cmn' || language === 'yue' || language === 'sichuan' ? spoken.zh : spoken.en;
}

/** Japanese is read word by word as the dictionary has it; a part is as many units as a word, or several, cover exactly. */
function japaneseParts(units: readonly SpokenUnit[], readJapanese: JapaneseReader): SpokenPart[] {
  const surfaces = units.map((unit) => readingIn(unit, 'ja'));
  const parts: SpokenPart[] = [];
  let part: SpokenPart | undefined;
  let next = 0;
  let unitsEnd = 0;
  let wordsEnd = 0;
  for (const { surface, pronunciation = '', attached } of readJapanese(surfaces.join(''))) {
    part ??= { words: [], spoken: '', attached };
    part.spoken += pronunciation;
    wordsEnd += surface.length;
    while (next < units.length && unitsEnd < wordsEnd) {
      part.words.push(units[next]!.written);
      unitsEnd += surfaces[next]!.length;
      next++;
    }
    if (unitsEnd > wordsEnd) continue;
    parts.push(part);
    part = undefined;
  }
  if (part) parts.push(part);
  // Units without a reading at the very end are covered by no word.
  const rest = units.slice(next).map((unit) => unit.written);
  if (parts.length === 0) return [{ words: rest, spoken: '', attached: false }];
  parts.at(-1)!.words.push(...rest);
  return parts;
}

function splitAfter<T>(items: readonly T[], ends: (item: T) => boolean): T[][] {
  const groups: T[][] = [];
  let open = false;
  for (const item of items) {
    if (open) groups.at(-1)!.push(item);
    else groups.push([item]);
    open = !ends(item);
  }
  return groups;
}
