import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { AuthenticationError } from '@stepvoice/core';
import { SPEECH_PRICES } from '@stepvoice/core/narration';
import { openRenderFiles } from '@stepvoice/core/node';
import type { Speech } from '@stepvoice/core/node';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { CliError, UsageError } from '../cli-error.ts';
import type { CommandContext } from '../command-context.ts';
import type { BookFile, NarrateOptions } from '../commands/narrate-options.ts';
import { createTranslate } from '../language/translate.ts';
import { openCache, renderBook } from './render-book.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'stepvoice-test-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const context = {
  t: createTranslate('en'),
  terminal: { stderr: { isTTY: false, write: () => true }, env: {} },
  signal: new AbortController().signal,
} as unknown as CommandContext;

/** Lets nobody in. */
const speech = {
  stream() {
    throw new AuthenticationError('No.', { code: 'invalid_api_key', status: 401 });
  },
} as unknown as Speech;

function render(name: string, { text = 'Hello.', replace = false } = {}): Promise<unknown> {
  const file: BookFile = {
    path: path.join(folder, name),
    format: 'wav',
    bitrate: 64,
    beside: [],
    artist: undefined,
    replace,
  };
  const options = {
    voice: { voice: 'v', model: 'stepaudio-2.5-tts' },
    cast: {},
    text: {},
    sampleRate: 24_000,
    prices: SPEECH_PRICES,
    quiet: true,
  } as unknown as NarrateOptions;
  const chapters = [{ title: 'A', file: 'a.md', source: { text, format: 'plain' as const } }];
  return renderBook(
    { options, file, chapters, speech, cache: undefined, scope: '' },
    context,
  ).catch((error: unknown) => error);
}

test('a file that is there is not lost', async () => {
  await writeFile(path.join(folder, 'x.wav'), 'mine');
  const error = await render('x.wav');
  expect(error).toBeInstanceOf(UsageError);
  expect(error).toMatchObject({
    message: expect.stringMatching(/x\.wav exists already/),
    advice: expect.stringMatching(/--force/),
  });
});

test.each([
  ['none/x.wav', /does not exist/],
  ['folder.wav', /folder|exists already/],
])('%s cannot be written, and nothing is there to go on with', async (name, reason) => {
  await mkdir(path.join(folder, 'folder.wav'));
  const error = await render(name);
  expect(error).toBeInstanceOf(CliError);
  expect(error).toMatchObject({ message: expect.stringMatching(reason) });
  expect((error as CliError).advice ?? '').not.toMatch(/goes on/);
});

test('what fails before anything was spoken leaves nothing, and another text may follow', async () => {
  expect(await render('x.wav')).toBeInstanceOf(AuthenticationError);
  expect(await readdir(folder)).toEqual([]);
  expect(await render('x.wav', { text: 'Something else.' })).toBeInstanceOf(AuthenticationError);
});

test('what another text has begun is not gone on with', async () => {
  await writeFile(path.join(folder, 'x.wav'), 'RIFF and what another text has begun');
  const error = await render('x.wav');
  expect(error).toBeInstanceOf(UsageError);
  expect(error).toMatchObject({ advice: expect.stringMatching(/--force/) });
  expect(await render('x.wav', { replace: true })).toBeInstanceOf(AuthenticationError);
});

test('a file that somebody else is writing is left alone', async () => {
  await using other = await openRenderFiles(path.join(folder, 'x.wav'), { beside: [] });
  expect(other).toBeDefined();
  expect(await render('x.wav')).toMatchObject({
    message: expect.stringMatching(/Another process is writing/),
  });
});

test('a folder that cannot keep speech is told once', async () => {
  const file = path.join(folder, 'file');
  await writeFile(file, '');
  const notes: string[] = [];
  const cache = openCache(
    { cacheFolder: file } as NarrateOptions,
    (note) => notes.push(note),
    context,
  );
  for (const key of ['a'.repeat(64), 'b'.repeat(64)]) await cache?.set(key, Uint8Array.of(1));
  expect(notes).toEqual([expect.stringMatching(/^Speech cannot be kept in .*file: .*\.$/)]);
});
