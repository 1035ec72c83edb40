import { ProseBuilder } from '../prose-builder.ts';
import type { SegmentDraft } from '../segment-draft.ts';
import type { TextRange } from '../text-range.ts';
import { isForTools, isNotice } from './comment-noise.ts';
import type { CommentLine } from './comment-lines.ts';
import { docTagAt, type DocTag } from './doc-tags.ts';

/** Source characters after which a paragraph is handed out, ended or not: its spoken text stays below a segment's limit. */
const LONGEST_PARAGRAPH = 6000;
/** How much of a comment is looked at to tell a notice. */
const NOTICE_SAMPLE = 1200;

export type CommentOptions = {
  /** Language of the words for tags of documentation. */
  readonly language: 'en' | 'zh';
  /** Leaves out notices and what speaks to tools. */
  readonly skipsNoise: boolean;
};

/**
 * Makes paragraphs of a comment's lines: by blank lines, items and tags of documentation. Examples of code in a comment are
 * not read.
 */
export class CommentParagraphs {
  readonly #text: string;
  readonly #options: CommentOptions;
  #builder: ProseBuilder;
  #range: TextRange | undefined;
  #block = 0;
  #skipsUntil: 'comment' | 'tag' | 'fence' | undefined;
  /** Whether the last line ended as a sentence or a heading does. */
  #endsSentence = false;

  constructor(text: string, options: CommentOptions) {
    this.#text = text;
    this.#options = options;
    this.#builder = new ProseBuilder(text);
  }

  /** Takes a line. @param mayBeNotice Whether it stands before all code. */
  *push(line: CommentLine, mayBeNotice: boolean): Generator<SegmentDraft> {
    if (line.begins) {
      yield* this.end();
      this.#skipsUntil = undefined;
      const sample = this.#text.slice(line.start, line.start + NOTICE_SAMPLE);
      const own = firstComment(sample, line.open);
      if (this.#options.skipsNoise && mayBeNotice && isNotice(own)) this.#skipsUntil = 'comment';
    }
    if (this.#skipsUntil === 'comment') return;
    const written = this.#text.slice(line.start, Math.min(line.end, line.start + 300));
    if (/^(?:```|~~~)/u.test(written)) {
      this.#skipsUntil = this.#skipsUntil === 'fence' ? undefined : 'fence';
      yield* this.end();
      return;
    }
    if (this.#skipsUntil === 'fence') return;
    const tag = docTagAt(written, this.#options.language);
    if (tag !== undefined) this.#skipsUntil = tag.isExample ? 'tag' : undefined;
    if (this.#skipsUntil === 'tag' || (this.#options.skipsNoise && isForTools(written))) {
      yield* this.end();
      return;
    }
    if (line.start === line.end) return yield* this.end();
    const isItem = /^(?:[-*+•]|\d{1,3}[.)])\s/u.test(written);
    // `name: what it is`, one for each line, as under `Args:`.
    const isEntry =
      this.#endsSentence && /^\*{0,2}[\w.]{1,60}(?: \([^()]{1,60}\))?:\s+\S/u.test(written);
    if (tag !== undefined || isItem || isEntry) yield* this.end();
    this.#endsSentence = /[.:;!?。：；！？]$/u.test(this.#text.charAt(line.end - 1));
    yield* this.#take(line, tag);
  }

  *end(): Generator<SegmentDraft> {
    const range = this.#range;
    if (range === undefined) return;
    const spoken = this.#builder.build();
    this.#range = undefined;
    this.#builder = new ProseBuilder(this.#text);
    yield { kind: 'comment', level: 0, spoken, range, block: this.#block };
  }

  *#take(line: CommentLine, tag: DocTag | undefined): Generator<SegmentDraft> {
    let { start } = line;
    while (start < line.end) {
      const end = cutBefore(this.#text, start, line.end, start + LONGEST_PARAGRAPH);
      if (this.#range === undefined) {
        this.#range = { start, end };
        this.#block = line.block;
      } else {
        this.#builder.separate(this.#range.end, start);
        this.#range = { start: this.#range.start, end };
      }
      const tagEnd = start + (start === line.start ? (tag?.length ?? 0) : 0);
      if (tagEnd > start) this.#builder.words(tag!.words, start, tagEnd);
      this.#inline(tagEnd, end, line.open);
      start = end;
      if (end - this.#range.start >= LONGEST_PARAGRAPH) yield* this.end();
    }
  }

  /** The marks within a line: back-quotes, links, and the tags of XML documentation. */
  #inline(start: number, end: number, open: string): void {
    const hasTags = /^(?:\/\/|'|<!--)$/u.test(open);
    const line = this.#text.slice(start, end);
    let place = 0;
    for (const match of line.matchAll(INLINE)) {
      const [mark, linkTarget, linkText, xmlTarget] = match;
      if (mark.startsWith('<') && !hasTags) continue;
      const named = linkText?.trim() || (linkTarget ?? xmlTarget);
      this.#builder.text(start + place, start + match.index);
      place = match.index + mark.length;
      if (named === undefined) continue;
      const from = start + match.index + mark.indexOf(named);
      this.#builder.text(from, from + named.length);
    }
    this.#builder.text(start + place, end);
  }
}

const INLINE =
  /`+|\{@(?:link|linkcode|linkplain|code|see)\s+([^}\s|]{1,200})(?:[\s|]+([^}]{0,300}))?\}|<(?:see|seealso|paramref|typeparamref)\s+\w{1,20}="(?:\w:)?([^"]{1,200})"\s*\/?>|<\/?[a-zA-Z]\w{0,20}(?:\s[^<>]{0,200})?\/?>/gu;

function firstComment(sample: string, open: string): string {
  if (open.startsWith('/*')) return sample.split('*/', 1)[0]!;
  const [first, ...others] = sample.split(/\r\n|[\r\n]/u);
  const end = others.findIndex((line) => !line.trimStart().startsWith(open));
  return [first, ...others.slice(0, end < 0 ? others.length : end)].join('\n');
}

/** The last space before a limit, else the limit; never between the halves of a pair. */
function cutBefore(text: string, start: number, end: number, limit: number): number {
  if (end <= limit) return end;
  const space = text.lastIndexOf(' ', limit);
  if (space > start) return space + 1;
  return /[\udc00-\udfff]/u.test(text.charAt(limit)) ? limit - 1 : limit;
}
