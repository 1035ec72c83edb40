import { ValidationError } from '../errors.ts';
import { speakableSteps } from '../text/speakable.ts';
import type { SpeakableOptions } from '../text/speakable-options.ts';
import type { SpokenStep, TextSource } from '../text/spoken-segment.ts';
import type { TextRange } from '../text/text-range.ts';
import { pauseBetween, toPauses } from './pauses.ts';
import type { Pauses } from './pauses.ts';
import { blockOf, isSameSentence, listSentences, toPlanned } from './planned-segment.ts';
import type { PlannedSegment, PlannedSentence } from './planned-segment.ts';
import { CONTEXT_REACH, OPENING_REACH, traitsOf } from '../text/source-traits.ts';
import type { Utterance } from './utterance.ts';

export type PlanOptions = {
  readonly pauses?: Partial<Pauses> | undefined;
  /** How the source is turned into what is spoken. */
  readonly text?: Omit<SpeakableOptions, 'from'> | undefined;
};

/** A change of the source: what lay from `start` up to `end` is now `insert`. In UTF-16 code units. */
export type SourceChange = {
  readonly start: number;
  readonly end: number;
  readonly insert: string;
};

/**
 * What a change of the source did to the plan: `removed` utterances from `firstChanged` on gave place to `added` others.
 * Those before stayed; those behind are the same, `added - removed` further on in the plan and `shift` code units in the
 * source. Pauses may have changed.
 */
export type PlanEdit = {
  readonly firstChanged: number;
  readonly removed: number;
  /** Planned by now: where the rest of the source reads otherwise, it is planned anew, and more will follow. */
  readonly added: number;
  readonly shift: number;
};

/** A heading, as a table of contents has it. */
export type PlanHeading = {
  /** Index of the utterance it begins with. */
  readonly utterance: number;
  /** 1 to 6. */
  readonly level: number;
  /** As it is spoken. */
  readonly text: string;
  readonly range: TextRange;
};

/** So many segments behind a change that read otherwise than before are a new text: the old plan is given up. */
const LONGEST_DETOUR = 64;

/**
 * What a source is read as: its utterances in order, planned as far as they are asked for. A source of megabytes costs
 * nothing before it is reached; {@link step} plans on in pieces of a few milliseconds.
 */
export class NarrationPlan {
  readonly #pauses: Pauses;
  readonly #text: Omit<SpeakableOptions, 'from'>;
  #source: TextSource;
  #segments: PlannedSegment[] = [];
  #upcoming: Iterator<SpokenStep> | undefined;
  /** Utterances in `#segments`. */
  #planned = 0;
  readonly #made = new Map<PlannedSegment, Utterance[]>();

  /** @throws {ValidationError} for a pause out of range. */
  constructor(source: TextSource, { pauses, text = {} }: PlanOptions = {}) {
    this.#source = source;
    this.#pauses = toPauses(pauses);
    this.#text = text;
    this.#upcoming = this.#read(0);
  }

  get source(): TextSource {
    return this.#source;
  }

  /** Whether all of the source is planned. */
  get isWhole(): boolean {
    return this.#upcoming === undefined;
  }

  /** Up to where in the source all that is spoken is planned. */
  get plannedTo(): number {
    if (this.isWhole) return this.#source.text.length;
    const last = this.#segments.at(-1);
    return last === undefined ? 0 : last.segment.range.start + last.shift;
  }

  /** The utterance that begins the last heading planned by now. */
  get lastHeading(): number | undefined {
    return this.#segments.at(-1)?.heading;
  }

  /** How many utterances are planned. The last one of a plan that is not whole still waits for its pause. */
  get length(): number {
    return this.isWhole ? this.#planned : Math.max(0, this.#planned - 1);
  }

  /** Plans one more segment, or passes a stretch of the source that says nothing. False when all is planned. */
  step(): boolean {
    const next = this.#upcoming?.next();
    if (next === undefined) return false;
    if (next.done === true) {
      this.#upcoming = undefined;
      return false;
    }
    if (next.value === undefined) return true;
    const planned = toPlanned(next.value);
    this.#segments.push(planned);
    this.#number(planned, this.#segments.length - 1);
    return true;
  }

  /** An utterance by its number, planning on as far as it takes; `undefined` behind the last. */
  utteranceAt(index: number): Utterance | undefined {
    if (!(index >= 0)) return undefined;
    while (index >= this.length && this.step());
    if (index >= this.length) return undefined;
    const at = lastIndex(this.#segments, ({ first }) => first <= index);
    return this.#utterancesOf(at)[index - this.#segments[at]!.first];
  }

  /**
   * The utterance that speaks a place of the source, or else the first one behind it; behind the last one, the last.
   * `undefined` where nothing is spoken at all. Plans on as far as it takes.
   */
  utteranceAtSource(offset: number): Utterance | undefined {
    for (;;) {
      const found = this.#findAt(offset);
      if (found !== undefined) return found;
      if (!this.step()) return this.utteranceAt(this.length - 1);
    }
  }

  /** The headings in what is planned by now. */
  headings(): PlanHeading[] {
    return this.#segments.flatMap(({ segment, sentences, first, shift }) =>
      segment.kind === 'heading' && sentences.length > 0
        ? {
            utterance: first,
            level: segment.level,
            text: segment.spoken.text.trim(),
            range: { start: segment.range.start + shift, end: segment.range.end + shift },
          }
        : [],
    );
  }

  /**
   * The first heading with these words, whatever their case, or else the first that contains them. Plans to the end, which
   * takes a second for a megabyte of Markdown: where that is too long, {@link step} to the end before.
   */
  findHeading(text: string): PlanHeading | undefined {
    while (this.step());
    const wanted = normalizeHeading(text);
    if (wanted === '') return undefined;
    const headings = this.headings();
    return (
      headings.find((heading) => normalizeHeading(heading.text) === wanted) ??
      headings.find((heading) => normalizeHeading(heading.text).includes(wanted))
    );
  }

  /**
   * Follows a change of the source. What it may have touched is planned anew: from the block before it to where the old
   * plan fits again.
   *
   * @throws {ValidationError} for a range outside the source.
   */
  edit(change: SourceChange): PlanEdit {
    const { text } = this.#source;
    refuseOutside(change, text.length);
    const { start, end, insert } = change;
    const shift = insert.length - (end - start);
    const traits = traitsOf(this.#source, this.#text);
    this.#source = { ...this.#source, text: text.slice(0, start) + insert + text.slice(end) };

    const old = this.#segments;
    const isOther = traits !== traitsOf(this.#source, this.#text);
    const isCode = this.#source.format === 'code';
    const from = isOther ? 0 : restartAt(old, isCode ? start - OPENING_REACH : start);
    const kept = lastIndex(old, (planned) => blockOf(planned) < from) + 1;
    const upcoming = this.#read(from);
    const { fresh, rejoinedAt, isDone } = readDetour(upcoming, change, {
      old,
      kept,
      // A file's first lines are read by what stands before them.
      least: isOther ? Infinity : isCode ? CONTEXT_REACH : 0,
      isOldWhole: this.isWhole,
    });
    const before = listSentences(old.slice(kept, rejoinedAt));
    const tail = old.slice(rejoinedAt);
    for (const planned of tail) planned.shift += shift;

    if (tail.length > 0) this.#upcoming = this.isWhole ? undefined : this.#resume(tail);
    else this.#upcoming = isDone ? undefined : upcoming;
    this.#segments = [...old.slice(0, kept), ...fresh, ...tail];
    this.#renumber(kept);
    return compare(before, listSentences(fresh), {
      first: this.#segments[kept]?.first ?? this.#planned,
      shift,
      start,
      end,
      rejoins: tail.length > 0,
    });
  }

  #read(from: number): Iterator<SpokenStep> {
    return speakableSteps(this.#source, { ...this.#text, from })[Symbol.iterator]();
  }

  /** Goes on behind segments that are known, out of the middle of their last block. */
  *#resume(known: readonly PlannedSegment[]): Generator<SpokenStep> {
    const block = blockOf(known.at(-1)!);
    let toSkip = known.filter((planned) => blockOf(planned) === block).length;
    const upcoming = this.#read(block);
    for (let next = upcoming.next(); next.done !== true; next = upcoming.next()) {
      if (toSkip === 0 || next.value === undefined) yield next.value;
      else toSkip -= 1;
    }
  }

  #renumber(from: number): void {
    this.#made.clear();
    const before = this.#segments[from - 1];
    this.#planned = before === undefined ? 0 : before.first + before.sentences.length;
    for (let at = from; at < this.#segments.length; at += 1) this.#number(this.#segments[at]!, at);
  }

  #number(planned: PlannedSegment, at: number): void {
    const before = this.#segments[at - 1];
    const isSpoken = planned.sentences.length > 0;
    planned.first = this.#planned;
    planned.number =
      before === undefined ? 0 : before.number + (before.sentences.length > 0 ? 1 : 0);
    planned.heading =
      isSpoken && planned.segment.kind === 'heading' ? planned.first : before?.heading;
    this.#planned += planned.sentences.length;
  }

  #findAt(offset: number): Utterance | undefined {
    const last = lastIndex(
      this.#segments,
      ({ segment, shift }) => segment.range.start + shift <= offset,
    );
    for (let at = Math.max(last, 0); at < this.#segments.length; at += 1) {
      const { segment, shift, sentences } = this.#segments[at]!;
      if (sentences.length === 0 || segment.range.end + shift <= offset) continue;
      const found = this.#utterancesOf(at).find(({ range }) => range.end > offset);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #utterancesOf(at: number): Utterance[] {
    const planned = this.#segments[at]!;
    const made = this.#made.get(planned);
    if (made !== undefined) return made;
    const { segment, shift, sentences, first, number, heading } = planned;
    const pauseBehind = this.#pauseBehind(at);
    const spoken = segment.spoken.shift(shift);
    const utterances = sentences.map(({ start, end }, index) => {
      const part = spoken.slice(start, end);
      return {
        index: first + index,
        spoken: part,
        range: part.sourceRange,
        kind: segment.kind,
        level: segment.level,
        language: segment.language,
        speaker: segment.speaker,
        pauseAfterMs: index < sentences.length - 1 ? this.#pauses.sentenceMs : pauseBehind,
        segment: number,
        heading,
      };
    });
    // What lies near each other is asked for again and again, all of a book hardly ever.
    if (this.#made.size >= 256) this.#made.clear();
    this.#made.set(planned, utterances);
    return utterances;
  }

  #pauseBehind(at: number): number {
    let next = at + 1;
    while (next < this.#segments.length || this.step()) {
      const segment = this.#segments[next];
      if (segment === undefined) continue;
      if (segment.sentences.length > 0) break;
      next += 1;
    }
    const before = this.#segments[at]!.segment;
    const after = this.#segments[next]?.segment;
    return after === undefined ? 0 : pauseBetween(before, after, this.#pauses);
  }
}

/** A block may become part of the one before it: reading starts again there. */
function restartAt(planned: readonly PlannedSegment[], change: number): number {
  const touched = planned[lastIndex(planned, (item) => blockOf(item) < change)];
  if (touched === undefined) return 0;
  const block = blockOf(touched);
  const before = planned[lastIndex(planned, (item) => blockOf(item) < block)];
  return before === undefined ? 0 : blockOf(before);
}

type Detour = {
  readonly fresh: PlannedSegment[];
  /** From where on in the old segments the plan stays. */
  readonly rejoinedAt: number;
  /** Whether the source ended. */
  readonly isDone: boolean;
};

type OldPlan = {
  readonly old: readonly PlannedSegment[];
  /** How many of them stay, before the detour. */
  readonly kept: number;
  /** Where it may go on at the earliest. */
  readonly least: number;
  readonly isOldWhole: boolean;
};

/**
 * Reads until a block begins where one began before, in the part of the source that is as it was: a reader that stands at
 * the start of a block knows nothing of what was before, and so goes on as it did.
 */
function readDetour(
  upcoming: Iterator<SpokenStep>,
  { start, end, insert }: SourceChange,
  { old, kept, least, isOldWhole }: OldPlan,
): Detour {
  const fresh: PlannedSegment[] = [];
  const shift = insert.length - (end - start);
  const touched = lastIndex(old, (planned) => blockOf(planned) < end) + 1 - kept;
  // What was not planned yet need not be planned now.
  const isOpen = !isOldWhole && touched === old.length - kept;
  let silent = 0;
  while (fresh.length + silent < touched + (isOpen ? 0 : LONGEST_DETOUR)) {
    const next = upcoming.next();
    if (next.done === true) return { fresh, rejoinedAt: old.length, isDone: true };
    if (next.value === undefined) {
      silent += 1;
      continue;
    }
    const { block } = next.value;
    const isFarEnough = Math.min(block, block - shift) >= least;
    if (isFarEnough && block - shift >= end && block !== fresh.at(-1)?.segment.block) {
      const at = lastIndex(old, (planned) => blockOf(planned) < block - shift) + 1;
      const isSame = at >= kept && at < old.length && blockOf(old[at]!) === block - shift;
      if (isSame) return { fresh, rejoinedAt: at, isDone: false };
    }
    fresh.push(toPlanned(next.value));
  }
  return { fresh, rejoinedAt: old.length, isDone: false };
}

function compare(
  before: readonly PlannedSentence[],
  after: readonly PlannedSentence[],
  edit: { first: number; shift: number; start: number; end: number; rejoins: boolean },
): PlanEdit {
  let same = 0;
  while (isSameSentence(before[same], after[same], 0) && before[same]!.end <= edit.start) same += 1;
  let sameBehind = 0;
  const most = edit.rejoins ? Math.min(before.length, after.length) - same : 0;
  while (sameBehind < most) {
    const one = before.at(-1 - sameBehind)!;
    if (one.start < edit.end) break;
    if (!isSameSentence(one, after.at(-1 - sameBehind), edit.shift)) break;
    sameBehind += 1;
  }
  return {
    firstChanged: edit.first + same,
    removed: before.length - same - sameBehind,
    added: after.length - same - sameBehind,
    shift: edit.shift,
  };
}

function refuseOutside({ start, end }: SourceChange, length: number): void {
  if (Number.isInteger(start) && Number.isInteger(end)) {
    if (start >= 0 && start <= end && end <= length) return;
  }
  throw new ValidationError(
    `The change from ${start} to ${end} does not lie in the source, which has ${length} code units.`,
    {
      path: 'change',
      value: { start, end },
      allowed: `0 ≤ start ≤ end ≤ ${length}, whole numbers`,
    },
  );
}

function normalizeHeading(text: string): string {
  return text.normalize('NFKC').toLowerCase().replace(/\s+/gu, ' ').trim();
}

/** The last of sorted items that matches, when all before it do; −1 where none does. */
function lastIndex<T>(items: readonly T[], matches: (item: T) => boolean): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (matches(items[middle]!)) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
