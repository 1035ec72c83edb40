import type { Clock } from '../../../net/clock.ts';
import { sleep } from '../../../net/clock.ts';
import { MappedText } from '../../../text/mapped-text.ts';
import type { FetchedSpeech } from '../../fetcher.ts';
import type { SpokenPlace } from '../../speech-unit.ts';
import type { Utterance } from '../../utterance.ts';
import type { UnitSupply, UtteranceSource } from '../unit-supply.ts';

export const SCRIPTED_RATE = 8000;
export const WORD_SECONDS = 0.25;
/** Of four letters and a space. */
export const WORD_LENGTH = 5;

/** A sentence that sounds like its `tone`: each of its samples has that value. */
export type ScriptedSentence = { tone: number; words: number; pauseMs: number };

/** Hands out what it is told to, at the time it is told to. */
export class ScriptedSupply implements UnitSupply, UtteranceSource {
  sentences: ScriptedSentence[];
  readonly calls: SpokenPlace[] = [];
  rate = 1;
  /** Feeds that have not been let go. */
  open = 0;
  /** How long it takes to have the next unit. */
  delayMs = 0;
  failure: { at: number; error: Error } | undefined;
  readonly #clock: Clock;

  constructor(clock: Clock, sentences: ScriptedSentence[]) {
    this.#clock = clock;
    this.sentences = sentences;
  }

  utteranceAt(index: number): Utterance | undefined {
    const sentence = this.sentences[index];
    if (sentence === undefined) return undefined;
    const text = 'word '.repeat(sentence.words).slice(0, -1);
    const start = this.sentences
      .slice(0, index)
      .reduce((sum, { words }) => sum + words * WORD_LENGTH, 0);
    const range = { start, end: start + text.length };
    return {
      index,
      spoken: new MappedText(text, [
        { spoken: { start: 0, end: text.length }, source: range, verbatim: true },
      ]),
      range,
      kind: 'paragraph',
      level: 0,
      language: 'en',
      speaker: undefined,
      pauseAfterMs: sentence.pauseMs,
      segment: index,
      heading: undefined,
    };
  }

  setRate(rate: number): void {
    this.rate = rate;
  }

  async *from(place: SpokenPlace, signal: AbortSignal): AsyncGenerator<FetchedSpeech, undefined> {
    this.calls.push(place);
    this.open += 1;
    try {
      for (let index = place.utterance; index < this.sentences.length; index += 1) {
        if (this.delayMs > 0) await sleep(this.#clock, this.delayMs, signal);
        const sentence = this.sentences[index];
        if (sentence === undefined) break;
        if (this.failure?.at === index) throw this.failure.error;
        yield { type: 'unit', unit: this.#unit(index, sentence) };
      }
      return undefined;
    } finally {
      this.open -= 1;
    }
  }

  #unit(utterance: number, { tone, words }: ScriptedSentence) {
    const seconds = words * WORD_SECONDS;
    const samples = new Int16Array(seconds * SCRIPTED_RATE).fill(tone);
    return {
      from: { utterance, offset: 0 },
      to: { utterance, offset: words * WORD_LENGTH - 1 },
      sound: { samples, sampleRate: SCRIPTED_RATE },
      seconds,
      words: Array.from({ length: words }, (_, word) => ({
        utterance,
        range: { start: word * WORD_LENGTH, end: word * WORD_LENGTH + WORD_LENGTH - 1 },
        startSeconds: word * WORD_SECONDS,
        endSeconds: (word + 1) * WORD_SECONDS,
      })),
      timing: 'service' as const,
      cached: false,
    };
  }
}
