import { Buffer } from 'node:buffer';
import { writeWav } from '@stepvoice/core/audio';
import { afterEach, describe, expect, test } from 'vitest';
import { pcm, startPlayRig, type PlayRig } from './testing/play-rig.ts';

let rig: PlayRig['rig'];
let enter: PlayRig['enter'];
let event: PlayRig['event'];
let caught: PlayRig['caught'];

afterEach(() => rig.close());

async function start(...options: Parameters<typeof startPlayRig>): Promise<void> {
  ({ rig, enter, event, caught } = await startPlayRig(...options));
}

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
