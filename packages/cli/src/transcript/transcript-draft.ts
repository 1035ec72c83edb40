import type { TranscribedWord, TranscriptionEvent } from '@stepvoice/core/node';

/** A stretch of speech as it is known by now. */
export type DraftSegment = {
  readonly text: string;
  readonly startMs?: number | undefined;
  readonly endMs?: number | undefined;
  readonly words: readonly TranscribedWord[];
  /** `false` where it broke off before the service had its last word on it. */
  readonly final: boolean;
};

/** Gathers what was understood, the unfinished included: nothing of it is lost when a later call fails. */
export class TranscriptDraft {
  readonly #segments = new Map<number, DraftSegment>();
  #usedTokens: number | undefined;

  push(event: TranscriptionEvent): void {
    switch (event.type) {
      case 'partial': {
        const { segment, text, words = [] } = event;
        if (this.#segments.get(segment)?.final === true) return;
        this.#segments.set(segment, { text, words, final: false });
        return;
      }
      case 'final':
      case 'correction': {
        const { segment, text, startMs, endMs, words, usage } = event;
        this.#segments.set(segment, { text, startMs, endMs, words, final: true });
        const tokens = usage?.totalTokens;
        if (tokens !== undefined) this.#usedTokens = (this.#usedTokens ?? 0) + tokens;
        return;
      }
      case 'failed':
      case 'progress':
      case 'speech-started':
      case 'speech-stopped':
      case 'unknown':
    }
  }

  /** Those that say something, in the order in which they were spoken. */
  get segments(): DraftSegment[] {
    return [...this.#segments.entries()]
      .toSorted(([a], [b]) => a - b)
      .map(([, segment]) => segment)
      .filter(({ text }) => text.trim() !== '');
  }

  /** What the service counted, where it did. */
  get usedTokens(): number | undefined {
    return this.#usedTokens;
  }
}
