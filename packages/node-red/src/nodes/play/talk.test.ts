import { Buffer } from 'node:buffer';
import { readWav } from '@stepvoice/core/audio';
import { afterEach, describe, expect, test } from 'vitest';
import { PageClient } from './testing/page-client.ts';
import { FRAME, TOKEN, playFlow, startPlayRig, type PlayRig } from './testing/play-rig.ts';

let rig: PlayRig['rig'];
let clock: PlayRig['clock'];
let enter: PlayRig['enter'];
let event: PlayRig['event'];

afterEach(() => rig.close());

async function start(...options: Parameters<typeof startPlayRig>): Promise<void> {
  ({ rig, clock, enter, event } = await startPlayRig(...options));
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
    await clock.advance(250);
    expect(rig.statuses('play').at(-1)).toMatchObject({ text: 'stepvoice-play.status.usedUp' });
    await rig.deploy(() => playFlow({ maxMinutesPerDay: 1, title: 'again' }));
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
