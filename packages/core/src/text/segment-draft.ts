import { announcementsIn, type Announcements } from './announcements.ts';
import { splitDialogue } from './dialogue.ts';
import { detectLanguage } from './language.ts';
import { type MappedText, MappedTextBuilder } from './mapped-text.ts';
import { ProseBuilder } from './prose-builder.ts';
import { rewriteSpoken } from './rewrites/rewrite-spoken.ts';
import { segmentLanguage } from './segment-language.ts';
import { sentences } from './sentences.ts';
import { DEFAULT_POLICIES, type Policies, type SpeakableOptions } from './speakable-options.ts';
import type { SegmentKind, SpokenSegment } from './spoken-segment.ts';
import type { TextRange } from './text-range.ts';

/** What the readers of Markdown and of plain text make; {@link finishDraft} makes segments of it. */
export type SegmentDraft = {
  readonly kind: SegmentKind;
  readonly level: number;
  readonly spoken: MappedText;
  readonly range: TextRange;
  readonly block: number;
  /** Of an announcement, which is spoken as it is. */
  readonly language?: string;
};

/** What holds for a whole text while it is made into segments. */
export type SpeakingContext = {
  readonly text: string;
  readonly options: SpeakableOptions;
  readonly policies: Policies;
  readonly announcements: Announcements;
  /** The whole text's, as its front matter or its letters tell. */
  readonly language: string | undefined;
};

/** Longest spoken text of a segment, in UTF-16 code units. */
export const LONGEST_SEGMENT = 10_000;

/** After so many code units of the source a step of a reader ends, whether or not there was something to say. */
export const STEP_LENGTH = 16_384;

/** What is looked at to tell a whole text's language. */
const LANGUAGE_SAMPLE = 4_000;

export function speakingContext(
  text: string,
  options: SpeakableOptions,
  language?: string,
): SpeakingContext {
  const main = language ?? detectLanguage(text.slice(0, LANGUAGE_SAMPLE));
  return {
    text,
    options,
    policies: { ...DEFAULT_POLICIES, ...options.policies },
    announcements: announcementsIn(options.announcements ?? (main?.startsWith('zh') ? 'zh' : 'en')),
    language: main,
  };
}

/** Words that are said in place of a stretch of the source. */
export function announcementDraft(
  { text, announcements }: SpeakingContext,
  words: string,
  place: Omit<SegmentDraft, 'spoken' | 'language'>,
): SegmentDraft {
  const { start, end } = place.range;
  const spoken = new MappedTextBuilder(text).replace(words, start, end).build();
  return { ...place, spoken, language: announcements.language };
}

export function* finishDraft(
  draft: SegmentDraft,
  { options, policies, language }: SpeakingContext,
): Generator<SpokenSegment> {
  const { kind, level, block } = draft;
  const isAnnouncement = draft.language !== undefined;
  const rewritten = isAnnouncement
    ? draft.spoken
    : rewriteSpoken(draft.spoken, {
        parentheses: options.parentheses ?? 'rewrite',
        url: policies.url,
        announcements: options.announcements,
      });
  const pieces = cutLongText(rewritten, draft.language);
  for (const spoken of pieces) {
    if (spoken.text.trim() === '') continue;
    const segment: SpokenSegment = {
      kind,
      level,
      spoken,
      range: pieces.length === 1 ? draft.range : spoken.sourceRange,
      block,
      language: draft.language ?? segmentLanguage(spoken.text, language),
      speaker: undefined,
    };
    if (isAnnouncement || options.cast === undefined || options.cast.length === 0) yield segment;
    else
      yield* splitDialogue(segment, options.cast).filter(
        ({ spoken: part }) => part.text.trim() !== '',
      );
  }
}

/** Cuts at sentence ends what is longer than a segment may be. */
export function cutLongText(spoken: MappedText, language: string | undefined): MappedText[] {
  if (spoken.text.length <= LONGEST_SEGMENT) return [spoken];
  const pieces: MappedText[] = [];
  let start = 0;
  let end = 0;
  for (const sentence of sentences(spoken.text, language === undefined ? {} : { language })) {
    if (sentence.end - start > LONGEST_SEGMENT) {
      pieces.push(spoken.slice(start, end));
      start = end;
    }
    end = sentence.end;
  }
  pieces.push(spoken.slice(start));
  return pieces;
}

/** At once so much of a long paragraph is made ready. */
const WINDOW = 32_000;

/** The spoken pieces of a stretch of plain prose of any length, each made when it is asked for. */
export function* prosePieces(text: string, range: TextRange): Generator<MappedText> {
  let { start } = range;
  let window = WINDOW;
  while (start < range.end) {
    let end = Math.min(start + window, range.end);
    if (end < range.end && /[\uDC00-\uDFFF]/.test(text.charAt(end))) end += 1;
    const pieces = cutLongText(new ProseBuilder(text).text(start, end).build(), undefined);
    if (end >= range.end) {
      yield* pieces;
      return;
    }
    const last = pieces.pop()!;
    if (last.text === '') start = end;
    // Much white space: more of it has to be looked at to find a piece's end.
    else if (pieces.length === 0) window *= 2;
    else {
      yield* pieces;
      start = last.sourceRange.start;
      window = WINDOW;
    }
  }
}
