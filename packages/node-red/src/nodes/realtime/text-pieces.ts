import type { FlowMessage } from '../../kit/node-red.ts';
import { streamPlace } from '../../kit/stream-place.ts';
import { textTooLong } from './talk-errors.ts';

const MAX_TEXT = 100_000;

/** Puts together a text that comes in several messages: a model is told all of it at once. */
export class TextPieces {
  /** `text` is `undefined` once it has become too long. */
  #open: { id: string; text: string | undefined } | undefined;

  /** Whether a text has begun and not ended. */
  get isOpen(): boolean {
    return this.#open !== undefined;
  }

  /**
   * @returns the text once all of it has come; `undefined` before, for one that is blank and for what follows a refusal
   * @throws {LocalizedError} `invalid_input` for one that is too long
   */
  take(message: FlowMessage, piece: string): string | undefined {
    const place = message.stepvoice?.stream === 'text' ? streamPlace(message) : undefined;
    if (place === undefined) {
      if (piece.length > MAX_TEXT) throw textTooLong(MAX_TEXT);
      return piece;
    }
    const { id, isLast } = place;
    // One at a time: another one began in place of one that was never ended.
    const before = this.#open?.id === id ? this.#open.text : '';
    const text = before === undefined ? undefined : before + piece;
    const isTooLong = text !== undefined && text.length > MAX_TEXT;
    this.#open = isLast ? undefined : { id, text: isTooLong ? undefined : text };
    if (isTooLong) throw textTooLong(MAX_TEXT);
    return isLast && text?.trim() !== '' ? text : undefined;
  }
}
