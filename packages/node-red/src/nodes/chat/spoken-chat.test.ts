import { decodePcm16, readWav, writeWav } from '@stepvoice/core/audio';
import { StepAudio } from '@stepvoice/core/node';
import { dataVoice, hearDataSpeech } from '@stepvoice/emulator';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { FlowMessage } from '../../kit/node-red.ts';
import type { FreshFlows } from '../../testing/fresh-flows.ts';
import { deployChat, startChatFlows } from './testing/chat-flows.ts';

let flows: FreshFlows;
beforeAll(async () => {
  flows = await startChatFlows();
});
afterAll(() => flows.rig.close());
afterEach(() => flows.reset());

/** A speak node behind the chat node. */
const startSpoken = (settings: Record<string, unknown>): Promise<void> =>
  deployChat(flows, settings, {
    wires: ['tts'],
    helpers: ['sound', 'spoken'],
    more: (account, named) => [
      {
        id: 'tts',
        type: 'stepvoice-tts',
        account,
        voice: 'data-voice',
        format: 'pcm',
        output: 'stream',
        wires: [[named('sound')], [named('spoken')]],
      },
    ],
  });

const ask = (payload: string): void => flows.send('chat', { payload, sessionId: 'room' });
const lastOf = (messages: readonly FlowMessage[]): FlowMessage | undefined => messages.at(-1);

async function heard(chunks: readonly FlowMessage[]): Promise<string | undefined> {
  const bytes = Buffer.concat(chunks.map(({ payload }) => payload as Buffer));
  return hearDataSpeech({ samples: decodePcm16(bytes), sampleRate: 24_000 });
}

describe('an answer that a speak node speaks', () => {
  it.each(['sentences', 'tokens'])(
    'by %s is heard as it was written, over one socket',
    async (output) => {
      await startSpoken({ output });
      ask('Repeat: Yes, 好的。 No 😀. Go.');
      const [chunks, texts] = await Promise.all([
        flows.wholeStream('sound'),
        flows.wholeStream('out'),
      ]);
      const written = texts.map(({ payload }) => payload).join('');
      expect(written).toBe('Yes, 好的。 No 😀. Go.');
      expect((await heard(chunks))?.replaceAll(' ', '')).toBe(written.replaceAll(' ', ''));
      expect(lastOf(chunks)).toMatchObject({ sessionId: 'room', stepvoice: { stream: 'audio' } });
      expect(lastOf(chunks)?.stepvoice).not.toHaveProperty('isCut');
      expect(flows.rig.emulator.counters.requests['speech-socket']).toEqual({ 101: 1 });
    },
  );

  it('sounds before it is written; quiet on both ends it, and the next one is whole', async () => {
    await startSpoken({ output: 'sentences' });
    // The model has written a sentence and a bit, and says no more.
    flows.rig.emulator.faults.add({ fault: 'stall:events=4', times: 1 });
    ask('Repeat: Yes. No. Go on and on.');
    expect((await flows.next('sound')).payload).not.toHaveLength(0);
    expect(flows.rig.received(flows.named('out')).at(-1)).not.toHaveProperty('complete');

    flows.send('chat', { action: 'cancel' });
    flows.rig.send('tts', { action: 'cancel' });
    const cut = { complete: true, stepvoice: { isCut: true } };
    expect(lastOf(await flows.wholeStream('out'))).toMatchObject(cut);
    expect(lastOf(await flows.wholeStream('sound'))).toMatchObject(cut);
    await flows.quiet();

    ask('Repeat: Hi.');
    expect(await heard(await flows.wholeStream('sound'))).toBe('Hi.');
    const errors = [...flows.ended('chat'), ...flows.rig.ended('tts')].map(({ error }) => error);
    expect(errors.filter((error) => error !== undefined)).toEqual([]);
  });
});

describe('a model that hears and speaks itself', () => {
  it('answers in a voice, and in text', async () => {
    await deployChat(flows, { speech: true, voice: dataVoice, model: 'step-audio-2' });
    flows.send('chat', { payload: 'Repeat: Yes.' });
    const { payload, audio } = await flows.next('audio');
    expect(audio).toMatchObject({ format: 'wav', sampleRate: 24_000, channels: 1 });
    expect(await hearDataSpeech(readWav(payload as Buffer))).toBe('Yes.');
    expect((await flows.next('out')).payload).toBe('Yes.');
  });

  it('is heard while it speaks', async () => {
    const spoken = { speech: true, voice: dataVoice, model: 'step-audio-2' };
    await deployChat(flows, { ...spoken, output: 'sentences' });
    flows.send('chat', { payload: 'Repeat: Yes. No.' });
    const chunks = await flows.wholeStream('audio');
    expect(chunks.length).toBeGreaterThan(2);
    expect(chunks[0]).toMatchObject({
      audio: { format: 'pcm', encoding: 's16le', sampleRate: 24_000 },
      parts: { index: 0 },
      stepvoice: { stream: 'audio' },
    });
    expect(await heard(chunks)).toBe('Yes. No.');
    expect((await flows.wholeStream('out')).map(({ payload }) => payload)).toContain('No.');
  });

  it('takes sound for a prompt', async () => {
    await deployChat(flows, { model: 'step-audio-2' });
    const { apiKey, url } = flows.rig.emulator;
    await using client = new StepAudio({ apiKey, baseURL: `${url}/v1` });
    const speech = { text: 'How are you?', voice: dataVoice, sampleRate: 16_000 } as const;
    const { audio } = await client.speech.create({ ...speech, format: 'pcm' });
    flows.send('chat', { payload: audio, audio: { format: 'pcm', sampleRate: 16_000 } });
    const first = await flows.next('out');
    expect(first.payload).toMatch(/^I am fine/);
    expect(first).not.toHaveProperty('audio');
    const wav = writeWav(readWav((await client.speech.create({ ...speech, format: 'wav' })).audio));
    flows.send('chat', { payload: wav });
    expect((await flows.next('out')).payload).toMatch(/^I am fine/);
  });
});
