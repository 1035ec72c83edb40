/** How many lines are looked back over for what a string stands behind. */
const LINES_BACK = 40;

/**
 * Whether a string is documentation: alone on its lines, and the first thing in a file or behind a line that opens a
 * block (`def f():`), or what Elixir's `@doc` has. An argument on lines of its own is not.
 */
export function isDocumentation(text: string, start: number, end: number): boolean {
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  const before = text.slice(lineStart, start);
  if (/^[ \t]*@(?:module|type)?doc\s+(?:~[sS])?$/u.test(before)) return true;
  if (!/^[ \t]*[rRuU]?$/u.test(before)) return false;
  if (!/^[ \t]*(?:#.*)?$/u.test(lineAt(text, end))) return false;
  let lineEnd = lineStart - 1;
  for (let count = 0; count < LINES_BACK && lineEnd >= 0; count += 1) {
    const from = text.lastIndexOf('\n', lineEnd - 1) + 1;
    const line = text.slice(from, lineEnd).trim();
    lineEnd = from - 1;
    if (line === '' || line.startsWith('#')) continue;
    return /:\s*(?:#.*)?$/u.test(line) && !/[[({,]\s*(?:#.*)?$/u.test(line);
  }
  return lineEnd < 0;
}

function lineAt(text: string, start: number): string {
  const end = text.indexOf('\n', start);
  return text.slice(start, end < 0 ? text.length : end).trimEnd();
}
