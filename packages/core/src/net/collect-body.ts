import { ProtocolError, StepAudioError } from '../errors.ts';
import type { CallErrors } from './call-errors.ts';
import type { Exchange } from './exchange.ts';
import { ForeignAnswer, parseJson } from './foreign-answer.ts';

const MAX_JSON_BYTES = 128 * 1024 * 1024;

/**
 * Gathers a whole body.
 *
 * @param isAudio whether an error that ends it shall carry what had come as `partial`
 */
export function collectBody(
  exchange: Exchange,
  maxBytes: number,
  isAudio = true,
): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const pieces = new ByteCollector(maxBytes, exchange.requestId);
    exchange.consume({
      onData: (chunk) => {
        try {
          pieces.push(chunk);
        } catch (error) {
          exchange.cancel();
          reject(error);
        }
      },
      onEnd: () => resolve(pieces.join()),
      onError: (error) => {
        if (isAudio && StepAudioError.isInstance(error)) error.partial = pieces.join();
        reject(error);
      },
    });
  });
}

/**
 * The JSON of a whole answer.
 *
 * @param expected what was asked for, in a few words: for the message when it is something else
 * @throws {StepAudioError} for an answer that is no JSON object, and for a failure told with status 200.
 */
export async function collectJson(
  exchange: Exchange,
  errors: CallErrors,
  expected: string,
): Promise<Record<string, unknown>> {
  const body = await collectBody(exchange, MAX_JSON_BYTES, false);
  const raw = parseJson(new TextDecoder().decode(body));
  if (typeof raw === 'object' && raw !== null && !Array.isArray(raw) && !isBareFailure(raw)) {
    return raw as Record<string, unknown>;
  }
  const foreign = new ForeignAnswer(exchange.head, errors, expected);
  foreign.push(body);
  throw foreign.toError();
}

/** `{"error": …}`: some gateways tell a failure with status 200. A failed job has an `error` too, beside its status. */
function isBareFailure(raw: object): boolean {
  const { error } = raw as { error?: unknown };
  return error !== undefined && error !== null && !('status' in raw);
}

/** Gathers pieces up to a limit. */
export class ByteCollector {
  readonly #maxBytes: number;
  readonly #requestId: string | undefined;
  readonly #pieces: Uint8Array[] = [];
  #length = 0;

  constructor(maxBytes: number, requestId: string | undefined) {
    this.#maxBytes = maxBytes;
    this.#requestId = requestId;
  }

  push(piece: Uint8Array): void {
    if (this.#length + piece.length > this.#maxBytes) {
      throw new ProtocolError(
        `The answer has more than ${this.#maxBytes} bytes. Raise maxBytes, or take it as a stream.`,
        { code: 'answer_too_large', requestId: this.#requestId },
      );
    }
    this.#pieces.push(piece);
    this.#length += piece.length;
  }

  join(): Uint8Array {
    const whole = new Uint8Array(this.#length);
    let at = 0;
    for (const piece of this.#pieces) {
      whole.set(piece, at);
      at += piece.length;
    }
    return whole;
  }
}
