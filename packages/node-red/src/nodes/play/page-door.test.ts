import { once } from 'node:events';
import { request } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import type { NodeRed } from '../../kit/node-red.ts';
import { openPageDoor } from './page-door.ts';
import { PageClient, pageSocket } from './testing/page-client.ts';
import {
  FRAME,
  HTML,
  TOKEN,
  pcm,
  playFlow,
  startPlayRig,
  type PlayRig,
} from './testing/play-rig.ts';

let rig: PlayRig['rig'];
let clock: PlayRig['clock'];
let server: PlayRig['server'];
let enter: PlayRig['enter'];
let event: PlayRig['event'];
let caught: PlayRig['caught'];

afterEach(() => rig.close());

async function start(...options: Parameters<typeof startPlayRig>): Promise<void> {
  ({ rig, clock, server, enter, event, caught } = await startPlayRig(...options));
}

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
    await rig.deploy(() => playFlow({ title: 'new' }));
    expect(await client.closed).toEqual({ code: 1012 });
    expect(server.listenerCount('upgrade')).toBe(before);
    expect((await enter()).ready.title).toBe('new');
    await rig.deploy(() => playFlow().slice(1));
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
