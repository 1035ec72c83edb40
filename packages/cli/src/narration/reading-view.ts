import type { Narration, Utterance } from '@stepvoice/core/narration';
import type { TextRange } from '@stepvoice/core/text';
import type { CommandContext } from '../command-context.ts';
import { colorsFor } from '../terminal/colors.ts';
import { LiveRegion } from '../terminal/live-region.ts';
import { layOutReading } from './lay-out-reading.ts';

const REFRESH_MS = 500;

/** A paragraph with its sentences, each behind the ones before. */
type Paragraph = { readonly text: string; readonly starts: ReadonlyMap<number, number> };

/** What is heard of which chapter, as the screen needs it. */
export type ReadingStatus = {
  readonly state: 'playing' | 'paused' | 'buffering';
  /** 0 to 1. */
  readonly share: number;
  readonly tempo: number;
  /** Until when the service wants to be left alone. */
  readonly waitingMs: number | undefined;
};

/**
 * Shows a text while it is read: the paragraph with the sentence and the word that are heard. Where nobody watches a
 * screen, each sentence is printed as it begins.
 */
export class ReadingView {
  readonly #context: CommandContext;
  readonly #quiet: boolean;
  readonly #region: LiveRegion;
  readonly #status: () => ReadingStatus;
  readonly #timer: NodeJS.Timeout | undefined;
  #narration: Narration | undefined;
  #paragraph: Paragraph | undefined;
  #sentence: Utterance | undefined;
  #word: TextRange | undefined;

  constructor(context: CommandContext, options: { quiet: boolean; status: () => ReadingStatus }) {
    this.#context = context;
    this.#quiet = options.quiet;
    this.#status = options.status;
    this.#region = new LiveRegion(context.terminal, { quiet: options.quiet });
    if (this.#region.isLive) this.#timer = setInterval(() => this.draw(), REFRESH_MS);
  }

  /** Another text begins. */
  chapter(narration: Narration, title: string | undefined): void {
    this.#narration = narration;
    this.#paragraph = undefined;
    this.#sentence = undefined;
    this.#word = undefined;
    if (title !== undefined) {
      const { bold } = colorsFor(this.#context.terminal.stderr, this.#context.terminal.env);
      this.note(bold(title));
    }
  }

  sentence(utterance: Utterance): void {
    if (!this.#region.isLive && !this.#quiet) this.#region.print(utterance.spoken.text.trim());
    if (utterance.segment !== this.#sentence?.segment || this.#paragraph === undefined) {
      this.#paragraph = this.#gather(utterance);
    }
    this.#sentence = utterance;
    this.#word = undefined;
    this.draw();
  }

  word(utterance: Utterance, range: TextRange): void {
    if (utterance.index !== this.#sentence?.index) return;
    this.#word = range;
    this.draw();
  }

  note(text: string): void {
    if (!this.#quiet) this.#region.print(text);
  }

  draw(): void {
    if (!this.#region.isLive) return;
    const { terminal } = this.#context;
    const colors = colorsFor(terminal.stderr, terminal.env);
    const lines = [this.#statusLine()];
    const start = this.#paragraph?.starts.get(this.#sentence?.index ?? -1);
    if (this.#paragraph !== undefined && this.#sentence !== undefined && start !== undefined) {
      const sentence = { start, end: start + this.#sentence.spoken.text.length };
      const word = this.#word && { start: start + this.#word.start, end: start + this.#word.end };
      const { columns, rows } = this.#region;
      const room = { columns, rows: rows - 1, colors };
      lines.unshift(...layOutReading(this.#paragraph.text, { sentence, word }, room));
    }
    this.#region.set(lines);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#region.close();
  }

  /** The sentences of the same paragraph stand before and behind. */
  #gather({ index, segment }: Utterance): Paragraph {
    const plan = this.#narration?.plan;
    let first = index;
    while (plan?.utteranceAt(first - 1)?.segment === segment) first -= 1;
    const starts = new Map<number, number>();
    let text = '';
    for (let at = first; ; at += 1) {
      const utterance = plan?.utteranceAt(at);
      if (utterance?.segment !== segment) return { text, starts };
      starts.set(at, text.length);
      text += utterance.spoken.text;
    }
  }

  #statusLine(): string {
    const { terminal, t } = this.#context;
    const { dim, green, yellow } = colorsFor(terminal.stderr, terminal.env);
    const { state, share, tempo, waitingMs } = this.#status();
    const mark = { playing: green('▶'), paused: yellow('⏸'), buffering: yellow('…') }[state];
    const parts = [
      `${mark} ${Math.floor(share * 100)} %`,
      `${tempo.toFixed(2).replace(/0$/, '')}×`,
    ];
    if (waitingMs !== undefined) {
      parts.push(t('reading.waiting', { seconds: Math.ceil(waitingMs / 1000) }));
    }
    if (terminal.stdin.isTTY) parts.push(dim(t('hint.reading')));
    return parts.join('  ');
  }
}
