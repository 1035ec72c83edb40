import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decodeBase64, readWav, sniffContainer, writeWav } from '@stepvoice/core/audio';
import type { Pcm } from '@stepvoice/core/audio';
import { createManualClock } from '../clock.ts';
import { startEmulatorWith } from '../emulator.ts';
import type { Emulator } from '../emulator.ts';
import { ask, refusal, upload } from '../testing/account.ts';
import { errorOf, speak } from '../testing/raw-client.ts';
import { createToneEngine } from '../testing/tone-engine.ts';
import { noise, pulseVoice } from './testing/pulse-voice.ts';

const MODEL = 'stepaudio-2.5-tts';
const wav = (pcm: Pcm) => writeWav(pcm);
const VOICE = wav(pulseVoice({ pitchHz: 220 }));

const engine = createToneEngine();
const clock = createManualClock(1_790_000_000_000);
let emulator: Emulator;
let strict: Emulator;
let file: string;
beforeAll(async () => {
  emulator = await startEmulatorWith({ clock }, () => engine);
  strict = await startEmulatorWith({ clock, strict: true }, createToneEngine);
  file = await upload(emulator, VOICE);
});
afterAll(() => Promise.all([emulator.close(), strict.close()]));

const clone = (fields: object) =>
  ask(emulator, 'POST', '/audio/voices', { model: MODEL, file_id: file, ...fields });

describe('a clone', () => {
  test('is made once, speaks at once, and as it was heard', async () => {
    const made = await clone({ text: 'one' });
    const id = String(made.body['id']);
    expect(made).toEqual({ status: 200, body: { id, object: 'audio.voice' } });
    expect(id).toMatch(/^voice-tone-[A-Za-z0-9]{10}$/);
    expect((await clone({ text: 'one' })).body).toEqual({
      id,
      object: 'audio.voice',
      duplicated: true,
    });
    expect((await clone({ text: 'two' })).body['id']).not.toBe(id);
    expect((await speak(emulator, { voice: id })).status).toBe(200);
    const { traits } = engine.requests.at(-1)!;
    expect(traits?.medianPitchHz).toBeCloseTo(220, -1);
    await speak(emulator, { voice: 'cixingnansheng' });
    expect(engine.requests.at(-1)).not.toHaveProperty('traits');
  });

  test('outlives its file', async () => {
    const own = await upload(emulator, VOICE);
    const { body } = await clone({ file_id: own });
    await ask(emulator, 'DELETE', `/files/${own}`);
    expect((await speak(emulator, { voice: body['id'] })).status).toBe(200);
    expect((await clone({ file_id: own })).status).toBe(400);
  });

  test('of the older version of the service speaks a sample; today’s documentation has none', async () => {
    const { body } = await clone({ text: 'sample', sample_text: '你好' });
    expect(body['sample_text']).toBe('你好');
    const sample = readWav(decodeBase64(String(body['sample_audio'])));
    expect(sample.samples.length / sample.sampleRate).toBeCloseTo(0.2);
    const strictFile = await upload(strict, VOICE);
    const asked = { model: MODEL, file_id: strictFile, sample_text: '你好' };
    expect((await ask(strict, 'POST', '/audio/voices', asked)).body).not.toHaveProperty(
      'sample_text',
    );
  });

  test('needs a key of its account and works on the subscription', async () => {
    const fields = { model: MODEL, file_id: file, text: 'plan' };
    expect((await ask(emulator, 'POST', '/audio/voices', fields, '/step_plan/v1')).status).toBe(
      200,
    );
    const answer = await fetch(`${emulator.url}/v1/audio/voices`);
    expect([answer.status, (await errorOf(answer)).type]).toEqual([401, 'invalid_api_key']);
  });
});

describe('is not made', () => {
  test.each<[string, object, RegExp]>([
    ['without a model', { model: null }, /model is required/],
    ['with a realtime model', { model: 'stepaudio-2.5-realtime' }, /realtime not supported/],
    ['with an unknown model', { model: 'step-tts-9' }, /model step-tts-9 not supported/],
    ['without a file', { file_id: '' }, /file_id is required/],
    [
      'from a file that is not there',
      { file_id: 'file-0000000000' },
      /file-0000000000 does not exist/,
    ],
    ['from a number', { file_id: 7 }, /file_id is not valid/],
    ['with a transcript of the wrong kind', { text: 7 }, /text is not valid/],
  ])('%s', async (_, fields, message) => {
    const [status, said] = await refusal(emulator, 'POST', '/audio/voices', {
      model: MODEL,
      file_id: file,
      ...fields,
    });
    expect(status).toBe(400);
    expect(said).toMatch(message);
  });

  const png = Uint8Array.from('\x89PNG\r\n\x1a\n', (character) => character.charCodeAt(0));

  test.each<[string, Uint8Array<ArrayBuffer>, string, RegExp]>([
    ['an image', png, 'storage', /is not an mp3 or wav file/],
    ['a file for reading', VOICE, 'file-extract', /purpose file-extract, expected storage/],
    ['a broken file', VOICE.slice(0, 40), 'storage', /invalid|not a readable/i],
    [
      'silence',
      wav({ samples: new Int16Array(96_000), sampleRate: 16_000 }),
      'storage',
      /no speech/,
    ],
    ['noise', wav(noise(6)), 'storage', /no speech/],
    ['half a second', wav(pulseVoice({ pitchHz: 200, seconds: 0.5 })), 'storage', /lasts 0\.50 s/],
    [
      'over a minute',
      wav({ samples: new Int16Array(490_000), sampleRate: 8000 }),
      'storage',
      /lasts 61/,
    ],
  ])('from %s', async (_, bytes, purpose, message) => {
    const id = await upload(emulator, bytes, 'ref', purpose);
    for (const [path, more] of [
      ['/audio/voices', {}],
      ['/audio/voices/preview', { sample_text: 'a' }],
    ] as const) {
      const asked = { model: MODEL, file_id: id, ...more };
      expect((await refusal(emulator, 'POST', path, asked))[1]).toMatch(message);
    }
  });

  test.each([
    [2, 400],
    [7, 200],
    [11, 400],
  ])('by the letter from %i s: %i, else taken', async (seconds, status) => {
    const bytes = wav(pulseVoice({ pitchHz: 150, seconds }));
    const asked = async (to: Emulator) => {
      const fields = { model: MODEL, file_id: await upload(to, bytes) };
      return (await ask(to, 'POST', '/audio/voices', fields)).status;
    };
    expect([await asked(strict), await asked(emulator)]).toEqual([status, 200]);
  });
});

describe('the list', () => {
  type Row = { id: string; file_id: string; created_at: number };
  type Page = { data: Row[]; has_more: boolean; first_id: string | null; last_id: string | null };
  let account: Emulator;
  const ids = ['a', 'b', 'c', 'd', 'e'].map((letter) => `voice-tone-${letter.repeat(10)}`);
  const [a, b, c, d, e] = ids;
  beforeAll(async () => {
    account = await startEmulatorWith({ clonedVoices: ids, clock }, createToneEngine);
  });
  afterAll(() => account.close());
  const page = async (query: string) =>
    (await ask(account, 'GET', `/audio/voices${query}`)).body as unknown as Page;

  test('has the newest first, in the service’s form', async () => {
    const list = await page('');
    expect(list).toMatchObject({ object: 'list', has_more: false, first_id: e, last_id: a });
    expect(list.data[0]).toEqual({ id: e, file_id: 'file-eeeeeeeeee', created_at: 1_790_000_000 });
  });

  test.each([
    ['?limit=2', [e, d], true],
    [`?limit=2&after=${d}`, [c, b], true],
    [`?limit=2&after=${b}`, [a], false],
    [`?after=${a}`, [], false],
    [`?limit=2&before=${b}`, [d, c], true],
    [`?limit=2&before=${e}`, [], false],
    ['?order=asc&limit=3', [a, b, c], true],
    [`?order=asc&after=${c}`, [d, e], false],
    [`?after=${e}&before=${b}`, [d, c], false],
  ])('%s', async (query, expected, hasMore) => {
    const { data, has_more, first_id, last_id } = await page(query);
    expect(data.map(({ id }) => id)).toEqual(expected);
    expect([has_more, first_id, last_id]).toEqual([
      hasMore,
      expected[0] ?? null,
      expected.at(-1) ?? null,
    ]);
  });

  test.each([
    ['?limit=0', /limit is not valid/],
    ['?limit=101', /limit is not valid/],
    ['?limit=ten', /limit is not valid/],
    ['?order=newest', /order is not valid/],
    ['?after=voice-tone-0000000000', /after voice-tone-0000000000 is not a voice/],
  ])('%s is refused', async (query, message) => {
    const [status, said] = await refusal(account, 'GET', `/audio/voices${query}`);
    expect([status, said]).toEqual([400, expect.stringMatching(message)]);
  });
});

describe('a preview', () => {
  const preview = (fields: object, to = emulator, id = file, prefix = '/v1') =>
    ask(
      to,
      'POST',
      '/audio/voices/preview',
      { model: MODEL, file_id: id, sample_text: '你好', ...fields },
      prefix,
    );

  test('is mp3 unless another format is asked for', async () => {
    for (const [fields, container] of [
      [{}, 'mp3'],
      [{ response_format: 'wav' }, 'wav'],
      [{ response_format: 'opus', sample_rate: 48_000 }, 'ogg'],
    ] as const) {
      const { body } = await preview(fields);
      expect(Object.keys(body)).toEqual(['sample_text', 'sample_audio', 'request_id']);
      expect(sniffContainer(decodeBase64(String(body['sample_audio'])))).toBe(container);
    }
    expect(engine.requests.at(-1)?.traits?.medianPitchHz).toBeCloseTo(220, -1);
  });

  test('makes no voice', async () => {
    const before = await ask(emulator, 'GET', '/audio/voices');
    await preview({ sample_text: '再见' });
    expect(await ask(emulator, 'GET', '/audio/voices')).toEqual(before);
  });

  test.each<[object, RegExp]>([
    [{ sample_text: '' }, /sample_text is required/],
    [{ sample_text: ' ' }, /sample_text is not valid: expected text/],
    [{ model: 'stepaudio-3-tts' }, /model stepaudio-3-tts not supported/],
    [{ speed: 3 }, /speed is not valid/],
    [{ voice_label: { emotion: '高兴' } }, /voice_label is not supported for v2 models/],
    [{ file_id: 'file-0' }, /does not exist/],
  ])('%j is refused', async (fields, message) => {
    const { status, body } = await preview(fields);
    expect([status, (body['error'] as { message: string }).message]).toEqual([
      400,
      expect.stringMatching(message),
    ]);
  });

  test('what its page calls an error, and is not seen to be one', async () => {
    const fields = { model: 'step-tts-2', instruction: 'calm' };
    expect((await preview(fields)).status).toBe(200);
    const own = await upload(strict, VOICE);
    expect((await preview(fields, strict, own)).status).toBe(400);
  });

  test('on the subscription there is none, whatever its page says', async () => {
    expect((await preview({}, emulator, file, '/step_plan/v1')).status).toBe(404);
    const own = await upload(strict, VOICE);
    expect((await preview({}, strict, own, '/step_plan/v1')).status).toBe(200);
  });
});
