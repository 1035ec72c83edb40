import type { Terminal } from './terminal.ts';

/** A key, as far as the commands tell them apart; `other` is one that means nothing to them. */
export type Key =
  | 'space'
  | 'enter'
  | 'escape'
  | 'interrupt'
  | 'end'
  | 'left'
  | 'right'
  | 'up'
  | 'down'
  | 'page-up'
  | 'page-down'
  | 'plus'
  | 'minus'
  | 'next'
  | 'previous'
  | 'quit'
  | 'other';

/**
 * Keys of a terminal, one by one and without an echo, until it is closed; the terminal is then as it was, however the
 * process ends. Ctrl-C and Ctrl-D are keys here: a terminal in raw mode makes no signal of them.
 */
export class Keyboard {
  readonly #stdin: NodeJS.ReadStream;
  readonly #onKey: (key: Key) => void;
  readonly #onGone: () => void;
  #isOpen = true;

  private constructor(stdin: NodeJS.ReadStream, onKey: (key: Key) => void) {
    this.#stdin = stdin;
    this.#onKey = onKey;
    this.#onGone = () => this.#onKey('end');
  }

  /** @returns `undefined` where standard input is no terminal. */
  static open({ stdin }: Terminal, onKey: (key: Key) => void): Keyboard | undefined {
    if (!stdin.isTTY) return undefined;
    const keyboard = new Keyboard(stdin, onKey);
    stdin.setRawMode(true);
    process.once('exit', keyboard.#restore);
    stdin.on('data', keyboard.#read).once('end', keyboard.#onGone).resume();
    return keyboard;
  }

  /** May be called twice. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    process.off('exit', this.#restore);
    this.#stdin.off('data', this.#read).off('end', this.#onGone).pause();
    this.#restore();
  }

  readonly #read = (bytes: Buffer | string): void => {
    for (const key of toKeys(bytes.toString())) {
      if (this.#isOpen) this.#onKey(key);
    }
  };

  readonly #restore = (): void => {
    this.#stdin.setRawMode(false);
  };
}

/** The keys in what a terminal sent at once. */
export function toKeys(sent: string): Key[] {
  // Arrow and function keys are several characters that begin with the one of Escape.
  return Array.from(sent.matchAll(SENT_KEY), ([key]) => KEYS[key] ?? 'other');
}

/** A function key as ECMA-48 writes it, or as a terminal in application mode does; else one character. */
const SENT_KEY = /\p{Cc}(?:\[[\d;]*[A-Za-z~]|O[A-Za-z])|[^]/gu;

const KEYS: Readonly<Record<string, Key>> = {
  ' ': 'space',
  // Where a Chinese input method is on.
  '\u3000': 'space',
  '\r': 'enter',
  '\n': 'enter',
  '\u001B': 'escape',
  '\u0003': 'interrupt',
  '\u0004': 'end',
  '\u001B[A': 'up',
  '\u001B[B': 'down',
  '\u001B[C': 'right',
  '\u001B[D': 'left',
  '\u001BOA': 'up',
  '\u001BOB': 'down',
  '\u001BOC': 'right',
  '\u001BOD': 'left',
  '\u001B[5~': 'page-up',
  '\u001B[6~': 'page-down',
  '+': 'plus',
  '=': 'plus',
  '-': 'minus',
  n: 'next',
  N: 'next',
  p: 'previous',
  P: 'previous',
  q: 'quit',
  Q: 'quit',
};
