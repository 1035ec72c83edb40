import { describe, expect, test } from 'vitest';
import { syntheticVoice } from '../audio/vad/testing/synthetic-voice.ts';
import { writeWav } from '../audio/wav-writer.ts';
import { createConnection } from '../client.ts';
import type { StepAudioOptions } from '../client.ts';
import {
  CapabilityError,
  ProtocolError,
  ServiceError,
  StepAudioError,
  ValidationError,
} from '../errors.ts';
import { ManualClock } from '../net/testing/manual-clock.ts';
import { ScriptedServer } from '../net/testing/scripted-server.ts';
import type { ReceivedRequest } from '../net/testing/scripted-server.ts';
import { createNodeRuntime } from '../runtime/node/node-runtime.ts';
import type { CloneWarning } from './clip-check.ts';
import type { VoiceCloneOptions, VoicePreviewOptions } from './voice-options.ts';
import { Voices } from './voices.ts';

const SOUND = {
  samples: syntheticVoice({ seconds: 6, sampleRate: 16_000, pitch: 160, dbfs: -22 }),
  sampleRate: 16_000,
};
const CONSENT = { by: 'Wei Chen', how: 'in-writing' };

// Written by hand from the service's documentation.
const SYSTEM = {
  voices: ['cixingnansheng', 'yingwennansheng', 'new-voice', 'cixingnansheng'],
  'voices-details': {
    cixingnansheng: {
      'voice-name': '磁性男声',
      'voice-description': '男，低沉',
      recommended_scene: '有声书、情感陪伴',
    },
    'new-voice': { 'voice-name': '新声', 'voice-description': '女，英文，明亮' },
  },
};
const PAGE = {
  object: 'list',
  data: [{ id: 'voice-tone-Qm3xT7bYpa', file_id: 'file-Qm3xT7bYpa', created_at: 1_790_000_000 }],
  has_more: false,
  first_id: 'voice-tone-Qm3xT7bYpa',
  last_id: 'voice-tone-Qm3xT7bYpa',
};
const CLONE = {
  kind: 'clone',
  id: 'voice-tone-Qm3xT7bYpa',
  fileId: 'file-Qm3xT7bYpa',
  createdAt: new Date(1_790_000_000_000),
};
const FILE = { id: 'file-Qm3xT7bYpa', object: 'file', bytes: 192_044 };
const VOICE = { id: 'voice-tone-Qm3xT7bYpa', object: 'audio.voice' };

type Answer = { status?: number; body?: unknown; cut?: boolean };
type Answers = Partial<Record<string, Answer | ((request: ReceivedRequest) => Answer)>>;

/** Answers by method and path behind the prefix; what is not named does not exist. */
async function serve(answers: Answers): Promise<ScriptedServer> {
  return ScriptedServer.start((request, answer) => {
    const path = new URL(request.url, 'http://x').pathname.replace(/^.*\/v1/, '');
    const found = answers[`${request.method} ${path}`] ?? { status: 404 };
    const { status = 200, body = {}, cut } = typeof found === 'function' ? found(request) : found;
    if (cut === true) return void answer.socket?.destroy();
    answer
      .writeHead(status, { 'content-type': 'application/json', 'x-trace-id': 't-1' })
      .end(JSON.stringify(body));
  });
}

function connect(
  { url }: ScriptedServer,
  options: StepAudioOptions = {},
  clock = new ManualClock(),
): Voices {
  const runtime = { ...createNodeRuntime(), clock, random: () => 0 };
  return new Voices(
    createConnection({ apiKey: 'sk-geheim-0123', baseURL: url, runtime, retry: false, ...options }),
  );
}

const asked = ({ requests }: ScriptedServer) =>
  requests.map(({ method, url }) => `${method} ${url}`);

describe('list', () => {
  test('joins what the service lists with what is known, own voices behind', async () => {
    await using server = await serve({
      'GET /audio/system_voices': { body: SYSTEM },
      'GET /audio/voices': { body: PAGE },
    });
    expect(await connect(server).list()).toEqual([
      {
        kind: 'system',
        id: 'cixingnansheng',
        name: 'Magnetic male',
        nameZh: '磁性男声',
        gender: 'male',
        language: 'zh',
        models: ['stepaudio-2.5-tts', 'step-tts-2', 'step-tts-mini'],
        scenes: ['audiobook', 'companion'],
        description: '男，低沉',
        source: 'service',
      },
      expect.objectContaining({
        id: 'yingwennansheng',
        name: 'yingwennansheng',
        gender: undefined,
      }),
      expect.objectContaining({
        id: 'new-voice',
        nameZh: '新声',
        gender: 'female',
        language: 'en',
      }),
      CLONE,
    ]);
    expect(asked(server)).toEqual([
      'GET /v1/audio/system_voices?model=step-tts-2',
      'GET /v1/audio/voices?limit=100&order=desc',
    ]);
  });

  test('asks only for what is wanted', async () => {
    await using server = await serve({
      'GET /audio/system_voices': { body: SYSTEM },
      'GET /audio/voices': { body: { data: [] } },
    });
    const voices = connect(server);
    expect(await voices.list({ include: 'own' })).toEqual([]);
    const mini = await voices.list({ include: 'system', model: 'step-tts-mini' });
    expect(mini.map(({ id }) => id)).toEqual(['cixingnansheng']);
    // No list of voices is published for it.
    const newest = await voices.list({ include: 'system', model: 'stepaudio-3-tts' });
    expect(newest).toHaveLength(3);
    expect(server.requests).toHaveLength(3);
    await expect(voices.list({ include: 'none' as 'all' })).rejects.toThrow(ValidationError);
    await expect(voices.list({ only: 'own' } as never)).rejects.toMatchObject({ path: 'only' });
  });

  test.each([
    ['cn', 36],
    ['intl', 7],
    [undefined, 36],
  ] as const)('on the subscription the table stands in: region %s', async (region, count) => {
    await using server = await serve({ 'GET /audio/voices': { body: PAGE } });
    const list = await connect(server, { plan: 'step-plan', region }).list();
    expect(list).toHaveLength(count + 1);
    expect(list[0]).toMatchObject({ source: 'table' });
    expect(list.at(-1)).toEqual(CLONE);
  });

  test('elsewhere a failure is one', async () => {
    await using server = await serve({ 'GET /audio/system_voices': { status: 500 } });
    await expect(connect(server).list()).rejects.toThrow(ServiceError);
  });

  test.each([
    [{ data: [{ id: 7, file_id: 8, created_at: '?' }] }, [{ id: '7', fileId: '8' }]],
    [{ data: [], has_more: 'no', first_id: null, last_id: '' }, []],
  ])('a page is read liberally: %j', async (body, rows) => {
    await using server = await serve({ 'GET /audio/voices': { body } });
    const page = await connect(server).listClones({
      limit: 5,
      order: 'asc',
      after: 'voice-tone-1',
    });
    expect(page.voices).toMatchObject(rows);
    expect(asked(server)).toEqual(['GET /v1/audio/voices?limit=5&order=asc&after=voice-tone-1']);
  });

  test.each([
    [{ limit: 0 }, 'limit'],
    [{ limit: 101 }, 'limit'],
    [{ limit: 1.5 }, 'limit'],
    [{ order: 'up' }, 'order'],
    [{ after: '' }, 'after'],
    [{ page: 2 }, 'page'],
  ])('%j is refused', async (options, path) => {
    await using server = await serve({});
    await expect(connect(server).listClones(options as never)).rejects.toMatchObject({ path });
    expect(server.requests).toEqual([]);
  });
});

describe('find', () => {
  test('official voices without a request', async () => {
    await using server = await serve({});
    const voices = connect(server);
    expect((await voices.find('磁性男声')).voice?.id).toBe('cixingnansheng');
    expect((await voices.find('Deep male')).voice?.id).toBe('shenchennanyin');
    expect(server.requests).toEqual([]);
    await expect(voices.find(' ')).rejects.toMatchObject({ path: 'idOrName' });
  });

  test('others among all that there are, or what may be meant', async () => {
    await using server = await serve({
      'GET /audio/system_voices': { body: SYSTEM },
      'GET /audio/voices': { body: PAGE },
    });
    const voices = connect(server);
    expect((await voices.find('voice-tone-Qm3xT7bYpa')).voice).toEqual(CLONE);
    expect((await voices.find('新声')).voice?.id).toBe('new-voice');
    const miss = await voices.find('磁性男生');
    expect(miss.voice).toBeUndefined();
    expect(miss.suggestions[0]?.id).toBe('cixingnansheng');
  });

  test('a voice of the other host is not one of this', async () => {
    await using server = await serve({
      'GET /audio/system_voices': { body: { voices: ['lively-girl'] } },
      'GET /audio/voices': { body: PAGE },
    });
    const voices = connect(server, { region: 'intl' });
    expect((await voices.find('lively-girl')).voice?.id).toBe('lively-girl');
    expect((await voices.find('cixingnansheng')).voice).toBeUndefined();
  });
});

describe('clone', () => {
  test('uploads, clones, and sends nothing about the consent', async () => {
    await using server = await serve({
      'POST /files': { body: FILE },
      'POST /audio/voices': { body: VOICE },
    });
    const clone = await connect(server).clone({
      audio: SOUND,
      transcript: '今天天气很好。',
      consent: CONSENT,
      filename: '参考.wav',
    });
    expect(clone).toMatchObject({
      id: VOICE.id,
      model: 'stepaudio-2.5-tts',
      fileId: FILE.id,
      duplicated: false,
      clip: { container: 'wav', seconds: 6 },
      warnings: [],
      requestId: 't-1',
    });
    expect(asked(server)).toEqual(['POST /v1/files', 'POST /v1/audio/voices']);
    expect(server.requests[0]?.body).toMatch(/name="purpose"\r\n\r\nstorage.*filename="参考.wav"/s);
    expect(server.lastRequest.json).toEqual({
      model: 'stepaudio-2.5-tts',
      file_id: FILE.id,
      text: '今天天气很好。',
    });
    for (const { body } of server.requests) expect(body).not.toContain('Wei Chen');
  });

  test('a stored file is neither looked at nor deleted', async () => {
    await using server = await serve({
      'POST /audio/voices': { body: { ...VOICE, duplicated: true } },
    });
    const clone = await connect(server).clone({ fileId: 'file-1', consent: CONSENT });
    expect(clone).toMatchObject({ fileId: 'file-1', duplicated: true, clip: undefined });
    await using refusing = await serve({ 'POST /audio/voices': { status: 400 } });
    await expect(connect(refusing).clone({ fileId: 'file-1', consent: CONSENT })).rejects.toThrow(
      ServiceError,
    );
    expect(asked(refusing)).toEqual(['POST /v1/audio/voices']);
  });

  test.each<[string, object, string]>([
    ['no consent', { audio: SOUND }, 'consent'],
    ['a bare yes', { audio: SOUND, consent: true }, 'consent'],
    ['a consent of nobody', { audio: SOUND, consent: { by: ' ', how: 'recorded' } }, 'consent.by'],
    ['a consent without how', { audio: SOUND, consent: { by: 'Wei Chen' } }, 'consent.how'],
    ['no sound', { consent: CONSENT }, 'audio'],
    ['two sources', { audio: SOUND, fileId: 'file-1', consent: CONSENT }, 'fileId'],
    [
      'a model that cannot',
      { audio: SOUND, model: 'stepaudio-2.5-asr', consent: CONSENT },
      'model',
    ],
    ['a blank transcript', { audio: SOUND, transcript: ' ', consent: CONSENT }, 'transcript'],
    ['a path for an id', { fileId: '../x', consent: CONSENT }, 'fileId'],
    ['what is no sound', { audio: new TextEncoder().encode('text'), consent: CONSENT }, 'audio'],
    ['a path for a file', { audio: 'clip.wav', consent: CONSENT }, 'audio'],
    ['null', { audio: null, consent: CONSENT }, 'audio'],
    ['an empty name', { audio: SOUND, filename: '', consent: CONSENT }, 'filename'],
    [
      'silence',
      { audio: { ...SOUND, samples: new Int16Array(96_000) }, consent: CONSENT },
      'audio',
    ],
    ['an unknown option', { audio: SOUND, consent: CONSENT, text: 'x' }, 'text'],
  ])('%s is refused before anything is sent', async (_, options, path) => {
    await using server = await serve({});
    const refused = connect(server).clone(options as VoiceCloneOptions);
    await expect(refused).rejects.toThrow(ValidationError);
    await expect(refused).rejects.toMatchObject({ path });
    await expect(refused).rejects.not.toThrow(/Wei/);
    expect(server.requests).toEqual([]);
  });

  test('a realtime model names the one to clone with', async () => {
    await using server = await serve({});
    const refused = connect(server).clone({
      audio: SOUND,
      model: 'stepaudio-2.5-realtime',
      consent: CONSENT,
    });
    await expect(refused).rejects.toMatchObject({ path: 'model', instead: 'stepaudio-2.5-tts' });
  });

  test('warnings come first, and may end it', async () => {
    await using server = await serve({
      'POST /files': { body: FILE },
      'POST /audio/voices': { body: VOICE },
    });
    const audio = { ...SOUND, samples: SOUND.samples.subarray(0, 32_000) };
    const told: CloneWarning[] = [];
    const stop = new Error('too short for me');
    const onWarning = (warning: CloneWarning): void => {
      told.push(warning);
      throw stop;
    };
    await expect(connect(server).clone({ audio, consent: CONSENT, onWarning })).rejects.toBe(stop);
    expect(told).toMatchObject([{ code: 'short', seconds: 2, advised: [5, 10] }]);
    expect(server.requests).toEqual([]);
    const { warnings } = await connect(server).clone({ audio, consent: CONSENT });
    expect(warnings.map(({ code }) => code)).toEqual(['short']);
  });

  describe('a refusal', () => {
    const refuse = (status: number, answers: Answers = {}) =>
      serve({
        'POST /files': { body: FILE },
        'POST /audio/voices': { status, body: { error: { message: 'voice is not clear' } } },
        'DELETE /files/file-Qm3xT7bYpa': { body: { id: FILE.id, deleted: true } },
        ...answers,
      });

    test.each([400, 402, 451, 500])('with %i takes the file away again', async (status) => {
      await using server = await refuse(status);
      const told: CloneWarning[] = [];
      const failed = connect(server).clone({
        audio: SOUND,
        consent: CONSENT,
        onWarning: (warning) => told.push(warning),
      });
      await expect(failed).rejects.toMatchObject({ status });
      expect(asked(server).at(-1)).toBe('DELETE /v1/files/file-Qm3xT7bYpa');
      expect(told).toEqual([]);
    });

    test('for too many requests does not wait for its turn for ever', async () => {
      await using server = await refuse(429);
      const clock = new ManualClock();
      const told: CloneWarning[] = [];
      const failed = connect(server, {}, clock).clone({
        audio: SOUND,
        consent: CONSENT,
        onWarning: (warning) => told.push(warning),
      });
      const settled = failed.catch((error: unknown) => error);
      await clock.timer(5000);
      await clock.advance(5000);
      expect(await settled).toMatchObject({ status: 429 });
      expect(told).toMatchObject([{ code: 'file-kept', fileId: FILE.id }]);
      expect(clock.pending).toBe(0);
    });

    test('leaves it with keepFile', async () => {
      await using server = await refuse(400);
      const options = { audio: SOUND, consent: CONSENT, keepFile: true };
      await expect(connect(server).clone(options)).rejects.toThrow(ServiceError);
      expect(server.requests).toHaveLength(2);
    });

    test('is thrown even if the file cannot be deleted, which is told', async () => {
      await using server = await refuse(400, { 'DELETE /files/file-Qm3xT7bYpa': { status: 500 } });
      const told: CloneWarning[] = [];
      const failed = connect(server).clone({
        audio: SOUND,
        consent: CONSENT,
        onWarning: (warning) => {
          told.push(warning);
          throw new Error('nobody hears this');
        },
      });
      await expect(failed).rejects.toMatchObject({ status: 400 });
      expect(told).toMatchObject([{ code: 'file-kept', fileId: FILE.id }]);
    });

    test('does not repeat the transcript', async () => {
      const transcript = '这句话谁也不该看到';
      await using server = await refuse(400, {
        'POST /audio/voices': { status: 400, body: { error: { message: `bad: ${transcript}` } } },
      });
      const failed = connect(server).clone({ audio: SOUND, transcript, consent: CONSENT });
      await expect(failed).rejects.toThrow(/bad/);
      await expect(failed).rejects.not.toThrow(transcript);
    });
  });

  test.each<[string, Answer]>([
    ['a lost answer', { cut: true }],
    ['an answer without an id', { body: { object: 'audio.voice' } }],
  ])('after %s the file is kept, to ask again without paying twice', async (_, answer) => {
    await using server = await serve({
      'POST /files': { body: FILE },
      'POST /audio/voices': answer,
    });
    const told: CloneWarning[] = [];
    const failed = connect(server).clone({
      audio: SOUND,
      consent: CONSENT,
      onWarning: (warning) => told.push(warning),
    });
    await expect(failed).rejects.toThrow(StepAudioError);
    expect(told).toMatchObject([{ code: 'file-kept', fileId: FILE.id }]);
    expect(told[0]?.message).toContain(FILE.id);
    expect(server.requests).toHaveLength(2);
  });

  test('an abort returns at once, and the file is deleted behind it', async () => {
    const abort = new AbortController();
    const reason = new Error('gone');
    await using server = await ScriptedServer.start((request, answer) => {
      if (request.method === 'DELETE') return answer.end('{"deleted": true}');
      if (request.url.endsWith('/files')) return answer.end(JSON.stringify(FILE));
      // The clone is never answered.
      abort.abort(reason);
    });
    const cloning = connect(server).clone({ audio: SOUND, consent: CONSENT, signal: abort.signal });
    await expect(cloning).rejects.toBe(reason);
    await server.until(() => server.requests.some(({ method }) => method === 'DELETE'));
  });

  test('the subscription keeps no files, so nothing can be uploaded', async () => {
    await using server = await serve({ 'POST /audio/voices': { body: VOICE } });
    const voices = connect(server, { plan: 'step-plan' });
    await expect(voices.clone({ audio: SOUND, consent: CONSENT })).rejects.toThrow(CapabilityError);
    expect((await voices.clone({ fileId: 'file-1', consent: CONSENT })).id).toBe(VOICE.id);
  });
});

describe('check', () => {
  test('finds what clone would find, and sends nothing', async () => {
    await using server = await serve({});
    const voices = connect(server);
    const short = { ...SOUND, samples: SOUND.samples.subarray(0, 2 * SOUND.sampleRate) };
    const { clip, warnings } = await voices.check({ audio: short });
    expect(clip).toMatchObject({ container: 'wav', seconds: 2, sampleRate: 16_000 });
    expect(warnings.map(({ code }) => code)).toContain('short');
    await expect(voices.check({ audio: new Uint8Array(0) })).rejects.toThrow(ValidationError);
    await expect(voices.check({ audio: SOUND, fileId: 'x' } as never)).rejects.toThrow(/fileId/);
    expect(server.requests).toEqual([]);
  });
});

describe('preview', () => {
  const wav = writeWav({ samples: new Int16Array(2400), sampleRate: 24_000 });
  const mp3 = new Uint8Array(384);
  mp3.set([0xff, 0xf3, 0x84, 0xc4], 0);
  mp3.set([0xff, 0xf3, 0x84, 0xc4], 192);
  const answerWith = (bytes: Uint8Array): Answers => ({
    'POST /audio/voices/preview': {
      body: { sample_audio: Buffer.from(bytes).toString('base64'), request_id: 'r-1' },
    },
  });

  test.each([
    ['wav', wav, 'mp3'],
    ['mp3', mp3, 'wav'],
  ] as const)('%s is told from its bytes', async (format, bytes, wanted) => {
    await using server = await serve(answerWith(bytes));
    const preview = await connect(server).preview({
      fileId: 'file-1',
      text: '你好。',
      format: wanted,
    });
    expect(preview).toEqual({ audio: bytes, format, text: '你好。', requestId: 't-1' });
  });

  test('every option has its place', async () => {
    await using server = await serve(answerWith(wav));
    await connect(server).preview({
      fileId: 'file-1',
      text: '重庆很大。',
      model: 'step-tts-2',
      transcript: '早上好。',
      sampleRate: 16_000,
      speed: 1.2,
      volume: 0.8,
      label: { emotion: 'happy' },
      pronunciations: ['重庆/chong2庆'],
      markdownFilter: true,
    });
    expect(server.lastRequest.json).toEqual({
      model: 'step-tts-2',
      file_id: 'file-1',
      sample_text: '重庆很大。',
      text: '早上好。',
      response_format: 'wav',
      sample_rate: 16_000,
      speed: 1.2,
      volume: 0.8,
      voice_label: { emotion: '高兴' },
      pronunciation_map: { tone: ['重庆/chong2庆'] },
      markdown_filter: true,
    });
  });

  test.each<[object, string, RegExp]>([
    [{ text: 'a' }, 'fileId', /id of a stored file/],
    [{ fileId: 'file-1', text: ' ' }, 'text', /not blank/],
    [{ fileId: 'file-1', text: 'a'.repeat(1001) }, 'text', /1 to 1000/],
    [{ fileId: 'file-1', text: 'a', model: 'stepaudio-3-tts' }, 'model', /stepaudio-2.5-tts/],
    [{ fileId: 'file-1', text: 'a', label: { emotion: 'happy' } }, 'label', /Use instruction/],
    [
      { fileId: 'file-1', text: 'a', model: 'step-tts-2', label: { emotion: 'merry' } },
      'label.emotion',
      /happy, very-happy/,
    ],
    [{ fileId: 'file-1', text: 'a', format: 'aac' }, 'format', /mp3, wav/],
    [{ fileId: 'file-1', text: 'a', speed: 3 }, 'speed', /0.5 to 2/],
    [{ fileId: 'file-1', text: 'a', sample_rate: 16_000 }, 'sample_rate', /Use sampleRate/],
    [{ fileId: 'file-1', text: 'a', pronunciations: 'a/b' }, 'pronunciations', /list of/],
  ])('%# is refused', async (options, path, message) => {
    await using server = await serve({});
    const refused = connect(server).preview(options as VoicePreviewOptions);
    await expect(refused).rejects.toMatchObject({ path });
    await expect(refused).rejects.toThrow(message);
    expect(server.requests).toEqual([]);
  });

  test.each([
    [{ sample_text: 'a' }, /sample_audio should be/],
    [{ sample_audio: '' }, /sent nothing/],
    [{ sample_audio: '?' }, /base64/],
  ])('the answer %j is malformed', async (body, message) => {
    await using server = await serve({ 'POST /audio/voices/preview': { body } });
    const failed = connect(server).preview({ fileId: 'file-1', text: 'a' });
    await expect(failed).rejects.toThrow(ProtocolError);
    await expect(failed).rejects.toThrow(message);
  });

  test('the subscription has none', async () => {
    await using server = await serve({});
    const failed = connect(server, { plan: 'step-plan' }).preview({ fileId: 'file-1', text: 'a' });
    await expect(failed).rejects.toThrow(CapabilityError);
  });
});
