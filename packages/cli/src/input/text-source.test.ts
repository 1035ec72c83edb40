import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createTranslate } from '../language/translate.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { findText } from './text-source.ts';
import type { TextArguments } from './text-source.ts';

const t = createTranslate('en');
let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'stepvoice-test-'));
  file = path.join(folder, 'notes.txt');
  await writeFile(file, 'from the file\n');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function find(given: Partial<TextArguments>, stdin = new PassThrough(), isTTY = false) {
  const terminal = { stdin: Object.assign(stdin, { isTTY }) } as unknown as Terminal;
  return findText({ words: [], ...given }, terminal, t);
}

test('one word that names a file is that file', async () => {
  expect(await find({ words: [file] })).toEqual({ kind: 'whole', text: 'from the file\n' });
  expect(await find({ file })).toEqual({ kind: 'whole', text: 'from the file\n' });
});

test('anything else is the text', async () => {
  expect(await find({ words: ['hello', 'there'] })).toMatchObject({ text: 'hello there' });
  expect(await find({ words: ['你好'] })).toMatchObject({ text: '你好' });
  expect(await find({ text: file })).toEqual({ kind: 'whole', text: file });
  expect(await find({ words: ['x'.repeat(10_000)] })).toMatchObject({ kind: 'whole' });
  expect(await find({ words: ['a\0b'] })).toMatchObject({ text: 'a\0b' });
});

test('a name without a file is spoken, and said so', async () => {
  const source = await find({ words: [path.join(folder, 'typo.txt')] });
  expect(source).toMatchObject({
    kind: 'whole',
    note: expect.stringMatching(/no file .*typo\.txt/),
  });
  expect(await find({ words: ['Hello.'] })).toMatchObject({ note: undefined });
});

test('a folder, a missing file, a file among words and two texts are refused', async () => {
  await expect(find({ words: [folder] })).rejects.toMatchObject({
    message: expect.stringContaining('is a folder'),
    advice: expect.stringContaining('--text'),
  });
  await expect(find({ file: path.join(folder, 'none') })).rejects.toThrow(/cannot be read/);
  await expect(find({ words: ['read', file] })).rejects.toThrow(/stands among other words/);
  await expect(find({ words: ['a'], text: 'b' })).rejects.toThrow(/more than one text/);
  await expect(find({ text: 'a', file })).rejects.toThrow(/more than one text/);
});

test('standard input is read piece by piece', async () => {
  for (const given of [{ words: ['-'] }, { file: '-' }, {}]) {
    const stdin = new PassThrough();
    const source = await find(given, stdin);
    if (source.kind !== 'stream') throw new Error('not a stream');
    const pieces = source.pieces[Symbol.asyncIterator]();
    stdin.write(Buffer.from('你好').subarray(0, 4));
    expect(await pieces.next()).toEqual({ value: '你', done: false });
    stdin.end(Buffer.from('你好').subarray(4));
    expect(await pieces.next()).toEqual({ value: '好', done: false });
    expect((await pieces.next()).done).toBe(true);
  }
});

test('a terminal is read only where it was asked for', async () => {
  await expect(find({}, new PassThrough(), true)).rejects.toThrow(/nothing to say/);
  expect(await find({ words: ['-'] }, new PassThrough(), true)).toMatchObject({ kind: 'stream' });
});
