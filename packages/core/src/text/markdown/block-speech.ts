import type { SyntaxNode } from '@lezer/common';
import { plainTextIn, proseSegments } from '../plain-text.ts';
import { ProseBuilder } from '../prose-builder.ts';
import {
  announcementDraft,
  finishDraft,
  type SegmentDraft,
  type SpeakingContext,
} from '../segment-draft.ts';
import type { SegmentKind, SpokenStep } from '../spoken-segment.ts';
import type { TextRange } from '../text-range.ts';
import type { MarkdownBlock } from './long-block.ts';
import { type Callout, calloutOf } from './callout.ts';
import { codeBlockSegments } from './code-block-speech.ts';
import { htmlParts } from './html-speech.ts';
import { InlineSpeech } from './inline-speech.ts';
import { LONGEST_INLINE } from './inline-syntax.ts';
import type { LinkDefinitions } from './link-definitions.ts';
import { tableDrafts } from './table-speech.ts';
import { isImageName } from './wiki-syntax.ts';

/** What is said before the first text in a list's item, a quote or a footnote: words, or the source's own. */
type Lead = TextRange & { readonly words: string | undefined };

/** What holds a block. */
type Holder = {
  readonly kind: 'paragraph' | 'list-item' | 'quote' | 'callout' | 'footnote';
  readonly level: number;
  readonly lists: number;
  readonly quotes: number;
  /** Taken by the first text. */
  readonly leads: Lead[];
};

/** Makes the segments of one top-level block. */
export class BlockSpeech {
  readonly #context: SpeakingContext;
  readonly #block: MarkdownBlock;
  readonly #definitions: LinkDefinitions;

  constructor(context: SpeakingContext, block: MarkdownBlock, definitions: LinkDefinitions) {
    this.#context = context;
    this.#block = block;
    this.#definitions = definitions;
  }

  *segments(): Generator<SpokenStep> {
    const { node } = this.#block;
    const isItem = node.name === 'ListItem';
    const holder = { level: 0, lists: isItem ? 1 : 0, quotes: 0, leads: [] };
    yield* this.#node(node, { kind: 'paragraph', ...holder });
  }

  *#node(node: SyntaxNode, holder: Holder): Generator<SpokenStep> {
    const { policies, announcements } = this.#context;
    const range = this.#range(node);
    const { start: block, part } = this.#block;
    if (range.end <= part.start || range.start >= part.end) return;
    switch (node.name) {
      case 'BulletList':
      case 'OrderedList':
        yield* this.#children(node, { ...holder, lists: holder.lists + 1 });
        break;
      case 'ListItem':
        if (policies.list !== 'skip') yield* this.#children(node, this.#item(node, holder));
        break;
      case 'Blockquote':
        yield* this.#quote(node, holder);
        break;
      case 'FootnoteDefinition':
        if (policies.footnote !== 'skip') yield* this.#children(node, this.#footnote(node, holder));
        break;
      case 'Paragraph':
      case 'Task':
        if (holder.kind !== 'paragraph' || policies.paragraph !== 'skip') {
          yield* this.#paragraph(node, holder);
        }
        break;
      case 'Table':
        if (policies.table === 'skip') break;
        for (const draft of tableDrafts(node, this.#block, (prose) => this.#inline(prose))) {
          yield* finishDraft(draft, this.#context);
        }
        break;
      case 'FencedCode':
      case 'CodeBlock':
        yield* codeBlockSegments(this.#context, node, this.#block);
        break;
      case 'MathBlock':
        yield* this.#formula({ ...range, end: this.#end(node) });
        break;
      case 'HTMLBlock':
        if (policies.html === 'announce') {
          yield* this.#announce('html', announcements.html, { ...range, end: this.#end(node) });
        } else if (policies.html === 'read') {
          yield* this.#html({ start: range.start, end: this.#end(node) }, 'html');
        }
        break;
      case 'CommentBlock':
        yield* this.#html({ start: range.start, end: this.#end(node) }, 'comment');
        break;
      case 'PercentCommentBlock':
        yield* this.#comment(range);
        break;
      case 'UnclosedBlock':
        yield* plainTextIn(this.#context, this.#withoutMark(range), { block });
        break;
      default:
        if (/^(?:ATX|Setext)Heading[1-6]$/.test(node.name)) yield* this.#heading(node, holder);
    }
  }

  *#children(node: SyntaxNode, holder: Holder): Generator<SpokenStep> {
    for (let child = node.firstChild; child !== null; child = child.nextSibling) {
      yield* this.#node(child, holder);
      // They stand before the first block only, whether or not that is spoken.
      if (!child.name.endsWith('Mark') && child.name !== 'FootnoteLabel') holder.leads.length = 0;
    }
  }

  #item(node: SyntaxNode, holder: Holder): Holder {
    const { policies, announcements } = this.#context;
    const range = this.#range(node.getChild('ListMark')!);
    const mark = this.#context.text.slice(range.start, range.end);
    const leads: Lead[] = [];
    if (policies.list === 'announce') {
      leads.push({ words: announcements.itemPrefix, start: range.start, end: range.start });
    }
    // A number with a bracket is spoken like one with a full stop: brackets can mean silence to a model.
    if (mark.endsWith('.')) leads.push({ words: undefined, ...range });
    else if (mark.endsWith(')')) leads.push({ words: `${mark.slice(0, -1)}.`, ...range });
    else leads.push({ words: '', ...range });
    return {
      ...holder,
      kind: 'list-item',
      level: holder.lists,
      leads: this.#leads(node, holder, leads),
    };
  }

  /** What is said at the beginning of a long block is not said again in its later parts. */
  #leads(node: SyntaxNode, holder: Holder, leads: readonly Lead[]): Lead[] {
    return this.#isLaterPart(node) ? [] : [...holder.leads.splice(0), ...leads];
  }

  #isLaterPart(node: SyntaxNode): boolean {
    const { part, start, node: whole } = this.#block;
    return part.start > start && node.from === whole.from;
  }

  #footnote(node: SyntaxNode, holder: Holder): Holder {
    const { policies, announcements, text } = this.#context;
    const range = this.#range(node.getChild('FootnoteLabel')!);
    const label = text.slice(range.start + 2, range.end - 2);
    const words = policies.footnote === 'announce' ? announcements.footnotePrefix(label) : '';
    return {
      ...holder,
      kind: 'footnote',
      level: 0,
      leads: this.#leads(node, holder, [{ words, ...range }]),
    };
  }

  *#quote(node: SyntaxNode, holder: Holder): Generator<SpokenStep> {
    const { policies, announcements, text } = this.#context;
    const isLater = this.#isLaterPart(node);
    const { node: first, shift } = isLater ? this.#block.first : { node, shift: this.#block.shift };
    const callout = calloutOf(text, first, shift);
    const level = holder.quotes + 1;
    const mark = { start: this.#range(node).start, end: this.#range(node).start + 1 };
    const inside = { ...holder, level, quotes: level };
    if (callout === undefined) {
      if (policies.quote === 'skip') return;
      const words = policies.quote === 'announce' ? announcements.quotePrefix : '';
      const leads = this.#leads(node, holder, [{ words, ...mark }]);
      yield* this.#children(node, { ...inside, kind: 'quote', leads });
      return;
    }
    if (policies.callout === 'skip') return;
    const inner: Holder = { ...inside, kind: 'callout', leads: [] };
    if (isLater) {
      yield* this.#children(node, inner);
      return;
    }
    yield* this.#calloutTitle(callout, inner);
    for (let child = node.firstChild; child !== null; child = child.nextSibling) {
      if (child.from !== callout.paragraph.from) yield* this.#node(child, inner);
      else yield* this.#text(child, inner, callout.body);
    }
  }

  *#calloutTitle({ type, mark, title, paragraph }: Callout, holder: Holder): Generator<SpokenStep> {
    const { policies, announcements, text } = this.#context;
    const name = announcements.calloutType(type);
    if (title.start === title.end) {
      // Hosts show the type where there is no title.
      const draft = {
        kind: 'callout',
        level: holder.level,
        range: mark,
        block: this.#block.start,
      } as const;
      yield* finishDraft(announcementDraft(this.#context, name, draft), this.#context);
      return;
    }
    const prose = new ProseBuilder(text);
    if (policies.callout === 'announce') {
      prose.words(name + announcements.headingSeparator, mark.start, mark.end);
    }
    this.#inline(prose).content(paragraph, title.start, title.end);
    yield* this.#finish({
      kind: 'callout',
      level: holder.level,
      spoken: prose.build(),
      range: { start: mark.start, end: title.end },
    });
  }

  *#paragraph(node: SyntaxNode, holder: Holder): Generator<SpokenStep> {
    const only = onlyChild(node);
    const range = this.#range(node);
    if (only === 'InlineMath') yield* this.#formula(range);
    else if (node.to - node.from > LONGEST_INLINE && node.firstChild === null) {
      // Of any length, and plain text: made ready piece by piece.
      const number = holder.leads.splice(0).find(({ words }) => words === undefined);
      const { kind, level } = holder;
      const start = number?.start ?? range.start;
      yield* proseSegments(
        this.#context,
        { start, end: range.end, kind, level },
        this.#block.start,
      );
    } else yield* this.#text(node, holder, range, this.#kindOf(only, range));
  }

  #kindOf(only: string | undefined, { start, end }: TextRange): SegmentKind | undefined {
    if (only === 'Image') return 'image';
    if (only !== 'Embed') return undefined;
    return isImageName(this.#context.text, { start, end }) ? 'image' : 'embed';
  }

  /** The text of a paragraph, or of a part of it. */
  *#text(
    node: SyntaxNode,
    holder: Holder,
    range: TextRange,
    kind: SegmentKind = holder.kind,
  ): Generator<SpokenStep> {
    const prose = new ProseBuilder(this.#context.text);
    const start = this.#lead(prose, holder, range.start);
    const task = node.getChild('TaskMarker');
    if (task !== null) this.#task(prose, this.#range(task));
    const from = task === null ? range.start : this.#range(task).end;
    const { length } = prose;
    this.#inline(prose).content(node, from, range.end);
    // A number or a mark alone says nothing.
    if (prose.length === length) return;
    const level = kind === holder.kind ? holder.level : 0;
    yield* this.#finish({ kind, level, spoken: prose.build(), range: { start, end: range.end } });
  }

  *#heading(node: SyntaxNode, holder: Holder): Generator<SpokenStep> {
    const { policies, announcements, text } = this.#context;
    if (policies.heading === 'skip') return;
    const level = Number(node.name.at(-1));
    const range = this.#range(node);
    const prose = new ProseBuilder(text);
    const start = this.#lead(prose, holder, range.start);
    if (policies.heading === 'announce') {
      prose.words(announcements.headingPrefix(level), range.start, range.start);
    }
    this.#inline(prose).content(node);
    yield* this.#finish({
      kind: 'heading',
      level,
      spoken: prose.build(),
      range: { start, end: range.end },
    });
  }

  /** Says what comes before the first text; gives where that begins. */
  #lead(prose: ProseBuilder, { leads }: Holder, textStart: number): number {
    const start = leads[0]?.start ?? textStart;
    for (const { words, ...range } of leads.splice(0)) {
      if (words === undefined) prose.text(range.start, range.end);
      else prose.words(words, range.start, range.end);
      if (words === undefined || /[^\s：]$/.test(words)) prose.separate(range.end);
    }
    return start;
  }

  #task(prose: ProseBuilder, marker: TextRange): void {
    const { policies, announcements, text } = this.#context;
    if (policies.task !== 'announce') return;
    const isDone = text[marker.start + 1] !== ' ';
    const words = isDone ? announcements.taskDone : announcements.taskOpen;
    prose.words(words, marker.start, marker.end);
  }

  *#formula(range: TextRange): Generator<SpokenStep> {
    const { policies, announcements, text } = this.#context;
    if (policies.math === 'announce') {
      yield* this.#announce('math', announcements.formulaBlock, range);
    } else if (policies.math === 'read') {
      const formula = text.slice(range.start, range.end);
      const start = range.start + (formula.startsWith('$$') ? 2 : 1);
      const close = /\$*\s*$/.exec(formula)!;
      const end = Math.max(start, range.end - close[0].length);
      yield* proseSegments(
        this.#context,
        { ...range, textStart: start, textEnd: end, kind: 'math' },
        this.#block.start,
      );
    }
  }

  *#html(range: TextRange, kind: 'html' | 'comment'): Generator<SpokenStep> {
    for (const spoken of htmlParts(this.#context, range)) {
      if (spoken === undefined) yield undefined;
      else yield* this.#finish({ kind, level: 0, spoken, range: spoken.sourceRange });
    }
  }

  *#comment(range: TextRange): Generator<SpokenStep> {
    const { policies, announcements } = this.#context;
    if (policies.comment === 'announce') {
      yield* this.#announce('comment', announcements.comment, range);
    } else if (policies.comment === 'read') {
      const content = {
        start: range.start + 2,
        end: this.#context.text.lastIndexOf('%%', range.end),
      };
      yield* plainTextIn(this.#context, content, { block: this.#block.start, kind: 'comment' });
    }
  }

  /** What opened a comment that is never closed is no text. */
  #withoutMark({ start, end }: TextRange): TextRange {
    return { start: this.#context.text.startsWith('%%', start) ? start + 2 : start, end };
  }

  *#announce(kind: SegmentKind, words: string, range: TextRange): Generator<SpokenStep> {
    const place = { kind, level: 0, range, block: this.#block.start };
    yield* finishDraft(announcementDraft(this.#context, words, place), this.#context);
  }

  *#finish(draft: Omit<SegmentDraft, 'block'>): Generator<SpokenStep> {
    yield* finishDraft({ ...draft, block: this.#block.start }, this.#context);
  }

  #inline(prose: ProseBuilder): InlineSpeech {
    return new InlineSpeech(this.#context, prose, this.#block.shift, this.#definitions);
  }

  /** Of the block itself the end may lie behind what was parsed. */
  #end(node: SyntaxNode): number {
    return node.from === this.#block.node.from ? this.#block.end : this.#range(node).end;
  }

  #range(node: SyntaxNode): TextRange {
    return { start: node.from + this.#block.shift, end: node.to + this.#block.shift };
  }
}

/** Name of the node that is all of a paragraph. */
function onlyChild(paragraph: SyntaxNode): string | undefined {
  const { firstChild } = paragraph;
  const isAll =
    firstChild !== null && firstChild.from === paragraph.from && firstChild.to === paragraph.to;
  return isAll ? firstChild.name : undefined;
}
