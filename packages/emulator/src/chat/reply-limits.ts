import { toTokens } from './tokens.ts';

export type ReplyLimitOptions = {
  stop: readonly string[];
  /** In tokens. */
  maxTokens: number | undefined;
};

/** Ends a reply at a stop text or after so many tokens, while it is being written. */
export class ReplyLimits {
  readonly #stop: readonly string[];
  readonly #holdBack: number;
  readonly #maxTokens: number;
  /** What may be the beginning of a stop text. */
  #held = '';
  #tokens = 0;
  #ended: 'stop' | 'length' | undefined;

  constructor({ stop, maxTokens = Infinity }: ReplyLimitOptions) {
    this.#stop = stop.filter((text) => text !== '');
    this.#holdBack = Math.max(0, ...this.#stop.map((text) => text.length - 1));
    this.#maxTokens = maxTokens;
  }

  /** Why nothing more may be said; `undefined` while more may. */
  get ended(): 'stop' | 'length' | undefined {
    return this.#ended;
  }

  /** Tokens let through so far. */
  get tokens(): number {
    return this.#tokens;
  }

  /** What of the text may be said by now. */
  text(piece: string): string {
    if (this.#ended !== undefined) return '';
    const text = this.#held + piece;
    const at = Math.min(...this.#stop.map((stop) => text.indexOf(stop)).filter((at) => at >= 0));
    if (Number.isFinite(at)) {
      this.#held = '';
      const said = this.#count(text.slice(0, at));
      this.#ended ??= 'stop';
      return said;
    }
    const open = text.length - this.#openLength(text);
    this.#held = text.slice(open);
    return this.#count(text.slice(0, open));
  }

  /** Thoughts have no stop texts, but cost tokens. */
  thought(piece: string): string {
    return this.#ended === undefined ? this.#count(piece) : '';
  }

  /** What was held back, at the end of the reply. */
  flush(): string {
    const text = this.#held;
    this.#held = '';
    return this.#ended === undefined ? this.#count(text) : '';
  }

  /** How much of the text's end a stop text may begin with. */
  #openLength(text: string): number {
    for (let length = Math.min(this.#holdBack, text.length); length > 0; length -= 1) {
      const end = text.slice(-length);
      if (this.#stop.some((stop) => stop.startsWith(end))) return length;
    }
    return 0;
  }

  #count(text: string): string {
    const tokens = toTokens(text);
    const room = this.#maxTokens - this.#tokens;
    this.#tokens += Math.min(tokens.length, room);
    if (tokens.length <= room) return text;
    this.#ended = 'length';
    return tokens.slice(0, room).join('');
  }
}
