import { UsageError } from '../cli-error.ts';
import type { Translate } from '../language/translate.ts';

/**
 * Turns bytes into text as they arrive; a character may be cut anywhere between two pieces. Without an `encoding` it
 * is UTF-8, or UTF-16 where the bytes begin with its mark (Windows editors write it).
 */
export class TextReader {
  readonly #encoding: string | undefined;
  readonly #name: string;
  readonly #t: Translate;
  #decoder: InstanceType<typeof TextDecoder> | undefined;
  #head: Uint8Array = new Uint8Array(0);

  /**
   * @param name of the source, for messages: a file's name, or "standard input".
   * @throws {UsageError} for an encoding the platform does not know.
   */
  constructor(name: string, encoding: string | undefined, t: Translate) {
    this.#name = name;
    this.#encoding = encoding;
    this.#t = t;
    if (encoding !== undefined) this.#decoder = this.#createDecoder(encoding);
  }

  /** @throws {UsageError} on bytes that are not text of the encoding. */
  push(bytes: Uint8Array): string {
    if (this.#decoder === undefined) {
      // The mark of UTF-16 is two bytes long, and a first piece may be shorter.
      this.#head = this.#head.length === 0 ? bytes : Buffer.concat([this.#head, bytes]);
      if (this.#head.length < 2) return '';
      this.#decoder = this.#createDecoder(markedEncoding(this.#head) ?? 'utf-8');
      bytes = this.#head;
    }
    return this.#decode(bytes, true);
  }

  /** @throws {UsageError} where the last character is cut. */
  flush(): string {
    if (this.#decoder === undefined) {
      this.#decoder = this.#createDecoder('utf-8');
      return this.#decode(this.#head, false);
    }
    return this.#decode(new Uint8Array(0), false);
  }

  #createDecoder(encoding: string): InstanceType<typeof TextDecoder> {
    try {
      return new TextDecoder(encoding, { fatal: true });
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw new UsageError(this.#t('error.encoding', { encoding }), this.#t('advice.encoding'));
    }
  }

  #decode(bytes: Uint8Array, stream: boolean): string {
    try {
      return this.#decoder!.decode(bytes, { stream });
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      throw new UsageError(
        this.#t('error.notText', { name: this.#name, encoding: this.#encoding ?? 'UTF-8' }),
        this.#t('advice.encoding'),
      );
    }
  }
}

function markedEncoding(bytes: Uint8Array): string | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  return undefined;
}
