import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { UsageError } from '../cli-error.ts';
import type { CommandContext } from '../command-context.ts';
import { createTranslate } from '../language/translate.ts';
import { readChapters } from './read-chapters.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'stepvoice-'));
});
afterEach(() => rm(folder, { recursive: true }));

function context(piped = ''): CommandContext {
  const stdin = Readable.from([Buffer.from(piped)]);
  return { t: createTranslate('en'), terminal: { stdin } } as unknown as CommandContext;
}

async function write(name: string, content = 'Text.'): Promise<string> {
  const file = path.join(folder, name);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, content);
  return file;
}

function read(...names: string[]) {
  return readChapters(names, {}, context());
}

test.each([
  ['note.md', { format: 'markdown' }],
  ['note.TXT', { format: 'plain' }],
  ['README', { format: 'plain' }],
  ['main.py', { format: 'code', codeLanguage: 'python' }],
])('%s is read as what its name says', async (name, kind) => {
  const [chapter] = await read(await write(name));
  expect(chapter?.source).toEqual({ text: 'Text.', ...kind });
});

test('what a name says can be overruled', async () => {
  const file = await write('note.html');
  const [chapter] = await readChapters([file], { as: 'plain' }, context());
  expect(chapter?.source.format).toBe('plain');
  await expect(readChapters([file], { as: 'prose' }, context())).rejects.toThrow(UsageError);
});

test.each([
  ['# The lake\n\nText.', 'The lake'],
  ['---\ntitle: x\n---\n\n## 湖 ##\r\nText.', '湖'],
  ['Text.\n\n# Later', 'note'],
  ['---\nnever closed\n# No', 'note'],
])('the title of %j is %s', async (content, title) => {
  const [chapter] = await read(await write('note.md', content));
  expect(chapter?.title).toBe(title);
});

test('standard input is Markdown', async () => {
  const [chapter] = await readChapters(['-'], {}, context('# 湖\n\n你好。'));
  expect(chapter).toEqual({
    title: '湖',
    file: '-',
    source: { text: '# 湖\n\n你好。', format: 'markdown' },
  });
});

describe('a folder', () => {
  test('is read in the order of its numbers, its own files first', async () => {
    const names = ['10 end.md', '2 middle.txt', '1 begin.md', path.join('1 notes', 'a.md')];
    for (const name of [...names, 'picture.png', '.hidden.md', path.join('.git', 'x.md')]) {
      await write(name);
    }
    const chapters = await read(folder);
    expect(chapters.map(({ file }) => path.relative(folder, file))).toEqual([
      '1 begin.md',
      '2 middle.txt',
      '10 end.md',
      path.join('1 notes', 'a.md'),
    ]);
  });

  test('without a text is refused', async () => {
    await write('picture.png');
    await expect(read(folder)).rejects.toThrow(/no Markdown or text/);
  });
});

test.each(['book.pdf', 'page.html', 'data.bin'])('%s is refused by its name', async (name) => {
  await expect(read(await write(name))).rejects.toThrow(name);
});

test('bytes that are no text are refused, with the name of the file', async () => {
  const file = path.join(folder, 'note.md');
  await writeFile(file, Uint8Array.of(0xff, 0xfe, 0x00, 0xd8, 0x00));
  await expect(read(file)).rejects.toThrow(/note\.md/);
});

test('a file that is not there is refused', async () => {
  await expect(read('nowhere.md')).rejects.toThrow(/nowhere\.md/);
});
