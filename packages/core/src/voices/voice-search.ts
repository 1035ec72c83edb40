import type { Voice, VoiceMatch } from './voice.ts';

const MOST_SUGGESTIONS = 5;
/** Many times the longest name: comparing takes time with the square of the length. */
const LONGEST_QUERY = 200;
/** Below it two names have too little in common: one letter in two is another. */
const LEAST_LIKENESS = 0.5;

/**
 * Looks for a voice by its id, its Chinese or its English name. Case, spaces, hyphens and full-width letters make no
 * difference, except in the ids of clones, which differ in nothing else.
 */
export function searchVoices(voices: readonly Voice[], query: string): VoiceMatch {
  const exact = voices.find(({ id }) => id === query.trim());
  if (exact !== undefined) return { voice: exact, suggestions: [] };
  const asked = fold(query.slice(0, LONGEST_QUERY));
  const named = voices.find(
    (voice) => voice.kind === 'system' && namesOf(voice).some((name) => name === asked),
  );
  if (named !== undefined) return { voice: named, suggestions: [] };
  const ranked = voices
    .map((voice) => ({ voice, likeness: likenessOf(voice, asked) }))
    .filter(({ likeness }) => likeness >= LEAST_LIKENESS)
    .sort((a, b) => b.likeness - a.likeness);
  return {
    voice: undefined,
    suggestions: ranked.slice(0, MOST_SUGGESTIONS).map(({ voice }) => voice),
  };
}

function likenessOf(voice: Voice, asked: string): number {
  return Math.max(...namesOf(voice).map((name) => compare(name, asked)));
}

function namesOf(voice: Voice): string[] {
  // What all clones begin with says nothing.
  if (voice.kind === 'clone') return [fold(voice.id.replace(/^voice-tone-/, ''))];
  const { id, name, nameZh } = voice;
  return [id, name, nameZh].flatMap((text) => (text === undefined ? [] : fold(text)));
}

function fold(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/^voice-tone-/, '')
    .replace(/[\s_\-·.]+/g, '');
}

/** 0 to 1. A part of a name counts for more than as many wrong letters. */
function compare(name: string, asked: string): number {
  if (name === '' || asked === '') return 0;
  const [short, long] = name.length < asked.length ? [name, asked] : [asked, name];
  const similarity = 1 - distance(short, long) / long.length;
  const isPart = short.length >= 2 && long.includes(short);
  return isPart ? Math.max(similarity, 0.6 + 0.3 * (short.length / long.length)) : similarity;
}

/** Insertions, deletions, substitutions and swaps of neighbours (optimal string alignment). */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let least = Math.min(above[j]! + 1, row[j - 1]! + 1, above[j - 1]! + cost);
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (isSwap) least = Math.min(least, before[j - 2]! + 1);
      row.push(least);
    }
    before = above;
    above = row;
  }
  return above[b.length]!;
}
