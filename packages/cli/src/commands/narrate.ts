import { NarrationPlan } from '@stepvoice/core/narration';
import type { PlanHeading } from '@stepvoice/core/narration';
import { ValidationError, createLimiter } from '@stepvoice/core/node';
import { CliError, UsageError } from '../cli-error.ts';
import type { CommandContext } from '../command-context.ts';
import { EXIT } from '../exit-code.ts';
import { joinList } from '../language/join-list.ts';
import { describeEstimate, describePaid } from '../narration/dry-run.ts';
import { formatMoney } from '../narration/format-money.ts';
import { openPlayer } from '../narration/open-player.ts';
import { ReadAloud } from '../narration/read-aloud.ts';
import type { ReadingPlace, ReadingReport } from '../narration/read-aloud.ts';
import { readChapters } from '../narration/read-chapters.ts';
import type { Chapter } from '../narration/read-chapters.ts';
import { ReadingPositions } from '../narration/reading-positions.ts';
import { openCache, renderBook } from '../narration/render-book.ts';
import { PlayerError } from '../output/player-process.ts';
import { findPlayers, playerNames } from '../output/system-player.ts';
import { openService } from '../service/service.ts';
import type { Service } from '../service/service.ts';
import { cachePath } from '../settings/cache-path.ts';
import { formatClock } from '../terminal/format-time.ts';
import { print } from '../terminal/terminal.ts';
import { toNarrateOptions } from './narrate-options.ts';
import type { NarrateFlags, NarrateOptions } from './narrate-options.ts';

const MOST_HEADINGS = 12;
const EMULATOR = 'emulator';

/** `stepvoice narrate`: reads files aloud, or into an audio file. */
export async function narrate(
  names: readonly string[],
  flags: NarrateFlags,
  context: CommandContext,
): Promise<void> {
  const { terminal } = context;
  const onNote = (note: string): void => {
    if (flags.quiet !== true) terminal.stderr.write(`${note}\n`);
  };
  const asked = await toNarrateOptions(flags, onNote, context);
  // The emulator charges nothing.
  const isFree = scopeOf(asked) === EMULATOR && !asked.dryRun;
  const options = isFree ? { ...asked, prices: { ...asked.prices, per10000: {} } } : asked;
  const chapters = await readChapters(names, flags, context);
  checkSpeakable(chapters, options, context);
  if (options.file !== undefined || options.dryRun) {
    const rest = options.from === undefined ? chapters : cutBefore(chapters, options, context);
    if (options.dryRun) await tellEstimate(rest, options, onNote, context);
    else await toFile(rest, options, onNote, context);
    return;
  }
  await toEar(chapters, options, onNote, context);
}

async function tellEstimate(
  chapters: readonly Chapter[],
  options: NarrateOptions,
  onNote: (note: string) => void,
  context: CommandContext,
): Promise<void> {
  const { terminal, t } = context;
  await print(terminal, `${describeEstimate(chapters, options, context)}\n`, t);
  const cache = openCache(options, onNote, context);
  if (cache === undefined) return;
  const store = { cache, scope: scopeOf(options) };
  const paid = await describePaid(chapters, options, store, context);
  if (paid !== undefined) await print(terminal, `${paid}\n`, t);
}

async function toFile(
  chapters: readonly Chapter[],
  options: NarrateOptions,
  onNote: (note: string) => void,
  context: CommandContext,
): Promise<void> {
  const { file } = options;
  if (file === undefined) return;
  const { t } = context;
  const service = await open(options, onNote, context);
  try {
    const cache = openCache(options, onNote, context);
    const { speech } = service.client;
    const scope = scopeOf(options);
    const parts = { options, file, chapters, speech, cache, scope };
    const report = await renderBook(parts, context);
    const facts = [
      t('render.done', { file: file.path, time: formatClock(report.seconds * 1000) }),
      t('reading.requests', { count: report.requests, characters: report.paidCharacters }),
      ...describeCost(report.cost?.amount, options, context),
      ...(report.chapters.length > 1
        ? [t('render.chapters', { count: report.chapters.length })]
        : []),
    ];
    onNote(joinList(facts, t));
    const { skipped, utterances } = report;
    if (skipped.length > 0) onNote(t('reading.left', { count: skipped.length }));
    if (skipped.length === utterances) {
      throw new CliError(t('error.allRefused'), { exitCode: EXIT.failure });
    }
  } catch (error) {
    if (context.signal.aborted) onNote(t('render.kept'));
    throw toVoiceFailure(error, options, context);
  } finally {
    await service.close();
  }
}

async function toEar(
  chapters: readonly Chapter[],
  options: NarrateOptions,
  onNote: (note: string) => void,
  context: CommandContext,
): Promise<void> {
  const { terminal, t, signal } = context;
  const positions = new ReadingPositions(cachePath(terminal.platform, terminal.env));
  const start = await findStart(chapters, options, positions, context);
  const players = await findPlayers(terminal.platform, terminal.env);
  const onPlayerFailed = ({ player, message }: PlayerError): void =>
    onNote(t('note.playerFailed', { player, reason: message }));
  // The player starts while the service is opened: both take a moment.
  const opening = openPlayer(players, options.sampleRate, onPlayerFailed, signal);
  // What it throws is awaited below, after what may be thrown before.
  opening.catch(() => {});
  const service = await open(options, onNote, context).catch(async (error: unknown) => {
    await (await opening)?.output.close();
    throw error;
  });
  let opened = await opening;
  try {
    const cache = openCache(options, onNote, context);
    const { speech } = service.client;
    const scope = scopeOf(options);
    for (;;) {
      if (opened === undefined) throw noPlayer(players.length, context);
      const { output, others } = opened;
      const parts = { options, chapters, speech, output, cache, scope, positions, start };
      const reading = new ReadAloud(parts, context);
      try {
        tellRead(await reading.run(), { options, chapters }, onNote, context);
        return;
      } catch (error) {
        // One that gives up before it has played is none; another may be. Until the first sound it played silence.
        if (!(error instanceof PlayerError) || (error.hadBegun && reading.hasSounded)) throw error;
        onPlayerFailed(error);
        await output.close();
        opened = await openPlayer(others, options.sampleRate, onPlayerFailed, signal);
      }
    }
  } catch (error) {
    if (signal.aborted && isKept(chapters)) onNote(t('reading.goOn'));
    throw toVoiceFailure(toPlayerFailure(error, context), options, context);
  } finally {
    await opened?.output.close();
    await service.close();
  }
}

function open(
  { settings, local }: NarrateOptions,
  onNote: (note: string) => void,
  context: CommandContext,
): Promise<Service> {
  const onEmulator = (asked: boolean): void => {
    if (!asked) onNote(context.t('note.local'));
  };
  // The narration keeps to the account's limits, and tries again by itself.
  const client = { limiter: createLimiter(), retry: false } as const;
  return openService({ settings, local, onEmulator, client }, context);
}

/** Speech of one service is not that of another. */
function scopeOf({ settings: { apiKey, baseURL, region }, local }: NarrateOptions): string {
  if (local || apiKey === undefined) return EMULATOR;
  return baseURL?.value ?? region?.value ?? 'cn';
}

async function findStart(
  chapters: readonly Chapter[],
  options: NarrateOptions,
  positions: ReadingPositions,
  context: CommandContext,
): Promise<ReadingPlace> {
  if (options.from !== undefined) {
    const { chapter, heading } = findHeading(chapters, options, options.from, context);
    return { chapter, position: { sourceOffset: heading.range.start } };
  }
  const beginning: ReadingPlace = { chapter: 0, position: { sourceOffset: 0 } };
  if (!options.goesOn) return beginning;
  const files = chapters.map(({ file }) => file);
  const kept = await positions.find(files);
  const chapter = files.indexOf(kept?.file ?? '');
  return kept === undefined || chapter < 0 ? beginning : { chapter, position: kept.position };
}

/** The chapters from a heading on. */
function cutBefore(
  chapters: readonly Chapter[],
  options: NarrateOptions,
  context: CommandContext,
): readonly Chapter[] {
  const { chapter, heading } = findHeading(chapters, options, options.from ?? '', context);
  const first = chapters[chapter]!;
  const text = first.source.text.slice(heading.range.start);
  const rest = { ...first, title: heading.text, source: { ...first.source, text } };
  return [rest, ...chapters.slice(chapter + 1)];
}

function findHeading(
  chapters: readonly Chapter[],
  { text }: NarrateOptions,
  words: string,
  { t }: CommandContext,
): { chapter: number; heading: PlanHeading } {
  const names: string[] = [];
  for (const [chapter, { source }] of chapters.entries()) {
    const plan = new NarrationPlan(source, { text });
    const heading = plan.findHeading(words);
    if (heading !== undefined) return { chapter, heading };
    names.push(...plan.headings().map((known) => known.text));
  }
  const shown = names.slice(0, MOST_HEADINGS).map((name) => `“${name}”`);
  throw new UsageError(
    t('error.noHeading', { words }),
    names.length === 0 ? t('advice.noHeadings') : t('advice.headings', { names: shown.join(', ') }),
  );
}

/** @throws {UsageError} where there is nothing in any of the chapters that a voice could say. */
function checkSpeakable(
  chapters: readonly Chapter[],
  { text }: NarrateOptions,
  { t }: CommandContext,
): void {
  const isSpeakable = chapters.some(
    ({ source }) => new NarrationPlan(source, { text }).utteranceAt(0) !== undefined,
  );
  if (isSpeakable) return;
  const files = chapters.map(({ file }) => (file === '-' ? t('label.standardInput') : file));
  const isBlank = chapters.every(({ source }) => source.text.trim() === '');
  throw new UsageError(
    t('error.nothingToRead', { file: files.slice(0, MOST_HEADINGS).join(', ') }),
    isBlank ? undefined : t('advice.nothingToRead'),
  );
}

/** Where nothing costs anything, nothing is said of it. */
function describeCost(
  amount: number | undefined,
  { prices: { currency, per10000 } }: NarrateOptions,
  { t }: CommandContext,
): string[] {
  if (amount === undefined || Object.keys(per10000).length === 0) return [];
  return [formatMoney({ amount, currency }, t)];
}

/** Whether the place was kept: that of standard input cannot be found again. */
function isKept(chapters: readonly Chapter[]): boolean {
  return !chapters.some(({ file }) => file === '-');
}

const CAST_PATH = /^cast\.(.+)\.voice$/s;

/** Of a cast of many, the member is told whose voice the service does not have. */
function toVoiceFailure(error: unknown, { cast }: NarrateOptions, { t }: CommandContext): unknown {
  if (!(error instanceof ValidationError)) return error;
  const name = CAST_PATH.exec(error.path)?.[1];
  if (name === undefined) return error;
  const voice = cast[name]?.voice;
  const advice = t('advice.castVoice');
  if (voice === undefined) return new UsageError(t('error.castOptions', { name }), advice);
  return new UsageError(t('error.castVoice', { name, voice }), advice);
}

function toPlayerFailure(error: unknown, { t }: CommandContext): unknown {
  if (!(error instanceof PlayerError)) return error;
  const { player, message } = error;
  return new CliError(t('note.playerFailed', { player, reason: message }), {
    exitCode: EXIT.failure,
    advice: t('reading.goOn'),
    cause: error,
  });
}

function noPlayer(found: number, { terminal, t }: CommandContext): CliError {
  const names = playerNames(terminal.platform).join(', ');
  const message = found === 0 ? t('note.noPlayer', { names }) : t('error.noPlayerWorks');
  return new CliError(message, {
    exitCode: EXIT.failure,
    advice: t('advice.bookFile'),
  });
}

function tellRead(
  { isWhole, firstSoundMs, requests, characters, cost, skipped }: ReadingReport,
  { options, chapters }: { options: NarrateOptions; chapters: readonly Chapter[] },
  onNote: (note: string) => void,
  context: CommandContext,
): void {
  const { t } = context;
  const facts = [
    ...(firstSoundMs === undefined
      ? []
      : [t('progress.firstSound', { ms: Math.round(firstSoundMs) })]),
    t('reading.requests', { count: requests, characters }),
    ...describeCost(cost, options, context),
  ];
  onNote(joinList(facts, t));
  if (skipped > 0) onNote(t('reading.left', { count: skipped }));
  if (!isWhole && isKept(chapters)) onNote(t('reading.goOn'));
}
