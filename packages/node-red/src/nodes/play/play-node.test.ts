import { Buffer } from 'node:buffer';
import { once } from 'node:events';
import { request, type Server } from 'node:http';
import { readWav, writeWav } from '@stepvoice/core/audio';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ManualClock } from '../../../../core/src/net/testing/manual-clock.ts';
import registerAccount from '../../entries/stepvoice-account.ts';
import type { FlowMessage, NodeRed } from '../../kit/node-red.ts';
import { startFlowRig, type FlowItem, type FlowRig } from '../../testing/flow-rig.ts';
import { openPageDoor } from './page-door.ts';
import { PageClient, pageSocket } from './testing/page-client.ts';
import { playWith } from './testing/register-play.ts';

const TOKEN = 'a-key-of-the-page-0123';
const FRAME = new Uint8Array(640).map((_, at) => at);
const HTML = '<style>p{}</style><script type="module">let a</script>';

let rig: FlowRig;
let clock: ManualClock;
let server: Server;

beforeEach(() => {
  clock = new ManualClock();
});
afterEach(() => rig.close());

const registerPlay = (RED: NodeRed): void => {
  ({ server } = RED);
  playWith(() => Promise.resolve(HTML), { clock })(RED);
};

const flow = (settings: object = {}): FlowItem[] => [
  { id: 'play', type: 'stepvoice-play', wires: [['mic'], ['events']], ...settings },
  { id: 'mic', type: 'helper' },
  { id: 'events', type: 'helper' },
  { id: 'catch', type: 'catch', scope: null, wires: [['caught']] },
  { id: 'caught', type: 'helper' },
];

async function start(settings: object = {}, credentials: object = { token: TOKEN }): Promise<void> {
  rig = await startFlowRig([registerAccount, registerPlay], () => flow(settings), {
    credentials: { play: credentials },
  });
}

const enter = (session?: string) => PageClient.enter(rig, 'play', TOKEN, session);

async function event(name: string): Promise<FlowMessage> {
  while (true) {
    const message = await rig.next('events');
    if (message['event'] === name) return message;
  }
}

const caught = async () => (await rig.next('caught'))['error'] as { code: string; message: string };
const pcm = (bytes: number): FlowMessage => ({
  payload: Buffer.alloc(bytes, 1),
  audio: { format: 'pcm', sampleRate: 24_000 },
});

describe('the door', () => {
  test('serves the page, which may run its own script and nothing else', async () => {
    await start();
    const answer = await fetch(`${rig.url}/stepvoice/play/play`);
    expect(await answer.text()).toBe(HTML);
    const policy = answer.headers.get('content-security-policy') ?? '';
    // printf 'let a' | openssl dgst -sha256 -binary | base64
    expect(policy).toContain(
      "script-src 'sha256-IfEXP/8HLuXoAiy0hZVrCAcjcLsZqYFpLOHDGj8enqE=' blob:",
    );
    expect(policy).toContain("default-src 'none'");
    expect(answer.headers.get('referrer-policy')).toBe('no-referrer');
    expect((await fetch(`${rig.url}/stepvoice/play/other`)).status).toBe(404);
  });

  test('a page with the key is let in, and says so', async () => {
    await start({ title: 'Kitchen', mode: 'hands-free', captions: false });
    const { client, session, ready } = await enter();
    expect(ready).toMatchObject({ title: 'Kitchen', mode: 'hands-free', hasCaptions: false });
    expect(await event('connected')).toMatchObject({
      sessionId: session,
      _session: { type: 'stepvoice-play', id: session },
      payload: { language: 'en', isReturning: false },
    });
    client.close();
    expect(await event('disconnected')).toMatchObject({ sessionId: session });
  });

  test.each([
    ['another key', `{"type":"hello","token":"${TOKEN}x","language":"en"}`, 4401],
    ['no key', '{"type":"hello","language":"en"}', 4400],
    ['no greeting', '{"type":"talk-start"}', 4400],
    ['sound before the greeting', FRAME, 4400],
    ['what is no JSON', '{', 4400],
    ['null', 'null', 4400],
    ['a message that is too long', 'x'.repeat(20_000), 1009],
  ])('%s is not let in', async (_, said, code) => {
    await start();
    const client = new PageClient(pageSocket(rig, 'play'));
    await client.opened();
    client.sendRaw(said);
    expect(await client.closed).toEqual({ code });
    expect(rig.received('events')).toEqual([]);
  });

  test('who says nothing is shown out', async () => {
    await start();
    const client = new PageClient(pageSocket(rig, 'play'));
    await client.opened();
    await clock.timer(10_000);
    await clock.advance(10_000);
    expect(await client.closed).toEqual({ code: 4400 });
  });

  test.each([
    ['of another site', { origin: 'https://evil.example' }, 403],
    ['without an origin', {}, 403],
    ['of a proxy’s site', { origin: 'https://a.example', 'x-forwarded-host': 'a.example' }, 101],
    ['of a site that is allowed', { origin: 'https://home.example' }, 101],
  ])('a page %s', async (_, headers, status) => {
    await start({ origins: 'https://home.example' });
    expect(await upgrade('/stepvoice/play/play/socket', headers)).toBe(status);
  });

  test('no other socket of the server is touched', async () => {
    await start();
    const origin = rig.url;
    expect(await upgrade('/stepvoice/play/gone/socket', { origin })).toBe(404);
    expect(await upgrade('/stepvoice/play/%E0%A4%A/socket', { origin }, 418)).toBe(418);
    expect(await upgrade('/elsewhere', { origin }, 418)).toBe(418);
  });

  test('a page more than allowed is told so, and comes in when there is room', async () => {
    await start({ maxPages: 1 });
    const { client } = await enter();
    const second = new PageClient(pageSocket(rig, 'play'));
    await second.opened();
    second.say({ type: 'hello', token: TOKEN, session: undefined, language: 'en' });
    expect(await second.closed).toEqual({ code: 4429 });
    expect(await event('limit')).toMatchObject({ payload: { limit: 'pages' } });
    client.close();
    await event('disconnected');
    await enter();
  });

  test('a page that comes back is the same, and takes the place of its old connection', async () => {
    await start({ maxPages: 1 });
    const { client, session } = await enter();
    const again = await enter(session);
    expect(again.session).toBe(session);
    expect(await client.closed).toEqual({ code: 4409 });
    expect(rig.received('events').map((message) => message['event'])).toEqual([
      'connected',
      'disconnected',
      'connected',
    ]);
    const stranger = await start0('forged');
    expect(stranger).toBe(4429);
  });

  test('a page that does not answer any more is gone', async () => {
    await start();
    const { client } = await enter();
    await clock.advance(15_000);
    const { session } = await enter();
    // The answer to the first ping has come by the time that another page has entered.
    await clock.advance(15_000);
    client.close();
    expect(await event('disconnected')).not.toMatchObject({ sessionId: session });
  });

  test('without a key nobody is let in, and the badge says why', async () => {
    await start({}, {});
    expect((await fetch(`${rig.url}/stepvoice/play/play`)).status).toBe(404);
    expect(rig.statuses('play')).toContainEqual({
      fill: 'red',
      shape: 'ring',
      text: 'stepvoice-play.status.noToken',
    });
    rig.send('play', pcm(100));
    expect(await caught()).toMatchObject({ code: 'no_page_key' });
  });

  test('where Node-RED serves nothing, nothing is opened', async () => {
    await start();
    const RED = { settings: { httpNodeRoot: false } } as unknown as NodeRed;
    const guest = { id: 'play', origins: [], receive: () => undefined };
    const opening = () => openPageDoor(RED, guest, () => Promise.resolve(HTML));
    expect(opening).toThrow(expect.objectContaining({ code: 'http_disabled' }));
  });

  test('a deployment closes the pages, and leaves no listener', async () => {
    await start();
    const before = server.listenerCount('upgrade');
    const { client } = await enter();
    client.say({ type: 'talk-start', handsFree: false });
    await event('talk-start');
    await rig.deploy(() => flow({ title: 'new' }));
    expect(await client.closed).toEqual({ code: 1012 });
    expect(server.listenerCount('upgrade')).toBe(before);
    expect((await enter()).ready.title).toBe('new');
    await rig.deploy(() => flow().slice(1));
    expect(server.listenerCount('upgrade')).toBe(before - 1);
    expect((await fetch(`${rig.url}/stepvoice/play/play`)).status).toBe(404);
  });
});

/** What a session that nobody gave out is answered. */
async function start0(session: string): Promise<number> {
  const client = new PageClient(pageSocket(rig, 'play'));
  await client.opened();
  client.say({ type: 'hello', token: TOKEN, session, language: 'en' });
  return (await client.closed).code;
}

/** @param otherwise what somebody else answers, who listens, too */
async function upgrade(path: string, headers: object, otherwise?: number): Promise<number> {
  const onUpgrade = (_request: unknown, socket: NodeJS.WritableStream): void => {
    socket.end(`HTTP/1.1 ${otherwise} Mine\r\nConnection: close\r\n\r\n`);
  };
  if (otherwise !== undefined) server.on('upgrade', onUpgrade);
  const asking = request(rig.url + path, {
    headers: {
      connection: 'upgrade',
      upgrade: 'websocket',
      'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
      'sec-websocket-version': '13',
      ...headers,
    },
  });
  asking.end();
  const answer = once(asking, 'response').then(([response]) => response as { statusCode: number });
  const upgraded = once(asking, 'upgrade').then(([response, socket]) => {
    (socket as { destroy(): void }).destroy();
    return response as { statusCode: number };
  });
  const { statusCode } = await Promise.any([answer, upgraded]);
  server.off('upgrade', onUpgrade);
  return statusCode;
}

describe('what is said', () => {
  test('leaves in frames, as a stream of its session', async () => {
    await start();
    const { client, session } = await enter();
    client.say({ type: 'talk-start', handsFree: true });
    client.sendRaw(FRAME);
    client.sendRaw(FRAME);
    client.say({ type: 'talk-stop' });
    const first = await rig.next('mic');
    expect(first.payload).toBeInstanceOf(Buffer);
    expect(new Uint8Array(first.payload as Buffer)).toEqual(FRAME);
    const id = first.parts?.id;
    expect(first).toMatchObject({
      audio: { format: 'pcm', encoding: 's16le', sampleRate: 16_000, channels: 1, durationMs: 20 },
      stepvoice: { stream: 'audio' },
      parts: { id, type: 'buffer', index: 0 },
      sessionId: session,
    });
    expect((await rig.next('mic')).parts).toMatchObject({ id, index: 1 });
    const last = await rig.next('mic');
    expect(last).toMatchObject({ complete: true, parts: { id, index: 2, count: 3 } });
    expect(last.payload).toHaveLength(0);
    expect(await event('talk-start')).toMatchObject({ payload: { talk: id, handsFree: true } });
    expect(await event('talk-stop')).toMatchObject({
      payload: { talk: id, durationMs: 40, why: 'asked' },
    });
  });

  test('leaves as one WAV', async () => {
    await start({ output: 'utterance' });
    const { client, session } = await enter();
    // A press without a word is no message.
    client.say({ type: 'talk-start', handsFree: false });
    client.say({ type: 'talk-stop' });
    client.say({ type: 'talk-start', handsFree: false });
    for (let count = 0; count < 10; count++) client.sendRaw(FRAME);
    client.say({ type: 'talk-stop' });
    const message = await rig.next('mic');
    expect(message).toMatchObject({
      audio: { format: 'wav', durationMs: 200 },
      sessionId: session,
    });
    const { samples, sampleRate } = readWav(message.payload as Buffer);
    expect([samples.length, sampleRate]).toEqual([3200, 16_000]);
    expect(rig.received('mic')).toHaveLength(1);
  });

  test('ends with the connection', async () => {
    await start();
    const { client } = await enter();
    client.say({ type: 'talk-start', handsFree: true });
    client.sendRaw(FRAME);
    await rig.next('mic');
    client.close();
    expect(await rig.next('mic')).toMatchObject({ complete: true });
    expect(await event('talk-stop')).toMatchObject({ payload: { why: 'disconnected' } });
  });

  test('is not heard outside of a talk, nor where the microphone is off', async () => {
    await start({ mode: 'listen' });
    const { client } = await enter();
    client.sendRaw(FRAME);
    client.say({ type: 'talk-start', handsFree: true });
    client.sendRaw(FRAME);
    client.close();
    await event('disconnected');
    expect(rig.received('mic')).toEqual([]);
  });

  test('ends when one talk is long enough', async () => {
    await start({ maxTalkMinutes: 0.5, output: 'frames' });
    const { client } = await enter();
    client.say({ type: 'talk-start', handsFree: true });
    await event('talk-start');
    for (let second = 0; second < 30; second++) {
      await clock.advance(1000);
      client.sendRaw(FRAME);
      await rig.next('mic');
    }
    expect(await client.next('stop-talk')).toMatchObject({ why: 'talk-too-long' });
    expect(await event('talk-stop')).toMatchObject({ payload: { why: 'talk-too-long' } });
  });

  test('ends when the day is used up, a deployment or not, until the next', async () => {
    await start({ maxMinutesPerDay: 1 });
    const talk = async (client: PageClient): Promise<void> => {
      client.say({ type: 'talk-start', handsFree: true });
      for (let second = 0; second < 65; second++) {
        await clock.advance(1000);
        // The most that a message may hold is half a second.
        client.sendRaw(new Uint8Array(16_000));
        client.sendRaw(new Uint8Array(16_000));
        if (second >= 60) continue;
        await rig.next('mic');
        await rig.next('mic');
      }
    };
    const first = await enter();
    await talk(first.client);
    expect(await first.client.next('stop-talk')).toMatchObject({ why: 'minutes-used-up' });
    expect(await event('limit')).toMatchObject({ payload: { limit: 'minutes-used-up' } });
    await rig.deploy(() => flow({ maxMinutesPerDay: 1, title: 'again' }));
    const second = await enter();
    second.client.say({ type: 'talk-start', handsFree: true });
    expect(await second.client.next('stop-talk')).toMatchObject({ why: 'minutes-used-up' });
    second.client.close();
    await event('disconnected');
    await clock.advance(24 * 3600 * 1000);
    const third = await enter();
    third.client.say({ type: 'talk-start', handsFree: true });
    await event('talk-start');
  });

  test.each([
    ['an odd number of bytes', new Uint8Array(641), 4400],
    ['a second greeting', `{"type":"hello","token":"${TOKEN}","language":"en"}`, 4400],
    ['a kind that is unknown', '{"type":"sing"}', 4400],
    ['a report without a sound', '{"type":"played","sound":-1,"heardMs":1}', 4400],
  ])('%s ends the connection', async (_, said, code) => {
    await start();
    const { client } = await enter();
    client.sendRaw(said);
    expect(await client.closed).toEqual({ code });
  });

  test('more sound than time has passed ends the connection', async () => {
    await start();
    const { client } = await enter();
    client.say({ type: 'talk-start', handsFree: true });
    // Ten seconds may come at once.
    for (let count = 0; count < 21; count++) client.sendRaw(new Uint8Array(16_000));
    expect(await client.closed).toEqual({ code: 4413 });
  });

  test('more reports than any page sends end the connection', async () => {
    await start();
    const { client } = await enter();
    for (let count = 0; count < 1001; count++) client.say({ type: 'playing', sound: 1 });
    expect(await client.closed).toEqual({ code: 4413 });
  });

  test('is ended by a command', async () => {
    await start();
    const { client, session } = await enter();
    client.say({ type: 'talk-start', handsFree: true });
    await event('talk-start');
    rig.send('play', { action: 'stop', sessionId: session });
    expect(await client.next('stop-talk')).toMatchObject({ why: 'asked' });
    await event('talk-stop');
  });
});

describe('what is played', () => {
  test('goes to the page of the session in pieces, and what was heard comes back', async () => {
    await start();
    const [one, two] = [await enter(), await enter()];
    const parts = (index: number, isLast = false) => ({
      parts: { id: 'reply', type: 'buffer', index, ...(isLast ? { count: index + 1 } : {}) },
      ...(isLast ? { complete: true } : {}),
    });
    const base = { sessionId: one.session, item: 'kept' };
    rig.send('play', { ...pcm(960), ...base, ...parts(0) });
    rig.send('play', { ...pcm(960), ...base, ...parts(1) });
    rig.send('play', { payload: Buffer.alloc(0), ...base, ...parts(2, true) });
    const { sound, encoding } = await one.client.next('sound');
    expect(encoding).toEqual({ kind: 'pcm', sampleRate: 24_000, channels: 1 });
    expect(await one.client.next('bytes')).toMatchObject({ sound });
    expect((await one.client.next('bytes')).bytes).toHaveLength(960);
    expect(await one.client.next('sound-end')).toEqual({ type: 'sound-end', sound });
    one.client.say({ type: 'playing', sound });
    one.client.say({ type: 'played', sound, heardMs: 39.6, whole: true });
    expect(await event('playing')).toMatchObject({ payload: { stream: 'reply' }, item: 'kept' });
    const played = await event('played');
    expect(played).toMatchObject({
      payload: { heardMs: 40, whole: true, stream: 'reply' },
      item: 'kept',
      sessionId: one.session,
    });
    expect(played).not.toHaveProperty('parts');
    expect(two.client.heard).toHaveLength(1);
    for (let count = 0; count < 3; count++) {
      expect((await rig.nextEnded('play')).error).toBeUndefined();
    }
  });

  test('without a session goes to all pages', async () => {
    await start();
    const pages = [await enter(), await enter()];
    const payload = Buffer.from(writeWav({ samples: new Int16Array(100), sampleRate: 8000 }));
    rig.send('play', { payload });
    for (const { client } of pages) {
      expect((await client.next('sound')).encoding).toEqual({ kind: 'wav' });
      expect((await client.next('bytes')).bytes).toEqual(new Uint8Array(payload));
      await client.next('sound-end');
    }
  });

  test('large sounds go in pieces; too large ones do not go', async () => {
    await start({ maxMegabytes: 1 });
    const { client } = await enter();
    rig.send('play', pcm(600_000));
    let bytes = 0;
    for (let count = 0; count < 3; count++) bytes += (await client.next('bytes')).bytes.length;
    expect(bytes).toBe(600_000);
    rig.send('play', pcm(2 ** 20 + 2));
    expect(await caught()).toMatchObject({ code: 'sound_too_large' });
    expect(client.heard.filter(({ type }) => type === 'sound')).toHaveLength(1);
  });

  test('after a cancel, what still comes of it is not sent', async () => {
    await start();
    const { client, session } = await enter();
    const chunk = (id: string, index: number) => ({
      ...pcm(96),
      sessionId: session,
      parts: { id, type: 'buffer', index },
    });
    rig.send('play', chunk('old', 0));
    const { sound } = await client.next('sound');
    rig.send('play', { action: 'cancel', sessionId: session });
    await client.next('cancel');
    client.say({ type: 'played', sound, heardMs: 20, whole: false });
    await event('played');
    rig.send('play', chunk('old', 1));
    rig.send('play', chunk('new', 0));
    const next = await client.next('sound');
    const rest = client.heard.filter((heard) => heard.type === 'bytes');
    expect(next.sound).toBe(sound + 1);
    expect(rest.map((heard) => heard.sound)).not.toContain(next.sound - 2);
    await client.next('bytes');
    expect(client.heard.filter((heard) => heard.type === 'bytes')).toHaveLength(2);
  });

  test('a new sound takes the place of the one before, where it shall', async () => {
    await start({ overlap: 'interrupt' });
    const { client } = await enter();
    rig.send('play', pcm(96));
    rig.send('play', pcm(96));
    rig.send('play', { action: 'clear' });
    rig.send('play', { reset: true });
    await client.next('clear');
    await client.next('cancel');
    const types = client.heard.map(({ type }) => type);
    const one = ['sound', 'bytes', 'sound-end'];
    expect(types).toEqual(['ready', ...one, 'cancel', ...one, 'clear', 'cancel']);
  });

  test('captions, in pieces too', async () => {
    await start();
    const { client } = await enter();
    rig.send('play', { payload: '你', role: 'user', parts: { id: 'line', index: 0 } });
    rig.send('play', { payload: '好', parts: { id: 'line', index: 1, count: 2 } });
    expect(await client.next('caption')).toEqual({
      type: 'caption',
      line: 'line',
      text: '你',
      appends: false,
      speaker: 'user',
    });
    expect(await client.next('caption')).toMatchObject({ line: 'line', text: '好', appends: true });
  });

  test('with nobody to hear it is an error, once for a stream', async () => {
    await start();
    const chunk = (index: number) => ({ ...pcm(96), parts: { id: 'x', type: 'buffer', index } });
    for (const index of [0, 1, 2]) rig.send('play', chunk(index));
    expect(await caught()).toMatchObject({ code: 'no_page' });
    rig.send('play', { ...pcm(96), sessionId: 'gone' });
    expect((await caught()).message).toContain('this session');
    for (let count = 0; count < 4; count++) await rig.nextEnded('play');
    expect(rig.ended('play').map(({ error }) => error === undefined)).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });

  test.each([
    ['number[]', { payload: [1, 2, 3] }, 'invalid_input'],
    ['a number', { payload: 7 }, 'invalid_input'],
    ['null', { payload: null }, 'invalid_input'],
    ['undefined', {}, 'invalid_input'],
    ['an object', { payload: { a: 1 } }, 'invalid_input'],
    ['nothing', { payload: Buffer.alloc(0) }, 'invalid_input'],
    ['bytes of no known kind', { payload: Buffer.alloc(100) }, 'invalid_input'],
    [
      'a rate that is none',
      { ...pcm(10), audio: { format: 'pcm', sampleRate: 1 } },
      'invalid_input',
    ],
    [
      'half a channel',
      { ...pcm(10), audio: { format: 'pcm', sampleRate: 8000, channels: 0.5 } },
      'invalid_input',
    ],
    [
      'floats',
      { ...pcm(8), audio: { format: 'pcm', encoding: 'f32le', sampleRate: 8000 } },
      'invalid_input',
    ],
    ['an unknown command', { action: 'dance' }, 'unknown_action'],
    ['a command that is no text', { action: 7 }, 'invalid_input'],
  ])('%s is refused with what to do', async (_, message, code) => {
    await start();
    await enter();
    rig.send('play', message);
    expect(await caught()).toMatchObject({ code });
    expect(rig.ended('play')).toHaveLength(1);
  });
});
