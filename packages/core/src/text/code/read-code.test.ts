import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { codeSyntaxOf } from './code-languages.ts';
import type { CodeOptions } from './code-options.ts';
import { speakable } from '../speakable.ts';
import { readCode } from './read-code.ts';

function segments(text: string, codeLanguage?: string, code: CodeOptions = {}, from = 0) {
  return [
    ...speakable(
      { text, format: 'code', codeLanguage },
      { readCode, code, from, parentheses: 'keep' },
    ),
  ];
}

function read(text: string, codeLanguage?: string, code: CodeOptions = {}): string[] {
  return segments(text, codeLanguage, code).map(({ spoken }) => spoken.text);
}

function comments(text: string, codeLanguage?: string): string[] {
  return read(text, codeLanguage, { mode: 'comments' });
}

describe('comments by language: everything of them, nothing of the code', () => {
  test.each([
    [
      'typescript',
      'a("//no"); // yes\nb(`${c("`//no`")} /* no */`) /* and\n * this */',
      ['yes', 'and this'],
    ],
    ['typescript', 'const r = /["/*]\\//; // yes', ['yes']],
    ['typescript', 'x = a / b; // one / two', ['one / two']],
    ['typescriptreact', "<p>Don't // not https://no\n</p> /* yes */", ['not no', 'yes']],
    ['typescriptreact', '<a href="https://x.y/z">it\'s</a>; // it\'s', ["it's"]],
    ['javascript', 's = "unclosed\n// yes', ['yes']],
    ['javascript', 's = `unclosed\n// yes', ['yes']],
    ['java', "/** Doc. */ char c = '\"'; // yes", ['Doc.', 'yes']],
    ['java', 'String s = """\n // no\n "" """; // yes', ['yes']],
    ['c', 'int a; /* one */ int b; // two\n#include <x.h>', ['one', 'two']],
    ['cpp', 'auto s = R"x(// no )" )x"; // yes', ['yes']],
    [
      'csharp',
      '/// <summary>Adds <paramref name="a"/>.</summary>\n/// <param name="a">First.</param>\nvar s = @"c:\\"; // yes',
      ['Adds a.', 'Parameter a: First.', 'yes'],
    ],
    ['go', 's := `// no \\` // yes', ['yes']],
    [
      'rust',
      'fn f<\'a>(c: char) { let q = \'"\'; let r = r#"// "no"#; } //! yes\n/* a /* nested */ b */',
      ['yes', 'a /* nested */ b'],
    ],
    [
      'python',
      '"""Module doc."""\ndef f(a="# no"):\n    """Does it.\n\n    :param int a: the a\n    """\n    return g(\n        """no""")  # yes',
      ['Module doc.', 'Does it.', 'Parameter a: the a', 'yes'],
    ],
    [
      'php',
      '<p>Don\'t</p><!-- html --><?php # one\n#[Attr]\n$a = "// no"; // two\n?><b>no</b>',
      ['html', 'one', 'two'],
    ],
    ['ruby', 'x = "#{a ["\\"# no"]} # no" # yes\n=begin\nblock\n=end\ny', ['yes', 'block']],
    ['swift', 'let s = """\n// no\n""" /* a /* b */ c */', ['a /* b */ c']],
    ['kotlin', 'val s = "${m["// no"]}" // yes', ['yes']],
    ['scala', "val c = '\"' // yes", ['yes']],
    [
      'shellscript',
      'echo "${#x} $(echo "# no") # no" \'# no\' # yes\ncat <<EOF\n# no\nEOF\n# two\necho a#b',
      ['yes', 'two'],
    ],
    ['powershell', '<# block #>\n$s = @"\n# no\n"@\nGet-Item # yes', ['block', 'yes']],
    ['sql', "SELECT 'it''s -- no' /* one */ FROM t -- two", ['one', 'two']],
    [
      'lua',
      '--[[ one\n two ]] x = [==[ -- no ]==] -- three\n--[=[ four ]=]',
      ['one two', 'three', 'four'],
    ],
    [
      'r',
      "#' Title\n#'\n#' @param x the x\nf <- function(x) '# no' # yes",
      ['Title', 'Parameter x: the x', 'yes'],
    ],
    ['yaml', "a: don't # yes\nb: 'it''s # no' # two\nc: x#no", ['yes', 'two']],
    ['toml', "a = \"# no\" # yes\nb = '''# no'''", ['yes']],
    ['ini', '; one\n# two\na = b ; no', ['one two']],
    ['dockerfile', '# one\nRUN echo # no', ['one']],
    ['makefile', 'all: # one\n\techo $#', ['one']],
    [
      'html',
      '<!-- one --><p title="<!-- no -->">text</p><script>// two\nlet s = "</b>"</script><style>/* three */</style>',
      ['one', 'two', 'three'],
    ],
    ['xml', '<?xml version="1.0"?><a><!-- one\n two --></a>', ['one two']],
    [
      'vue',
      '<script lang="ts">\n// one\n</script>\n<template>it\'s // no<!-- two --></template>',
      ['one', 'two'],
    ],
    ['css', 'a { content: "/* no */"; background: url(http://x.y) } /* yes */', ['yes']],
    ['scss', '// one\na { background: url(http://no) } // two', ['one', 'two']],
    ['clojure', '(defn f [] "; no") ; yes\n#| block |#', ['yes', 'block']],
    ['haskell', "f' x = x --> y -- yes\n{- a {- b -} c -}", ['yes', 'a {- b -} c']],
    ['perl', 'my $n = $#a; my $s = "# no"; # yes\n=pod\n\nText\n\n=cut\n', ['yes', 'Text']],
    ['dart', '/// Doc [x].\nvar s = "${a["// no"]}"; // yes', ['Doc [x].', 'yes']],
    ['elixir', '@doc """\nDoc.\n"""\ndef f, do: "#{a} # no" # yes', ['Doc.', 'yes']],
    ['erlang', '%% one\nf() -> "% no". % two', ['one', 'two']],
    ['julia', '#= a #= b =# c =# x = "# no" # yes', ['a #= b =# c', 'yes']],
    ['matlab', "a = b'; % yes\nc = '% no';\n%{\nblock\n%}", ['yes', 'block']],
    ['tex', 'Text 5\\% no % yes', ['yes']],
    ['vb', 'Dim s = "\' no" \' yes', ['yes']],
    ['jsonc', '{ "a": "// no" /* one */ } // two', ['one', 'two']],
    ['bat', 'REM one\necho rem no\n:: two', ['one', 'two']],
    ['unheard-of', 'a = "// no"; // yes\nb;\n/* two */', ['yes', 'two']],
    [undefined, '# one\nkey value\n# two', ['one', 'two']],
  ])('%s: %j', (language, text, expected) => {
    expect(comments(text, language)).toEqual(expected);
  });

  test('lines of one comment are one paragraph, and a blank one, an item or a tag begins the next', () => {
    expect(
      comments(
        '// one\n  // two\n\n// three\n//\n// four\n// - five\n// @returns six\nx; // seven\n// eight',
        'typescript',
      ),
    ).toEqual(['one two', 'three', 'four', '- five', 'Returns: six', 'seven', 'eight']);
  });

  test('entries of a list of arguments are said one by one', () => {
    const text =
      'def f(a, b):\n    """Adds\n    two: numbers.\n\n    Args:\n        a: The first.\n        b (int): The second,\n            with more.\n    """';
    expect(comments(text, 'python')).toEqual([
      'Adds two: numbers.',
      'Args:',
      'a: The first.',
      'b (int): The second, with more.',
    ]);
  });

  test('Chinese documentation has Chinese words', () => {
    const text =
      '/**\n * 获取用户。\n * 第二行\n * @param id 用户的编号\n * @returns 用户\n */\nf();';
    expect(comments(text, 'typescript')).toEqual([
      '获取用户。第二行',
      '参数 id：用户的编号',
      '返回：用户',
    ]);
  });

  test('frames and rules are not spoken, nor are examples of code', () => {
    expect(
      comments('/*********\n * Title *\n *********/\n// ------\n// text\n// ======', 'c'),
    ).toEqual(['Title', 'text']);
    expect(
      comments(
        '/**\n * Does.\n * ```ts\n * no();\n * ```\n * More.\n * @example\n * no();\n *\n * no();\n * @see there\n */',
        'ts',
      ),
    ).toEqual(['Does.', 'More.', 'See: there']);
  });
});

describe('what speaks to tools and lawyers', () => {
  const text =
    '#!/usr/bin/env node\n/* Copyright 2020 A\n * MIT */\n\n// @ts-check\n// Real text\n// eslint-disable-next-line x\nx; // prettier-ignore\n// The license of a user';

  test('is left out by default', () => {
    expect(comments(text, 'javascript')).toEqual(['Real text', 'The license of a user']);
  });

  test('is read on demand', () => {
    const all = read(text, 'javascript', { mode: 'comments', notices: 'read' }).join('|');
    expect(all).toContain('Copyright');
    expect(all).toContain('eslint');
  });

  test.each([
    ['python', '# -*- coding: utf-8 -*-\nx = 1  # noqa: E501\ny  # type: ignore'],
    ['go', '//go:build linux\npackage x //nolint:all'],
    ['csharp', '#region A\n// <auto-generated/>\n//#endregion'],
    [
      'javascript',
      '//# sourceMappingURL=a.js.map\n/* istanbul ignore next */ /* @__PURE__ */ /* webpackChunkName: "x" */',
    ],
    ['shellscript', '#!/bin/sh\n# shellcheck disable=SC2086'],
  ])('%s: %j says nothing', (language, source) => {
    expect(comments(source, language).filter((line) => !line.includes('auto-generated'))).toEqual(
      [],
    );
  });
});

describe('code as prose', () => {
  test.each([
    [
      'typescript',
      'const user = await fetchUserById2(id);',
      'const user equals await fetch user by id 2, id',
    ],
    [
      'typescript',
      'if (a === b && !c) return x => x + 1;',
      'if, a is identical to b and not c, return x arrow x plus 1',
    ],
    [
      'typescript',
      'let m: Map<string, number> = new Map();',
      'let m, map string, number equals new map',
    ],
    [
      'typescript',
      'log(`Hello ${user.firstName}, welcome`)',
      'log, Hello user dot first name, welcome',
    ],
    ['typescript', "say('it\\'s \\u4f60\\n好')", "say, it's 你 好"],
    ['typescript', 'x = -1 - y; i++;', 'x equals minus 1 minus y, i plus plus'],
    ['typescript', 'a < b; a<b>(c)', 'a is less than b, a b, c'],
    ['c', 'int *p = &a; c = a * b;', 'int p equals a, c equals a times b'],
    ['css', 'font-size: 12px;', 'font size, 12px'],
    ['shellscript', 'git commit --amend -m "fix it" | cat', 'git commit amend m fix it, pipe cat'],
    ['kotlin', 'log("Hi ${user.name}!")', 'log, Hi user dot name!'],
    ['ruby', 'puts "#{first_name} #{n}"', 'puts first name n'],
    ['shellscript', 'echo "now $(date) ${HOME}"', 'echo now date ${HOME}'],
    ['python', 'raise E(f"bad {x}", r"raw")', 'raise E, bad {x}, raw'],
    ['python', 'def f(self, x=None):', 'def f, self, x equals none'],
    ['html', '<p class="x">Hello <b>you</b>\n  all</p>', 'Hello you all'],
    ['xml', '<a b="c">d</a>', 'a b equals c'],
  ])('%s: %j', (language, text, expected) => {
    expect(read(text, language)[0]).toBe(expected);
  });

  test('Chinese words where the text is Chinese', () => {
    const said = [
      ...speakable(
        { text: 'if (a === b && !c) x += 1;', format: 'code', codeLanguage: 'js' },
        { readCode, announcements: 'zh' },
      ),
    ];
    expect(said.map(({ spoken }) => spoken.text)).toEqual(['if，a 全等于 b 并且 非 c，x 加等于 1']);
  });

  test('comments, strings of several lines and code in their order', () => {
    const said = segments('// Why\nrun(`first\n  second`); // because', 'typescript');
    expect(said.map(({ kind, spoken }) => [kind, spoken.text])).toEqual([
      ['comment', 'Why'],
      ['code', 'run'],
      ['string', 'first'],
      ['string', 'second'],
      ['comment', 'because'],
    ]);
  });

  test('the text of a page is read, its tags are not in the way', () => {
    const said = segments('<h1>Title</h1>\n<p>Text &amp; more</p><!-- note -->', 'html');
    expect(said.map(({ spoken }) => spoken.text)).toEqual(['Title', 'Text & more', 'note']);
  });
});

test.each(
  'typescript javascript typescriptreact javascriptreact tsx jsx python java c cpp csharp go rust php ruby swift kotlin scala shellscript powershell sql lua r yaml toml ini dockerfile makefile html xml css scss less vue svelte clojure haskell perl dart elixir erlang julia matlab tex latex vb json jsonc objective-c groovy fsharp bat coffeescript'.split(
    ' ',
  ),
)('%s is known', (id) => {
  expect(codeSyntaxOf(id)).toBeDefined();
  expect(codeSyntaxOf(id.toUpperCase())).toBe(codeSyntaxOf(id));
});

test('a syntax of the caller stands in place of ours', () => {
  const syntax = { lineComments: ['§'], blockComments: [{ open: '<<', close: '>>' }] };
  expect(read('a § one\n<< two >> b // no', 'mine', { mode: 'comments', syntax })).toEqual([
    'one',
    'two',
  ]);
});

const piece = fc.constantFrom(
  '//',
  '/*',
  '*/',
  '#',
  '--',
  '"',
  "'",
  '`',
  '${',
  '}',
  '{',
  '"""',
  '\\',
  '\n',
  '\r\n',
  '\r',
  ' ',
  '\t',
  '<',
  '>',
  '/',
  '<!--',
  '-->',
  '<script>',
  '</script>',
  '<?php',
  '?>',
  '<<EOF',
  'EOF',
  'r#"',
  '"#',
  '[[',
  ']]',
  '=begin',
  '@param x',
  '%',
  ';',
  'word',
  'fetchUserById',
  '你好',
  '😀',
  '1.5',
  '===',
  '(',
  ')',
  ':',
  'return',
  '@example',
  '```',
  '\ud800',
  '\0',
  '- ',
);
const source = fc.array(piece, { maxLength: 40 }).map((parts) => parts.join(''));
const language = fc.constantFrom(
  'typescript',
  'python',
  'rust',
  'cpp',
  'php',
  'html',
  'vue',
  'ruby',
  'shellscript',
  'lua',
  'haskell',
  'sql',
  'yaml',
  'tex',
  'csharp',
  undefined,
);

describe('whatever the source', () => {
  test('each segment maps to its characters, in order, within its range', () => {
    fc.assert(
      fc.property(
        source,
        language,
        fc.constantFrom('prose' as const, 'comments' as const),
        (text, id, mode) => {
          let place = 0;
          for (const { spoken, range, block } of segments(text, id, { mode })) {
            expect(range.start).toBeGreaterThanOrEqual(place);
            expect(range.end).toBeLessThanOrEqual(text.length);
            expect(block).toBeLessThanOrEqual(range.start);
            place = range.end;
            const verbatim = spoken.runs.filter((run) => run.verbatim);
            expect(
              verbatim.map((run) => spoken.text.slice(run.spoken.start, run.spoken.end)),
            ).toEqual(verbatim.map((run) => text.slice(run.source.start, run.source.end)));
            expect(
              spoken.runs.every(
                (run) => run.source.start >= range.start && run.source.end <= range.end,
              ),
            ).toBe(true);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  test('read again from a block, the source gives the same segments', () => {
    fc.assert(
      fc.property(source, language, (text, id) => {
        const known = id ?? 'typescript';
        const whole = segments(text, known);
        for (const { block } of whole.slice(0, 6)) {
          const again = segments(text, known, {}, block);
          const expected = whole.filter((segment) => segment.block >= block);
          expect(again.map(({ spoken, range }) => [spoken.text, range])).toEqual(
            expected.map(({ spoken, range }) => [spoken.text, range]),
          );
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe('long sources', () => {
  test('segments stay below 10 kB, also of one line without a space', () => {
    for (const text of [
      'a'.repeat(40_000),
      `// ${'字'.repeat(40_000)}`,
      `"${'x '.repeat(20_000)}"`,
      '(a,'.repeat(20_000),
    ]) {
      const lengths = segments(text, 'typescript').map(({ spoken }) => spoken.text.length);
      expect(Math.max(...lengths)).toBeLessThanOrEqual(10_000);
      expect(lengths.length).toBeGreaterThan(1);
    }
  });

  test('what was made to hurt takes linear time', () => {
    const hurting = [
      '`${',
      '"',
      "'",
      '/*',
      '/',
      '<<EOF\n',
      'r#"',
      '<a "',
      '#',
      '\\"',
      '"""\n',
      '{',
      '// a\n',
      '@param ',
      '<a ',
      '=begin\n',
      "don't ",
    ];
    for (const part of hurting) {
      const text = part.repeat(Math.ceil(20_000 / part.length));
      for (const id of ['typescript', 'python', 'php']) {
        const started = performance.now();
        let count = 0;
        for (const _ of readCode({ text, format: 'code', codeLanguage: id })) count += 1;
        expect(performance.now() - started, `${id} ${JSON.stringify(part)} ${count}`).toBeLessThan(
          1500,
        );
      }
    }
  });
});
