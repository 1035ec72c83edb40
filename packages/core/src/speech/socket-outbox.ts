import { ConnectionError } from '../errors.ts';
import type { Clock } from '../net/clock.ts';
import { SPEECH_TEXT_LIMIT } from '../protocol/models.ts';
import { findTextIssue } from '../protocol/speech-rules.ts';
import type { TextFault } from '../protocol/speech-rules.ts';
import { toValidationError } from '../protocol/validation-error.ts';
import { firstSentenceLength, splitText } from './split-text.ts';
import type { TextGate } from './text-gate.ts';

export type OutboxItem = { type: 'text'; text: string } | { type: 'flush' } | { type: 'end' };

export type OutboxOptions = {
  clock: Clock;
  send: (item: OutboxItem) => void;
  /** Seconds of audio that nobody has taken yet. */
  unreadSeconds: () => number;
  /** Only for a socket that cannot be paused: text is held back while there is too much audio already. */
  gate: TextGate | undefined;
};

/** Behind a gate text leaves sentence by sentence, and long sentences in parts: about four seconds of Chinese. */
const GATED_PIECE = 16;
/** How long the service may be silent, with nothing unread, before it is believed to wait for more text. */
const GATE_PATIENCE_MS = 1000;

/** What is to be sent, in order: held until the service is ready for it, in pieces that it takes. */
export class SocketOutbox {
  readonly #options: OutboxOptions;
  readonly #items: OutboxItem[] = [];
  #isOpen = false;
  #hasEnded = false;
  #hasText = false;
  /** The first half of a character whose other half is still to be written. */
  #half = '';
  #cancelTimer: (() => void) | undefined;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Whether there was anything to speak. */
  get hasText(): boolean {
    return this.#hasText;
  }

  /** @throws {ValidationError} for what no server can read. @throws {ConnectionError} after `end()`. */
  write(text: string): void {
    if (this.#hasEnded) {
      throw new ConnectionError('The socket takes no more text after end().', {
        code: 'socket_ended',
        retryable: false,
      });
    }
    const whole = typeof text === 'string' ? this.#half + text : text;
    const isHalf = typeof text === 'string' && isHighSurrogate(whole.charCodeAt(whole.length - 1));
    const ready = isHalf ? whole.slice(0, -1) : whole;
    refuseUnreadable(ready);
    this.#half = isHalf ? whole.slice(-1) : '';
    if (ready === '') return;
    this.#hasText ||= ready.trim() !== '';
    for (const piece of splitText(ready, SPEECH_TEXT_LIMIT)) {
      this.#items.push({ type: 'text', text: piece });
    }
    this.drain();
  }

  flush(): void {
    if (this.#hasEnded) return;
    this.#items.push({ type: 'flush' });
    this.drain();
  }

  /** @throws {ValidationError} where the text ended inside a character. */
  end(): void {
    if (this.#hasEnded) return;
    refuseUnreadable(this.#half);
    this.#hasEnded = true;
    this.#items.push({ type: 'end' });
    this.drain();
  }

  /** The service is ready. */
  open(): void {
    this.#isOpen = true;
    this.drain();
  }

  /** The service sent so much audio. */
  received(seconds: number): void {
    const { gate } = this.#options;
    if (gate === undefined) return;
    gate.received(seconds);
    this.drain();
  }

  /** Some of the unread audio was taken. */
  taken(): void {
    if (this.#options.gate !== undefined) this.drain();
  }

  /** Sends what may be sent. */
  drain(): void {
    const { gate, send, unreadSeconds } = this.#options;
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    while (this.#isOpen) {
      const item = this.#items[0];
      if (item === undefined) return;
      if (item.type !== 'text' || gate === undefined) {
        this.#items.shift();
        send(item);
      } else if (gate.isOpen(unreadSeconds())) {
        const text = this.#takeSentence(item);
        gate.sent(text);
        send({ type: 'text', text });
      } else {
        this.#wait(gate);
        return;
      }
    }
  }

  close(): void {
    this.#isOpen = false;
    this.#items.length = 0;
    this.#cancelTimer?.();
  }

  #takeSentence(item: { type: 'text'; text: string }): string {
    const text = item.text.slice(0, firstSentenceLength(item.text, GATED_PIECE));
    item.text = item.text.slice(text.length);
    if (item.text === '') this.#items.shift();
    return text;
  }

  /** What is expected may never come: a sentence without its end makes the service wait, too. */
  #wait(gate: TextGate): void {
    this.#cancelTimer = this.#options.clock.after(GATE_PATIENCE_MS, () => {
      if (this.#options.unreadSeconds() === 0) gate.settle();
      this.drain();
    });
  }
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

/** Pieces may be blank: the spaces between words. */
function refuseUnreadable(text: string): void {
  const issue = findTextIssue('text', text, Number.POSITIVE_INFINITY);
  if (issue === undefined) return;
  const { offset } = (issue.value ?? {}) as TextFault;
  if (typeof text !== 'string' || offset !== undefined) throw toValidationError(issue);
}
