import type { SpokenWord } from '../voice/index.ts';

/** A token with its times in milliseconds over the whole audio, as the wire has it. */
export type SubtitleItem = { text: string; start_time: number; end_time: number };
export type SubtitleEntry = { text: string; items: SubtitleItem[] };

/** Every time in the service's documentation is a multiple of this: one token of its speech model. */
const GRID_MS = 80;

/** Puts the times of words onto the service's grid, by at most half a step; they never go back. */
export class SubtitleClock {
  #lastMs = 0;

  /** @param offsetMs where the audio that the words belong to begins within the whole. */
  toItems(words: readonly SpokenWord[], offsetMs: number): SubtitleItem[] {
    return words.map(({ text, startMs, endMs }) => {
      const start = Math.max(onGrid(offsetMs + startMs), this.#lastMs);
      this.#lastMs = Math.max(onGrid(offsetMs + endMs), start);
      return { text, start_time: start, end_time: this.#lastMs };
    });
  }
}

const SHORTEST_ENTRY = 15;
const LONGEST_ENTRY = 60;

/**
 * Gathers words into entries by length, as the service does over HTTP: an entry ends with the first clause that makes it
 * long enough, so it may hold several clauses and need not end with a sentence. All entries joined are the words joined.
 */
export class SubtitleCutter {
  #text = '';
  #items: SubtitleItem[] = [];

  push(items: readonly SubtitleItem[]): SubtitleEntry[] {
    const entries: SubtitleEntry[] = [];
    for (const item of items) {
      if (this.#text !== '' && this.#text.length + item.text.length > LONGEST_ENTRY) {
        entries.push(this.#take());
      }
      this.#text += item.text;
      this.#items.push(item);
      const endsClause = /[。！？!?，、；：,;:.…]["”’」』)）]*\s*$/u.test(item.text);
      if (endsClause && this.#text.length >= SHORTEST_ENTRY) entries.push(this.#take());
    }
    return entries;
  }

  flush(): SubtitleEntry[] {
    return this.#text === '' ? [] : [this.#take()];
  }

  #take(): SubtitleEntry {
    const entry = { text: this.#text, items: this.#items };
    this.#text = '';
    this.#items = [];
    return entry;
  }
}

function onGrid(ms: number): number {
  return Math.round(ms / GRID_MS) * GRID_MS;
}
