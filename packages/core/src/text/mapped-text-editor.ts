import { type MappedText, MappedTextBuilder } from './mapped-text.ts';
import type { TextRange } from './text-range.ts';

/**
 * Rewrites a text that is mapped already, from its start to its end, so that one rewrite can stand behind another: what
 * is kept keeps its map, what is replaced comes from all that the replaced part came from. Places are offsets of the
 * spoken text; what is neither kept nor replaced is left out.
 *
 *     const editor = new MappedTextEditor(spoken);
 *     editor.keepTo(4).replace(', an aside,', 4, 16).keepTo(spoken.text.length);
 *     const rewritten = editor.build();
 */
export class MappedTextEditor {
  readonly #mapped: MappedText;
  readonly #builder = new MappedTextBuilder('');
  #kept: TextRange = { start: 0, end: 0 };
  #place = 0;
  #replaced = false;

  constructor(mapped: MappedText) {
    this.#mapped = mapped;
  }

  /** Up to where the text was kept, replaced or left out. */
  get place(): number {
    return this.#place;
  }

  /** Keeps a part of the text with its map. */
  keep(start: number, end: number): this {
    if (start >= end) return this;
    // Two parts that touch are one: a rewrite that lies across their border stays whole.
    if (start === this.#kept.end) this.#kept = { start: this.#kept.start, end };
    else {
      this.#flush();
      this.#kept = { start, end };
    }
    this.#place = end;
    return this;
  }

  /** Keeps what lies between the last place and this one. */
  keepTo(end: number): this {
    return this.keep(this.#place, end);
  }

  /** Speaks other words for a part of the text; empty ones leave it out, an empty part puts words in. */
  replace(words: string, start: number, end: number): this {
    this.#flush();
    this.#kept = { start: end, end };
    this.#place = end;
    if (words === '' && start >= end) return this;
    const source = this.#mapped.toSource({ start, end });
    this.#builder.replace(words, source.start, source.end);
    this.#replaced = true;
    return this;
  }

  /** The rewritten text; the very text handed in where nothing was replaced or left out. */
  build(): MappedText {
    if (!this.#replaced && this.#builder.length === 0 && this.#keepsAll()) return this.#mapped;
    this.#flush();
    return this.#builder.build();
  }

  #keepsAll(): boolean {
    return this.#kept.start === 0 && this.#kept.end === this.#mapped.text.length;
  }

  #flush(): void {
    if (this.#kept.start < this.#kept.end) {
      this.#builder.append(this.#mapped.slice(this.#kept.start, this.#kept.end));
    }
    this.#kept = { start: this.#kept.end, end: this.#kept.end };
  }
}
