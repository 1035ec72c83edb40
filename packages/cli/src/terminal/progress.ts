import yoctoSpinner from 'yocto-spinner';
import type { Spinner } from 'yocto-spinner';
import type { Translate } from '../language/translate.ts';
import { LevelMeter } from './level-meter.ts';
import { colorsFor } from './colors.ts';
import type { Colors } from './colors.ts';
import { isLive } from './terminal.ts';
import type { Terminal } from './terminal.ts';

const REFRESH_MS = 80;
const METER_WIDTH = 24;

export type ProgressOptions = {
  terminal: Terminal;
  /** Hz of the PCM that `audio` is given, or `undefined` where the sound is compressed and only its size is known. */
  sampleRate: number | undefined;
  quiet: boolean;
  /** How much has been heard, where a player plays. */
  heardSeconds?: (() => number | undefined) | undefined;
};

/** What a speech was, when it is over. */
export type SpeechSummary = {
  /** From the moment the first text left until the first sound was there. */
  readonly firstSoundMs: number | undefined;
  /** Length of the sound; unknown for compressed sound. */
  readonly seconds: number | undefined;
  readonly bytes: number;
};

/** Tells on stderr how a speech comes along: a moving line on a terminal, single lines elsewhere. */
export class Progress {
  readonly #options: ProgressOptions;
  readonly #t: Translate;
  readonly #colors: Colors;
  readonly #meter: LevelMeter | undefined;
  #spinner: Spinner | undefined;
  #timer: NodeJS.Timeout | undefined;
  #startedAt: number | undefined;
  #firstSoundMs: number | undefined;
  #bytes = 0;

  constructor(options: ProgressOptions, t: Translate) {
    this.#options = options;
    this.#t = t;
    this.#colors = colorsFor(options.terminal.stderr, options.terminal.env);
    this.#meter = options.sampleRate === undefined ? undefined : new LevelMeter(options.sampleRate);
  }

  /** Shows that something is under way. */
  wait(text: string): void {
    if (this.#options.quiet || !isLive(this.#options.terminal)) return;
    if (this.#spinner === undefined) {
      const { stderr } = this.#options.terminal;
      this.#spinner = yoctoSpinner({ stream: stderr, handleSignals: false }).start();
      // It hides the cursor: whatever ends the process must bring it back.
      process.once('exit', this.#restore);
    }
    this.#spinner.text = text;
  }

  /** Whether text has left. */
  get hasBegun(): boolean {
    return this.#startedAt !== undefined;
  }

  get hasSound(): boolean {
    return this.#bytes > 0;
  }

  /** The first text is about to leave. */
  started(): void {
    this.#startedAt ??= performance.now();
  }

  /** Sound has arrived. */
  audio(audio: Uint8Array): void {
    if (audio.length === 0) return;
    if (this.#firstSoundMs === undefined) {
      this.#firstSoundMs = performance.now() - (this.#startedAt ?? performance.now());
      if (this.#spinner !== undefined) this.#timer = setInterval(this.#draw, REFRESH_MS);
    }
    this.#bytes += audio.length;
    this.#meter?.push(audio);
  }

  /** Writes a line of its own above the moving one. */
  note(text: string): void {
    if (this.#options.quiet) return;
    this.#options.terminal.stderr.write(`${text}\n`);
  }

  /** Takes the moving line away. */
  stop(): SpeechSummary {
    clearInterval(this.#timer);
    this.#restore();
    process.off('exit', this.#restore);
    const { sampleRate } = this.#options;
    return {
      firstSoundMs: this.#firstSoundMs,
      seconds: sampleRate === undefined ? undefined : this.#bytes / 2 / sampleRate,
      bytes: this.#bytes,
    };
  }

  readonly #restore = (): void => {
    this.#spinner?.stop();
  };

  readonly #draw = (): void => {
    if (this.#spinner === undefined) return;
    const { sampleRate, heardSeconds } = this.#options;
    const first = this.#t('progress.firstSound', { ms: Math.round(this.#firstSoundMs ?? 0) });
    if (sampleRate === undefined || this.#meter === undefined) {
      const size = formatKilobytes(this.#bytes);
      this.#spinner.text = `${size}  ${this.#colors.dim(first)}`;
      return;
    }
    const arrived = this.#bytes / 2 / sampleRate;
    const heard = Math.min(arrived, heardSeconds?.() ?? arrived);
    const bars = this.#meter.render(heard, METER_WIDTH).padStart(METER_WIDTH);
    const time = `${heard.toFixed(1)} / ${arrived.toFixed(1)} s`;
    this.#spinner.text = `${this.#colors.green(bars)} ${time}  ${this.#colors.dim(first)}`;
  };
}

export function formatKilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(bytes < 10_000 ? 1 : 0)} kB`;
}
