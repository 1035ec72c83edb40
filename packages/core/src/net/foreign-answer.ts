import { ProtocolError } from '../errors.ts';
import type { StepAudioError } from '../errors.ts';
import { requestIdOf } from './exchange.ts';
import type { HttpHead } from './http-transport.ts';
import type { CallErrors } from './call-errors.ts';

const LONGEST_ANSWER = 64 * 1024;

/** A successful answer that is not what was asked for: a JSON error with status 200, a page of some gateway. */
export class ForeignAnswer {
  readonly #head: HttpHead;
  readonly #errors: CallErrors;
  readonly #expected: string;
  readonly #decoder = new TextDecoder();
  #text = '';

  /** @param expected what was asked for, in a word: `audio` */
  constructor(head: HttpHead, errors: CallErrors, expected: string) {
    this.#head = head;
    this.#errors = errors;
    this.#expected = expected;
  }

  push(chunk: Uint8Array): void {
    if (this.#text.length < LONGEST_ANSWER)
      this.#text += this.#decoder.decode(chunk, { stream: true });
  }

  toError(): StepAudioError {
    const requestId = requestIdOf(this.#head);
    const raw = parseJson(this.#text);
    const failure = raw === undefined ? undefined : this.#errors.fromAnswer(raw, requestId);
    if (failure !== undefined) return failure;
    const what = raw === undefined ? 'a page of text' : 'a JSON answer';
    return new ProtocolError(
      `The service sent ${what} where it was asked for ${this.#expected}. Something between here and it may have answered instead: check the address.`,
      { code: 'unexpected_answer', status: this.#head.status, requestId },
    );
  }
}

/** Whether an answer is something else than an event stream. */
export function isForeignToEvents(head: HttpHead, firstChunk: Uint8Array): boolean {
  const mediaType = mediaTypeOf(head);
  if (mediaType === 'application/json' || mediaType === 'text/html') return true;
  // No line of an event stream begins like this.
  const first = firstChunk.find(
    (byte) => byte !== 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d,
  );
  return first === 0x7b || first === 0x3c;
}

/** Lower case, without parameters; empty where it is not said. */
export function mediaTypeOf(head: HttpHead): string {
  return (head.header('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

/** `undefined` for what is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
