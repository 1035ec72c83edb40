import type { Row } from './row.ts';

const HEADINGS = ['', 'metric', 'ours', 'unit', 'target', 'ratio', 'spread', 'peers'];

/** The rows as lines of text in columns. */
export function toTable(rows: readonly Row[]): string {
  const cells = [HEADINGS, ...rows.map(toCells)];
  const widths = HEADINGS.map((_, column) =>
    Math.max(...cells.map((line) => (line[column] ?? '').length)),
  );
  const lines = cells.map((line) =>
    line
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return `${lines.join('\n')}\n`;
}

function toCells(row: Row): string[] {
  const peers = Object.entries(row.peers).map(([name, value]) => `${name} ${shown(value)}`);
  return [
    row.holds ? 'holds' : 'FAILS',
    row.metric,
    `${shown(row.ours)}${row.p95 === undefined ? '' : ` (p95 ${shown(row.p95)})`}`,
    row.unit,
    shownTarget(row),
    row.ratio === null ? '' : row.ratio.toFixed(2),
    row.spread === 0 ? '' : `${Math.round(row.spread * 100)} %`,
    [...peers, ...(row.reason === undefined ? [] : [`[${row.reason}]`])].join(', '),
  ];
}

function shownTarget({ target, better }: Row): string {
  const sign = better === 'lower' ? '≤' : '≥';
  if (target.of === 'absolute') return `${sign} ${target.value}`;
  if (target.plus !== undefined) return `${sign} ${target.of} + ${target.plus}`;
  return `${sign} ${target.ratio} × ${target.of}`;
}

function shown(value: number | null): string {
  return value === null ? 'never' : String(Number(value.toPrecision(3)));
}
