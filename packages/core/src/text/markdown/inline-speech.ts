import type { SyntaxNode } from '@lezer/common';
import type { ProseBuilder } from '../prose-builder.ts';
import type { SpeakingContext } from '../segment-draft.ts';
import { decodeEntity } from './entities.ts';
import { speakFormula } from './formula.ts';
import type { LinkDefinitions } from './link-definitions.ts';
import { isImageName, speakEmbed, speakWikiLink } from './wiki-syntax.ts';

/** Speaks the inline content of blocks into a {@link ProseBuilder}. Places of nodes are the source's less `shift`. */
export class InlineSpeech {
  readonly context: SpeakingContext;
  readonly prose: ProseBuilder;
  readonly #shift: number;
  readonly #definitions: LinkDefinitions;
  /** What lies before it is not spoken. */
  #mutedTo = 0;

  /** @param definitions Of the whole text. */
  constructor(
    context: SpeakingContext,
    prose: ProseBuilder,
    shift: number,
    definitions: LinkDefinitions,
  ) {
    this.context = context;
    this.prose = prose;
    this.#shift = shift;
    this.#definitions = definitions;
  }

  /** The content of a node, or that between two places of the source. */
  content(node: SyntaxNode, from = this.from(node), to = this.to(node)): void {
    let place = from;
    for (let child = node.firstChild; child !== null; child = child.nextSibling) {
      if (this.to(child) <= from) continue;
      if (this.from(child) >= to) break;
      this.#text(place, this.from(child));
      if (this.from(child) >= from || child.firstChild !== null) this.#node(child, from, to);
      place = Math.max(place, Math.min(this.to(child), to));
    }
    this.#text(place, to);
  }

  from(node: SyntaxNode): number {
    return node.from + this.#shift;
  }

  to(node: SyntaxNode): number {
    return node.to + this.#shift;
  }

  source(start: number, end: number): string {
    return this.context.text.slice(start, end);
  }

  #text(start: number, end: number): void {
    const from = Math.max(start, this.#mutedTo);
    if (from >= end) return;
    const text = this.source(from, end);
    // The parser does not see a hard break before CR LF.
    const broken = text.indexOf('\\\r');
    if (broken < 0) this.prose.text(from, end);
    else {
      this.prose.text(from, from + broken).pause(from + broken, from + broken + 1);
      this.#text(from + broken + 1, end);
    }
  }

  #words(words: string, node: SyntaxNode): void {
    if (this.from(node) < this.#mutedTo) return;
    this.prose.words(words, this.from(node), this.to(node));
  }

  #node(node: SyntaxNode, from: number, to: number): void {
    const { policies, announcements } = this.context;
    const start = this.from(node);
    const end = this.to(node);
    const clippedFrom = Math.max(start, from);
    const clippedTo = Math.min(end, to);
    switch (node.name) {
      case 'Emphasis':
      case 'StrongEmphasis':
      case 'Highlight':
        this.content(node, clippedFrom, clippedTo);
        break;
      case 'Strikethrough':
        if (policies.strikethrough === 'skip') break;
        if (policies.strikethrough === 'announce') {
          this.prose.words(announcements.deletedPrefix, start, start);
        }
        this.content(node, clippedFrom, clippedTo);
        break;
      case 'Link':
        this.#link(node, clippedFrom, clippedTo);
        break;
      case 'Image':
        this.#image(node);
        break;
      case 'InlineCode':
        if (policies.inlineCode === 'read') this.#code(node);
        else if (policies.inlineCode === 'announce') this.#words(announcements.inlineCode, node);
        break;
      case 'Autolink':
        this.#text(start + 1, end - 1);
        break;
      case 'URL':
        // In a link it is no child that is visited.
        this.#text(start, end);
        break;
      case 'Escape':
        this.#text(start + 1, end);
        break;
      case 'Entity':
        this.#entity(node);
        break;
      case 'HardBreak':
        // One space before CR LF looks like two to the parser.
        if (/^(?: {2}|\\)/.test(this.source(start, end))) this.prose.pause(start, end);
        else this.prose.separate(start, end);
        break;
      case 'HTMLTag':
        this.#tag(node, to);
        break;
      case 'Comment':
        this.#comment(start + 4, end - 3, node);
        break;
      case 'PercentComment':
        this.#comment(start + 2, end - 2, node);
        break;
      case 'InlineMath':
        if (start >= this.#mutedTo) speakFormula(this.context, this.prose, { start, end });
        break;
      case 'WikiLink':
        if (start >= this.#mutedTo) speakWikiLink(this.context, this.prose, { start, end });
        break;
      case 'Embed':
        if (start >= this.#mutedTo) speakEmbed(this.context, this.prose, { start, end });
        break;
      case 'Tag':
        if (policies.tag === 'skip') break;
        if (policies.tag === 'announce')
          this.prose.words(announcements.tagPrefix, start, start + 1);
        this.#text(start + 1, end);
        break;
      case 'FootnoteReference':
        if (policies.footnote === 'announce') {
          this.prose.separate(start);
          this.#words(announcements.footnoteMark, node);
        }
        break;
      case 'InlineFootnote':
        if (policies.footnote === 'skip') break;
        this.prose.separate(start, start + 2);
        this.#text(start + 2, end - 1);
        break;
      default:
      // Marks, and what is addressed to machines.
    }
  }

  #code(node: SyntaxNode): void {
    const [open, close] = node.getChildren('CodeMark');
    let place = this.to(open!);
    const end = this.from(close!);
    // In a table's cell a bar is escaped in code too.
    for (const { index } of this.source(place, end).matchAll(/\\\|/g)) {
      if (node.parent?.name !== 'TableCell') break;
      this.#text(place, this.to(open!) + index);
      place = this.to(open!) + index + 1;
    }
    this.#text(place, end);
  }

  #link(node: SyntaxNode, from: number, to: number): void {
    const marks = node.getChildren('LinkMark');
    const labelStart = this.to(marks[0]!);
    const labelEnd = marks[1] === undefined ? this.to(node) : this.from(marks[1]);
    const isReference = node.getChild('URL') === null && marks.length < 4;
    const label = node.getChild('LinkLabel');
    if (isReference) {
      const named = label === null || label.to - label.from <= 2 ? undefined : label;
      const name =
        named === undefined
          ? this.source(labelStart, labelEnd)
          : this.source(this.from(named) + 1, this.to(named) - 1);
      if (!this.#definitions.has(name)) {
        this.#undefinedLink(node, { labelStart, labelEnd }, from, to);
        return;
      }
    }
    const { policies, announcements } = this.context;
    if (policies.link === 'skip') return;
    if (policies.link === 'announce' && labelStart < labelEnd) {
      this.prose.words(announcements.linkPrefix, labelStart, labelStart);
    }
    this.content(node, Math.max(from, labelStart), Math.min(to, labelEnd));
  }

  /** Brackets that are no link: they are text. */
  #undefinedLink(
    node: SyntaxNode,
    { labelStart, labelEnd }: { labelStart: number; labelEnd: number },
    from: number,
    to: number,
  ): void {
    this.#text(Math.max(from, this.from(node)), Math.min(to, labelStart));
    this.content(node, Math.max(from, labelStart), Math.min(to, labelEnd));
    this.#text(Math.max(from, labelEnd), Math.min(to, this.to(node)));
  }

  #image(node: SyntaxNode): void {
    const { policies, announcements } = this.context;
    if (policies.image === 'skip') return;
    const marks = node.getChildren('LinkMark');
    const start = this.to(marks[0]!);
    let end = marks[1] === undefined ? this.to(node) : this.from(marks[1]);
    const description = this.source(start, end);
    // A size behind the description, as in `![A cat|300](cat.png)`, or in its place.
    const size = /(?:^|\\?\|)\s*\d+(?:x\d+)?\s*$/.exec(description);
    if (size !== null) end = start + size.index;
    // A file's name is no description.
    if (/^\s*$/.test(this.source(start, end)) || isImageName(this.context.text, { start, end })) {
      if (policies.image === 'announce') this.#words(announcements.image, node);
      return;
    }
    this.prose.separate(this.from(node));
    if (policies.image === 'announce') this.prose.words(announcements.imagePrefix, start, start);
    this.content(node, start, end);
    this.prose.separate(this.to(node));
  }

  #entity(node: SyntaxNode): void {
    const text = decodeEntity(this.source(this.from(node), this.to(node)));
    if (text === undefined) this.#text(this.from(node), this.to(node));
    else if (/^\s$/.test(text)) this.prose.separate(this.from(node), this.to(node));
    else this.#words(text, node);
  }

  #comment(start: number, end: number, node: SyntaxNode): void {
    const { policies, announcements } = this.context;
    if (policies.comment === 'read') this.#text(start, end);
    else if (policies.comment === 'announce') this.#words(announcements.comment, node);
  }

  #tag(node: SyntaxNode, to: number): void {
    const tag = this.source(this.from(node), this.to(node));
    if (/^<br\b/i.test(tag)) this.prose.separate(this.from(node), this.to(node));
    const silent = /^<(rt|rp|script|style)\b/i.exec(tag);
    if (silent === null) return;
    const after = this.source(this.to(node), to).toLowerCase();
    const close = after.indexOf(`</${silent[1]!.toLowerCase()}`);
    if (close >= 0) this.#mutedTo = Math.max(this.#mutedTo, this.to(node) + close);
  }
}
