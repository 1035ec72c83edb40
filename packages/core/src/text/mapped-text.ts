import type { TextRange } from './text-range.ts';

/**
 * A stretch of the spoken text and where it comes from. Both sides equally long and `verbatim`: character by character
 * the same. Otherwise the one stands for the other as a whole: a rewrite (both sides have a length), an insertion (the
 * source's side is empty), an omission (the spoken side is).
 */
export type TextRun = {
  readonly spoken: TextRange;
  readonly source: TextRange;
  readonly verbatim: boolean;
};

/**
 * Spoken text with an exact map to the source it was made from, both ways. Immutable; runs lie in the order of both
 * sides and touch each other on the spoken side.
 */
export class MappedText {
  readonly text: string;
  readonly runs: readonly TextRun[];

  /** From a {@link MappedTextBuilder}; by itself it takes runs that fit the text. */
  constructor(text: string, runs: readonly TextRun[]) {
    this.text = text;
    this.runs = runs;
  }

  /** The source's stretch from the first to the last run; empty at 0 for an empty text. */
  get sourceRange(): TextRange {
    const first = this.runs[0];
    const last = this.runs.at(-1);
    return { start: first?.source.start ?? 0, end: last?.source.end ?? 0 };
  }

  /**
   * Where a stretch of the spoken text comes from. A part of a rewrite comes from all that was rewritten. An empty
   * stretch is a place between two characters; so is what lies beyond the text.
   */
  toSource(range: TextRange): TextRange {
    const start = Math.min(Math.max(range.start, 0), this.text.length);
    const end = Math.min(Math.max(range.end, start), this.text.length);
    const first = this.runs[this.#spokenRunAt(start)];
    if (first === undefined) return { start: this.sourceRange.end, end: this.sourceRange.end };
    const from = first.verbatim
      ? first.source.start + start - first.spoken.start
      : first.source.start;
    if (start === end && (first.verbatim || start === first.spoken.start)) {
      return { start: from, end: from };
    }
    const last = this.runs[this.#spokenRunAt(Math.max(start, end - 1))]!;
    return {
      start: from,
      end: last.verbatim ? last.source.start + end - last.spoken.start : last.source.end,
    };
  }

  /**
   * What is spoken for a stretch of the source, also for a stretch of which only a part is; `undefined` where nothing
   * is. A part of a rewrite speaks all of it.
   */
  toSpoken({ start, end }: TextRange): TextRange | undefined {
    let from: number | undefined;
    let to = 0;
    for (let index = this.#sourceRunAt(start); index < this.runs.length; index += 1) {
      const { spoken, source, verbatim } = this.runs[index]!;
      if (source.start >= Math.max(end, start + 1)) break;
      if (spoken.start === spoken.end || source.end <= start) continue;
      from ??= verbatim ? spoken.start + Math.max(0, start - source.start) : spoken.start;
      to = verbatim ? spoken.end - Math.max(0, source.end - Math.max(end, start + 1)) : spoken.end;
    }
    return from === undefined ? undefined : { start: from, end: to };
  }

  /** A part of the spoken text with its part of the map. A rewrite that is cut keeps its whole source on both sides. */
  slice(start: number, end: number = this.text.length): MappedText {
    const runs: TextRun[] = [];
    for (let index = this.#spokenRunAt(start); index < this.runs.length; index += 1) {
      const run = this.runs[index]!;
      if (run.spoken.start >= end) break;
      const from = Math.max(run.spoken.start, start);
      const to = Math.min(run.spoken.end, end);
      if (from === to && run.spoken.start !== run.spoken.end) continue;
      const source = run.verbatim
        ? {
            start: run.source.start + from - run.spoken.start,
            end: run.source.start + to - run.spoken.start,
          }
        : run.source;
      runs.push({
        spoken: { start: from - start, end: to - start },
        source,
        verbatim: run.verbatim,
      });
    }
    return new MappedText(this.text.slice(start, end), runs);
  }

  /** The same text of a source that begins `by` code units later. */
  shift(by: number): MappedText {
    if (by === 0) return this;
    return new MappedText(
      this.text,
      this.runs.map(({ spoken, source, verbatim }) => ({
        spoken,
        source: { start: source.start + by, end: source.end + by },
        verbatim,
      })),
    );
  }

  /** Index of the run that holds a place of the spoken text. */
  #spokenRunAt(place: number): number {
    return firstIndex(this.runs, ({ spoken }) => spoken.end > place);
  }

  #sourceRunAt(place: number): number {
    return firstIndex(this.runs, ({ source }) => source.end > place);
  }
}

/** Puts a {@link MappedText} together, from the source's start to its end. */
export class MappedTextBuilder {
  readonly #source: string;
  readonly #runs: TextRun[] = [];
  #text = '';

  constructor(source: string) {
    this.#source = source;
  }

  get length(): number {
    return this.#text.length;
  }

  get text(): string {
    return this.#text;
  }

  /** Speaks a stretch of the source as it stands. */
  verbatim(start: number, end: number): this {
    if (start === end) return this;
    const spokenStart = this.#text.length;
    this.#text += this.#source.slice(start, end);
    return this.#add({ start: spokenStart, end: this.#text.length }, { start, end }, true);
  }

  /** Speaks other words for a stretch of the source; empty ones leave it out, an empty stretch puts words in. */
  replace(spoken: string, start: number, end: number): this {
    if (spoken === '' && start === end) return this;
    const spokenStart = this.#text.length;
    this.#text += spoken;
    return this.#add({ start: spokenStart, end: this.#text.length }, { start, end }, false);
  }

  /** Goes on with a part of a text that is mapped already, such as one rewrite behind another. */
  append(mapped: MappedText): this {
    const offset = this.#text.length;
    this.#text += mapped.text;
    for (const { spoken, source, verbatim } of mapped.runs) {
      this.#add({ start: spoken.start + offset, end: spoken.end + offset }, source, verbatim);
    }
    return this;
  }

  build(): MappedText {
    return new MappedText(this.#text, [...this.#runs]);
  }

  #add(spoken: TextRange, source: TextRange, verbatim: boolean): this {
    const last = this.#runs.at(-1);
    if (verbatim && last?.verbatim === true && last.source.end === source.start) {
      this.#runs[this.#runs.length - 1] = {
        spoken: { start: last.spoken.start, end: spoken.end },
        source: { start: last.source.start, end: source.end },
        verbatim,
      };
    } else this.#runs.push({ spoken, source, verbatim });
    return this;
  }
}

function firstIndex<T>(items: readonly T[], matches: (item: T) => boolean): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (matches(items[middle]!)) high = middle;
    else low = middle + 1;
  }
  return low;
}
