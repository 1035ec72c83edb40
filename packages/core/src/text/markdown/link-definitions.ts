import { lineEndAfter } from './source-lines.ts';

/** So much is searched in one step. */
const STEP = 262_144;

/** Which labels of links a text defines. It is searched once, and only where a text has links: most have no such. */
export class LinkDefinitions {
  readonly #text: string;
  readonly #labels = new Set<string>();
  #searched = 0;
  /** The first bracket: before it nobody asks. */
  #bracket: number | undefined;

  constructor(text: string) {
    this.#text = text;
  }

  /** Whether what lies before a place may ask for a label, and the text is not searched yet. */
  areAskedForBefore(place: number): boolean {
    if (this.#searched >= this.#text.length) return false;
    if (this.#bracket === undefined) {
      const found = this.#text.indexOf('[');
      this.#bracket = found < 0 ? this.#text.length : found;
    }
    return this.#bracket < place;
  }

  /** Searches the text, in short steps. */
  *search(): Generator<undefined> {
    while (this.#searched < this.#text.length) {
      const end = lineEndAfter(this.#text, this.#searched + STEP);
      const lines = this.#text.slice(this.#searched, end);
      for (const [, label] of lines.matchAll(DEFINITION)) this.#labels.add(normalised(label!));
      this.#searched = end;
      yield undefined;
    }
  }

  has(label: string): boolean {
    if (label.length > LONGEST_LABEL) return false;
    // What is read alone, such as a part of a text, was not searched before.
    for (const _ of this.search());
    return this.#labels.has(normalised(label));
  }
}

const LONGEST_LABEL = 999;
const DEFINITION = /^[ \t>]{0,12}\[(?!\^)([^[\]\n\r]{1,999})\]:/gm;

function normalised(label: string): string {
  return label.trim().replaceAll(/\s+/g, ' ').toLowerCase();
}
