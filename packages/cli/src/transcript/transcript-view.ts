import type { CommandContext } from '../command-context.ts';
import { colorsFor } from '../terminal/colors.ts';
import type { Colors } from '../terminal/colors.ts';
import { formatClock } from '../terminal/format-time.ts';
import { LevelMeter } from '../terminal/level-meter.ts';
import { LiveRegion } from '../terminal/live-region.ts';
import { print } from '../terminal/terminal.ts';
import { wrapText } from '../terminal/wrap-text.ts';

const REFRESH_MS = 100;
const METER_WIDTH = 20;
const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

/** What is being waited for, below the text. */
type Status =
  | { kind: 'working'; text: string }
  | { kind: 'progress'; audioMs: number; totalMs: number | undefined; name: string }
  | { kind: 'listening'; hint: string };

/** Shows on a terminal what is understood while it is: the text that may still change, and how far it is. */
export class TranscriptView {
  readonly #context: CommandContext;
  readonly #region: LiveRegion;
  readonly #colors: Colors;
  #meter: { levels: LevelMeter; sampleRate: number; samples: number } | undefined;
  #partial = '';
  #status: Status | undefined;
  #frame = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(context: CommandContext, options: { quiet: boolean }) {
    const { terminal } = context;
    this.#context = context;
    this.#region = new LiveRegion(terminal, options);
    this.#colors = colorsFor(terminal.stderr, terminal.env);
  }

  /** Shows that something is under way. */
  working(text: string): void {
    this.#show({ kind: 'working', text });
  }

  /** Shows how much of a sound is understood. */
  progress(name: string, audioMs: number, totalMs: number | undefined): void {
    this.#show({ kind: 'progress', name, audioMs, totalMs });
  }

  /** Shows that it listens. */
  listening(hint: string): void {
    this.#show({ kind: 'listening', hint });
  }

  /** Takes what the microphone hears, for the meter. */
  heard(bytes: Uint8Array, sampleRate: number): void {
    this.#meter ??= { levels: new LevelMeter(sampleRate), sampleRate, samples: 0 };
    this.#meter.levels.push(bytes);
    this.#meter.samples += bytes.length / 2;
  }

  /** The text that may still change. */
  partial(text: string): void {
    this.#partial = text;
    this.#draw();
  }

  /** Text that stays: on stdout. */
  async final(text: string): Promise<void> {
    this.#partial = '';
    const { terminal, t } = this.#context;
    await this.#region.makeRoom(() => print(terminal, `${text}\n`, t));
  }

  note(text: string): void {
    this.#region.print(text);
  }

  /** Takes the moving lines away. */
  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#region.close();
  }

  #show(status: Status): void {
    this.#status = status;
    if (this.#region.isLive) this.#timer ??= setInterval(this.#tick, REFRESH_MS);
    this.#draw();
  }

  readonly #tick = (): void => {
    this.#frame += 1;
    this.#draw();
  };

  #draw(): void {
    if (!this.#region.isLive) return;
    const { columns, rows } = this.#region;
    const text = this.#partial.trim();
    const lines = text === '' ? [] : wrapText(text, columns).slice(1 - rows);
    const status = this.#statusLine();
    this.#region.set([
      ...lines.map((line) => this.#colors.dim(line)),
      ...(status === undefined ? [] : [status]),
    ]);
  }

  #statusLine(): string | undefined {
    const { green, dim, red } = this.#colors;
    const spinner = green(FRAMES[this.#frame % FRAMES.length] ?? '');
    switch (this.#status?.kind) {
      case undefined:
        return undefined;
      case 'working':
        return `${spinner} ${this.#status.text}`;
      case 'progress': {
        const { name, audioMs, totalMs } = this.#status;
        const total = totalMs === undefined ? '' : ` / ${formatClock(totalMs)}`;
        return `${spinner} ${formatClock(audioMs)}${total}  ${dim(name)}`;
      }
      case 'listening': {
        const { levels, sampleRate, samples } = this.#meter ?? { sampleRate: 1, samples: 0 };
        const seconds = samples / sampleRate;
        const bars = (levels?.render(seconds, METER_WIDTH) ?? '').padStart(METER_WIDTH);
        return `${red('●')} ${formatClock(seconds * 1000)} ${green(bars)}  ${dim(this.#status.hint)}`;
      }
    }
  }
}
