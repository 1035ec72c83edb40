import stringWidth from 'string-width';

const GAP = '  ';

/**
 * Rows as columns of equal width. Widths are those of a terminal: a Han character takes two columns, a combining mark
 * none. The last column is not padded.
 */
export function formatTable(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) {
      widths[column] = Math.max(widths[column] ?? 0, stringWidth(cell));
    }
  }
  const lines = rows.map((row) =>
    row
      .map((cell, column) => (column === row.length - 1 ? cell : padTo(cell, widths[column] ?? 0)))
      .join(GAP)
      .trimEnd(),
  );
  return lines.join('\n');
}

/** The text with spaces behind it, so that it takes `width` columns of a terminal. */
export function padTo(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - stringWidth(text)));
}
