import { createServer } from 'node:http';
import type { RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { writeWav } from '@stepvoice/core/audio';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createManualClock } from '../clock.ts';
import { encodeWhole } from '../codecs/index.ts';
import { startEmulatorWith } from '../emulator.ts';
import type { Emulator } from '../emulator.ts';
import { bearer, errorOf, until } from '../testing/raw-client.ts';
import { createToneEngine } from '../testing/tone-engine.ts';
import { createSpeechEngine } from '../voice/index.ts';
import { pcmBytes, sayData } from './testing/asr-client.ts';

const RATE = 16_000;
const TEXT = '你好。Hello there, friend. 再见！';
const MODEL = 'stepaudio-2.5-asr';
let emulator: Emulator;
let wav: Uint8Array;
const files = new Map<string, RequestListener>();
const server = createServer((request, response) => {
  const serve = files.get(request.url ?? '');
  if (serve === undefined) response.writeHead(404).end();
  else serve(request, response);
});
let origin = '';
beforeAll(async () => {
  emulator = await startEmulatorWith({}, createToneEngine);
  wav = writeWav({ samples: await sayData(TEXT, RATE), sampleRate: RATE });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  await emulator.close();
  server.closeAllConnections();
  server.close();
});

/** Lays bytes behind an address. */
function lay(path: string, bytes: Uint8Array): string {
  files.set(path, (_, response) => response.end(bytes));
  return origin + path;
}

function post(path: string, body: object, to = emulator): Promise<Response> {
  return fetch(`${to.url}/v1/audio/asr/file/${path}`, {
    method: 'POST',
    headers: bearer(to),
    body: JSON.stringify(body),
  });
}

type State = {
  status?: string;
  error?: { stage: string; message: string };
  duration?: number;
  result?: {
    text: string;
    utterances?: {
      text: string;
      start_time: number;
      end_time: number;
      words: { text: string; start_time: number; end_time: number }[];
      speaker?: { id: string };
    }[];
  }[];
};

async function submit(audio: object, request: object = {}, to = emulator): Promise<string> {
  const answer = await post('submit', { audio, request: { model_name: MODEL, ...request } }, to);
  const { task_id: id } = (await answer.json()) as { task_id: string };
  expect(id).toMatch(/^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
  return id;
}

async function untilDone(id: string, to = emulator): Promise<State> {
  for (;;) {
    const state = (await (await post('query', { task_id: id }, to)).json()) as State;
    if (state.status !== 'PENDING' && state.status !== 'RUNNING') return state;
    expect(Object.keys(state)).toEqual(['status']);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

async function transcribeFile(audio: object, request: object = {}, to = emulator): Promise<State> {
  return untilDone(await submit(audio, request, to), to);
}

describe('hears', () => {
  test('a file to the letter; who is done has no status', async () => {
    const state = await transcribeFile({ format: 'wav', url: lay('/a.wav', wav), codec: 'pcm' });
    expect(state).toEqual({ duration: expect.any(Number), result: [{ text: TEXT }] });
    expect(state.duration).toBeCloseTo((wav.length - 44) / 2 / RATE, 2);
  });

  test('its utterances with their words', async () => {
    const url = lay('/b.mp3', await encodeWhole('mp3', await sayData(TEXT, 24_000), 24_000));
    const { result } = await transcribeFile({ format: 'mp3', url }, { show_utterances: true });
    const utterances = result?.[0]?.utterances ?? [];
    expect(utterances.map(({ text }) => text)).toEqual(['你好', 'Hello there, friend', '再见！']);
    expect(utterances[1]?.words.map(({ text }) => text)).toEqual(['Hello', 'there', 'friend']);
    let now = 0;
    for (const { start_time: start, end_time: end, words } of utterances) {
      expect(start).toBe(words[0]?.start_time);
      expect(start).toBeGreaterThanOrEqual(now);
      expect(end).toBe(words.at(-1)?.end_time);
      now = end;
    }
    expect(utterances[0]).not.toHaveProperty('speaker');
  });

  test.each(['wav', 'pcm'])('each channel for itself, %s', async (format) => {
    const [left, right] = await Promise.all([sayData('左边', RATE), sayData('right', RATE, 1)]);
    const length = Math.max(left.length, right.length);
    const both = new Int16Array(length * 2);
    for (let i = 0; i < length; i++) {
      both[2 * i] = left[i] ?? 0;
      both[2 * i + 1] = right[i] ?? 0;
    }
    const bytes = format === 'wav' ? stereoWav(both) : pcmBytes(both);
    const url = lay(`/stereo.${format}`, bytes);
    const { result } = await transcribeFile(
      { format, url, channel: 2, rate: RATE },
      { enable_channel_split: true },
    );
    expect(result).toEqual([{ text: '左边' }, { text: 'right' }]);
  });
});

function stereoWav(samples: Int16Array): Uint8Array {
  const file = writeWav({ samples, sampleRate: RATE });
  const view = new DataView(file.buffer);
  view.setUint16(22, 2, true);
  view.setUint32(28, RATE * 4, true);
  view.setUint16(32, 4, true);
  return file;
}

test('tells two voices apart, by the ids of the service or of its documentation', async () => {
  const engine = createSpeechEngine();
  const parts: Int16Array[] = [];
  for (const voice of ['cixingnansheng', 'lively-girl', 'cixingnansheng']) {
    const text = 'We will meet again tomorrow morning.';
    for await (const { samples } of engine.synthesize({
      text,
      voice,
      sampleRate: RATE,
      directives: false,
    })) {
      parts.push(samples);
    }
    parts.push(new Int16Array(RATE));
  }
  await engine.close();
  const url = lay('/talk.pcm', pcmBytes(...parts));
  const request = { show_utterances: true, enable_speaker_info: true };
  const speakers = async (to: Emulator): Promise<unknown[]> => {
    const { result } = await transcribeFile({ format: 'pcm', rate: RATE, url }, request, to);
    return result?.[0]?.utterances?.map(({ speaker }) => speaker?.id) ?? [];
  };
  expect(await speakers(emulator)).toEqual(['speaker_0', 'speaker_1', 'speaker_0']);
  await using strict = await startEmulatorWith({ strict: true }, createToneEngine);
  expect(await speakers(strict)).toEqual(['spk_1', 'spk_2', 'spk_1']);
});

describe('fails', () => {
  test.each<[string, (path: string) => string, string, string]>([
    [
      'nobody listens',
      () => 'http://127.0.0.1:1/a.wav',
      'audio_download',
      'the audio url cannot be reached',
    ],
    [
      'a private address',
      () => 'http://10.0.0.1/a.wav',
      'audio_download',
      'the audio url is not public',
    ],
    [
      'a private address, otherwise written',
      () => 'http://0xa9fea9fe/latest',
      'audio_download',
      'the audio url is not public',
    ],
    [
      'a mapped address',
      () => 'http://[::ffff:192.168.0.1]/a',
      'audio_download',
      'the audio url is not public',
    ],
    ['nothing there', () => `${origin}/none`, 'audio_download', 'the audio url answered 404'],
    [
      'a redirect',
      (path) => {
        files.set(path, (_, response) =>
          response.writeHead(302, { location: `${origin}/a.wav` }).end(),
        );
        return origin + path;
      },
      'audio_download',
      'the audio url redirects; redirects are not followed',
    ],
    [
      'a file too large by its own word',
      (path) => {
        files.set(path, (_, response) => {
          response.writeHead(200, { 'content-length': 100_000_000 });
          response.flushHeaders();
        });
        return origin + path;
      },
      'audio_download',
      'the audio is larger than 100 MB',
    ],
    [
      'no sound',
      (path) => lay(path, new TextEncoder().encode('<html>')),
      'audio_decode',
      'the audio is not readable wav',
    ],
  ])('%s', async (name, toUrl, stage, message) => {
    const url = toUrl(`/${encodeURIComponent(name)}`);
    expect(await transcribeFile({ format: 'wav', url })).toEqual({
      status: 'FAILED',
      error: { stage, message },
    });
  });

  test('one channel that is to be split', async () => {
    const url = lay('/a.wav', wav);
    const state = await transcribeFile(
      { format: 'wav', url, channel: 2 },
      { enable_channel_split: true },
    );
    expect(state.error?.message).toBe('the audio has one channel; two are needed to split them');
  });
});

describe('refuses at once', () => {
  const url = 'https://example.com/a.wav';
  test.each<[object, object, string]>([
    [
      { format: 'wav', url },
      { model_name: 'stepaudio-3-asr-max' },
      'model stepaudio-3-asr-max not supported',
    ],
    [
      { format: 'wav' },
      {},
      'audio.url is not valid: expected a public http or https address of a file below 100 MB, without a redirect',
    ],
    [
      { format: 'wav', url: 'stepfile://file-1' },
      {},
      'audio.url is not valid: expected a public http or https address of a file below 100 MB, without a redirect',
    ],
    [
      { format: 'wav', data: 'AAAA' },
      {},
      'audio.url is not valid: expected a public http or https address of a file below 100 MB, without a redirect',
    ],
    [{ url }, {}, 'audio.format is required'],
    [
      { format: 'pcm', url },
      {},
      'audio.rate is not valid: expected a whole number of hertz; pcm cannot do without',
    ],
    [
      { format: 'wav', url },
      { enable_speaker_info: true },
      'request.enable_speaker_info is not valid: expected true only together with show_utterances',
    ],
    [
      { format: 'wav', url },
      { enable_channel_split: true },
      'request.enable_channel_split is not valid: expected true only with a sound of 2 channels',
    ],
  ])('%j %j', async (audio, request, message) => {
    const answer = await post('submit', { audio, request: { model_name: MODEL, ...request } });
    expect(answer.status).toBe(400);
    expect((await errorOf(answer)).message).toBe(message);
  });

  test('a task that does not exist, and the subscription', async () => {
    const answer = await post('query', { task_id: 'none' });
    expect([answer.status, (await errorOf(answer)).message]).toEqual([
      400,
      'task none does not exist',
    ]);
    const plan = await fetch(`${emulator.url}/step_plan/v1/audio/asr/file/submit`, {
      method: 'POST',
      headers: bearer(emulator),
      body: '{}',
    });
    expect(plan.status).toBe(404);
  });
});

test('one task after the other, and none that outlives its day or the emulator', async () => {
  const clock = createManualClock();
  const own = await startEmulatorWith({ clock }, createToneEngine);
  let release: () => void = () => undefined;
  files.set('/slow.wav', (_, response) => (release = () => void response.end(wav)));
  const first = await submit({ format: 'wav', url: `${origin}/slow.wav` }, {}, own);
  const second = await submit({ format: 'wav', url: lay('/a.wav', wav) }, {}, own);
  const stateOf = async (id: string): Promise<State> =>
    (await (await post('query', { task_id: id }, own)).json()) as State;
  expect(await stateOf(first)).toEqual({ status: 'RUNNING' });
  expect(await stateOf(second)).toEqual({ status: 'PENDING' });
  release();
  expect((await untilDone(second, own)).result?.[0]?.text).toBe(TEXT);
  clock.advance(24 * 60 * 60 * 1000);
  expect((await post('query', { task_id: second }, own)).status).toBe(400);
  const late = await submit({ format: 'wav', url: `${origin}/slow.wav` }, {}, own);
  await until(() => clock.pending > 0);
  clock.advance(60_000);
  expect((await untilDone(late, own)).error?.message).toBe('the audio url did not answer in time');
  await submit({ format: 'wav', url: `${origin}/slow.wav` }, {}, own);
  await own.close();
});
