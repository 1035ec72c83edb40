import { toTextUnits } from './text-units.ts';
import type { TextUnit } from './text-units.ts';
import { characterColumns } from './text-width.ts';
import { createTextClock } from './timed-text.ts';
import type { TimedSegment } from './timed-text.ts';

/** What a screen shows at once. */
export type SubtitleCue = {
  readonly startMs: number;
  readonly endMs: number;
  /** One or two. */
  readonly lines: readonly string[];
};

/** 42 Latin characters a line, as the timed-text guides of the large broadcasters have it, or 18 Chinese ones. */
export const LINE_WIDTH = 42;
const HAN_WIDTH = LINE_WIDTH / 18;
const MOST_LINES = 2;
/** Longer, and one reads it twice. */
export const LONGEST_MS = 7000;
/** Shorter, and one cannot read it; where the next one follows at once it has to be. */
const SHORTEST_MS = 1000;
/** Two pictures of a film: without them two cues look like one that changes. */
export const GAP_MS = 80;
/** A pause like this ends a cue. */
const PAUSE_MS = 1200;

const SENTENCE_END = /[.!?。！？…]["'”’」』）)]*$/u;
const CLAUSE_END = /[,;:，；：、—–]["'”’」』）)]*$/u;

/** What it costs to end a cue there, against that of one cue more. */
const COST = { cue: 3, sentence: 0, clause: 2, word: 6, short: 4 } as const;

type TimedUnit = TextUnit & { readonly startMs: number; readonly endMs: number };

/** How wide a text is on a line, in Latin characters. */
export function subtitleWidth(text: string): number {
  let width = 0;
  for (const character of text) {
    const columns = characterColumns(character);
    width += columns === 2 ? HAN_WIDTH : columns;
  }
  // 18 times 42/18 is to be 42.
  return Math.round(width * 1e6) / 1e6;
}

/**
 * Cuts what was said into subtitles: at most two lines, at most 7 s, ending with sentences where they can, then with
 * clauses, and never inside a word that fits into a line. Nothing of the text is lost; the order of the cues is that of
 * the text, and they do not overlap.
 */
export function toSubtitleCues(segments: readonly TimedSegment[]): SubtitleCue[] {
  const cutter = new SubtitleCutter();
  return [...segments.flatMap((segment) => cutter.push(segment)), ...cutter.flush()];
}

/** {@link toSubtitleCues} for speech that comes segment by segment: the same cues, and only the last one is held. */
export class SubtitleCutter {
  #spokenUntilMs = 0;
  /** From when on there is room on the screen. */
  #freeMs = 0;
  /** How long a cue stays depends on the next one. */
  #held: SubtitleCue | undefined;

  /** The cues that are complete by now. */
  push(segment: TimedSegment): SubtitleCue[] {
    const units = toTimedUnits(segment, this.#spokenUntilMs);
    this.#spokenUntilMs = units.at(-1)?.endMs ?? this.#spokenUntilMs;
    const complete: SubtitleCue[] = [];
    for (const cue of splitAtPauses(units).flatMap(cutRun)) {
      if (this.#held !== undefined) complete.push(this.#spaceOut(this.#held, cue.startMs));
      this.#held = cue;
    }
    return complete;
  }

  /** The last cue. */
  flush(): SubtitleCue[] {
    const last = this.#held;
    this.#held = undefined;
    return last === undefined ? [] : [this.#spaceOut(last, Number.POSITIVE_INFINITY)];
  }

  /** Gives a cue time to be read, as far as the next one leaves it, and a gap before that. */
  #spaceOut(cue: SubtitleCue, nextMs: number): SubtitleCue {
    const startMs = Math.max(cue.startMs, this.#freeMs);
    const wanted = Math.min(Math.max(cue.endMs, startMs + SHORTEST_MS), startMs + LONGEST_MS);
    const endMs = Math.max(Math.min(wanted, nextMs - GAP_MS), startMs + 1);
    this.#freeMs = endMs + GAP_MS;
    return { ...cue, startMs, endMs };
  }
}

function toTimedUnits(segment: TimedSegment, notBeforeMs: number): TimedUnit[] {
  const timeAt = createTextClock(segment, notBeforeMs);
  return toTextUnits(segment.text, LINE_WIDTH, subtitleWidth).map((unit) => ({
    ...unit,
    startMs: timeAt(unit.start, 'start'),
    endMs: timeAt(unit.start + unit.text.length, 'end'),
  }));
}

function splitAtPauses(units: readonly TimedUnit[]): TimedUnit[][] {
  const runs: TimedUnit[][] = [];
  let before: TimedUnit | undefined;
  for (const unit of units) {
    if (before === undefined || unit.startMs - before.endMs > PAUSE_MS) runs.push([]);
    runs.at(-1)?.push(unit);
    before = unit;
  }
  return runs;
}

/** The cheapest way to cut, found from the end backwards. */
function cutRun(units: readonly TimedUnit[]): SubtitleCue[] {
  const costs = Array.from({ length: units.length + 1 }, () => 0);
  const ends = Array.from({ length: units.length }, () => 0);
  for (let start = units.length - 1; start >= 0; start -= 1) {
    costs[start] = Number.POSITIVE_INFINITY;
    for (let end = start + 1; end <= units.length && fits(units, start, end); end += 1) {
      const cost = costOf(units, start, end) + costs[end]!;
      if (cost < costs[start]!) {
        costs[start] = cost;
        ends[start] = end;
      }
    }
  }
  const cues: SubtitleCue[] = [];
  for (let start = 0; start < units.length;) {
    const end = ends[start]!;
    const part = units.slice(start, end);
    cues.push({
      startMs: part[0]!.startMs,
      endMs: part.at(-1)!.endMs,
      lines: toLines(part),
    });
    start = end;
  }
  return cues;
}

function fits(units: readonly TimedUnit[], start: number, end: number): boolean {
  // What does not fit by itself has to stand alone.
  if (end === start + 1) return true;
  if (units[end - 1]!.endMs - units[start]!.startMs > LONGEST_MS) return false;
  let lines = 1;
  let width = 0;
  let gap = 0;
  for (let index = start; index < end; index += 1) {
    const unit = units[index]!;
    if (width > 0 && width + gap + unit.width > LINE_WIDTH) {
      lines += 1;
      width = 0;
      gap = 0;
    }
    width += gap + unit.width;
    gap = unit.spaced ? 1 : 0;
  }
  return lines <= MOST_LINES;
}

function costOf(units: readonly TimedUnit[], start: number, end: number): number {
  const last = units[end - 1]!;
  let cost: number = COST.cue;
  if (SENTENCE_END.test(last.text) || end === units.length) cost += COST.sentence;
  else if (CLAUSE_END.test(last.text)) cost += COST.clause;
  else cost += COST.word;
  for (let index = start; index < end - 1; index += 1) {
    // Somebody who reads on waits for the next sentence to appear, and not to stand there already.
    if (SENTENCE_END.test(units[index]!.text)) cost += COST.clause;
  }
  if (last.endMs - units[start]!.startMs < SHORTEST_MS) cost += COST.short;
  return cost;
}

/** One line where it fits, else two that are as equal as can be, broken behind a mark rather than before a word. */
function toLines(units: readonly TimedUnit[]): string[] {
  const whole = join(units);
  if (subtitleWidth(whole) <= LINE_WIDTH) return [whole];
  let best: string[] = [whole];
  let least = Number.POSITIVE_INFINITY;
  for (let at = 1; at < units.length; at += 1) {
    const lines = [join(units.slice(0, at)), join(units.slice(at))];
    const [first = 0, second = 0] = lines.map(subtitleWidth);
    if (Math.max(first, second) > LINE_WIDTH) continue;
    const mark = CLAUSE_END.test(lines[0] ?? '') || SENTENCE_END.test(lines[0] ?? '');
    const cost = Math.abs(first - second) - (mark ? 10 : 0);
    if (cost >= least) continue;
    least = cost;
    best = lines;
  }
  return best;
}

function join(units: readonly TimedUnit[]): string {
  return units
    .map(({ text, spaced }, index) => (spaced && index < units.length - 1 ? `${text} ` : text))
    .join('');
}
