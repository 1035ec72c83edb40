import type { Id3Chapter } from '../../audio/mp3/id3-tag.ts';
import type { SpokenRecord } from './render-journal.ts';
import type { RenderChapter, SurveyedChapter } from './narration-survey.ts';

type Mark = { readonly chapter: number; readonly utterance: number; readonly title: string };

/**
 * The chapters of a file: its sources, where there are several; else the headings of the only one, down to the first rank
 * that two of them have. How many there are and what they are called is known before the first sentence is spoken.
 */
export class RenderChapters {
  readonly #marks: readonly Mark[];
  readonly #startsMs: number[] = [];

  constructor(chapters: readonly RenderChapter[], survey: readonly SurveyedChapter[], title = '') {
    this.#marks =
      chapters.length === 1 && chapters[0]!.title === ''
        ? headingMarks(survey[0]!, title)
        : chapters.map((chapter, index) => ({
            chapter: index,
            utterance: 0,
            title: chapter.title,
          }));
  }

  /** Looks whether a chapter begins with what was spoken. Records come in their order. */
  note({ chapter, utterance, startMs }: SpokenRecord): void {
    for (;;) {
      const next = this.#marks[this.#startsMs.length];
      if (next === undefined || next.chapter > chapter) return;
      if (next.chapter === chapter && next.utterance > utterance) return;
      this.#startsMs.push(startMs);
    }
  }

  /** Each lasts until the next one; those that are not reached begin and end with the file. */
  list(lengthMs: number): Id3Chapter[] {
    const end = Math.round(lengthMs);
    const startOf = (index: number): number => Math.round(this.#startsMs[index] ?? lengthMs);
    return this.#marks.map(({ title }, index) => ({
      title,
      startMs: Math.min(startOf(index), end),
      endMs: Math.min(index + 1 < this.#marks.length ? startOf(index + 1) : end, end),
    }));
  }
}

function headingMarks({ headings }: SurveyedChapter, title: string): Mark[] {
  const ranks = [1, 2, 3, 4, 5, 6];
  const rank = ranks.find(
    (level) => headings.filter((heading) => heading.level === level).length > 1,
  );
  const marks = headings
    .filter(({ level }) => level <= (rank ?? 6))
    .map(({ utterance, text }) => ({ chapter: 0, utterance, title: text }));
  const [first] = marks;
  // Players begin at the first chapter, and would leave out what stands before it.
  if (first === undefined || first.utterance === 0) return marks;
  return [{ chapter: 0, utterance: 0, title }, ...marks];
}
