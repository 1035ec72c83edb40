import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { StepAudio, ValidationError } from '@stepvoice/core/node';
import type { CloneWarning, VoiceClone } from '@stepvoice/core/node';
import { concatSamples, durationSeconds, readWav, writeWav } from '@stepvoice/core/audio';
import type { Pcm } from '@stepvoice/core/audio';
import { startEmulator } from '@stepvoice/emulator';
import type { Emulator } from '@stepvoice/emulator';
import { soundStatistics } from '../../emulator/src/voice/testing/sound-statistics.ts';
import { decodeAudio } from './sound/decode.ts';

const CLIP = '今天天气很好，我们一起去公园散步吧。The train leaves at eight.';
const TEXT = '火车在八点到站，快走吧。';
const CONSENT = { by: 'the emulator', how: 'own-voice' };

let emulator: Emulator;
let client: StepAudio;
beforeAll(async () => {
  emulator = await startEmulator({ port: 0 });
  client = connect(emulator);
});
afterAll(() => emulator.close());

function connect({ apiKey, url }: Emulator, plan?: 'step-plan'): StepAudio {
  return new StepAudio({ apiKey, baseURL: url, plan, retry: false });
}

async function say(voice: string, text = TEXT, speed = 1): Promise<Pcm> {
  const { audio } = await client.speech.create({ text, voice, speed, format: 'wav' });
  return readWav(audio);
}

/** Within a tenth: a clone has the pitch of its reference, and not its words. */
function expectSamePitch(heard: Pcm, reference: Pcm): void {
  const ratio = pitchOf(heard) / pitchOf(reference);
  expect(ratio).toBeGreaterThan(0.9);
  expect(ratio).toBeLessThan(1.1);
}

function pitchOf({ samples, sampleRate }: Pcm): number {
  return soundStatistics(samples, sampleRate).medianPitchHz;
}

describe('a clone sounds as its reference', () => {
  const clips: Record<string, Pcm> = {};
  const clones: Record<string, VoiceClone> = {};
  beforeAll(async () => {
    for (const voice of ['yuanqishaonv', 'shenchennanyin']) {
      clips[voice] = await say(voice, CLIP);
      clones[voice] = await client.voices.clone({ audio: clips[voice], consent: CONSENT });
    }
  });

  test.each(['yuanqishaonv', 'shenchennanyin'])('of %s, in pitch', async (voice) => {
    const { id } = clones[voice]!;
    expect(id).toMatch(/^voice-tone-[A-Za-z0-9]{10}$/);
    expectSamePitch(await say(id), clips[voice]!);
  });

  test('a high voice and a low one are an octave and more apart, in every way to speak', async () => {
    const [high, low] = await Promise.all(
      ['yuanqishaonv', 'shenchennanyin'].map(async (voice) => {
        const { id } = clones[voice]!;
        const pieces: Uint8Array[] = [];
        for await (const audio of client.speech.stream({ text: TEXT, voice: id }).audio()) {
          pieces.push(audio);
        }
        const streamed = await decodeAudio(Buffer.concat(pieces), 'pcm', 24_000);
        pieces.length = 0;
        await using socket = await client.speech.connect({ voice: id, mode: 'sentence' });
        socket.write(TEXT);
        socket.end();
        for await (const audio of socket.audio()) pieces.push(audio);
        const written = await decodeAudio(Buffer.concat(pieces), 'pcm', 24_000);
        return [pitchOf(streamed), pitchOf(written)] as const;
      }),
    );
    expect(high![0] / low![0]).toBeGreaterThan(2);
    expect(high![1] / low![1]).toBeGreaterThan(2);
  });

  test('in a conversation too', async () => {
    const { id: voice } = clones['yuanqishaonv']!;
    await using session = await client.realtime.connect({
      model: 'stepaudio-2.5-realtime',
      voice,
    });
    await session.say('今天天气很好，我们一起去公园散步吧。', { respond: true });
    const pieces: Int16Array[] = [];
    for await (const event of session) {
      if (event.type === 'audio') pieces.push(event.samples);
      if (event.type === 'response-done') break;
    }
    expectSamePitch({ samples: concatSamples(pieces), sampleRate: 24_000 }, clips['yuanqishaonv']!);
  });

  test('a quick speaker has a quick clone', async () => {
    const [quick, slow] = await Promise.all(
      [1.4, 0.7].map(async (speed) => {
        const audio = await say('jingdiannvsheng', CLIP, speed);
        const { id } = await client.voices.clone({ audio, consent: CONSENT });
        return durationSeconds(await say(id));
      }),
    );
    expect(slow! / quick!).toBeGreaterThan(1.4);
  });

  test('an mp3 does as well, and a preview makes no voice', async () => {
    const { audio } = await client.speech.create({ text: CLIP, voice: 'shenchennanyin' });
    const { id: fileId } = await client.files.upload({ data: audio, filename: '低沉 "voice".mp3' });
    const before = await client.voices.list({ include: 'own' });
    for (const format of ['wav', 'opus'] as const) {
      const preview = await client.voices.preview({ fileId, text: TEXT, format });
      expect(preview).toMatchObject({ format, text: TEXT });
      expectSamePitch(await decodeAudio(preview.audio, format, 24_000), clips['shenchennanyin']!);
    }
    expect(await client.voices.list({ include: 'own' })).toEqual(before);
    const clone = await client.voices.clone({ fileId, transcript: CLIP, consent: CONSENT });
    expect(clone).toMatchObject({ fileId, duplicated: false, clip: undefined });
    expect(await client.voices.clone({ fileId, transcript: CLIP, consent: CONSENT })).toMatchObject(
      { id: clone.id, duplicated: true },
    );
    const other = { fileId, transcript: CLIP, model: 'step-tts-2', consent: CONSENT };
    expect((await client.voices.clone(other)).id).not.toBe(clone.id);
  });
});

describe('own voices', () => {
  test('come page by page, and are found by their id', async () => {
    const ids = Array.from({ length: 7 }, (_, index) => `voice-tone-own000000${index}`);
    await using account = await startEmulator({ port: 0, clonedVoices: ids });
    const { voices } = connect(account);
    const found: string[] = [];
    for await (const { id } of voices.clones({ pageSize: 3, order: 'asc' })) found.push(id);
    expect(found).toEqual(ids);
    expect(account.counters.requests['voice-list']).toEqual({ 200: 3 });
    expect((await voices.find('voice-tone-own0000004')).voice).toMatchObject({ kind: 'clone' });
    const page = await voices.listClones({ limit: 2, after: 'voice-tone-own0000004' });
    expect(page).toMatchObject({ hasMore: true, voices: [{ id: ids[3] }, { id: ids[2] }] });
  });

  test('leaving the loop leaves no request behind', async () => {
    const ids = ['voice-tone-own0000001', 'voice-tone-own0000002'];
    await using account = await startEmulator({ port: 0, clonedVoices: ids });
    const { voices } = connect(account);
    for await (const { id } of voices.clones({ pageSize: 1 })) {
      expect(id).toBe(ids[1]);
      break;
    }
    expect(account.counters).toMatchObject({
      openRequests: 0,
      requests: { 'voice-list': { 200: 1 } },
    });
  });

  test('a silent service does not hold who leaves', async () => {
    await using account = await startEmulator({ port: 0, faults: [{ fault: 'stall' }] });
    const abort = new AbortController();
    const listing = connect(account).voices.list({ include: 'own', signal: abort.signal });
    const reason = new Error('gone');
    await expect.poll(() => account.counters.openRequests).toBe(1);
    abort.abort(reason);
    await expect(listing).rejects.toBe(reason);
    await expect.poll(() => account.counters.openRequests).toBe(0);
  });
});

describe('what the service has', () => {
  test('39 voices on the mainland, seven elsewhere, the table’s on the subscription', async () => {
    const system = await client.voices.list({ include: 'system' });
    expect(system).toHaveLength(39);
    expect(system.find(({ id }) => id === 'energeticconfident-female')).toMatchObject({
      gender: 'female',
      language: 'en',
      source: 'service',
    });
    await using abroad = await startEmulator({ port: 0, region: 'intl' });
    expect(await connect(abroad).voices.list({ include: 'system' })).toHaveLength(7);
    const planned = await connect(emulator, 'step-plan').voices.list({ include: 'system' });
    expect(planned).toHaveLength(36);
  });

  test('models, with what they can do', async () => {
    const models = await client.models.list();
    const { capabilities } = models.find(({ id }) => id === 'stepaudio-2.5-tts')!;
    expect(capabilities?.speech?.instructionLimit).toBe(200);
    expect((await client.models.get('stepaudio-2.5-asr')).capabilities?.kinds).toEqual([
      'transcription',
    ]);
    await expect(client.models.get('step-9')).rejects.toMatchObject({ status: 404 });
    await expect(connect(emulator, 'step-plan').models.list()).rejects.toMatchObject({
      code: 'not_in_plan',
    });
  });
});

describe('files', () => {
  test('any bytes under any name come through whole', async () => {
    const data = new TextEncoder().encode('第一行\r\n--stepvoice\r\n第二行');
    const filename = '我的 "文件"\r\n🎈.txt';
    const file = await client.files.upload({ data, filename, purpose: 'file-extract' });
    expect(file).toMatchObject({ filename, bytes: data.length, purpose: 'file-extract' });
    expect(await client.files.content(file.id)).toBe(new TextDecoder().decode(data));
    expect(await client.files.list()).toContainEqual({ ...file, status: 'success' });
    await client.files.delete(file.id);
    await expect(client.files.delete(file.id)).rejects.toMatchObject({ status: 404 });
    await expect(client.files.get(file.id)).rejects.toMatchObject({ status: 404 });
  });

  test('from an address, which the service asks without our key', async () => {
    const { url } = await client.speech.create({
      text: TEXT,
      voice: 'cixingnansheng',
      returnUrl: true,
    });
    const file = await client.files.upload({ url });
    expect(file.filename).toMatch(/^[0-9a-f]{32}\.mp3$/);
    const fetched = emulator.log.findLast(({ endpoint }) => endpoint === 'file');
    expect(fetched?.authorization).toBe('none');
  });
});

describe('bad references', () => {
  const silence: Pcm = { samples: new Int16Array(16_000 * 6), sampleRate: 16_000 };
  const asWav = (pcm: Pcm, channels = 1): Uint8Array => {
    const file = writeWav(pcm);
    const view = new DataView(file.buffer);
    view.setUint16(22, channels, true);
    view.setUint32(28, pcm.sampleRate * 2 * channels, true);
    view.setUint16(32, 2 * channels, true);
    return file;
  };

  test.each<[string, Uint8Array]>([
    ['a text', new TextEncoder().encode('not a sound')],
    ['nothing', new Uint8Array()],
    ['silence', asWav(silence)],
    ['half a second', asWav({ ...silence, samples: new Int16Array(8000) })],
    ['an hour', asWav({ samples: new Int16Array(8000 * 3600), sampleRate: 8000 })],
  ])('%s never leaves', async (_, audio) => {
    const before = emulator.counters.requests['file-upload'];
    await expect(client.voices.clone({ audio, consent: CONSENT })).rejects.toThrow(ValidationError);
    expect(emulator.counters.requests['file-upload']).toEqual(before);
  });

  test('two seconds, and two channels, are cloned with a warning', async () => {
    const { samples, sampleRate } = await say('yuanqishaonv', CLIP);
    const both = Int16Array.from([...samples].flatMap((sample) => [sample, sample]));
    const clips: [Uint8Array, CloneWarning['code']][] = [
      [asWav({ samples: samples.slice(0, 2 * sampleRate), sampleRate }), 'short'],
      [asWav({ samples: both, sampleRate }, 2), 'channels'],
    ];
    for (const [audio, code] of clips) {
      const { id, warnings } = await client.voices.clone({ audio, consent: CONSENT });
      expect(warnings.map((warning) => warning.code)).toContain(code);
      expectSamePitch(await say(id), { samples, sampleRate });
    }
  });

  test('what only the service refuses is deleted there again', async () => {
    await using letter = await startEmulator({ port: 0, strict: true });
    const { samples, sampleRate } = await say('yuanqishaonv', CLIP);
    const audio = { samples: samples.slice(0, 2 * sampleRate), sampleRate };
    const { voices, files } = connect(letter);
    await expect(voices.clone({ audio, consent: CONSENT })).rejects.toThrow(/2\.00 s.*5 to 10 s/);
    expect(await files.list()).toEqual([]);
    const kept = { audio, consent: CONSENT, keepFile: true };
    await expect(voices.clone(kept)).rejects.toThrow(/5 to 10 s/);
    expect(await files.list()).toHaveLength(1);
  });
});
