import { createInterface } from 'node:readline';
import type { Terminal } from './terminal.ts';

/**
 * Lines that are typed, with a prompt and a history, or those of a pipe. Between two lines of a terminal it is as it was,
 * so that Ctrl-C is a signal there.
 */
export class LinePrompt {
  readonly #terminal: Terminal;
  readonly #prompt: string;
  #history: string[] = [];
  #pipe: AsyncIterator<string> | undefined;

  constructor(terminal: Terminal, prompt: string) {
    this.#terminal = terminal;
    this.#prompt = prompt;
  }

  /** The next line; `undefined` at the end, or when the user leaves with Ctrl-C or Ctrl-D. */
  async next(signal: AbortSignal): Promise<string | undefined> {
    signal.throwIfAborted();
    return this.#terminal.stdin.isTTY ? this.#ask(signal) : this.#read();
  }

  /** Lets go of standard input. */
  close(): void {
    this.#terminal.stdin.pause();
  }

  async #read(): Promise<string | undefined> {
    this.#pipe ??= createInterface({ input: this.#terminal.stdin, crlfDelay: Infinity })[
      Symbol.asyncIterator
    ]();
    const { value, done } = await this.#pipe.next();
    return done === true ? undefined : (value as string);
  }

  async #ask(signal: AbortSignal): Promise<string | undefined> {
    const lines = createInterface({
      input: this.#terminal.stdin,
      output: this.#terminal.stderr,
      terminal: true,
      history: [...this.#history],
      prompt: this.#prompt,
    });
    const { promise, resolve, reject } = Promise.withResolvers<string | undefined>();
    const abort = (): void => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    lines.on('history', (history) => {
      this.#history = history;
    });
    lines.once('line', resolve);
    lines.once('SIGINT', () => resolve(undefined));
    lines.once('close', () => resolve(undefined));
    lines.prompt();
    try {
      const line = await promise;
      if (line === undefined) this.#terminal.stderr.write('\n');
      return line;
    } finally {
      signal.removeEventListener('abort', abort);
      lines.close();
    }
  }
}
