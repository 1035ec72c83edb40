import type { TranscribedWord } from './transcription-event.ts';

/** One piece of a transcript that grows by pieces. */
type Increment = { text: string; startMs: number | undefined; endMs: number | undefined };

/** How the partial texts of a model read: pieces to be joined, or the whole each time. */
export type PartialKind = 'increment' | 'cumulative';

export type TextDelta = {
  eventId: string | undefined;
  text: string;
  stash: string | undefined;
  words: readonly TranscribedWord[] | undefined;
  startMs: number | undefined;
  endMs: number | undefined;
};

/** The text of one segment as it grows. Times are as the service counts them. */
export class SegmentText {
  #kind: PartialKind | undefined;
  readonly #seen = new Set<string>();
  #increments: Increment[] = [];
  #text = '';
  #words: readonly TranscribedWord[] | undefined;

  /** @param kind as the model table has it; for a model it does not know, the events tell */
  constructor(kind: PartialKind | undefined) {
    this.#kind = kind;
  }

  /** The whole text so far. */
  get text(): string {
    return this.#text;
  }

  get words(): readonly TranscribedWord[] | undefined {
    return this.#words;
  }

  /** Answers whether it said something new. */
  push(delta: TextDelta): boolean {
    const { eventId } = delta;
    if (eventId !== undefined) {
      if (this.#seen.has(eventId)) return false;
      this.#seen.add(eventId);
    }
    if (this.#isCumulative(delta)) {
      this.#text = delta.text + (delta.stash ?? '');
      this.#words = delta.words ?? this.#words;
      return true;
    }
    if (delta.text === '') return false;
    this.#insert(delta);
    this.#text = this.#increments.map(({ text }) => text).join('');
    const timed = this.#increments.filter(({ startMs }) => startMs !== undefined);
    if (timed.length > 0) this.#words = timed.map(toWord).filter(({ text }) => text !== '');
    return true;
  }

  #isCumulative({ text, stash, words }: TextDelta): boolean {
    // What only the cumulative form has says more than the name of a model.
    const isPlain = stash === undefined && words === undefined;
    if (!isPlain) this.#kind = 'cumulative';
    else if (this.#kind === undefined && this.#text !== '') {
      this.#kind = text.startsWith(this.#text) ? 'cumulative' : 'increment';
    }
    return this.#kind === 'cumulative';
  }

  /** Where the pieces have times, in the order of those. */
  #insert({ text, startMs, endMs }: TextDelta): void {
    let at = this.#increments.length;
    while (at > 0 && startMs !== undefined && startMs < (this.#increments[at - 1]?.startMs ?? 0)) {
      at -= 1;
    }
    this.#increments.splice(at, 0, { text, startMs, endMs });
  }
}

function toWord({ text, startMs = 0, endMs = startMs }: Increment): TranscribedWord {
  return { text: text.trim(), startMs, endMs };
}
