import type { BlockComment, CodeSyntax, StringSyntax } from './code-syntax.ts';
import { guessCodeLanguage } from './guess-code-language.ts';

/**
 * The syntax of a language by the id that editors use, or a common alias of it; `undefined` for one that is not known.
 */
export function codeSyntaxOf(language: string): CodeSyntax | undefined {
  const id = language.trim().toLowerCase();
  if (Object.hasOwn(LANGUAGES, id)) return LANGUAGES[id];
  const alias = Object.entries(ALIASES).find(([, names]) => names.split(' ').includes(id));
  return alias === undefined ? undefined : LANGUAGES[alias[0]];
}

/** Of a language that is not known: what most languages share. */
export function guessCodeSyntax(text: string): CodeSyntax {
  return LANGUAGES[guessCodeLanguage(text) ?? ''] ?? GENERIC;
}

const C_BLOCK: BlockComment = { open: '/*', close: '*/' };
const C_NESTED: BlockComment = { open: '/*', close: '*/', nested: true };
const HTML_BLOCK: BlockComment = { open: '<!--', close: '-->' };
const DOUBLE: StringSyntax = { open: '"', close: '"' };
const SINGLE: StringSyntax = { open: "'", close: "'" };
const DOUBLE_SQL: StringSyntax = { open: '"', close: '"', escape: 'doubled' };
const SINGLE_SQL: StringSyntax = { open: "'", close: "'", escape: 'doubled', multiline: true };
const SINGLE_RAW: StringSyntax = { open: "'", close: "'", escape: 'none', multiline: true };
const SINGLE_DOUBLED: StringSyntax = { open: "'", close: "'", escape: 'doubled' };
const TEMPLATE: StringSyntax = { open: '`', close: '`', multiline: true, hole: '${' };
const TRIPLE: StringSyntax = { open: '"""', close: '"""', multiline: true };
const TRIPLE_SINGLE: StringSyntax = { open: "'''", close: "'''", multiline: true };
const DOUBLE_LINES: StringSyntax = { ...DOUBLE, multiline: true };
const AFTER_SPACE = { open: '#', where: 'after-space' } as const;
const AT_LINE_START = { open: '#', where: 'line-start' } as const;

const GENERIC: CodeSyntax = {
  lineComments: ['//', AFTER_SPACE],
  blockComments: [C_BLOCK],
  strings: [TRIPLE, DOUBLE, SINGLE, TEMPLATE],
};
const C: CodeSyntax = { lineComments: ['//'], blockComments: [C_BLOCK], strings: [DOUBLE, SINGLE] };
const JAVASCRIPT: CodeSyntax = { ...C, strings: [DOUBLE, SINGLE, TEMPLATE], regexes: true };
const MARKUP: CodeSyntax = { markup: true, blockComments: [HTML_BLOCK], hyphens: true };
const HASH: CodeSyntax = { lineComments: ['#'], strings: [DOUBLE, SINGLE] };
const LISP: CodeSyntax = {
  lineComments: [';'],
  blockComments: [{ open: '#|', close: '|#', nested: true }],
  strings: [DOUBLE_LINES],
  hyphens: true,
};
const CSS: CodeSyntax = { blockComments: [C_BLOCK], strings: [DOUBLE, SINGLE], hyphens: true };
const SCSS: CodeSyntax = { ...CSS, lineComments: ['//'] };
const POD: readonly BlockComment[] = ['pod', 'head1', 'head2', 'over', 'item', 'begin', 'for'].map(
  (name) => ({ open: `=${name}`, close: '=cut', where: 'line-start' }),
);

const LANGUAGES: Readonly<Record<string, CodeSyntax>> = {
  javascript: JAVASCRIPT,
  typescript: JAVASCRIPT,
  c: C,
  cpp: { ...C, rawStrings: 'cpp' },
  java: { ...C, strings: [TRIPLE, DOUBLE, SINGLE] },
  csharp: {
    ...C,
    strings: [
      { ...TRIPLE, escape: 'none' },
      { open: '@"', close: '"', escape: 'doubled', multiline: true },
      { open: '$@"', close: '"', escape: 'doubled', multiline: true },
      DOUBLE,
      SINGLE,
    ],
  },
  go: {
    ...C,
    strings: [DOUBLE, SINGLE, { open: '`', close: '`', escape: 'none', multiline: true }],
  },
  rust: {
    lineComments: ['//'],
    blockComments: [C_NESTED],
    strings: [DOUBLE_LINES],
    rawStrings: 'rust',
    characters: true,
  },
  php: {
    markup: true,
    lineComments: ['//', { open: '#', notBefore: '[' }],
    blockComments: [C_BLOCK],
    strings: [DOUBLE_LINES, { ...SINGLE, multiline: true }],
    heredocs: true,
  },
  swift: { lineComments: ['//'], blockComments: [C_NESTED], strings: [TRIPLE, DOUBLE] },
  kotlin: {
    lineComments: ['//'],
    blockComments: [C_NESTED],
    strings: [{ ...TRIPLE, escape: 'none', hole: '${' }, { ...DOUBLE, hole: '${' }, SINGLE],
  },
  scala: {
    lineComments: ['//'],
    blockComments: [C_NESTED],
    strings: [{ ...TRIPLE, escape: 'none' }, DOUBLE],
    characters: true,
  },
  groovy: { ...C, strings: [TRIPLE, TRIPLE_SINGLE, { ...DOUBLE, hole: '${' }, SINGLE] },
  dart: {
    lineComments: ['//'],
    blockComments: [C_NESTED],
    strings: [TRIPLE, TRIPLE_SINGLE, { ...DOUBLE, hole: '${' }, { ...SINGLE, hole: '${' }],
  },
  zig: { lineComments: ['//'], strings: [DOUBLE], characters: true },
  proto: C,
  python: {
    lineComments: ['#'],
    strings: [
      { ...TRIPLE, documents: true },
      { ...TRIPLE_SINGLE, documents: true },
      DOUBLE,
      SINGLE,
    ],
  },
  ruby: {
    lineComments: [AFTER_SPACE],
    blockComments: [{ open: '=begin', close: '=end', where: 'line-start' }],
    strings: [
      { ...DOUBLE_LINES, hole: '#{' },
      { ...SINGLE, multiline: true },
      { ...TEMPLATE, hole: '#{' },
    ],
    regexes: true,
    heredocs: true,
  },
  perl: {
    lineComments: [AFTER_SPACE],
    blockComments: POD,
    strings: [DOUBLE_LINES, { ...SINGLE, multiline: true }],
    heredocs: true,
  },
  shellscript: {
    lineComments: [AFTER_SPACE],
    strings: [{ ...DOUBLE_LINES, hole: '$(' }, SINGLE_RAW],
    heredocs: true,
    hyphens: true,
  },
  powershell: {
    lineComments: [AFTER_SPACE],
    blockComments: [{ open: '<#', close: '#>' }],
    strings: [
      { open: '@"', close: '\n"@', escape: 'none', multiline: true },
      { open: "@'", close: "\n'@", escape: 'none', multiline: true },
      { open: '"', close: '"', escape: 'doubled', multiline: true },
      SINGLE_SQL,
    ],
    hyphens: true,
  },
  bat: {
    lineComments: [
      { open: 'REM ', where: 'line-start' },
      { open: 'rem ', where: 'line-start' },
      { open: '::', where: 'line-start' },
    ],
    strings: [DOUBLE],
  },
  sql: { lineComments: ['--'], blockComments: [C_BLOCK], strings: [SINGLE_SQL, DOUBLE_SQL] },
  lua: {
    lineComments: ['--'],
    blockComments: [{ open: '--[[', close: ']]' }],
    strings: [DOUBLE, SINGLE],
    rawStrings: 'lua',
  },
  r: HASH,
  julia: {
    lineComments: ['#'],
    blockComments: [{ open: '#=', close: '=#', nested: true }],
    strings: [{ ...TRIPLE, documents: true }, DOUBLE_LINES],
    characters: true,
  },
  matlab: {
    lineComments: ['%'],
    blockComments: [{ open: '%{', close: '%}', where: 'line-start' }],
    strings: [DOUBLE_SQL, SINGLE_DOUBLED],
  },
  yaml: { lineComments: [AFTER_SPACE], strings: [DOUBLE, SINGLE_DOUBLED], hyphens: true },
  toml: {
    lineComments: ['#'],
    strings: [TRIPLE, { ...TRIPLE_SINGLE, escape: 'none' }, DOUBLE, { ...SINGLE, escape: 'none' }],
    hyphens: true,
  },
  ini: { lineComments: [AT_LINE_START, { open: ';', where: 'line-start' }], hyphens: true },
  properties: { lineComments: [AT_LINE_START, { open: '!', where: 'line-start' }], hyphens: true },
  dotenv: { lineComments: [AT_LINE_START], strings: [DOUBLE, SINGLE_RAW] },
  ignore: { lineComments: [AT_LINE_START] },
  dockerfile: { lineComments: [AT_LINE_START], strings: [DOUBLE], hyphens: true },
  makefile: { lineComments: [AFTER_SPACE], strings: [DOUBLE], hyphens: true },
  cmake: { ...HASH, blockComments: [{ open: '#[[', close: ']]' }], strings: [DOUBLE_LINES] },
  terraform: {
    lineComments: ['#', '//'],
    blockComments: [C_BLOCK],
    strings: [DOUBLE],
    heredocs: true,
  },
  graphql: { lineComments: ['#'], strings: [{ ...TRIPLE, documents: true }, DOUBLE] },
  html: MARKUP,
  xml: { ...MARKUP, tags: true },
  css: CSS,
  scss: SCSS,
  json: { lineComments: ['//'], blockComments: [C_BLOCK], strings: [DOUBLE] },
  clojure: LISP,
  scheme: LISP,
  haskell: {
    lineComments: [{ open: '--', notBefore: '!#$%&*+./<=>?@\\^|~' }],
    blockComments: [{ open: '{-', close: '-}', nested: true }],
    strings: [DOUBLE],
    characters: true,
  },
  elm: {
    lineComments: ['--'],
    blockComments: [{ open: '{-', close: '-}', nested: true }],
    strings: [TRIPLE, DOUBLE],
    characters: true,
  },
  ocaml: {
    blockComments: [{ open: '(*', close: '*)', nested: true }],
    strings: [DOUBLE_LINES],
    characters: true,
  },
  fsharp: {
    lineComments: ['//'],
    blockComments: [{ open: '(*', close: '*)', nested: true }],
    strings: [TRIPLE, DOUBLE_LINES],
    characters: true,
  },
  pascal: {
    lineComments: ['//'],
    blockComments: [
      { open: '{', close: '}' },
      { open: '(*', close: '*)' },
    ],
    strings: [SINGLE_DOUBLED],
  },
  coffeescript: {
    lineComments: ['#'],
    blockComments: [{ open: '###', close: '###' }],
    strings: [
      TRIPLE,
      TRIPLE_SINGLE,
      { ...DOUBLE_LINES, hole: '#{' },
      { ...SINGLE, multiline: true },
    ],
  },
  elixir: {
    lineComments: ['#'],
    strings: [
      { ...TRIPLE, documents: true },
      TRIPLE_SINGLE,
      { ...DOUBLE_LINES, hole: '#{' },
      SINGLE,
    ],
  },
  erlang: { lineComments: ['%'], strings: [DOUBLE_LINES, SINGLE] },
  tex: { lineComments: ['%'], hyphens: true },
  vb: { lineComments: ["'", { open: 'REM ', where: 'line-start' }], strings: [DOUBLE_SQL] },
  ada: { lineComments: ['--'], strings: [DOUBLE_SQL], characters: true },
  fortran: { lineComments: ['!'], strings: [DOUBLE_SQL, SINGLE_DOUBLED] },
  asm: { lineComments: [';', AFTER_SPACE], blockComments: [C_BLOCK], strings: [DOUBLE] },
  nix: {
    lineComments: ['#'],
    blockComments: [C_BLOCK],
    strings: [{ open: "''", close: "''", escape: 'none', multiline: true }, DOUBLE_LINES],
    hyphens: true,
  },
};

const ALIASES: Readonly<Record<string, string>> = {
  javascript: 'js jsx mjs cjs javascriptreact node',
  typescript: 'ts tsx mts cts typescriptreact',
  c: 'h objective-c objc glsl hlsl solidity',
  cpp: 'c++ cc cxx hpp cuda-cpp objective-cpp arduino',
  csharp: 'cs c#',
  rust: 'rs',
  kotlin: 'kt kts',
  proto: 'protobuf proto3',
  python: 'py python3 cython starlark',
  ruby: 'rb crystal',
  perl: 'pl perl6 raku',
  shellscript: 'sh bash zsh fish shell ksh console shell-session',
  powershell: 'ps1 pwsh',
  bat: 'cmd batch',
  sql: 'mysql postgres postgresql sqlite plsql tsql',
  yaml: 'yml dockercompose github-actions-workflow',
  ini: 'cfg conf editorconfig',
  ignore: 'gitignore dockerignore',
  dockerfile: 'docker containerfile',
  makefile: 'make mk',
  terraform: 'tf hcl',
  html: 'htm xhtml vue svelte astro handlebars',
  xml: 'svg xsl xsd plist mathml csproj',
  scss: 'less sass stylus',
  json: 'jsonc json5 jsonl snippets',
  clojure: 'clj cljs edn',
  scheme: 'lisp commonlisp elisp emacs-lisp racket',
  haskell: 'hs purescript',
  ocaml: 'ml',
  fsharp: 'fs f#',
  elixir: 'ex exs',
  erlang: 'erl',
  tex: 'latex bibtex',
  vb: 'vbnet vba vbscript',
  matlab: 'octave',
  r: 'rlang',
  julia: 'jl',
  asm: 'assembly nasm',
  pascal: 'delphi objectpascal',
};
