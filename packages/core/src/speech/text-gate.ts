/** How long a text takes to say, roughly, in seconds a character. */
const SECONDS_PER_WIDE_CHARACTER = 0.25;
const SECONDS_PER_CHARACTER = 0.07;

/** Chinese, Japanese and Korean: one character is a syllable, one mark a pause. */
const WIDE =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\u3000-\u303f\uff00-\uffef]/u;

/** Less unread audio than this, and somebody who listens may soon hear nothing. */
const LOW_SECONDS = 2;

const SENTENCE_END = /[。！？!?….\n]\P{L}*$/u;

/**
 * Decides when the next text may be sent on a socket that cannot be paused, so that audio which nobody has taken stays
 * within a bound: what the service will still make of the text it has is estimated, what has come is known.
 *
 * The service says nothing of a sentence before it has all of it: where little is left to hear, the rest of a sentence
 * follows whatever the bound is.
 */
export class TextGate {
  readonly #maxHeldSeconds: number;
  readonly #speed: number;
  #expectedSeconds = 0;
  #isInSentence = false;

  /** @param maxHeldSeconds of audio, expected and unread together */
  constructor(maxHeldSeconds: number, speed: number) {
    this.#maxHeldSeconds = maxHeldSeconds;
    this.#speed = speed;
  }

  /** @param unreadSeconds of audio that nobody has taken yet */
  isOpen(unreadSeconds: number): boolean {
    if (this.#isInSentence && unreadSeconds < LOW_SECONDS) return true;
    return unreadSeconds + this.#expectedSeconds < this.#maxHeldSeconds;
  }

  sent(text: string): void {
    this.#isInSentence = !SENTENCE_END.test(text);
    this.#expectedSeconds += estimateSeconds(text) / this.#speed;
  }

  received(seconds: number): void {
    this.#expectedSeconds = Math.max(0, this.#expectedSeconds - seconds);
  }

  /** The service has nothing more to say to what it got: the estimate was too high. */
  settle(): void {
    this.#expectedSeconds = 0;
  }
}

export function estimateSeconds(text: string): number {
  let seconds = 0;
  for (const character of text) {
    seconds += WIDE.test(character) ? SECONDS_PER_WIDE_CHARACTER : SECONDS_PER_CHARACTER;
  }
  return seconds;
}
