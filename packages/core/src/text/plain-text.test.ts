import { describe, expect, test } from 'vitest';
import { speakable } from './speakable.ts';

function spoken(text: string): string[] {
  return Array.from(
    speakable({ text, format: 'plain' }, { parentheses: 'keep' }),
    ({ kind, spoken: { text: said } }) => `${kind}: ${said}`,
  );
}

describe('plain text', () => {
  test.each<[name: string, text: string, expected: readonly string[]]>([
    ['nothing', '', []],
    ['white space only', ' \n\t\r\n\u3000\n', []],
    ['a byte order mark', '\uFEFFText.', ['paragraph: Text.']],
    [
      'paragraphs between empty lines',
      'One.\n\nTwo.\n \t\nThree.',
      ['paragraph: One.', 'paragraph: Two.', 'paragraph: Three.'],
    ],
    [
      'lines wrapped by hand',
      'One two\nthree  four\nfive.',
      ['paragraph: One two three four five.'],
    ],
    [
      'all line ends',
      'One\r\ntwo\r\n\r\nthree\rfour\r\rfive',
      ['paragraph: One two', 'paragraph: three four', 'paragraph: five'],
    ],
    ['Chinese lines wrapped by hand', '一行没有\n结束的文字', ['paragraph: 一行没有结束的文字']],
    [
      'Chinese lines that are paragraphs',
      '第一段。\n第二段。\n“第三段。”',
      ['paragraph: 第一段。', 'paragraph: 第二段。', 'paragraph: “第三段。”'],
    ],
    [
      'indented paragraphs',
      '　　第一段有\n两行\n　　第二段',
      ['paragraph: 第一段有两行', 'paragraph: 第二段'],
    ],
    [
      'lines that nobody wrapped',
      `${'word '.repeat(40)}\nNext.`,
      [`paragraph: ${'word '.repeat(40).trim()}`, 'paragraph: Next.'],
    ],
    [
      'bullets',
      '- one\n  more\n* two\n• three',
      ['list-item: one more', 'list-item: two', 'list-item: three'],
    ],
    [
      'numbers',
      '1. one\n2) two\n3、三\n（4）四',
      ['list-item: 1. one', 'list-item: 2) two', 'list-item: 3、三', 'list-item: （4）四'],
    ],
    ['a dash that is none of a list', 'He said\n-no-', ['paragraph: He said -no-']],
    ['Markdown is text', '# a', ['paragraph: # a']],
    ['only emoji', '😀👩‍👩‍👧', ['paragraph: 😀👩‍👩‍👧']],
  ])('%s', (_name, text, expected) => {
    expect(spoken(text)).toEqual(expected);
  });
});

test('a long paragraph comes in segments that touch', () => {
  const text = 'A sentence of a few words. '.repeat(3_000);
  const segments = [...speakable({ text, format: 'plain' })];
  expect(segments.length).toBeGreaterThan(8);
  expect(segments.map(({ range }) => range.start)).toEqual([
    0,
    ...segments.slice(0, -1).map(({ range }) => range.end),
  ]);
  expect(segments.every(({ spoken: said }) => /^A.*words\. ?$/.test(said.text))).toBe(true);
  expect(segments.every(({ block }) => block === 0)).toBe(true);
});
