import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ServiceError } from '@stepvoice/core/node';
import type { TranscriptionEvent } from '@stepvoice/core/node';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CommandContext } from '../command-context.ts';
import { createTranslate } from '../language/translate.ts';
import { listenLive } from './listen-live.ts';
import type { LiveTranscription } from './listen-live.ts';
import { TranscriptDraft } from './transcript-draft.ts';
import type { TranscriptFormat } from './transcript-format.ts';
import { TranscriptView } from './transcript-view.ts';
import { TranscriptWriter } from './transcript-writer.ts';

let folder: string;
let out: string;
let context: CommandContext;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'stepvoice-test-'));
  out = '';
  const stdout = {
    write: (text: string, done: (error?: Error) => void) => {
      out += text;
      done();
    },
  };
  const terminal = { stdout, stderr: { isTTY: false, write: () => true }, env: {} };
  context = { terminal, t: createTranslate('en') } as unknown as CommandContext;
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const facts = (complete: boolean) => ({
  model: 'm',
  complete,
  usedTokens: undefined,
  timestamps: true,
});
const partial = (segment: number, text: string): TranscriptionEvent => ({
  type: 'partial',
  segment,
  text,
});
const final = (segment: number, text: string): TranscriptionEvent => ({
  type: 'final',
  segment,
  text,
  startMs: segment * 1000,
  endMs: segment * 1000 + 900,
  words: [],
});

async function open(format: TranscriptFormat, name?: string) {
  const view = new TranscriptView(context, { quiet: false });
  const target = {
    format,
    path: name === undefined ? undefined : path.join(folder, name),
    force: false,
  };
  return { view, writer: await TranscriptWriter.open(target, view, context) };
}

test('text is printed as it becomes final, in order', async () => {
  const { writer } = await open('text');
  const draft = new TranscriptDraft();
  for (const event of [partial(0, 'on'), partial(1, 'tw'), final(1, 'two')]) draft.push(event);
  await writer.update(draft);
  expect(out).toBe('');
  draft.push(final(0, 'one'));
  await writer.update(draft);
  expect(out).toBe('one\ntwo\n');
  await writer.finish(draft, facts(true));
  expect(out).toBe('one\ntwo\n');
});

test.each<[TranscriptFormat, string, RegExp]>([
  ['text', 'x.txt', /^one\nand the beg\n$/],
  ['srt', 'x.srt', /-->[^]*one[^]*-->[^]*and the beg/],
  ['json', 'x.json', /"complete": false[^]*"final": false/],
])('of %s that broke off, all that was understood stays', async (format, name, expected) => {
  const { writer } = await open(format, name);
  const draft = new TranscriptDraft();
  draft.push(final(0, 'one'));
  await writer.update(draft);
  draft.push(partial(1, 'and the beg'));
  const kept = await writer.abandon(draft, facts(false));
  expect(kept).toBe(path.join(folder, `x.part${path.extname(name)}`));
  expect(await readFile(kept ?? '', 'utf8')).toMatch(expected);
  expect(await readdir(folder)).toEqual([path.basename(kept ?? '')]);
});

test('nothing understood, nothing left behind', async () => {
  const { writer } = await open('json', 'x.json');
  expect(await writer.abandon(new TranscriptDraft(), facts(false))).toBeUndefined();
  expect(await readdir(folder)).toEqual([]);
});

class FakeSocket implements LiveTranscription {
  readonly events: TranscriptionEvent[];
  sent = 0;
  readonly #ended = Promise.withResolvers<void>();
  constructor(events: TranscriptionEvent[]) {
    this.events = events;
  }
  write(samples: Int16Array) {
    this.sent += samples.length;
    return true;
  }
  async drained() {}
  end() {
    this.#ended.resolve();
  }
  async return() {
    this.#ended.resolve();
  }
  async *[Symbol.asyncIterator]() {
    yield* this.events;
    await this.#ended.promise;
  }
}

async function* samples() {
  yield new Int16Array(160);
  yield new Int16Array(80);
}

test('a segment that fails takes no other with it, and is told at the end', async () => {
  const { view, writer } = await open('text');
  const draft = new TranscriptDraft();
  const error = new ServiceError('no', { code: 'x' });
  const socket = new FakeSocket([
    final(0, 'one'),
    { type: 'failed', segment: 1, error },
    final(2, 'three'),
  ]);
  const sound = { sampleRate: 16_000, samples: samples() };
  await expect(listenLive({ sound, socket, draft, writer, view })).rejects.toBe(error);
  expect(out).toBe('one\nthree\n');
  expect(socket.sent).toBe(240);
});

test('a microphone that breaks ends the session, and is the reason', async () => {
  const { view, writer } = await open('text');
  const draft = new TranscriptDraft();
  async function* broken() {
    yield new Int16Array(160);
    throw new Error('pulled out');
  }
  const socket = new FakeSocket([final(0, 'one')]);
  const sound = { sampleRate: 16_000, samples: broken() };
  await expect(listenLive({ sound, socket, draft, writer, view })).rejects.toThrow('pulled out');
  expect(out).toBe('one\n');
});
