/**
 * Takes Markdown syntax out of a text that is to be spoken: emphasis, headings, quotes, list markers, links and images (their text stays),
 * code marks (inline code stays, fenced blocks go with their fences only), tables (cells become comma-separated), rules, HTML comments
 * and tags. Text that merely looks like Markdown (`2 * 3 * 4`, `snake_case`) stays as it is.
 */
export function stripMarkdown(text: string): string {
  let fence: string | undefined;
  const lines: string[] = [];
  for (const line of text.split(/\r\n|\r|\n/)) {
    const opening = /^\s{0,3}(`{3,}|~{3,})/.exec(line)?.[1];
    if (fence !== undefined) {
      if (opening?.startsWith(fence)) fence = undefined;
      else lines.push(line);
    } else if (opening !== undefined) {
      fence = opening;
    } else {
      const stripped = stripLine(line);
      if (stripped !== undefined) lines.push(stripped);
    }
  }
  return lines.join('\n');
}

/** The line without its block and inline syntax; `undefined` when it was nothing else (a rule, a table's divider, a definition). */
function stripLine(line: string): string | undefined {
  if (/^\s{0,3}(?:(?:-\s*){3,}|(?:\*\s*){3,}|(?:_\s*){3,}|=+\s*)$/.test(line)) return undefined;
  if (/^\s*\|?(?:\s*:?-+:?\s*\|)+(?:\s*:?-+:?)?\s*$/.test(line)) return undefined;
  if (/^\s{0,3}\[[^\]]+\]:\s*\S+/.test(line)) return undefined;
  const block = line
    .replace(/^(?:\s{0,3}>\s?)+/, '')
    .replace(/^\s{0,3}#{1,6}\s+(.*?)\s*#*\s*$/, '$1')
    .replace(/^(\s*)(?:[-*+]|\d{1,9}[.)])\s+(?:\[[ xX]\]\s+)?/, '$1');
  const isTableRow = /^\s*\|.*\|\s*$/.test(block);
  return stripInline(isTableRow ? cells(block).join(', ') : block);
}

function cells(row: string): string[] {
  return row
    .trim()
    .slice(1, -1)
    .split('|')
    .map((cell) => cell.trim())
    .filter((cell) => cell !== '');
}

/** ASCII punctuation, 32 marks, and as many code points that stand for no character: what a backslash protects hides behind them. */
const punctuation = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~';
const firstStandIn = 0xfdd0;

function stripInline(line: string): string {
  return (
    line
      .replace(/\\([!-/:-@[-`{-~])/g, (_, mark: string) =>
        String.fromCharCode(firstStandIn + punctuation.indexOf(mark)),
      )
      .replace(/<((?:https?:\/\/|mailto:)[^<>\s]+)>/g, '$1')
      .replace(/<!--.*?-->/g, '')
      .replace(/<\/?[a-zA-Z][^<>]*>/g, '')
      .replace(/!?\[([^[\]]*)\](?:\([^()\s]*(?:\s+"[^"]*")?\)|\[[^[\]]*\])/g, '$1')
      .replace(/(`+)(.+?)\1/g, (_, _marks, code: string) => code.trim())
      // The mark must touch what it wraps, as CommonMark has it: `2 * 3 * 4` is no emphasis.
      .replace(/(\*{1,3})(?![\s*])([^*]*[^\s*])\1/g, '$2')
      .replace(/~~(?!\s)([^~]*[^\s~])~~/g, '$1')
      .replace(/(^|[^\p{L}\p{N}_])(_{1,3})(?![\s_])([^_]*[^\s_])\2(?![\p{L}\p{N}_])/gu, '$1$3')
      .replace(/[\ufdd0-\ufdef]/g, (standIn) => punctuation[standIn.charCodeAt(0) - firstStandIn]!)
  );
}
