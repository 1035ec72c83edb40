import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stripMarkdown } from './markdown-filter.ts';

test.each([
  ['# 标题', '标题'],
  ['## Heading ##', 'Heading'],
  ['这是**重点**，很_重要_。', '这是**重点**，很_重要_。'.replaceAll('*', '')],
  ['a _word_ b', 'a word b'],
  ['***both*** and __bold__', 'both and bold'],
  ['[文档](https://example.com/a "标题")在这里', '文档在这里'],
  ['![图](a.png)和[引用][1]', '图和引用'],
  ['[1]: https://example.com', ''],
  ['- 一\n* 二\n+ 三\n1. 四\n2) 五', '一\n二\n三\n四\n五'],
  ['- [x] done', 'done'],
  ['> 引用\n> > 更深', '引用\n更深'],
  ['用 `npm test` 运行', '用 npm test 运行'],
  ['``a ` b``', 'a ` b'],
  ['```ts\nconst a = 1 * 2;\n# no heading\n```\n完', 'const a = 1 * 2;\n# no heading\n完'],
  ['| 名 | 值 |\n|---|:-:|\n| a | 1 |', '名, 值\na, 1'],
  ['上\n\n---\n\n下', '上\n\n\n下'],
  ['~~旧~~新', '旧新'],
  ['<b>粗</b><!-- 注 -->体', '粗体'],
  ['\\*不是强调\\*', '*不是强调*'],
  ['<https://example.com>', 'https://example.com'],
])('%j is spoken as %j', (markdown, spoken) => {
  expect(stripMarkdown(markdown)).toBe(spoken);
});

test.each([
  '2 * 3 * 4 = 24',
  'snake_case_name',
  '价格是 5 < 6 > 4',
  'a - b',
  '#标签',
  '（括号）[方]',
  '3.5 元',
  '',
])('%j is no Markdown', (text) => {
  expect(stripMarkdown(text)).toBe(text);
});

test('takes time in proportion to the text', () => {
  for (const hostile of [
    '*',
    '_',
    '`',
    '[',
    '![',
    '<',
    '|',
    '~',
    '> ',
    '\\',
    '[a](',
    '**a',
    '- ',
  ]) {
    const started = performance.now();
    stripMarkdown(hostile.repeat(4000));
    expect(performance.now() - started, hostile).toBeLessThan(500);
  }
});

test('letters are neither lost nor invented', () => {
  const letters = (text: string) => text.replace(/[^ab语]/g, '');
  // Without three marks in a row, which would open a fence, and without brackets and angles, whose addresses and tags do go.
  const unit = fc.constantFrom(...Array.from('ab语 *_`~#>|-\\\n'));
  fc.assert(
    fc.property(
      fc.string({ unit }).filter((text) => !/`{3}|~{3}/.test(text)),
      (text) => {
        expect(letters(stripMarkdown(text))).toBe(letters(text));
      },
    ),
  );
});
