import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { UsageError } from '../cli-error.ts';
import { createTranslate } from '../language/translate.ts';
import { readCast } from './cast.ts';

const t = createTranslate('en');
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'stepvoice-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function file(content: string): Promise<string> {
  const name = path.join(folder, 'cast.json');
  await writeFile(name, content);
  return name;
}

test('pairs, several in one, several times', async () => {
  expect(
    await readCast(['Anna=linjiajiejie, 老王=cixingnansheng', 'Bo = yuanqinansheng'], t),
  ).toEqual({
    Anna: { voice: 'linjiajiejie' },
    老王: { voice: 'cixingnansheng' },
    Bo: { voice: 'yuanqinansheng' },
  });
});

test('a file with voices and what they have of their own', async () => {
  const name = await file(
    '{"Anna": "linjiajiejie", "Bo": {"voice": "yuanqinansheng", "speed": 0.9, "instruction": "tired"}}',
  );
  expect(await readCast([name, 'Anna=other'], t)).toEqual({
    Anna: { voice: 'other' },
    Bo: { voice: 'yuanqinansheng', speed: 0.9, instruction: 'tired' },
  });
});

test('nothing is an empty cast', async () => {
  expect(await readCast([], t)).toEqual({});
});

test.each([['Anna='], ['=voice'], ['Anna=x,,Bo=y']])('%s is refused', async (value) => {
  await expect(readCast([value], t)).rejects.toThrow(UsageError);
});

test.each([
  ['[]', /an object/],
  ['{"Anna": 3}', /“Anna”/],
  ['{"Anna": {"voice": "x", "sped": 1}}', /“Anna.sped”/],
  ['{"Anna": {"speed": "fast"}}', /“Anna.speed”/],
  ['{', /cast\.json/],
])('a file with %s is refused, and the message names the place', async (content, said) => {
  await expect(readCast([await file(content)], t)).rejects.toThrow(said);
});

test('a file that is not there is named', async () => {
  await expect(readCast(['nowhere.json'], t)).rejects.toThrow(/nowhere\.json/);
});
