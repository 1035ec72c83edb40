import { createFolderCache, openRenderFiles } from '@stepvoice/core/node';
import type { Speech } from '@stepvoice/core/node';
import { renderNarration } from '@stepvoice/core/narration';
import type { RenderProgress, RenderReport, SpeechCache } from '@stepvoice/core/narration';
import { StepAudioError } from '@stepvoice/core';
import stringWidth from 'string-width';
import { CliError, UsageError } from '../cli-error.ts';
import type { CommandContext } from '../command-context.ts';
import type { BookFile, NarrateOptions } from '../commands/narrate-options.ts';
import { EXIT } from '../exit-code.ts';
import { explainError } from '../explain-error.ts';
import { createWasmMp3Encoder } from '../output/wasm-mp3-encoder.ts';
import { reasonOf } from '../system-error.ts';
import { colorsFor } from '../terminal/colors.ts';
import { formatClock } from '../terminal/format-time.ts';
import { LiveRegion } from '../terminal/live-region.ts';
import { formatMoney } from './format-money.ts';
import { WaitNotes } from './wait-notes.ts';
import type { Chapter } from './read-chapters.ts';

const BAR_WIDTH = 24;
const LEAST_BAR = 6;
const REFRESH_MS = 200;

export type RenderBookParts = {
  readonly options: NarrateOptions;
  readonly file: BookFile;
  readonly chapters: readonly Chapter[];
  readonly speech: Speech;
  readonly cache: SpeechCache | undefined;
  readonly scope: string;
};

/**
 * Reads chapters into an audio file, with a bar that says how far it is and what it cost. What was broken off goes on
 * where it was.
 *
 * @throws {UsageError} for a file that is there, {@link CliError} for one that cannot be written, and what the service
 *   answers.
 */
export async function renderBook(
  { options, file, chapters, speech, cache, scope }: RenderBookParts,
  context: CommandContext,
): Promise<RenderReport> {
  const { t, signal } = context;
  const bar = new RenderBar(options, chapters, context);
  try {
    await using files = await openRenderFiles(file.path, { beside: file.beside });
    const [only, ...more] = chapters;
    const source =
      only !== undefined && more.length === 0
        ? only.source
        : chapters.map(({ title, source: text }) => ({ title, source: text }));
    return await renderNarration(source, {
      speech,
      files,
      format: file.format,
      createMp3Encoder: createWasmMp3Encoder(),
      bitrate: file.bitrate,
      sampleRate: options.sampleRate,
      voice: options.voice,
      cast: options.cast,
      text: options.text,
      prices: options.prices,
      tag: { title: only?.title, artist: file.artist },
      cache,
      scope,
      replace: file.replace,
      signal,
      onProgress: (progress) => bar.progress(progress),
      onWaiting: (wait) => bar.waits.begin(wait),
      onSkipped: ({ utterance, error, code }) => {
        const said = error === undefined ? code : explainError(error, t).message;
        bar.note(t('reading.skipped', { number: utterance + 1, said }));
      },
    });
  } catch (error) {
    bar.close();
    throw explainFile(error, file, context);
  } finally {
    bar.close();
  }
}

/** The store of speech that was paid for, which says once where it cannot be used. */
export function openCache(
  { cacheFolder }: NarrateOptions,
  onNote: (note: string) => void,
  { t }: CommandContext,
): SpeechCache | undefined {
  if (cacheFolder === undefined) return undefined;
  return createFolderCache(cacheFolder, {
    onProblem: (error) =>
      onNote(t('note.cacheBroken', { folder: cacheFolder, reason: reasonOf(error, t) })),
  });
}

function explainFile(error: unknown, { path }: BookFile, { t }: CommandContext): unknown {
  if (!StepAudioError.isInstance(error)) return error;
  switch (error.code) {
    case 'file_exists':
      return new UsageError(t('error.outExists', { file: path }), t('advice.force'));
    case 'render_changed':
      return new UsageError(t('error.otherRender', { file: path }), t('advice.otherRender'));
    case 'render_busy':
      return new UsageError(t('error.renderBusy', { file: path }));
    case 'file_failed': {
      const reason = reasonOf(error.cause, t);
      const message = t('error.outUnwritable', { file: path, reason });
      return new CliError(message, {
        exitCode: EXIT.failure,
        // Of one that could never be written nothing is there to go on with.
        advice: isRunningOut(error.cause) ? t('advice.goOn') : undefined,
        cause: error,
      });
    }
    default:
      return error;
  }
}

function isRunningOut(cause: unknown): boolean {
  const { code = '' } = (cause ?? {}) as NodeJS.ErrnoException;
  return ['ENOSPC', 'EDQUOT', 'EFBIG', 'EIO'].includes(code);
}

class RenderBar {
  readonly #options: NarrateOptions;
  readonly #chapters: readonly Chapter[];
  readonly #context: CommandContext;
  readonly #region: LiveRegion;
  readonly #timer: NodeJS.Timeout | undefined;
  readonly waits: WaitNotes;
  #progress: RenderProgress | undefined;

  constructor(options: NarrateOptions, chapters: readonly Chapter[], context: CommandContext) {
    this.#options = options;
    this.#chapters = chapters;
    this.#context = context;
    this.#region = new LiveRegion(context.terminal, { quiet: options.quiet });
    this.waits = new WaitNotes(context, (text) => this.note(text));
    if (this.#region.isLive) this.#timer = setInterval(() => this.#draw(), REFRESH_MS);
  }

  progress(progress: RenderProgress): void {
    if (progress.utterances > (this.#progress?.utterances ?? 0)) this.waits.passed();
    this.#progress = progress;
  }

  note(text: string): void {
    if (!this.#options.quiet) this.#region.print(text);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#region.close();
  }

  #draw(): void {
    const { t, terminal } = this.#context;
    const { green, dim } = colorsFor(terminal.stderr, terminal.env);
    const progress = this.#progress;
    if (progress === undefined) {
      this.#region.set([t('progress.waiting')]);
      return;
    }
    const { utterances, estimate, seconds, cost, rest } = progress;
    const share = estimate.utterances === 0 ? 1 : utterances / estimate.utterances;
    const facts = [
      `${Math.floor(share * 100)} %`,
      `${formatClock(seconds * 1000)} / ~${formatClock((seconds + rest.seconds) * 1000)}`,
      ...(cost === undefined ? [] : [formatMoney(cost, t)]),
      ...(rest.ms === undefined ? [] : [t('render.left', { time: formatClock(rest.ms) })]),
    ];
    const waiting = this.waits.seconds;
    if (waiting !== undefined) facts.push(t('hint.waiting', { seconds: waiting }));
    const said = facts.join(' · ');
    // On a narrow screen the figures are worth more than the bar.
    const room = this.#region.columns - stringWidth(said) - 2;
    const width = room < LEAST_BAR ? 0 : Math.min(BAR_WIDTH, room);
    const filled = Math.round(share * width);
    const bar = green('█'.repeat(filled)) + dim('░'.repeat(width - filled));
    const count = this.#chapters.length;
    const title = this.#chapters[progress.chapter]?.title ?? '';
    const heading = count > 1 ? [dim(`${progress.chapter + 1}/${count}  ${title}`)] : [];
    this.#region.set([...heading, width === 0 ? said : `${bar}  ${said}`]);
  }
}
