import { Buffer } from 'node:buffer';
import { hearDataSpeech } from '@stepvoice/emulator';
import { readWav, writeWav } from '@stepvoice/core/audio';
import { afterEach, describe, expect, it } from 'vitest';
import registerAccount from '../../entries/stepvoice-account.ts';
import registerVoice from '../../entries/stepvoice-voice.ts';
import { findAccount } from '../../kit/account-handle.ts';
import type { FlowMessage, NodeRed } from '../../kit/node-red.ts';
import { startFlowRig, type FlowItem, type FlowRig } from '../../testing/flow-rig.ts';

let rig: FlowRig;
let RED: NodeRed;
afterEach(() => rig.close());

const keepRED = (given: NodeRed): void => {
  RED = given;
};

const toFlow = (account: string, config: Record<string, unknown>): FlowItem[] => [
  { id: 'voice', type: 'stepvoice-voice', account, ...config, wires: [['out'], ['events']] },
  { id: 'out', type: 'helper' },
  { id: 'events', type: 'helper' },
  { id: 'catch', type: 'catch', scope: null, wires: [['caught']] },
  { id: 'caught', type: 'helper' },
];

async function start(
  config: Record<string, unknown>,
  // Voices and clips stay in an emulator.
  options: Parameters<typeof startFlowRig>[2] = { emulator: {} },
): Promise<void> {
  rig = await startFlowRig(
    [keepRED, registerAccount, registerVoice],
    (account) => toFlow(account, config),
    options,
  );
}

/** A buzz with a breath every second. */
function speechLike(seconds: number): Int16Array {
  const rate = 16_000;
  return Int16Array.from({ length: seconds * rate }, (_, at) => {
    const t = at / rate;
    const loudness = t % 1 < 0.8 ? 3000 : 0;
    let sum = 0;
    for (let harmonic = 1; harmonic <= 20; harmonic += 1) {
      sum += Math.sin(2 * Math.PI * 160 * harmonic * t) / harmonic;
    }
    return Math.round(loudness * sum);
  });
}

const SAMPLES = speechLike(6);
const CLIP = Buffer.from(writeWav({ samples: SAMPLES, sampleRate: 16_000 }));
const CONSENT = { consentBy: 'Wei Chen', consentHow: 'in-writing' };
const asked = (): string[] => rig.emulator.log.map(({ endpoint }) => endpoint);
const caught = async (): Promise<{ code: string; message: string; cause: { path?: string } }> =>
  (await rig.next('caught'))['error'] as never;

describe('clone', () => {
  it('makes a voice that speaks, and puts it into the list', async () => {
    await start({ operation: 'clone', ...CONSENT, transcript: 'Hello there.' });
    await findAccount(RED, 'account').voices({ refresh: true });
    rig.send('voice', { payload: CLIP, topic: 'kept' });
    const message = await rig.next('out');
    expect(message).toMatchObject({
      topic: 'kept',
      payload: expect.stringMatching(/^voice-tone-/),
      voice: message.payload,
      fileId: expect.stringMatching(/^file-/),
      warnings: [],
      stepvoice: { model: 'stepaudio-2.5-tts' },
    });
    rig.emulator.resetCounters();
    const { voices, isStale } = await findAccount(RED, 'account').voices();
    expect(voices[0]).toMatchObject({
      kind: 'clone',
      id: message.payload,
      fileId: message['fileId'],
    });
    expect(isStale).toBe(false);
    expect(asked()).toEqual([]);
  });

  it('takes raw sound that says what it is, and tells of what could be better', async () => {
    await start({ operation: 'clone', ...CONSENT });
    const payload = Buffer.from(SAMPLES.buffer, 0, 3 * 32_000);
    rig.send('voice', { payload, audio: { format: 'pcm', sampleRate: 16_000 } });
    const message = await rig.next('out');
    expect(message['warnings']).toMatchObject([{ code: 'short' }]);
    expect(await rig.next('events')).toMatchObject({
      event: 'warning',
      payload: { code: 'short', message: expect.stringContaining('3.0 s') },
    });
  });

  it.each([
    ['nobody', { consentHow: 'in-writing' }, 'consentBy'],
    ['nobody who has a name', { consentBy: ' ', consentHow: 'in-writing' }, 'consentBy'],
    ['somebody, nobody knows how', { consentBy: 'Wei Chen' }, 'consentHow'],
  ])('sends nothing where %s has agreed', async (_, consent, path) => {
    await start({ operation: 'clone', ...consent });
    rig.send('voice', { payload: CLIP });
    expect(await caught()).toMatchObject({ code: 'no_consent', cause: { path } });
    expect(asked()).toEqual([]);
  });

  it('takes consent from the message where the dialog says so', async () => {
    await start({
      operation: 'clone',
      consentBy: 'who',
      consentByType: 'msg',
      consentHow: 'recorded',
    });
    rig.send('voice', { payload: CLIP });
    expect(await caught()).toMatchObject({ code: 'no_consent' });
    rig.send('voice', { payload: CLIP, who: 'Wei Chen' });
    expect((await rig.next('out')).payload).toMatch(/^voice-tone-/);
  });

  it('stops at its limit, to which refusals and voices that were there do not count', async () => {
    const config = { operation: 'clone', ...CONSENT, clonesPerDay: 1 };
    await start(config);
    rig.send('voice', { payload: Buffer.from('no sound at all') });
    expect(await caught()).toMatchObject({ code: 'invalid_argument' });
    rig.emulator.faults.add({ fault: 'status:451', endpoint: 'voice-clone', times: 1 });
    rig.send('voice', { payload: CLIP });
    expect(await caught()).toMatchObject({ cause: { status: 451 } });
    rig.send('voice', { payload: CLIP });
    const { fileId } = await rig.next('out');
    rig.send('voice', { payload: CLIP });
    expect(await caught()).toMatchObject({ code: 'clone_limit' });
    await rig.deploy((account) => toFlow(account, config));
    rig.send('voice', { payload: CLIP });
    expect(await caught()).toMatchObject({ code: 'clone_limit' });
    expect(asked().filter((endpoint) => endpoint === 'voice-clone')).toHaveLength(2);
    expect(fileId).toMatch(/^file-/);
  });

  it('has one error and no clone for whatever is no clip', async () => {
    await start({ operation: 'clone', ...CONSENT });
    const payloads = [undefined, null, '', 'text', 7, true, {}, [1, 2, 3], Buffer.alloc(0)];
    for (const payload of payloads) {
      rig.send('voice', { payload });
      expect(await caught()).toMatchObject({ code: 'invalid_input' });
    }
    const pcm = { format: 'pcm', sampleRate: 16_000 };
    for (const [bytes, channels] of [
      [9, 1],
      [8, 2],
    ] as const) {
      rig.send('voice', { payload: Buffer.alloc(bytes), audio: { ...pcm, channels } });
      expect(await caught()).toMatchObject({ code: 'invalid_input', cause: { path: 'clip' } });
    }
    expect(rig.ended('voice')).toHaveLength(payloads.length + 2);
    expect(asked()).toEqual([]);
  });
});

describe('preview', () => {
  it('lets a clip speak without making a voice, hands its file on, and lets a voice speak', async () => {
    await start({ operation: 'preview', text: 'Hello.', transcript: 'Hi.' });
    rig.send('voice', { payload: CLIP });
    const message = await rig.next('out');
    expect(message).toMatchObject({ audio: { format: 'wav' }, warnings: [] });
    expect(asked()).toEqual(['file-upload', 'voice-preview']);
    rig.send('voice', { fileId: message['fileId'] });
    expect((await rig.next('out')).payload).toBeInstanceOf(Buffer);
    expect(asked()).toEqual(['file-upload', 'voice-preview', 'voice-preview']);
    rig.send('voice', { voice: 'data-voice' });
    const { payload, audio } = (await rig.next('out')) as FlowMessage & { payload: Buffer };
    expect(payload).toBeInstanceOf(Buffer);
    expect(audio).toMatchObject({
      sampleRate: 24_000,
      channels: 1,
      durationMs: expect.any(Number),
    });
    expect(await hearDataSpeech(readWav(payload))).toBe('Hello.');
  });

  it('takes back what it has uploaded where the service refuses', async () => {
    await start({ operation: 'preview', text: 'Hello.' });
    rig.emulator.faults.add({ fault: 'status:451', endpoint: 'voice-preview' });
    rig.send('voice', { payload: CLIP });
    expect(await caught()).toMatchObject({ cause: { status: 451 } });
    await expect.poll(asked).toContain('file-deletion');
  });
});

it('lists the voices asked for', async () => {
  await start(
    { operation: 'list', include: 'own' },
    { emulator: { clonedVoices: ['voice-tone-Qm3xT7bYpa'] } },
  );
  rig.send('voice', {});
  expect(await rig.next('out')).toMatchObject({
    payload: [{ kind: 'clone', id: 'voice-tone-Qm3xT7bYpa' }],
  });
});

it('checks a clip without sending it', async () => {
  await start({ operation: 'check' });
  rig.send('voice', { payload: CLIP });
  expect(await rig.next('out')).toMatchObject({
    payload: { container: 'wav', seconds: 6, sampleRate: 16_000 },
    warnings: [],
  });
  rig.send('voice', {
    payload: Buffer.from(writeWav({ samples: new Int16Array(80_000), sampleRate: 16_000 })),
  });
  expect(await caught()).toMatchObject({ code: 'invalid_argument', cause: { path: 'audio' } });
  expect(asked()).toEqual([]);
});

it('deletes a stored clip, and only one that is named', async () => {
  await start({ operation: 'delete' });
  rig.send('voice', {});
  expect(await caught()).toMatchObject({ code: 'invalid_input', cause: { path: 'fileId' } });
  const client = await findAccount(RED, 'account').client();
  const { id } = await client.files.upload({ data: CLIP });
  rig.send('voice', { fileId: id });
  expect(await rig.next('out')).toMatchObject({ payload: id });
  expect(await client.files.list()).toEqual([]);
});

it('ends quietly when it is cancelled or redeployed in the middle', async () => {
  await start({ operation: 'list' });
  rig.emulator.faults.add({ fault: 'latency:60000', endpoint: 'system-voices' });
  rig.send('voice', {});
  await expect.poll(asked).toContain('system-voices');
  rig.send('voice', { action: 'cancel' });
  expect(await rig.next('events')).toMatchObject({ event: 'cancelled' });
  expect(await rig.nextEnded('voice')).toMatchObject({ error: undefined });
  rig.send('voice', {});
  await expect.poll(() => rig.emulator.log.length).toBe(2);
  await rig.deploy(() => []);
  await expect.poll(() => rig.emulator.counters.openRequests).toBe(0);
  expect(rig.ended('voice').every(({ error }) => error === undefined)).toBe(true);
  expect(rig.received('caught')).toEqual([]);
});
