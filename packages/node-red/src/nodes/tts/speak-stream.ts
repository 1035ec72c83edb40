import type { Speech, SpeechConnectOptions, SpeechSocketEvent } from '@stepvoice/core/node';
import type { Clock } from '../../kit/clock.ts';
import { nextWithin } from '../../kit/next-within.ts';
import type { FlowMessage } from '../../kit/node-red.ts';
import { characterCount, textOfPiece, textTooLong } from './spoken-text.ts';

export type StreamedText = {
  /** Each holds a piece, cut anywhere. */
  messages: AsyncIterable<FlowMessage>;
  clock: Clock;
  /** No text for so long, and the utterance is closed. */
  idleMs: number;
  maxCharacters: number;
};

/** What is spoken of a text that is still being written; read once. */
export class StreamedSpeech {
  requestId: string | undefined;
  /** The text stopped without its end; what had come was spoken. */
  isStalled = false;
  /** There was something to say. */
  hasText = false;
  /** Written so far, in code points. */
  characters = 0;
  readonly #speech: Speech;
  readonly #options: SpeechConnectOptions;
  readonly #text: StreamedText;
  readonly #messages: AsyncIterator<FlowMessage>;
  #isFirst = true;

  constructor(speech: Speech, options: SpeechConnectOptions, text: StreamedText) {
    this.#speech = speech;
    this.#options = options;
    this.#text = text;
    this.#messages = text.messages[Symbol.asyncIterator]();
  }

  /**
   * Nothing for a text of nothing but blanks, for which no socket is opened either.
   *
   * @throws {LocalizedError} for a piece that is no text, and for one too many
   */
  async *events(): AsyncGenerator<SpeechSocketEvent, void> {
    let opening = '';
    while (opening.trim() === '') {
      const piece = await this.#nextPiece();
      if (piece === undefined) return;
      opening += piece;
    }
    this.hasText = true;
    const socket = await this.#speech.connect(this.#options);
    this.requestId = socket.requestId;
    let failure: unknown;
    const pump = async (): Promise<void> => {
      try {
        let piece: string | undefined = opening;
        while (piece !== undefined) {
          if (piece !== '') socket.write(piece);
          piece = await this.#nextPiece();
        }
        socket.end();
      } catch (error) {
        failure = error;
        await socket.return();
      }
    };
    const pumping = pump();
    let hasEnded = false;
    try {
      yield* socket;
      hasEnded = true;
    } finally {
      // Whoever still writes is heard no more.
      await this.#messages.return?.();
      await socket.return();
      if (hasEnded) await pumping;
    }
    if (failure !== undefined) throw failure;
  }

  /** `undefined` at the end of the text. */
  async #nextPiece(): Promise<string | undefined> {
    const { clock, idleMs, maxCharacters } = this.#text;
    const next = await nextWithin(this.#messages, idleMs, clock);
    if (next === 'idle') this.isStalled = true;
    if (next === 'idle' || next.done === true) return undefined;
    const piece = textOfPiece(next.value, this.#isFirst);
    this.#isFirst = false;
    this.characters += characterCount(piece);
    if (this.characters > maxCharacters) throw textTooLong(this.characters, maxCharacters);
    return piece;
  }
}
