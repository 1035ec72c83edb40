import { Buffer } from 'node:buffer';
import { mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readWav } from '@stepvoice/core/audio';
import { hearDataSpeech } from '@stepvoice/emulator';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import registerAccount from '../../entries/stepvoice-account.ts';
import registerNarrate from '../../entries/stepvoice-narrate.ts';
import type { FlowMessage } from '../../kit/node-red.ts';
import { startFlowRig, type FlowItem, type FlowRig } from '../../testing/flow-rig.ts';

const TEXT = '# One\n\nHi. Yes.\n\n# Two\n\nNo.';

const NODES = {
  mp3: {},
  wav: { format: 'wav', subtitles: 'all' },
  served: { output: 'url', format: 'wav', speed: 1, publicURL: 'http://player.test' },
  noAddress: { output: 'url', publicURL: 'player' },
  stream: { output: 'stream' },
  refusing: { output: 'stream' },
  cancelled: { output: 'stream' },
  large: { output: 'url', format: 'wav', speed: 1 },
  failing: {},
  cast: { output: 'stream', cast: 'Anna = data-voice' },
  book: { output: 'file', sourceFile: 'book.md', format: 'wav', subtitles: 'srt' },
  over: { output: 'file', outputFile: 'a/b.mp3', replace: true },
  resumed: { output: 'file', outputFile: 'resumed.wav', cast: ['Anna = data-voice'] },
  closed: { output: 'file', outputFile: 'closed.wav', cast: ['Anna = data-voice'] },
  up: { output: 'file', outputFile: '../out.mp3' },
  absolute: { output: 'file', outputFile: '/tmp/out.mp3' },
  noFolder: { output: 'file', outputFile: 'x.mp3', folder: '' },
  secret: { output: 'file', outputFile: 'x.mp3', sourceFile: '../secret.md' },
  missing: { output: 'file', sourceFile: 'none.md' },
  ogg: { output: 'file', outputFile: 'x.ogg' },
  noName: { output: 'file' },
  dry: { dryRun: true },
  few: { maxCharacters: 20 },
};
type Name = keyof typeof NODES;

let rig: FlowRig;
let folder: string;

const toFlow = (account: string, ids: readonly Name[]): FlowItem[] =>
  ids.flatMap((id) => [
    {
      id,
      type: 'stepvoice-narrate',
      account,
      voice: 'data-voice',
      speed: 2,
      folder,
      ...NODES[id],
      wires: [[`${id}-out`], [`${id}-events`]],
    },
    { id: `${id}-out`, type: 'helper' },
    { id: `${id}-events`, type: 'helper' },
  ]);

// Every node has outputs of its own, and starting a voice takes longer than all the rest.
beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'narrate-')));
  rig = await startFlowRig([registerAccount, registerNarrate], (account) =>
    toFlow(account, Object.keys(NODES) as Name[]),
  );
});
afterAll(async () => {
  await rig.close();
  await rm(folder, { recursive: true });
});
afterEach(() => {
  rig.emulator.faults.clear();
  rig.emulator.resetCounters();
});

const events = (id: Name, name: string): unknown[] =>
  rig
    .received(`${id}-events`)
    .filter(({ event }: FlowMessage) => event === name)
    .map(({ payload }: FlowMessage) => payload);

/** The payload of the next such event. */
async function nextEvent(id: Name, name: string): Promise<unknown> {
  for (;;) {
    const { event, payload } = await rig.next(`${id}-events`);
    if (event === name) return payload;
  }
}

async function failure(id: Name, message: FlowMessage): Promise<unknown> {
  rig.send(id, message);
  return (await rig.nextEnded(id)).error;
}

async function stream(id: Name): Promise<FlowMessage[]> {
  const next = (): Promise<FlowMessage> => rig.next(`${id}-out`);
  const messages = [await next()];
  while (messages.at(-1)?.complete !== true) messages.push(await next());
  return messages;
}

const spokenRequests = (): number => rig.emulator.log.length;

describe('one whole sound', () => {
  it('is an MP3 with chapters, and its progress is told', async () => {
    rig.send('mp3', { payload: TEXT, kept: 1 });
    const message = await rig.next('mp3-out');
    expect(await nextEvent('mp3', 'done')).toMatchObject({
      sentences: 5,
      skipped: 0,
      isResumed: false,
    });
    expect(message).toMatchObject({
      kept: 1,
      audio: { format: 'mp3', sampleRate: 24_000, channels: 1 },
      chapters: [{ title: 'One', startMs: 0 }, { title: 'Two' }],
      stepvoice: { voice: 'data-voice', usage: { requests: 1 } },
    });
    expect(message.payload).toBeInstanceOf(Buffer);
    expect((message.payload as Buffer).subarray(0, 3).toString()).toBe('ID3');
    const percents = (events('mp3', 'progress') as { percent: number }[]).map(
      ({ percent }) => percent,
    );
    expect(percents[0]).toBe(0);
    expect(percents.at(-1)).toBe(100);
    expect(percents).toEqual([...new Set(percents)].toSorted((one, other) => one - other));
    expect(rig.statuses('mp3').at(0)).toMatchObject({ fill: 'blue' });
    await rig.nextEnded('mp3');
    expect(rig.ended('mp3')).toMatchObject([{ error: undefined }]);
  });

  it('is a WAV with subtitles and times, of chapters that come as an array', async () => {
    const payload = [
      { title: 'A', text: 'Hi.' },
      { title: 'B', text: Buffer.from('No.') },
    ];
    rig.send('wav', { payload });
    const message = await rig.next('wav-out');
    const { samples, sampleRate } = readWav(message.payload as Buffer);
    expect((samples.length / sampleRate) * 1000).toBeCloseTo(message.audio?.durationMs ?? 0, -1);
    expect(message).toMatchObject({
      chapters: [{ title: 'A' }, { title: 'B' }],
      subtitles: {
        srt: expect.stringMatching(/^1\r?\n00:00:00,\d+ --> /),
        vtt: expect.stringMatching(/^WEBVTT/),
        words: { version: 1, sentences: [{ text: 'Hi.' }, { text: 'No.' }] },
      },
    });
  });

  it('is served at an address', async () => {
    rig.send('served', { payload: 'Hi.' });
    const { payload, stepvoice } = await rig.next('served-out');
    expect(payload).toMatch(/^http:\/\/player\.test\/stepvoice\/clips\/[0-9a-f]{32}\.wav$/);
    expect(stepvoice).toMatchObject({ expiresAt: expect.any(String) });
  });
});

describe('sentence by sentence', () => {
  it('comes with its text and its times, and joins to the whole', async () => {
    rig.send('stream', { payload: TEXT });
    const messages = await stream('stream');
    const sentences = messages.map(({ sentence }) => sentence).filter(Boolean);
    expect(sentences).toMatchObject(['One', 'Hi.', 'Yes.', 'Two', 'No.'].map((text) => ({ text })));
    expect(events('stream', 'sentence')).toMatchObject(sentences as object[]);
    const [first] = messages;
    expect(first).toMatchObject({
      audio: { format: 'pcm', sampleRate: 24_000, channels: 1, encoding: 's16le' },
      parts: { type: 'buffer', index: 0 },
      stepvoice: { stream: 'audio', ttfaMs: expect.any(Number) },
    });
    const last = messages.at(-1);
    expect(last).toMatchObject({ complete: true, parts: { count: messages.length } });
    const bytes = Buffer.concat(messages.map(({ payload }) => payload as Buffer)).byteLength;
    expect(last?.stepvoice?.bytes).toBe(bytes);
    expect(last?.audio?.durationMs).toBeCloseTo(bytes / 48, -1);
    expect((sentences as { startMs: number }[])[0]?.startMs).toBe(0);
  });

  it('goes on behind a sentence that the service refuses', async () => {
    rig.emulator.faults.add({ fault: 'status:451', times: 1 });
    rig.send('refusing', { payload: `${'One '.repeat(20)}.\n\nHi.` });
    const messages = await stream('refusing');
    expect(messages.slice(0, -1)).toMatchObject([
      { sentence: { skipped: 'censorship_block', endMs: 500 }, audio: { durationMs: 1000 } },
      { sentence: { text: 'Hi.' } },
    ]);
    expect(events('refusing', 'skipped')).toMatchObject([{ code: 'censorship_block', atMs: 0 }]);
    await rig.nextEnded('refusing');
    expect(rig.ended('refusing')).toMatchObject([{ error: undefined }]);
  });

  it('ends with a cut stream when it is cancelled', async () => {
    rig.emulator.faults.add({ fault: 'stall', skip: 1 });
    const payload = `${'One '.repeat(20)}.\n\n${'Two '.repeat(20)}.`;
    rig.send('cancelled', { payload });
    await rig.next('cancelled-out');
    rig.send('cancelled', { action: 'cancel' });
    expect(await rig.next('cancelled-out')).toMatchObject({
      complete: true,
      parts: { index: 1, count: 2 },
      stepvoice: { isCut: true },
    });
    await rig.nextEnded('cancelled');
    await rig.nextEnded('cancelled');
    expect(rig.ended('cancelled')).toMatchObject([{ error: undefined }, { error: undefined }]);
    expect(events('cancelled', 'cancelled')).toHaveLength(1);
  });
});

describe('a file', () => {
  it('is read and written in the folder, with subtitles beside it', async () => {
    await writeFile(join(folder, 'book.md'), TEXT);
    rig.send('book', {});
    const message = await rig.next('book-out');
    expect(message).toMatchObject({
      payload: join(folder, 'book.wav'),
      filename: join(folder, 'book.wav'),
      subtitles: { srt: join(folder, 'book.srt') },
      chapters: [{ title: 'One' }, { title: 'Two' }],
    });
    expect((await readdir(folder)).toSorted()).toEqual([
      '.stepvoice-speech',
      'book.md',
      'book.srt',
      'book.wav',
    ]);
    expect(readWav(await readFile(join(folder, 'book.wav'))).samples.length).toBeGreaterThan(0);
    await rig.nextEnded('book');

    const again = await failure('book', {});
    expect(again).toMatchObject({ code: 'file_exists' });
  });

  it('costs nothing twice, and is written over where that is allowed', async () => {
    expect(await failure('over', { payload: TEXT })).toBeUndefined();
    const requests = spokenRequests();
    rig.send('over', { payload: TEXT, dryRun: true });
    expect(await nextEvent('over', 'estimate')).toMatchObject({
      unpaid: { characters: 0, requests: 0 },
    });
    await rig.nextEnded('over');
    expect(await failure('over', { payload: TEXT })).toBeUndefined();
    expect(spokenRequests()).toBe(requests);
  });

  it('goes on where a cancel has left it, and pays for the rest only', async () => {
    // Two speakers are two requests.
    const payload = 'Anna: Oh.\n\nGo.';
    rig.emulator.faults.add({ fault: 'stall', skip: 1 });
    rig.send('resumed', { payload });
    expect(await nextEvent('resumed', 'progress')).toMatchObject({ percent: 0 });
    expect(await nextEvent('resumed', 'progress')).toMatchObject({ sentences: 1 });
    rig.send('resumed', { action: 'cancel' });
    await rig.nextEnded('resumed');
    await rig.nextEnded('resumed');
    rig.emulator.faults.clear();
    rig.emulator.resetCounters();
    // The cancelled one still lets go of its files.
    expect(await failure('resumed', { payload })).toBeUndefined();
    expect(await nextEvent('resumed', 'done')).toMatchObject({ sentences: 2, isResumed: true });
    expect(spokenRequests()).toBe(1);
    const sound = readWav(await readFile(join(folder, 'resumed.wav')));
    expect(await hearDataSpeech(sound)).toBe('Oh.Go.');
  });

  it.each([
    ['up', 'file_not_allowed'],
    ['absolute', 'file_not_allowed'],
    ['noFolder', 'file_not_allowed'],
    ['secret', 'file_not_allowed'],
    ['missing', 'file_not_found'],
    ['ogg', 'invalid_input'],
    ['noName', 'invalid_input'],
  ] as const)('is refused, by the node %s', async (id, code) => {
    expect(await failure(id, { payload: 'Hi.' })).toMatchObject({ code });
    expect(spokenRequests()).toBe(0);
  });
});

describe('before anything is sent', () => {
  it('tells what it would take', async () => {
    rig.send('dry', { payload: TEXT });
    expect(await nextEvent('dry', 'estimate')).toMatchObject({
      sentences: 5,
      requests: 1,
      characters: expect.any(Number),
      isAllowed: true,
    });
    expect(spokenRequests()).toBe(0);
  });

  it('refuses what is no text, too much of it, and nothing', async () => {
    const bad = [
      undefined,
      null,
      7,
      true,
      {},
      [],
      [7],
      [{ title: 7, text: 'Hi.' }],
      Buffer.from([0xff, 0xfb, 0x90, 0x00, 0x00]),
      '   ',
      '---',
    ];
    for (const payload of bad) {
      const error = await failure('few', { payload });
      expect(error, JSON.stringify(payload)).toMatchObject({
        code: expect.stringMatching(/^invalid_/),
      });
    }
    expect(await failure('few', { payload: TEXT.repeat(3) })).toMatchObject({
      code: 'too_many_characters',
    });
    expect(await failure('few', { payload: 'Hi.', cast: ['Anna'] })).toMatchObject({
      code: 'invalid_input',
      message: expect.stringContaining('line 1'),
    });
    expect(spokenRequests()).toBe(0);
  });

  it('refuses an address that is none', async () => {
    expect(await failure('noAddress', { payload: 'Hi.' })).toMatchObject({
      cause: { path: 'publicURL' },
    });
    expect(spokenRequests()).toBe(0);
  });

  it('refuses a sound that would be too large to hand around', async () => {
    const payload = 'A sentence of some length that is said again. '.repeat(500);
    expect(await failure('large', { payload })).toMatchObject({ code: 'sound_too_large' });
    expect(spokenRequests()).toBe(0);
  });
});

it('speaks with a cast', async () => {
  rig.send('cast', { payload: 'Anna: Hi.\n\nNo.' });
  const sentences = (await stream('cast')).map(({ sentence }) => sentence);
  expect(sentences).toMatchObject([{ text: 'Hi.', speaker: 'Anna' }, { text: 'No.' }, undefined]);
});

it('hands a failure to the flow, with its code', async () => {
  rig.emulator.faults.add({ fault: 'status:401' });
  expect(await failure('mp3', { payload: 'Hi.' })).toMatchObject({
    code: 'invalid_api_key',
    cause: { status: 401 },
  });
});

// The last: another flow stands there afterwards.
it('lets go of its file when Node-RED stops in the middle of it, and goes on there after the start', async () => {
  const payload = 'Anna: So.\n\nMe.';
  rig.emulator.faults.add({ fault: 'stall', skip: 1 });
  rig.send('closed', { payload });
  await nextEvent('closed', 'progress');
  expect(await nextEvent('closed', 'progress')).toMatchObject({ sentences: 1 });
  expect(await readdir(folder)).toContain('closed.wav.stepvoice-lock');
  await rig.deploy(() => []);
  expect((await rig.nextEnded('closed')).error).toBeUndefined();
  expect(await readdir(folder)).not.toContain('closed.wav.stepvoice-lock');
  rig.emulator.faults.clear();
  rig.emulator.resetCounters();

  await rig.deploy((account) => toFlow(account, ['closed']));
  expect(await failure('closed', { payload })).toBeUndefined();
  expect(await nextEvent('closed', 'done')).toMatchObject({ sentences: 2, isResumed: true });
  expect(spokenRequests()).toBe(1);
  const sound = readWav(await readFile(join(folder, 'closed.wav')));
  expect(await hearDataSpeech(sound)).toBe('So.Me.');
  expect((await readdir(folder)).filter((name) => name.startsWith('closed'))).toEqual([
    'closed.wav',
  ]);
});
