import { cutToWidth } from './wrap-text.ts';
import { isLive } from './terminal.ts';
import type { Terminal } from './terminal.ts';

const HIDE_CURSOR = '\u001B[?25l';
const SHOW_CURSOR = '\u001B[?25h';
/** A line that is wider than a terminal would be wrapped by it, and could not be taken away again. */
const DEFAULT_COLUMNS = 80;

/**
 * The last lines of a terminal, written anew as often as they change, on stderr. Lines that are to stay are printed above
 * them. Where nobody watches (no terminal, or `CI`), nothing is drawn, and what stays is printed as it comes.
 */
export class LiveRegion {
  readonly #terminal: Terminal;
  readonly #isLive: boolean;
  #lines: readonly string[] = [];
  #drawnRows = 0;
  #isHidden = false;
  #isBusy = false;

  constructor(terminal: Terminal, options: { quiet?: boolean | undefined } = {}) {
    this.#terminal = terminal;
    this.#isLive = options.quiet !== true && isLive(terminal);
  }

  /** Whether lines are drawn at all. */
  get isLive(): boolean {
    return this.#isLive;
  }

  /** Columns a line may take. */
  get columns(): number {
    return Math.max(10, (this.#terminal.stderr.columns || DEFAULT_COLUMNS) - 1);
  }

  /** Rows the region may take: the screen has to keep the last lines that stay. */
  get rows(): number {
    return Math.max(2, Math.min(8, (this.#terminal.stderr.rows || 24) - 4));
  }

  /** Replaces the lines; of more than fit, the last ones are shown. */
  set(lines: readonly string[]): void {
    if (!this.#isLive) return;
    const fitting = lines.slice(-this.rows).map((line) => cutToWidth(line, this.columns));
    if (fitting.join('\n') === this.#lines.join('\n')) return;
    this.#lines = fitting;
    this.#draw();
  }

  /** Prints a line that stays; the region goes on below it. */
  print(line: string): void {
    this.#erase();
    this.#terminal.stderr.write(`${line}\n`);
    this.#draw();
  }

  /** Has somebody else write where the region stands, which goes on below that. */
  async makeRoom(write: () => Promise<void>): Promise<void> {
    this.#erase();
    this.#isBusy = true;
    try {
      await write();
    } finally {
      this.#isBusy = false;
      this.#draw();
    }
  }

  /** Takes the lines away, and gives the cursor back. May be called twice. */
  close(): void {
    this.#lines = [];
    this.#erase();
    if (!this.#isHidden) return;
    this.#isHidden = false;
    process.off('exit', this.#restore);
    this.#restore();
  }

  #draw(): void {
    if (this.#isBusy) return;
    if (!this.#isLive || this.#lines.length === 0) {
      this.#erase();
      return;
    }
    if (!this.#isHidden) {
      this.#isHidden = true;
      // Whatever ends the process must bring it back.
      process.once('exit', this.#restore);
      this.#terminal.stderr.write(HIDE_CURSOR);
    }
    this.#terminal.stderr.write(`${this.#eraser()}${this.#lines.join('\n')}`);
    this.#drawnRows = this.#lines.length;
  }

  #erase(): void {
    if (this.#drawnRows === 0) return;
    this.#terminal.stderr.write(this.#eraser());
    this.#drawnRows = 0;
  }

  /** To the first of the lines, and everything from there on away. */
  #eraser(): string {
    if (this.#drawnRows === 0) return '';
    const up = this.#drawnRows > 1 ? `\u001B[${this.#drawnRows - 1}A` : '';
    return `\r${up}\u001B[J`;
  }

  readonly #restore = (): void => {
    this.#terminal.stderr.write(SHOW_CURSOR);
  };
}
