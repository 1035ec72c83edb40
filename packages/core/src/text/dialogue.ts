import { castNames, type CastNames } from './cast-names.ts';
import { type MappedText, MappedTextBuilder } from './mapped-text.ts';
import { quoteSpeakers, quotesIn } from './quote-speakers.ts';
import type { SpokenSegment } from './spoken-segment.ts';
import type { TextRange } from './text-range.ts';

/**
 * Gives the parts of a segment to those who speak them: lines that begin with a name and a colon, and quotations that a
 * name and a word of speaking stand beside in the same sentence (`“Hi,” said Alice`, `小明说：“你好。”`). What is not sure
 * stays the narrator's. Joined, the parts are the segment without the names before the colons.
 *
 * @param cast Names as the text has them; small and capital letters are the same. A part's `speaker` is the name as it
 * stands here.
 */
export function splitDialogue(segment: SpokenSegment, cast: readonly string[]): SpokenSegment[] {
  const names = castNames(cast);
  if (names === undefined || segment.speaker !== undefined) return [segment];
  const { spoken } = segment;
  const parts = labelledParts(spoken, names).flatMap((part) =>
    part.speaker === undefined ? quotedParts(spoken.text, part, names) : [part],
  );
  if (parts.every(({ speaker }) => speaker === undefined)) return [segment];
  return parts.map((part, index) => toSegment(segment, part, index === parts.length - 1));
}

type Part = TextRange & { readonly speaker: string | undefined; readonly label?: TextRange };

/** Cuts before each name with a colon that begins a line. */
function labelledParts(spoken: MappedText, names: CastNames): Part[] {
  const { text } = spoken;
  const label = new RegExp(
    `(${names.pattern})\\s?(?:：\\s*|:(?=[\\s“”"'‘「『\\p{Script=Han}])\\s*)(?=\\S)`,
    'giu',
  );
  const parts: Part[] = [];
  let open: Part = { start: 0, end: 0, speaker: undefined };
  for (const match of text.matchAll(label)) {
    const start = match.index;
    if (!beginsLine(spoken, start)) continue;
    if (start > open.start) parts.push({ ...open, end: start });
    const end = start + match[0].length;
    open = { start: end, end, speaker: names.find(match[1]!), label: { start, end } };
  }
  return [...parts, { ...open, end: text.length }];
}

/**
 * Whether a place of the spoken text begins a line of the source. A wrapped line's break is a space or nothing by now:
 * its trace is the gap in the map, and only behind the end of a sentence it counts, because marks such as those of bold
 * text leave a gap too.
 */
function beginsLine({ text, runs }: MappedText, place: number): boolean {
  const before = text.slice(0, place).trimEnd();
  if (before === '' || /[\r\n]/u.test(text.slice(before.length, place))) return true;
  if (!/[.!?…。！？”’"」』—:：;；]$/u.test(before)) return false;
  const index = runs.findIndex(({ spoken }) => spoken.end > before.length);
  const run = runs[index];
  if (run === undefined || run.spoken.start < before.length) return false;
  const previous = runs[index - 1];
  return !run.verbatim || (previous !== undefined && previous.source.end < run.source.start);
}

function quotedParts(text: string, part: Part, names: CastNames): Part[] {
  const passage = text.slice(part.start, part.end);
  const quotes = quotesIn(passage);
  if (quotes.length === 0) return [part];
  const speakers = quoteSpeakers(passage, quotes, names);
  const parts: Part[] = [];
  let place = part.start;
  for (const [index, quote] of quotes.entries()) {
    const speaker = speakers[index];
    if (speaker === undefined) continue;
    const start = part.start + quote.start;
    const end = withSpace(text, part.start + quote.end, part.end);
    if (start > place) parts.push({ start: place, end: start, speaker: undefined });
    parts.push({ start, end, speaker });
    place = end;
  }
  if (place < part.end) parts.push({ start: place, end: part.end, speaker: undefined });
  return joinSilent(text, parts);
}

function withSpace(text: string, place: number, limit: number): number {
  let end = place;
  while (end < limit && /\s/u.test(text.charAt(end))) end += 1;
  return end;
}

/** A part without a letter has no voice of its own: it goes with the part before it. */
function joinSilent(text: string, parts: readonly Part[]): Part[] {
  const joined: Part[] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    const isSilent = !/[\p{L}\p{N}]/u.test(text.slice(part.start, part.end));
    if (last !== undefined && (isSilent || last.speaker === part.speaker)) {
      joined[joined.length - 1] = { ...last, end: part.end };
    } else joined.push(part);
  }
  return joined;
}

function toSegment(segment: SpokenSegment, part: Part, isLast: boolean): SpokenSegment {
  const content = segment.spoken.slice(part.start, part.end);
  const label = part.label === undefined ? undefined : segment.spoken.toSource(part.label);
  const isFirst = (part.label?.start ?? part.start) === 0;
  const spoken =
    label === undefined
      ? content
      : new MappedTextBuilder('').replace('', label.start, label.end).append(content).build();
  const { start, end } = spoken.sourceRange;
  return {
    ...segment,
    spoken,
    speaker: part.speaker,
    range: {
      start: isFirst ? segment.range.start : start,
      end: isLast ? segment.range.end : end,
    },
  };
}
