import { estimateNarration, estimateUnpaid } from '@stepvoice/core/narration';
import type {
  Money,
  NarrationEstimate,
  RenderSource,
  SpeechCache,
} from '@stepvoice/core/narration';
import type { CommandContext } from '../command-context.ts';
import type { NarrateOptions } from '../commands/narrate-options.ts';
import stringWidth from 'string-width';
import { formatClock } from '../terminal/format-time.ts';
import { formatTable } from '../terminal/table.ts';
import { formatMoney } from './format-money.ts';
import type { Chapter } from './read-chapters.ts';

/** What reading chapters will take, as a table: nothing is sent, and no key is needed. */
export function describeEstimate(
  chapters: readonly Chapter[],
  options: NarrateOptions,
  { t }: CommandContext,
): string {
  const { voice, cast, text, prices } = options;
  const estimate = (source: RenderSource): NarrationEstimate =>
    estimateNarration(source, { voice, cast, text, prices });
  const rows = chapters.map(({ title, source }) => toRow(title, estimate(source)));
  if (chapters.length > 1) {
    rows.push(toRow(t('estimate.all'), estimate(chapters)));
  }
  const head = [
    t('estimate.chapter'),
    t('estimate.sentences'),
    t('estimate.characters'),
    t('estimate.billed'),
    t('estimate.requests'),
    t('estimate.time'),
    t('estimate.cost'),
  ];
  return formatTable(alignRight([head, ...rows]));

  function toRow(title: string, found: NarrationEstimate): string[] {
    return [
      title,
      String(found.utterances),
      String(found.characters),
      String(Math.ceil(found.billedUnits)),
      String(found.requests),
      `~${formatClock(found.seconds * 1000)}`,
      cost(found.cost),
    ];
  }

  function cost(money: Money | undefined): string {
    return money === undefined ? t('estimate.unknown') : formatMoney(money, t);
  }
}

/** What of it is paid already, in a sentence; `undefined` where nothing is. */
export async function describePaid(
  chapters: readonly Chapter[],
  { voice, cast, text, prices, sampleRate }: NarrateOptions,
  { cache, scope }: { cache: SpeechCache; scope: string },
  { t, signal }: CommandContext,
): Promise<string | undefined> {
  const asked = { voice, cast, text, prices, sampleRate, cache, scope, signal };
  const { whole, unpaid } = await estimateUnpaid(chapters, asked);
  const paid = whole.characters - unpaid.characters;
  if (paid <= 0) return undefined;
  const left = unpaid.cost === undefined ? '' : formatMoney(unpaid.cost, t);
  const said = t('estimate.paid', { paid, characters: whole.characters });
  return left === '' ? said : `${said} ${t('estimate.leftToPay', { cost: left })}`;
}

/** Figures stand below each other; the first column is words. */
function alignRight(rows: readonly (readonly string[])[]): string[][] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) {
      widths[column] = Math.max(widths[column] ?? 0, stringWidth(cell));
    }
  }
  return rows.map((row) =>
    row.map((cell, column) =>
      column === 0 ? cell : ' '.repeat(widths[column]! - stringWidth(cell)) + cell,
    ),
  );
}
