import { NarrationPlan } from '@stepvoice/core/narration';
import type { PlanHeading } from '@stepvoice/core/narration';
import { createLimiter } from '@stepvoice/core/node';
import { CliError, UsageError } from '../cli-error.ts';
import type { CommandContext } from '../command-context.ts';
import { EXIT } from '../exit-code.ts';
import { joinList } from '../language/join-list.ts';
import { describeEstimate } from '../narration/dry-run.ts';
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
  const { terminal, t } = context;
  const onNote = (note: string): void => {
    if (flags.quiet !== true) terminal.stderr.write(`${note}\n`);
  };
  const asked = await toNarrateOptions(flags, onNote, context);
  // The emulator charges nothing.
  const isFree = scopeOf(asked) === EMULATOR && !asked.dryRun;
  const options = isFree ? { ...asked, prices: { ...asked.prices, per10000: {} } } : asked;
  const chapters = await readChapters(names, flags, context);
  if (options.file !== undefined || options.dryRun) {
    const rest = options.from === undefined ? chapters : cutBefore(chapters, options, context);
    if (options.dryRun) await print(terminal, `${describeEstimate(rest, options, context)}\n`, t);
    else await toFile(rest, options, onNote, context);
    return;
  }
  await toEar(chapters, options, onNote, context);
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
      ...(report.cost === undefined ? [] : [formatMoney(report.cost, t)]),
      ...(report.chapters.length > 1
        ? [t('render.chapters', { count: report.chapters.length })]
        : []),
    ];
    onNote(joinList(facts, t));
    if (report.skipped.length > 0) onNote(t('reading.left', { count: report.skipped.length }));
  } catch (error) {
    if (context.signal.aborted) onNote(t('render.kept'));
    throw error;
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
        tellRead(await reading.run(), options, onNote, context);
        return;
      } catch (error) {
        // One that gives up before it has played is none; another may be.
        if (!(error instanceof PlayerError) || error.hadBegun) throw error;
        onPlayerFailed(error);
        await output.close();
        opened = await openPlayer(others, options.sampleRate, onPlayerFailed, signal);
      }
    }
  } catch (error) {
    if (signal.aborted) onNote(t('reading.goOn'));
    throw toPlayerFailure(error, context);
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
  { text, cast }: NarrateOptions,
  words: string,
  { t }: CommandContext,
): { chapter: number; heading: PlanHeading } {
  const names: string[] = [];
  for (const [chapter, { source }] of chapters.entries()) {
    const plan = new NarrationPlan(source, { text: { ...text, cast: Object.keys(cast) } });
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
  { prices: { currency } }: NarrateOptions,
  onNote: (note: string) => void,
  { t }: CommandContext,
): void {
  const facts = [
    ...(firstSoundMs === undefined
      ? []
      : [t('progress.firstSound', { ms: Math.round(firstSoundMs) })]),
    t('reading.requests', { count: requests, characters }),
    ...(cost === undefined ? [] : [formatMoney({ amount: cost, currency }, t)]),
  ];
  onNote(joinList(facts, t));
  if (skipped > 0) onNote(t('reading.left', { count: skipped }));
  if (!isWhole) onNote(t('reading.goOn'));
}
