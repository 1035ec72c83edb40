import type {
  TranscribedWord,
  TranscriptionFinalEvent,
  TranscriptionUsage,
} from './transcription-event.ts';

export type TranscriptSegment = {
  text: string;
  startMs?: number;
  endMs?: number;
  words: readonly TranscribedWord[];
};

/** What a whole input says. */
export type Transcript = {
  /** All segments, with a space between them where the script uses one. */
  text: string;
  segments: readonly TranscriptSegment[];
  /** Of all segments; empty without `timestamps`. */
  words: readonly TranscribedWord[];
  /** Of all calls together, where the service counted. */
  usage?: TranscriptionUsage;
};

/** Gathers final segments. */
export class TranscriptCollector {
  readonly #segments: TranscriptSegment[] = [];
  #usage: TranscriptionUsage | undefined;

  push(event: TranscriptionFinalEvent): void {
    const { text, startMs, endMs, words, usage } = event;
    this.#segments.push({
      text,
      ...(startMs === undefined ? {} : { startMs }),
      ...(endMs === undefined ? {} : { endMs }),
      words,
    });
    if (usage !== undefined) this.#usage = addUsage(this.#usage, usage);
  }

  /** What has been gathered by now. */
  toTranscript(): Transcript {
    return {
      text: joinTexts(this.#segments.map(({ text }) => text)),
      segments: [...this.#segments],
      words: this.#segments.flatMap(({ words }) => words),
      ...(this.#usage === undefined ? {} : { usage: this.#usage }),
    };
  }
}

/** Joins texts that follow each other: with a space, but with none beside scripts that are written without. */
export function joinTexts(texts: readonly string[]): string {
  let joined = '';
  for (const text of texts) {
    if (text === '') continue;
    if (joined !== '' && !ENDS_TIGHT.test(joined) && !BEGINS_TIGHT.test(text)) joined += ' ';
    joined += text;
  }
  return joined;
}

/** Han, kana, and their punctuation and full-width forms; white space needs no more. */
const BEGINS_TIGHT =
  /^[\s\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\u3000-\u303f\uff00-\uffef]/u;
const ENDS_TIGHT =
  /[\s\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\u3000-\u303f\uff00-\uffef]$/u;

function addUsage(
  one: TranscriptionUsage | undefined,
  other: TranscriptionUsage,
): TranscriptionUsage {
  const sum: TranscriptionUsage = { ...one };
  for (const key of Object.keys(other) as (keyof TranscriptionUsage)[]) {
    sum[key] = (sum[key] ?? 0) + (other[key] ?? 0);
  }
  return sum;
}
