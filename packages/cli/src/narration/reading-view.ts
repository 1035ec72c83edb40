import type { Narration, Utterance } from '@stepvoice/core/narration';
import type { TextRange } from '@stepvoice/core/text';
import type { CommandContext } from '../command-context.ts';
import { colorsFor } from '../terminal/colors.ts';
import stringWidth from 'string-width';
import { LiveRegion } from '../terminal/live-region.ts';
import { layOutReading } from './lay-out-reading.ts';

const REFRESH_MS = 500;

/** What the keys do, in the order in which it is shown. */
const HINTS = [
  'hint.pause',
  'hint.sentence',
  'hint.paragraph',
  'hint.heading',
  'hint.chapter',
  'hint.tempo',
  'hint.quit',
] as const;
type Hint = (typeof HINTS)[number];
/** Which of them is worth more than another where it is narrow. */
const BY_WORTH: readonly Hint[] = [
  'hint.quit',
  'hint.pause',
  'hint.sentence',
  'hint.paragraph',
  'hint.tempo',
  'hint.chapter',
  'hint.heading',
];

/** A paragraph with its sentences, each behind the ones before. */
type Paragraph = { readonly text: string; readonly starts: ReadonlyMap<number, number> };

export type ReadingViewOptions = {
  readonly quiet: boolean;
  /** How many there are. */
  readonly chapters: number;
  readonly status: () => ReadingStatus;
};

/** What is heard of which chapter, as the screen needs it. */
export type ReadingStatus = {
  readonly state: 'playing' | 'paused' | 'buffering';
  /** 0 to 1. */
  readonly share: number;
  readonly tempo: number;
  /** Until the service is asked again. */
  readonly waitingSeconds: number | undefined;
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
  readonly #hints: ReadonlyMap<Hint, string>;
  readonly #timer: NodeJS.Timeout | undefined;
  #narration: Narration | undefined;
  #paragraph: Paragraph | undefined;
  #sentence: Utterance | undefined;
  #word: TextRange | undefined;

  constructor(context: CommandContext, options: ReadingViewOptions) {
    this.#context = context;
    this.#quiet = options.quiet;
    this.#status = options.status;
    const keys = context.terminal.stdin.isTTY ? HINTS : [];
    const given = keys.filter((key) => key !== 'hint.chapter' || options.chapters > 1);
    this.#hints = new Map(given.map((key) => [key, context.t(key)]));
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
      if (text !== '' && this.#isSpaced(plan?.utteranceAt(at - 1), utterance)) text += ' ';
      starts.set(at, text.length);
      text += utterance.spoken.text;
    }
  }

  /** Whether white space stands between two sentences; they are spoken without it. */
  #isSpaced(one: Utterance | undefined, other: Utterance): boolean {
    const between = this.#narration?.plan.source.text.slice(one?.range.end, other.range.start);
    return between !== undefined && /\s/.test(between);
  }

  #statusLine(): string {
    const { terminal, t } = this.#context;
    const { dim, green, yellow } = colorsFor(terminal.stderr, terminal.env);
    const { state, share, tempo, waitingSeconds } = this.#status();
    const mark = { playing: green('▶'), paused: yellow('⏸'), buffering: yellow('…') }[state];
    const parts = [
      `${mark} ${Math.floor(share * 100)} %`,
      `${tempo.toFixed(2).replace(/0$/, '')}×`,
    ];
    if (waitingSeconds !== undefined) parts.push(t('hint.waiting', { seconds: waitingSeconds }));
    const line = parts.join('  ');
    const hints = fitHints(this.#hints, this.#region.columns - stringWidth(line) - 2);
    return hints === '' ? line : `${line}  ${dim(hints)}`;
  }
}

/** As many hints as there is room for, in the order of `HINTS`. */
function fitHints(hints: ReadonlyMap<Hint, string>, columns: number): string {
  const join = (keys: readonly Hint[]): string =>
    [...hints].flatMap(([key, text]) => (keys.includes(key) ? [text] : [])).join(' · ');
  let kept: readonly Hint[] = [];
  for (const key of BY_WORTH) {
    if (hints.has(key) && stringWidth(join([...kept, key])) <= columns) kept = [...kept, key];
  }
  return join(kept);
}
