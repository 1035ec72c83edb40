import { Buffer } from 'node:buffer';
import { DEFAULT_SPEECH_MODEL } from '@stepvoice/core/node';
import { readWav } from '@stepvoice/core/audio';
import { hearDataSpeech } from '@stepvoice/emulator';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { FlowMessage } from '../../kit/node-red.ts';
import { until, type Caught, type FreshFlows } from '../../testing/fresh-flows.ts';
import type { Ended, FlowRig } from '../../testing/flow-rig.ts';
import { bytesOf, deployTts, heard, startTtsFlows } from './testing/tts-flows.ts';

let flows: FreshFlows;
let rig: FlowRig;
beforeAll(async () => {
  flows = await startTtsFlows();
  ({ rig } = flows);
});
afterAll(() => rig.close());
afterEach(() => flows.reset());

const start = (...args: DropFirst<Parameters<typeof deployTts>>): Promise<void> =>
  deployTts(flows, ...args);
const send = (message: FlowMessage): void => flows.send('tts', message);
const next = (id: string): Promise<FlowMessage> => flows.next(id);
const nextEnded = (): Promise<Ended> => flows.nextEnded('tts');
const caught = (): Promise<Caught> => flows.caught();
const wholeStream = (): Promise<FlowMessage[]> => flows.wholeStream('out');
const eventsUpTo = (name: string): Promise<FlowMessage[]> => flows.eventsUpTo(name);
type DropFirst<T extends unknown[]> = T extends [unknown, ...infer Rest] ? Rest : never;
const namesOf = (events: readonly FlowMessage[]): unknown[] => events.map(({ event }) => event);

describe('a text', () => {
  it('is spoken whole', async () => {
    await start();
    send({ payload: 'Hello.', kept: 1, parts: { id: 'split', index: 0, count: 1 } });
    const message = await next('out');
    expect(message.payload).toBeInstanceOf(Buffer);
    expect(await heard(bytesOf(message))).toBe('Hello.');
    const durationMs = Math.round(bytesOf(message).length / 48);
    expect(message).toMatchObject({
      kept: 1,
      parts: { id: 'split' },
      audio: { format: 'pcm', encoding: 's16le', sampleRate: 24_000, channels: 1, durationMs },
      stepvoice: {
        model: DEFAULT_SPEECH_MODEL,
        voice: 'data-voice',
        requestId: expect.any(String) as string,
        bytes: bytesOf(message).length,
        usage: { characters: 6 },
      },
    });
    const { ttfaMs, totalMs } = message.stepvoice ?? {};
    expect(ttfaMs).toBeGreaterThan(0);
    expect(totalMs).toBeGreaterThanOrEqual(ttfaMs ?? Number.NaN);
    await nextEnded();
    expect(flows.ended('tts')).toMatchObject([{ error: undefined }]);
    expect(namesOf(await eventsUpTo('done'))).toEqual(['start', 'first-audio', 'done']);
  });

  it('leaves in chunks that a Join node makes one of', async () => {
    await start(
      { output: 'stream' },
      {
        wires: ['join'],
        more: [
          { id: 'join', type: 'join', mode: 'auto', wires: [['joined']] },
          { id: 'joined', type: 'helper' },
        ],
      },
    );
    send({ payload: '你好，世界', topic: 'greeting' });
    const messages = await wholeStream();
    expect(messages.length).toBeGreaterThan(2);
    expect(new Set(messages.map(({ parts }) => parts?.id)).size).toBe(1);
    expect(messages.map(({ parts }) => parts?.index)).toEqual([...messages.keys()]);
    expect(messages.every(({ topic }) => topic === 'greeting')).toBe(true);
    expect(messages.at(-1)).toMatchObject({
      parts: { count: messages.length, type: 'buffer' },
      stepvoice: { stream: 'audio', usage: { characters: 5 } },
    });
    const joined = await rig.next('joined');
    expect(await heard(bytesOf(joined))).toBe('你好，世界');
    expect(joined.parts).toBeUndefined();
  });

  it('that Split has cut is a list of sounds to a Join node', async () => {
    await start(
      {},
      {
        wires: ['join'],
        more: [
          { id: 'join', type: 'join', mode: 'auto', wires: [['joined']] },
          { id: 'joined', type: 'helper' },
        ],
      },
    );
    for (const [index, payload] of ['A.', 'B.'].entries()) {
      send({ payload, parts: { id: 'lines', type: 'string', ch: '\n', index, count: 2 } });
    }
    const sounds = (await rig.next('joined')).payload as Buffer[];
    expect(await Promise.all(sounds.map(heard))).toEqual(['A.', 'B.']);
  });

  it.each(['mp3', 'wav', 'opus', 'flac'])('is a %s whose length is told', async (format) => {
    await start({ format });
    send({ payload: 'Yes.' });
    const { audio } = await next('out');
    expect(audio?.format).toBe(format);
    // What is made as it is spoken does not say in its head how long it will be.
    expect(typeof audio?.durationMs).toBe(format === 'flac' ? 'undefined' : 'number');
  });

  it('is spoken as the message says, in place of the dialog', async () => {
    await start({ voice: 'nobody', speed: 1.5 });
    send({ payload: 'Hi', voice: 'data-voice', speed: '1' });
    expect(await heard(bytesOf(await next('out')))).toBe('Hi');
  });

  it('may be a number, but nothing else', async () => {
    await start();
    send({ payload: 21.5 });
    expect(await heard(bytesOf(await next('out')))).toBe('21.5');
    for (const payload of [Buffer.from('x'), [1, 2], { a: 1 }, new Float32Array(3)]) {
      send({ payload });
      const { error } = await caught();
      expect(error).toMatchObject({ code: 'invalid_input', cause: { path: 'text' } });
    }
    for (const payload of [' \n', '', undefined, null]) {
      send({ payload });
      expect((await caught()).error.message).toMatch(/blank/);
    }
    expect(rig.emulator.counters.requests['speech']).toEqual({ 200: 1 });
  });

  it('of more characters than a request takes is one sound, whose sentences are told in their order', async () => {
    await start({ format: 'wav' });
    // What stands in brackets tells the voice how to speak.
    const text = `One. ${'(very softly) '.repeat(72)}Two.`;
    send({ payload: text });
    const message = await next('out');
    const { samples, sampleRate, truncated } = readWav(bytesOf(message));
    expect(truncated).toBe(false);
    expect(await hearDataSpeech({ samples, sampleRate })).toMatch(/^One\.\s+Two\.$/);
    expect(message.audio?.durationMs).toBe(Math.round(samples.length / 24));
    expect(message.stepvoice?.usage).toEqual({ characters: 1017 });
    const sentences = (await eventsUpTo('done')).filter(({ event }) => event === 'sentence');
    const spoken = sentences.map(({ payload }) => (payload as { text: string }).text).join('');
    expect(spoken.replaceAll(/\s/g, '')).toBe(text.replaceAll(/\s/g, ''));
  });

  it('over the limit is refused before it costs anything', async () => {
    await start({ maxCharacters: 3 });
    send({ payload: '四个汉字' });
    const { error } = await caught();
    expect(error.code).toBe('text_too_long');
    expect(error.message).toMatch(/4 characters.*up to 3/);
    expect(rig.emulator.counters.characters).toBe(0);
  });

  it('tells the times of its words', async () => {
    await start({ timestamps: true });
    send({ payload: 'Good morning.' });
    const message = await next('out');
    const words = message['words'] as { text: string; startMs: number; endMs: number }[];
    expect(words.map(({ text }) => text).join(' ')).toMatch(/Good.*morning/);
    expect(words.every(({ startMs, endMs }) => startMs < endMs)).toBe(true);
    const told = (await eventsUpTo('words')).at(-1);
    expect(told?.payload).toMatchObject({ words });
  });
});

describe('an address', () => {
  it('holds the sound itself, as a file even where PCM was asked for', async () => {
    await start({ output: 'dataUrl' });
    send({ payload: 'Hi' });
    const { payload, audio } = await next('out');
    const [head, base64 = ''] = (payload as string).split(',');
    expect(head).toBe('data:audio/wav;base64');
    expect(audio?.format).toBe('wav');
    expect(await hearDataSpeech(readWav(Buffer.from(base64, 'base64')))).toBe('Hi');
  });

  it('is served for a while', async () => {
    await start({ output: 'url', format: 'wav', publicURL: 'http://player.invalid' });
    send({ payload: 'Hi' });
    const { payload, stepvoice } = await next('out');
    expect(payload).toMatch(/^http:\/\/player\.invalid\/stepvoice\/clips\/\w{32}\.wav$/);
    expect(stepvoice?.['expiresAt']).toMatch(/^\d{4}-/);
  });

  it('that is none costs nothing', async () => {
    await start({ output: 'url', publicURL: 'player' });
    send({ payload: 'Hi' });
    expect((await caught()).error).toMatchObject({ cause: { path: 'publicURL' } });
    expect(rig.emulator.counters.characters).toBe(0);
  });
});

describe('while it speaks', () => {
  it('is cancelled: the socket goes, nothing more is heard, and whoever listens is told', async () => {
    await start({ output: 'stream' });
    send({ payload: 'This takes a good while to be said. '.repeat(40) });
    await next('out');
    send({ action: 'cancel' });
    for (const _ of [1, 2]) expect((await nextEnded()).error).toBeUndefined();
    const [last] = (await wholeStream()).slice(-1);
    expect(last).toMatchObject({
      stepvoice: { isCut: true },
      parts: { count: expect.any(Number) },
    });
    expect(last?.payload).toHaveLength(0);
    expect(namesOf(await eventsUpTo('cancelled'))).not.toContain('done');
  });

  it('is interrupted by the next text where the dialog says so', async () => {
    await start({ overlap: 'interrupt' });
    rig.emulator.faults.add({ fault: 'stall', times: 1 });
    send({ payload: 'One' });
    await until(() => rig.emulator.counters.openRequests > 0);
    send({ payload: 'Two' });
    expect(await heard(bytesOf(await next('out')))).toBe('Two');
  });

  it('is redeployed: what it asked for is let go', async () => {
    await start({});
    rig.emulator.faults.add({ fault: 'stall' });
    send({ payload: 'One' });
    await until(() => rig.emulator.counters.openRequests > 0);
    await rig.deploy(() => []);
    await flows.quiet();
    expect(flows.ended('tts')).toMatchObject([{ error: undefined }]);
  });
});

describe('the memory', () => {
  it('says the same again without asking, whatever the flow did to the first', async () => {
    await start({ cacheMegabytes: 1 });
    send({ payload: 'Hi' });
    bytesOf(await next('out')).fill(0);
    for (const _ of [1, 2]) {
      send({ payload: 'Hi' });
      const again = await next('out');
      expect(await heard(bytesOf(again))).toBe('Hi');
      expect(again.stepvoice).toMatchObject({ isCached: true, usage: { characters: 0 } });
      bytesOf(again).fill(0);
    }
    send({ payload: 'Hi', speed: 1.2 });
    expect((await next('out')).stepvoice).not.toHaveProperty('isCached');
    expect(rig.emulator.counters.requests['speech']).toEqual({ 200: 2 });
  });

  it('speaks a stream, too', async () => {
    await start({ cacheMegabytes: 1, output: 'stream' });
    send({ payload: 'Hi' });
    await wholeStream();
    send({ payload: 'Hi' });
    const [sound, last, ...others] = await wholeStream();
    expect(await heard(bytesOf(sound ?? {}))).toBe('Hi');
    expect(last).toMatchObject({ complete: true, stepvoice: { isCached: true } });
    expect(others).toEqual([]);
  });
});

describe('trouble', () => {
  it.each([
    ['status:401', /^invalid_api_key$/, { status: 401 }],
    ['status:451', /^\w+$/, { status: 451 }],
    ['status:429,retry-after=0', /^\w+$/, { status: 429, retryable: true }],
    ['cut:events=2', /^\w+$/, {}],
    ['malformed:how=json', /^\w+$/, {}],
  ])('%s is handed to Catch, once', async (fault, code, cause) => {
    await start({ output: 'stream' });
    rig.emulator.faults.add({ fault });
    send({ payload: 'A secret.' });
    const { error } = await caught();
    expect(error.code).toMatch(code);
    expect(error.cause).toMatchObject(cause);
    expect(JSON.stringify(error)).not.toContain('secret');
    await nextEnded();
    expect(flows.ended('tts')).toHaveLength(1);
  });

  it('of a missing account, and of messages that make no sense', async () => {
    await start({ account: 'gone' });
    send({ payload: 'Hi' });
    expect((await caught()).error.code).toBe('no_account');
    await start();
    const odd = [{ stepvoice: null }, { stepvoice: 5, parts: 5 }, { parts: null }, { audio: 'x' }];
    for (const fields of odd) {
      send({ payload: 'Hi', ...(fields as object) });
      expect(await heard(bytesOf(await next('out')))).toBe('Hi');
    }
    send({ action: 'dance' });
    expect((await caught()).error.code).toBe('unknown_action');
    send({ payload: Buffer.alloc(100_000_000) });
    expect((await caught()).error.code).toBe('invalid_input');
  });

  it('of a setting is told by its name', async () => {
    await start();
    send({ payload: 'Hi', speed: 9 });
    expect((await caught()).error).toMatchObject({
      code: 'invalid_input',
      cause: { path: 'msg.speed' },
    });
    send({ payload: 'Hi', manner: 'happy' });
    expect((await caught()).error).toMatchObject({ cause: { name: 'ValidationError' } });
  });
});
