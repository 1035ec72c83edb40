import { setTimeout as sleep } from 'node:timers/promises';
import { Narration, narrate } from '@stepvoice/core/narration';
import type { NarrationPosition, SpeechCache } from '@stepvoice/core/narration';
import type { AudioOutput } from '@stepvoice/core/audio';
import type { Speech, StepAudioError } from '@stepvoice/core/node';
import type { CommandContext } from '../command-context.ts';
import { TEMPO_RANGE } from '../commands/narrate-defaults.ts';
import type { NarrateOptions } from '../commands/narrate-options.ts';
import { explainError } from '../explain-error.ts';
import { Keyboard } from '../terminal/keyboard.ts';
import type { Key } from '../terminal/keyboard.ts';
import type { Chapter } from './read-chapters.ts';
import { ReadingView } from './reading-view.ts';
import type { ReadingStatus } from './reading-view.ts';
import { WaitNotes } from './wait-notes.ts';
import type { ReadingPosition, ReadingPositions } from './reading-positions.ts';

/** Steps of the playback's rate: quarter notches are what listeners use. */
const TEMPO_STEP = 0.25;
const BETWEEN_CHAPTERS_MS = 800;
/** The place is kept this often, for the day the machine is switched off. */
const KEEP_MS = 10_000;

export type ReadAloudParts = {
  readonly options: NarrateOptions;
  readonly chapters: readonly Chapter[];
  readonly speech: Speech;
  readonly output: AudioOutput;
  readonly cache: SpeechCache | undefined;
  readonly scope: string;
  readonly positions: ReadingPositions;
  /** Where to begin. */
  readonly start: ReadingPlace;
};

export type ReadingPlace = { readonly chapter: number; readonly position: NarrationPosition };

/** What reading took. */
export type ReadingReport = {
  readonly isWhole: boolean;
  readonly firstSoundMs: number | undefined;
  readonly underruns: number;
  readonly requests: number;
  readonly characters: number;
  /** `undefined` where the price of a model is not known. */
  readonly cost: number | undefined;
  readonly skipped: number;
};

type Move = 'next' | 'previous' | 'quit';

/** Reads chapters aloud, one after the other, with keys to steer it, and tells what it took. */
export class ReadAloud {
  readonly #parts: ReadAloudParts;
  readonly #context: CommandContext;
  readonly #view: ReadingView;
  readonly #waits: WaitNotes;
  #narration: Narration | undefined;
  #chapter: number;
  #tempo: number;
  #move: Move | undefined;
  #report = {
    firstSoundMs: undefined as number | undefined,
    underruns: 0,
    requests: 0,
    characters: 0,
    skipped: 0,
  };
  #cost: number | undefined = 0;

  constructor(parts: ReadAloudParts, context: CommandContext) {
    this.#parts = parts;
    this.#context = context;
    this.#chapter = parts.start.chapter;
    this.#tempo = parts.options.tempo;
    this.#view = new ReadingView(context, {
      quiet: parts.options.quiet,
      chapters: parts.chapters.length,
      status: () => this.#status(),
    });
    this.#waits = new WaitNotes(context, (text) => this.note(text));
  }

  /** Whether anything was heard. */
  get hasSounded(): boolean {
    return this.#report.firstSoundMs !== undefined;
  }

  note(text: string): void {
    this.#view.note(text);
  }

  /** @throws what ended it, the signal's reason among it; the place is kept. */
  async run(): Promise<ReadingReport> {
    const { chapters, start, positions } = this.#parts;
    const { terminal, interruption, signal } = this.#context;
    const files = chapters.map(({ file }) => file);
    const keyboard = Keyboard.open(terminal, (key) => {
      if (key === 'interrupt') interruption.interrupt();
      else this.#press(key);
    });
    const keeping = setInterval(() => void this.#keep(files), KEEP_MS);
    let position = start.position;
    let isWhole = true;
    try {
      while (this.#chapter < chapters.length) {
        await this.#readChapter(chapters[this.#chapter]!, position);
        const move = this.#takeMove();
        if (move === 'quit') {
          isWhole = false;
          break;
        }
        this.#chapter = Math.max(0, this.#chapter + (move === 'previous' ? -1 : 1));
        position = { sourceOffset: 0 };
        if (this.#chapter < chapters.length)
          await sleep(BETWEEN_CHAPTERS_MS, undefined, { signal });
      }
      if (isWhole) await positions.forget(files);
      return { ...this.#report, cost: this.#cost, isWhole };
    } finally {
      clearInterval(keeping);
      keyboard?.close();
      this.#view.close();
    }
  }

  async #readChapter(chapter: Chapter, from: NarrationPosition): Promise<void> {
    const { options, speech, output, cache, scope, chapters } = this.#parts;
    const { signal } = this.#context;
    const narration = narrate(chapter.source, {
      speech,
      output,
      cache,
      scope,
      from,
      voice: options.voice,
      cast: options.cast,
      text: options.text,
      prices: options.prices,
      rate: this.#tempo,
      signal,
    });
    this.#narration = narration;
    this.#view.chapter(narration, chapters.length > 1 ? chapter.title : undefined);
    narration.on('utterance', ({ utterance }) => this.#view.sentence(utterance));
    narration.on('word', ({ utterance, spokenRange }) => this.#view.word(utterance, spokenRange));
    narration.on('state', () => this.#view.draw());
    narration.on('waiting', (wait) => {
      this.#waits.begin(wait);
      this.#view.draw();
    });
    let { fetched } = narration.progress;
    narration.on('progress', (progress) => {
      if (progress.fetched > fetched) this.#waits.passed();
      fetched = progress.fetched;
    });
    narration.on('skipped', ({ utterance, error }) => this.#tellSkipped(utterance.index, error));
    try {
      narration.play();
      await narration.done;
    } finally {
      await this.#keep(chapters.map(({ file }) => file));
      this.#add(narration);
      await narration.close();
    }
  }

  #takeMove(): Move | undefined {
    const move = this.#move;
    this.#move = undefined;
    return move;
  }

  #tellSkipped(index: number, error: StepAudioError): void {
    const { t } = this.#context;
    this.#report.skipped += 1;
    this.note(t('reading.skipped', { number: index + 1, said: explainError(error, t).message }));
  }

  #press(key: Key): void {
    const narration = this.#narration;
    if (narration === undefined) return;
    switch (key) {
      case 'space':
        if (narration.state === 'paused') narration.play();
        else narration.pause();
        break;
      case 'left':
      case 'right':
        narration.skip('sentence', key === 'left' ? -1 : 1);
        break;
      case 'up':
      case 'down':
        narration.skip('paragraph', key === 'up' ? -1 : 1);
        break;
      case 'page-up':
      case 'page-down':
        narration.skip('heading', key === 'page-up' ? -1 : 1);
        break;
      case 'plus':
      case 'minus': {
        const [least, most] = TEMPO_RANGE;
        const step = key === 'plus' ? TEMPO_STEP : -TEMPO_STEP;
        this.#tempo = Math.min(most, Math.max(least, this.#tempo + step));
        narration.setRate(this.#tempo);
        break;
      }
      case 'next':
      case 'previous':
        if (this.#parts.chapters.length === 1) return;
        this.#move = key;
        void narration.close();
        break;
      case 'quit':
      case 'escape':
      case 'end':
        this.#move = 'quit';
        void narration.close();
        break;
      case 'enter':
      case 'interrupt':
      case 'other':
        return;
    }
    this.#view.draw();
  }

  #status(): ReadingStatus {
    const narration = this.#narration;
    const { sourceOffset = 0 } = narration?.position ?? {};
    const length = this.#parts.chapters[this.#chapter]?.source.text.length ?? 0;
    const state = narration?.state;
    return {
      state: state === 'playing' || state === 'paused' ? state : 'buffering',
      share: length === 0 ? 0 : Math.min(1, sourceOffset / length),
      tempo: this.#tempo,
      waitingSeconds: state === 'buffering' ? this.#waits.seconds : undefined,
    };
  }

  async #keep(files: readonly string[]): Promise<void> {
    const file = files[this.#chapter];
    const position = this.#narration?.position;
    if (file === undefined || position === undefined || file === '-') return;
    const kept: ReadingPosition = { file, position };
    await this.#parts.positions.keep(files, kept);
  }

  #add({ metrics, cost }: Narration): void {
    this.#report.firstSoundMs ??= metrics.firstSoundMs;
    this.#report.underruns += metrics.underruns;
    this.#report.requests += metrics.requests;
    this.#report.characters += metrics.characters;
    this.#cost =
      cost === undefined || this.#cost === undefined ? undefined : this.#cost + cost.amount;
  }
}
