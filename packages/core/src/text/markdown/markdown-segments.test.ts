import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { speakable } from '../speakable.ts';
import type { SpeakableOptions } from '../speakable-options.ts';
import { readCode } from '../code/read-code.ts';
import type { SpokenSegment } from '../spoken-segment.ts';

function segments(text: string, options: SpeakableOptions = {}): SpokenSegment[] {
  return [...speakable({ text, format: 'markdown' }, options)];
}

/** Kind with its level, and what is spoken. */
function spoken(text: string, options: SpeakableOptions = {}): string[] {
  return segments(text, options).map(
    ({ kind, level, spoken: { text: said } }) => `${kind}${level === 0 ? '' : level}: ${said}`,
  );
}

describe('blocks', () => {
  test.each<[name: string, text: string, expected: readonly string[]]>([
    [
      'headings',
      '# One *two* ##\n\nThree\n===\nFour\n---',
      ['heading1: One two', 'heading1: Three', 'heading2: Four'],
    ],
    ['wrapped lines', 'One\ntwo  \nthree\\\nfour', ['paragraph: One two, three, four']],
    [
      'meant line ends',
      '**甲：**一  \r\n二 \r\n三\\\r\n四！  \r\n五',
      ['paragraph: 甲：一，二三，四！五'],
    ],
    [
      'Chinese lines',
      '第一行\n第二行，\nEnglish\n第三行',
      ['paragraph: 第一行第二行，English 第三行'],
    ],
    [
      'line ends',
      'One\r\ntwo\\\r\nthree\r\n\r\nfour\rfive\r\rsix',
      ['paragraph: One two, three', 'paragraph: four five', 'paragraph: six'],
    ],
    [
      'bullets',
      '- one\n  more\n\n  again\n- two\n  * three',
      ['list-item1: one more', 'list-item1: again', 'list-item1: two', 'list-item2: three'],
    ],
    [
      'numbers',
      '1. one\n2. two\n\n7) seven',
      ['list-item1: 1. one', 'list-item1: 2. two', 'list-item1: 7. seven'],
    ],
    ['tasks', '- [x] one\n- [ ] two', ['list-item1: Done: one', 'list-item1: To do: two']],
    [
      'Chinese tasks',
      '- [x] 买菜和做饭\n- [ ] 写信给朋友',
      ['list-item1: 已完成：买菜和做饭', 'list-item1: 待办：写信给朋友'],
    ],
    ['quotes', '> one\n> two\nthree\n>\n> > four', ['quote1: one two three', 'quote2: four']],
    ['a list in a quote', '> 1. one\n> 2. two', ['list-item1: 1. one', 'list-item1: 2. two']],
    [
      'a callout',
      '> [!warning]- Mind *the* gap\n> It is wide.\n>\n> - very',
      ['callout1: Mind the gap', 'callout1: It is wide.', 'list-item1: very'],
    ],
    ['a callout without a title', '> [!tip]\n> Text.', ['callout1: Tip', 'callout1: Text.']],
    ['a link that is no callout', '> [!] Text.', ['quote1: [!] Text.']],
    [
      'a table',
      '| Name | Age |\n|:--|--:|\n| Ann \\| Bob | 5 |\n| **Eve** |',
      ['table: Name, Age', 'table: Ann | Bob, 5', 'table: Eve'],
    ],
    [
      'a Chinese table',
      '| 名字 | 年龄 |\n|---|---|\n| 小明 | 五岁 |',
      ['table: 名字，年龄', 'table: 小明，五岁'],
    ],
    ['a table of names', '| a |\n|---|\n| [[x\\|y]], `b\\|c` |', ['table: a', 'table: y, b|c']],
    ['items without words', '- [ ] \n- \n\n1. %%x%%\n2. a', ['list-item1: 2. a']],
    [
      'code',
      '```ts title="a"\nlet a;\n\nlet b;\n```\n\n    a\n    b',
      ['code: Code block, TypeScript, 3 lines.', 'code: Code block, 2 lines.'],
    ],
    [
      'code in a Chinese text',
      '这是一段中文。\n\n```py\na\n```',
      ['paragraph: 这是一段中文。', 'code: 代码块，Python，1 行。'],
    ],
    ['code that is not closed', '~~~\na\n\n# b', ['code: Code block, 3 lines.']],
    [
      'code of a name that no language has',
      '```constructor\na\n```',
      ['code: Code block, constructor, 1 line.'],
    ],
    [
      'a formula',
      '$$\n\\sum x\n$$\n\nand\n\n$$x$$',
      ['math: Formula.', 'paragraph: and', 'math: Formula.'],
    ],
    ['a formula that is not closed', '$$\nx\n\nText.', ['math: Formula.', 'paragraph: Text.']],
    [
      'pictures and embeds',
      '![A cat](cat.png)\n\n![](x.png)\n\n![[cat.png]]\n\n![[cat.png|A dog]]\n\n![[Note#Part]]',
      ['image: A cat', 'image: A dog', 'embed: Embedded: Note Part'],
    ],
    [
      'HTML',
      '<div>One <b>two</b> &amp; three<br>four<script>var x</script></div>\n<p>five',
      ['html: One two & three', 'html: four', 'html: five'],
    ],
    ['comments', '<!-- a\n\nb -->\n\n%%\nc\n\nd\n%%\nText.', ['paragraph: Text.']],
    ['a comment that is not closed', '%%\nOne.\n\nTwo.', ['paragraph: One.', 'paragraph: Two.']],
    [
      'footnotes and definitions',
      'Text[^1].\n\n[^1]: Note.\n    More.\n\n[a]: http://b.example\n  "title"\nEnd.',
      ['paragraph: Text.', 'paragraph: End.'],
    ],
    ['rules', 'One\n\n---\n\n***\nTwo', ['paragraph: One', 'paragraph: Two']],
  ])('%s', (_name, text, expected) => {
    expect(spoken(text)).toEqual(expected);
  });

  test.each<[name: string, text: string, expected: readonly string[]]>([
    ['is left out', '---\ntitle: x\n---\nText.', ['paragraph: Text.']],
    ['behind a byte order mark', '\uFEFF---\r\ntitle: x\r\n...\r\nText.', ['paragraph: Text.']],
    ['may be empty', '---\n---\nText.', ['paragraph: Text.']],
    [
      'that is not closed is text',
      '---\ntitle: x\n\nText.',
      ['paragraph: title: x', 'paragraph: Text.'],
    ],
    [
      'is none where it is prose',
      '---\nSome prose here\n---\nText.',
      ['heading2: Some prose here', 'paragraph: Text.'],
    ],
    [
      'stands at the beginning only',
      'Text.\n\n---\nkey: x\n---',
      ['paragraph: Text.', 'heading2: key: x'],
    ],
  ])('front matter %s', (_name, text, expected) => {
    expect(spoken(text)).toEqual(expected);
  });

  test('front matter tells the language', () => {
    const [segment] = segments('---\nlang: fr-CA\n---\nOui.');
    expect(segment?.language).toBe('fr-CA');
  });
});

describe('inline', () => {
  test.each([
    ['**One** _two_ ***three*** ~~four~~ ==five==', 'One two three four five'],
    ['a_b_c 2*3*4 5 * 6', 'a_b_c 234 5 * 6'],
    ['**要点：**正文，**“引文”**后文', '要点：正文，“引文”后文'],
    ['`code()` and `` a`b ``', 'code() and a`b'],
    ['[label *x*](http://a.example "t") [](u) <b>bold</b>', 'label x bold'],
    ['[sic] a[0][1] [x][nope]', '[sic] a[0][1] [x][nope]'],
    ['[foo] [bar][] [baz][FOO]\n\n[foo]: u\n[Bar]: v', 'foo bar baz'],
    [
      '[[Note]] [[Dir/Note#Part]] [[Note|alias]] [[#Part]] [[Note#^id]]',
      'Note Note Part alias Part Note',
    ],
    ['\\*no\\* &lt; &copy; &#x4E2D; &eacute; &nosuch;', '*no* < © 中 é &nosuch;'],
    ['one%%two%% three <!-- four -->five', 'one three five'],
    ['#tag #nested/tag #1 C# a#b', 'tag nested/tag #1 C# a#b'],
    ['end ^block-id', 'end'],
    ['2^n ^', '2^n ^'],
    [
      '$x$, $n+1$, $x^2$, $x_1$, $\\alpha$, $\\frac12$, $$E=mc^2$$',
      'x, n+1, x squared, x 1, alpha, formula, E=mc squared',
    ],
    ['$5 and $6, or 3$', '$5 and $6, or 3$'],
    ['$ 5 $ and \\$6$', '$ 5 $ and $6$'],
    ['^[an aside] x', 'x'],
    ['see https://example.com/a_b_c/ *now*', 'see example.com a b c now'],
    ['<ruby>漢字<rt>かんじ</rt></ruby>を<br>読む', '漢字を読む'],
    ['![a.png](a.png) ![Cat|300](a.png) ![300](a.png)', 'Cat'],
    ['e\u0301te\u0301 **שלום** مرحبا 👩‍👩‍👧', 'e\u0301te\u0301 שלום مرحبا 👩‍👩‍👧'],
  ])('%s', (text, expected) => {
    expect(segments(text, { parentheses: 'keep' })[0]?.spoken.text).toBe(expected);
  });

  test('marks that nothing follows are text', () => {
    expect(spoken('* *\n\n**a\n\n[b](c\n\n`d\n\n==e\n\n[[f', { parentheses: 'keep' })).toEqual([
      'paragraph: **a',
      'paragraph: [b](c',
      'paragraph: `d',
      'paragraph: ==e',
      'paragraph: [[f',
    ]);
  });
});

describe('policies', () => {
  const text = [
    '---\nkey: value\n---\n# Title\n\nText [link](u) `code` #tag ~~old~~ $\\frac12$ %%aside%% note[^1] ![cat](c) ![[Note]]',
    '- item\n- [x] task',
    '> quote',
    '> [!tip] Callout\n> body',
    '| a | b |\n|---|---|\n| c | d |',
    '```\ncode\n```',
    '$$\nx\n$$',
    '<p>html</p>',
    '<!-- comment -->',
    '[^1]: foot',
  ].join('\n\n');

  function all(policy: 'read' | 'skip' | 'announce'): string[] {
    const kinds =
      'heading list task quote callout table codeBlock inlineCode math link url image embed html comment tag ' +
      'footnote frontMatter strikethrough';
    const policies = Object.fromEntries(kinds.split(' ').map((kind) => [kind, policy]));
    return spoken(text, { policies, readCode });
  }

  test('read everything', () => {
    expect(all('read')).toEqual([
      'front-matter: key: value',
      'heading1: Title',
      'paragraph: Text link code tag old \\frac12 aside note cat Note',
      'list-item1: item',
      'list-item1: task',
      'quote1: quote',
      'callout1: Callout',
      'callout1: body',
      'table: a, b',
      'table: c, d',
      expect.stringContaining('code'),
      'math: x',
      'html: html',
      'comment: comment',
      'footnote: foot',
    ]);
  });

  test('announce everything', () => {
    expect(all('announce')).toEqual([
      'front-matter: Front matter.',
      'heading1: Heading 1: Title',
      'paragraph: Text link link code tag tag deleted: old formula comment note footnote Image: cat Embedded: Note',
      'list-item1: Item: item',
      'list-item1: Item: Done: task',
      'quote1: Quote: quote',
      'callout1: Tip: Callout',
      'callout1: body',
      'table: Table, 2 columns, 1 row.',
      'code: Code block, 1 line.',
      'math: Formula.',
      'html: HTML.',
      'comment: comment',
      'footnote: Footnote 1: foot',
    ]);
  });

  test('skip everything but the prose', () => {
    expect(all('skip')).toEqual(['paragraph: Text note']);
    expect(spoken('Text\n\n- item', { policies: { paragraph: 'skip' } })).toEqual([
      'list-item1: item',
    ]);
  });

  test('announce in the language asked for', () => {
    expect(spoken('Text\n\n```js\na\n```', { announcements: 'zh' })).toEqual([
      'paragraph: Text',
      'code: 代码块，JavaScript，1 行。',
    ]);
    expect(spoken('中文文字。\n\n```js\na\n```', { announcements: 'en' })[1]).toBe(
      'code: Code block, JavaScript, 1 line.',
    );
  });

  test('say the heading of each cell', () => {
    const table = '| Name | Age |\n|---|---|\n| Ann | |\n| | 5 |';
    expect(spoken(table, { tableHeadings: true })).toEqual(['table: Name: Ann', 'table: Age: 5']);
  });

  test('read code in the place where it stands', () => {
    const source = '> ```ts\n> // Say hello there.\n> ```\n\n```ts\n// And good bye.\n```';
    for (const { spoken: said, range } of segments(source, {
      policies: { codeBlock: 'read' },
      readCode,
    })) {
      const { start, end } = said.toSource({ start: 0, end: said.text.length });
      expect(start).toBeGreaterThanOrEqual(range.start);
      expect(source.slice(start, end)).toContain(said.text.split(' ').at(-1));
    }
  });
});

test('no word of prose is lost, and all come in their order', () => {
  const words = fc.array(fc.constantFrom('w', 'ww', '词'), { minLength: 1, maxLength: 5 });
  const shape = fc.constantFrom(
    (text: string) => text,
    (text: string) => `# ${text}`,
    (text: string) => `${text}\n===`,
    (text: string) => `- ${text}\n\n  ${text}`,
    (text: string) => `3. ${text}\n   1. ${text}`,
    (text: string) => `> ${text}\n${text}`,
    (text: string) => `> [!note] ${text}\n> ${text}\n> > ${text}`,
    (text: string) => `| ${text} |\n|---|\n| ${text} |`,
    (text: string) => `**${text}** [${text}](u) [[x|${text}]] ~~${text}~~ ==${text}== \`${text}\``,
    (text: string) => `<div>${text}<br>${text}</div>`,
    (text: string) => `- [ ] ${text}`,
    (text: string) => `${text} [${text}] (${text}) <b>${text}</b> *${text}`,
    (text: string) => `[^${text.length}]: ${text}`,
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(words, shape), { minLength: 1, maxLength: 8 }), (parts) => {
      let count = 0;
      const text = parts
        .map(([list, make]) => make(list.map((word) => `${word}N`).join(' ')))
        .join('\n\n')
        .replaceAll('N', () => `q${(count += 1)}`);
      const said = segments(text, { policies: { footnote: 'read' } }).map(
        (found) => found.spoken.text,
      );
      const numbers = said.join(' ').match(/q\d+/g) ?? [];
      expect(numbers).toEqual(Array.from({ length: count }, (_, index) => `q${index + 1}`));
    }),
    { numRuns: 100 },
  );
});
