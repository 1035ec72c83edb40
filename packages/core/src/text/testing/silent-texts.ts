import { readCode } from '../code/read-code.ts';
import type { SpeakableOptions } from '../speakable-options.ts';
import type { TextSource } from '../spoken-segment.ts';

type SilentText = {
  readonly name: string;
  readonly source: TextSource;
  readonly options: SpeakableOptions;
};

/** Texts of a length of which nothing is said, or nothing from a sentence on. */
export function silentTexts(length: number): SilentText[] {
  const repeated = (text: string) => text.repeat(Math.ceil(length / text.length));
  const note = (name: string, text: string, policies: SpeakableOptions['policies'] = {}) => ({
    name,
    source: { text, format: 'markdown' as const },
    options: { policies },
  });
  const plain = (name: string, text: string) => ({
    name,
    source: { text, format: 'plain' as const },
    options: {},
  });
  const code = (name: string, text: string) => ({
    name,
    source: { text, format: 'code' as const, codeLanguage: 'typescript' },
    options: { readCode, code: { mode: 'comments' as const } },
  });
  return [
    note('comments', repeated('<!-- a comment -->\n\n')),
    note('comments of several lines', repeated('%%\na comment\n%%\n\n')),
    note('comments behind a link', `See [x].\n\n${repeated('<!-- a comment -->\r\n\r\n')}`),
    note('comments in a quote', repeated('> <!-- a comment -->\n>\n')),
    note('definitions of links', repeated('[a]: https://example.com/x "t"\n')),
    note('pieces of code', repeated('```js\nconst a = 1;\n```\n\n'), { codeBlock: 'skip' }),
    note('a table', `| a | b |\n|---|---|\n${repeated('|  |  |\n')}`, { table: 'skip' }),
    note('empty items', repeated('- <!-- a comment -->\n')),
    note('footnotes', repeated('[^a]: a note\n\n')),
    note('a footnote', `[^a]: a note\n\n${repeated('    of paragraphs\n\n')}`),
    note('tags', `<div>\n${repeated('<b></b>\n')}</div>`),
    note('pictures', repeated('![](a.png)\n\n')),
    note('rules', repeated('---\n\n')),
    plain('blank lines', repeated('\r\n')),
    plain('drawings', repeated('-----\n\n')),
    plain('one long drawing', repeated('-')),
    code('code', repeated('const a = b + 1;\n')),
    code('strings', repeated('a("b") ')),
  ];
}
