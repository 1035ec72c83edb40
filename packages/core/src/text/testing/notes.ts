import fc from 'fast-check';

const word = fc.constantFrom(
  'alpha',
  'Beta',
  'gamma_delta',
  "it's",
  '3.5',
  'naïve',
  '中文词语',
  '今天',
  'かな',
  'שלום',
  'e\u0301te\u0301',
  '😀',
  'C++',
);
const words = fc.array(word, { minLength: 1, maxLength: 6 }).map((list) => list.join(' '));
const inline = fc.oneof(
  { weight: 4, arbitrary: words },
  words.map((text) => `**${text}**`),
  words.map((text) => `*${text}*`),
  words.map((text) => `~~${text}~~`),
  words.map((text) => `==${text}==`),
  words.map((text) => `[${text}](https://example.com/a_b "title")`),
  words.map((text) => `![${text}](a.png)`),
  word.map((text) => `[[Folder/Note#${text}|${text}]]`),
  fc.constantFrom(
    '`code()`',
    '$x^2$',
    '$\\frac12$',
    '%%hidden%%',
    '[^1]',
    '&amp;',
    '&copy;',
    '\\*',
    '<b>',
    '</b>',
  ),
  fc.constantFrom(
    '#tag',
    '<br>',
    '<!-- c -->',
    'https://example.com/x_y',
    '![[Other]]',
    '[sic]',
    '[ref][r]',
  ),
);
const line = fc.array(inline, { minLength: 1, maxLength: 4 }).map((parts) => parts.join(' '));
const lines = fc.array(line, { minLength: 1, maxLength: 3 });
const paragraph = lines.map((list) => list.join('\n'));

function indented(text: string, indent: string): string {
  return text.replaceAll('\n', `\n${indent}`);
}

const { block } = fc.letrec<{ block: string; leaf: string }>((tie) => ({
  leaf: fc.oneof(
    { weight: 4, arbitrary: paragraph },
    fc
      .tuple(fc.integer({ min: 1, max: 6 }), line)
      .map(([level, text]) => `${'#'.repeat(level)} ${text}`),
    line.map((text) => `${text}\n---`),
    lines.map((list) => `\`\`\`ts\n${list.join('\n\n')}\n\`\`\``),
    lines.map((list) => list.map((text) => `    ${text}`).join('\n')),
    fc
      .array(fc.tuple(words, words), { minLength: 1, maxLength: 3 })
      .map((rows) =>
        ['| a | b |', '|---|:-:|', ...rows.map((row) => `| ${row.join(' | ')} |`)].join('\n'),
      ),
    line.map((text) => `$$\n${text}\n$$`),
    line.map((text) => `%%\n${text}\n\n${text}\n%%`),
    line.map((text) => `<div>${text}\n<p>${text}</p></div>`),
    fc.constantFrom('---', '[r]: https://example.com', '<!-- a\n\nb -->', '![[Other note]]'),
  ),
  block: fc.oneof(
    { maxDepth: 3 },
    { weight: 3, arbitrary: tie('leaf') },
    fc
      .array(tie('block'), { minLength: 1, maxLength: 3 })
      .map((list) => list.map((text) => `- ${indented(text, '  ')}`).join('\n')),
    fc
      .array(tie('block'), { minLength: 1, maxLength: 3 })
      .map((list) =>
        list.map((text, index) => `${index + 1}. ${indented(text, '   ')}`).join('\n\n'),
      ),
    fc
      .array(tie('block'), { minLength: 1, maxLength: 3 })
      .map((list) => `> ${indented(list.join('\n\n'), '> ')}`),
    fc
      .tuple(line, tie('block'))
      .map(([title, text]) => `> [!tip]- ${title}\n> ${indented(text, '> ')}`),
    line.map((text) => `- [x] ${text}\n- [ ] ${text}`),
    tie('block').map((text) => `[^1]: ${indented(text, '    ')}`),
  ),
}));

/** Notes with everything that note-taking hosts know, well written; with any of the three line ends. */
export function note(): fc.Arbitrary<string> {
  return fc
    .tuple(
      fc.constantFrom('', '\uFEFF', '---\ntitle: A note\nlang: en\n---\n'),
      fc.array(block, { minLength: 1, maxLength: 6 }),
      fc.constantFrom('\n\n', '\n', '\n\n\n'),
      fc.constantFrom('\n', '\r\n', '\r'),
    )
    .map(([head, blocks, gap, lineEnd]) => (head + blocks.join(gap)).replaceAll('\n', lineEnd));
}

/** What is left of notes by a careless hand: marks that open nothing, close nothing, or stand anywhere. */
export function brokenNote(): fc.Arbitrary<string> {
  return fc.array(fc.constantFrom(...MARKS), { maxLength: 60 }).map((marks) => marks.join(''));
}

/** Between bars. */
const MARKS = (
  '*¦**¦_¦`¦```¦~~~¦$¦$$¦%%¦[¦]¦](¦)¦![[¦[[¦]]¦|¦|--|--|¦> ¦- ¦1. ¦4) ¦# ¦    ¦\t¦  ¦---¦===¦<¦<div>¦<!--¦-->¦&¦\\¦' +
  '[^1]:¦[a]: b¦> [!note] ¦- [ ] ¦==¦~~¦#x¦^id¦\n¦\n¦\n\n¦\r\n¦\r¦ ¦a¦word¦中文¦😀¦\u0301¦(¦https://x.y/'
).split('¦');
