import { findModel } from '@stepvoice/core/protocol';
import type { HeardPartial, HeardWord } from '../ear/ear.ts';
import { spokenPart } from '../ear/word-times.ts';
import { DELTA } from './transcription-dialect.ts';
import type { TranscriptionServerEvent } from './transcription-dialect.ts';
import { toSocketUsage } from './usage.ts';
import type { TokenCounts } from './usage.ts';

/** How many words at the end of a partial text may still change. */
const STASHED_WORDS = 2;
/** To which word times are rough unless they were asked to be exact. */
const ROUGH_MS = 100;

/** Makes the events that tell the text of one segment, in the way of a model. Times count from the segment's start. */
export class TranscriptEvents {
  readonly #itemId: string;
  readonly #isCumulative: boolean;
  readonly #alignsTimes: boolean;
  /** Of the text that is out already, where the model tells it in pieces. */
  #sentLength = 0;
  #sentEndMs = 0;

  constructor(itemId: string, { model, alignsTimes }: { model: string; alignsTimes: boolean }) {
    this.#itemId = itemId;
    this.#isCumulative = findModel(model)?.transcription?.partials !== 'increment';
    this.#alignsTimes = alignsTimes;
  }

  /** What tells a partial text; nothing where the model has no way to tell it. */
  delta({ text, words }: HeardPartial): TranscriptionServerEvent | undefined {
    const event = { type: DELTA, item_id: this.#itemId, content_index: 0 };
    if (this.#isCumulative) {
      const settled = words.slice(0, -STASHED_WORDS);
      const stash = words.slice(-STASHED_WORDS);
      return {
        ...event,
        text: textOf(settled),
        stash: textOf(stash),
        words: [
          ...settled.map((word) => toWireWord(word, true, ROUGH_MS)),
          ...stash.map((word) => toWireWord(word, false, ROUGH_MS)),
        ],
      };
    }
    const fresh = wordsBehind(words, this.#sentLength);
    const first = fresh[0];
    // A text that has become shorter cannot be told in pieces.
    if (first === undefined) return undefined;
    const piece = text.slice(this.#sentLength);
    this.#sentLength = text.length;
    // The first word may have been told in part.
    const startMs = Math.max(first.startMs, this.#sentEndMs);
    this.#sentEndMs = Math.max(fresh.at(-1)!.endMs, startMs);
    return { ...event, text: piece, start_time: startMs, end_time: this.#sentEndMs };
  }

  completed({ text, words }: HeardPartial, tokens: TokenCounts): TranscriptionServerEvent {
    return {
      type: 'conversation.item.input_audio_transcription.completed',
      item_id: this.#itemId,
      content_index: 0,
      transcript: text,
      ...(this.#isCumulative && {
        words: words.map((word) => toWireWord(word, true, this.#alignsTimes ? 1 : ROUGH_MS)),
      }),
      usage: toSocketUsage(tokens),
    };
  }

  failed(message: string): TranscriptionServerEvent {
    return {
      type: 'conversation.item.input_audio_transcription.failed',
      item_id: this.#itemId,
      content_index: 0,
      error: { type: 'internal_error', code: 'internal_error', message },
    };
  }
}

function toWireWord({ text, startMs, endMs }: HeardWord, final: boolean, gridMs: number): object {
  const seconds = (ms: number): number => (Math.round(ms / gridMs) * gridMs) / 1000;
  return { word: spokenPart(text), start: seconds(startMs), end: seconds(endMs), final };
}

function wordsBehind(words: readonly HeardWord[], length: number): HeardWord[] {
  let offset = 0;
  return words.filter(({ text }) => {
    offset += text.length;
    return offset > length;
  });
}

function textOf(words: readonly HeardWord[]): string {
  return words.map(({ text }) => text).join('');
}
