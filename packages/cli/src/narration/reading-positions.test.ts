import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ReadingPositions } from './reading-positions.ts';

let folder: string;
let positions: ReadingPositions;

beforeEach(async () => {
  folder = path.join(await mkdtemp(path.join(tmpdir(), 'stepvoice-')), 'new');
  positions = new ReadingPositions(folder);
});
afterEach(() => rm(path.dirname(folder), { recursive: true }));

const place = (sourceOffset: number) => ({ file: 'b.md', position: { sourceOffset } });

test('a place is found again, by the files that were read together', async () => {
  await positions.keep(['a.md', 'b.md'], place(10));
  await positions.keep(['c.md'], place(20));
  await positions.keep(['a.md', 'b.md'], place(30));
  expect(await positions.find(['a.md', 'b.md'])).toMatchObject(place(30));
  expect(await positions.find([path.resolve('c.md')])).toMatchObject(place(20));
  expect(await positions.find(['a.md'])).toBeUndefined();
  await positions.forget(['c.md']);
  expect(await positions.find(['c.md'])).toBeUndefined();
});

test('nobody else can read it', async () => {
  await positions.keep(['a.md'], place(1));
  const { mode } = await stat(path.join(folder, 'positions.json'));
  expect(mode & 0o777).toBe(process.platform === 'win32' ? mode & 0o777 : 0o600);
});

test('only the newest are remembered', async () => {
  for (let book = 0; book < 203; book += 1) await positions.keep([`${book}.md`], place(book));
  const stored = JSON.parse(await readFile(path.join(folder, 'positions.json'), 'utf8')) as object;
  expect(Object.keys(stored)).toHaveLength(200);
  expect(await positions.find(['202.md'])).toBeDefined();
});

test.each(['', '[1]', '{"x": 3}', '{"x": {"file": "a", "savedAt": 1}}', 'null'])(
  'a file that holds %j is as none',
  async (content) => {
    await positions.keep(['a.md'], place(1));
    await writeFile(path.join(folder, 'positions.json'), content);
    expect(await positions.find(['a.md'])).toBeUndefined();
    await positions.keep(['a.md'], place(2));
    expect(await positions.find(['a.md'])).toMatchObject(place(2));
  },
);

test('where nothing can be kept, nothing is', async () => {
  await writeFile(folder, 'a file stands where the folder should be');
  await positions.keep(['a.md'], place(1));
  expect(await positions.find(['a.md'])).toBeUndefined();
});
