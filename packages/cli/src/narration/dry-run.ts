import { estimateNarration } from '@stepvoice/core/narration';
import type { Money, NarrationEstimate } from '@stepvoice/core/narration';
import type { CommandContext } from '../command-context.ts';
import type { NarrateOptions } from '../commands/narrate-options.ts';
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
  const estimate = (source: Parameters<typeof estimateNarration>[0]): NarrationEstimate =>
    estimateNarration(source, { voice, cast, text: { ...text, cast: Object.keys(cast) }, prices });
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
  return formatTable([head, ...rows]);

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
