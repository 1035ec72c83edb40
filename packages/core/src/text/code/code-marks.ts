import type { BlockComment, CodeSyntax, LineComment, StringSyntax } from './code-syntax.ts';

/** What the characters open that were found. */
export type CodeMark =
  | { readonly kind: 'line'; readonly open: string; readonly syntax: LineComment }
  | { readonly kind: 'block'; readonly open: string; readonly syntax: BlockComment }
  | { readonly kind: 'string'; readonly open: string; readonly syntax: StringSyntax }
  | {
      readonly kind: 'raw';
      readonly open: string;
      readonly close: string;
      readonly isComment: boolean;
    }
  | { readonly kind: 'heredoc'; readonly open: string }
  | { readonly kind: 'regex'; readonly open: string };

/** A language's marks as patterns. */
export type MarkTable = {
  readonly pattern: RegExp;
  readonly find: (written: string) => CodeMark;
  readonly strings: readonly StringSyntax[];
  readonly characters: boolean;
  readonly heredocs: boolean;
  /** Where to stop in a string. */
  readonly stopsOf: (syntax: StringSyntax) => RegExp;
  /** Where to stop in the code within a string. */
  readonly holes: RegExp;
};

const HEREDOC = String.raw`<<[-~<]?[ ]?(?:"[A-Za-z_]\w*"|'[A-Za-z_]\w*'|[A-Z_][A-Z0-9_]*)`;
const RAW_STRINGS = {
  rust: String.raw`\bb?r#*"`,
  cpp: String.raw`R"[^()\\\s"]{0,16}\(`,
  lua: String.raw`(?:--)?\[=*\[`,
} as const;

export function codeMarks(syntax: CodeSyntax): MarkTable {
  const lines = (syntax.lineComments ?? []).map((line) =>
    typeof line === 'string' ? { open: line } : line,
  );
  const blocks = syntax.blockComments ?? [];
  const strings = withCharacters(syntax);
  const marks = new Map<string, CodeMark>();
  for (const string of strings)
    marks.set(string.open, { kind: 'string', open: string.open, syntax: string });
  for (const line of lines) marks.set(line.open, { kind: 'line', open: line.open, syntax: line });
  for (const block of blocks)
    marks.set(block.open, { kind: 'block', open: block.open, syntax: block });
  marks.delete('');
  const alternatives = [...marks.keys()].toSorted((a, b) => b.length - a.length).map(escaped);
  if (syntax.rawStrings !== undefined) alternatives.unshift(RAW_STRINGS[syntax.rawStrings]);
  if (syntax.heredocs === true) alternatives.push(HEREDOC);
  if (syntax.regexes === true) alternatives.push('/');
  const stops = new Map<StringSyntax, RegExp>();
  return {
    pattern: new RegExp(alternatives.length === 0 ? '(?!)' : alternatives.join('|'), 'gu'),
    find: (written) => marks.get(written) ?? specialMark(written, syntax),
    strings,
    characters: syntax.characters === true,
    heredocs: syntax.heredocs === true,
    stopsOf(string) {
      const known = stops.get(string);
      if (known !== undefined) return known;
      const pattern = stopPattern(string);
      stops.set(string, pattern);
      return pattern;
    },
    holes: new RegExp(['[{}()]', ...strings.map(({ open }) => escaped(open))].join('|'), 'gu'),
  };
}

function withCharacters({ strings = [], characters }: CodeSyntax): readonly StringSyntax[] {
  return characters === true ? [...strings, { open: "'", close: "'" }] : strings;
}

function stopPattern({ close, escape = 'backslash', hole }: StringSyntax): RegExp {
  const alternatives = [escaped(close)];
  if (escape === 'backslash') alternatives.push(String.raw`\\(?:\r\n|[^])`);
  if (hole !== undefined) alternatives.push(escaped(hole));
  return new RegExp([...alternatives, String.raw`\n`].join('|'), 'gu');
}

function specialMark(written: string, syntax: CodeSyntax): CodeMark {
  if (written === '/') return { kind: 'regex', open: written };
  if (written.startsWith('<<')) return { kind: 'heredoc', open: written };
  const isComment = written.startsWith('--');
  return { kind: 'raw', open: written, close: rawClose(written, syntax.rawStrings), isComment };
}

function rawClose(open: string, kind: CodeSyntax['rawStrings']): string {
  if (kind === 'rust') return `"${'#'.repeat(open.split('#').length - 1)}`;
  if (kind === 'cpp') return `)${open.slice(2, -1)}"`;
  return `]${'='.repeat(open.split('=').length - 1)}]`;
}

function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/]/gu, String.raw`\$&`).replaceAll('\n', String.raw`\n`);
}
