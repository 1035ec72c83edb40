import { decodeBase64, decodePcm16, encodeBase64, readWav, writeWav } from '@stepvoice/core/audio';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeWhole } from '../codecs/index.ts';
import { createManualClock } from '../clock.ts';
import { startEmulator, startEmulatorWith } from '../emulator.ts';
import type { Emulator } from '../emulator.ts';
import { bearer, errorOf, eventsOf } from '../testing/raw-client.ts';
import { createToneEngine, toneOf } from '../testing/tone-engine.ts';
import { createSpeechEngine, dataVoice } from '../voice/index.ts';

const clock = createManualClock();
let emulator: Emulator;
/** 你好 as sound that can be read back. */
let question: Int16Array;

beforeAll(async () => {
  emulator = await startEmulatorWith({ clock }, createToneEngine);
  const engine = createSpeechEngine();
  const request = { text: '你好', voice: dataVoice, sampleRate: 16_000, directives: false };
  const chunks: Int16Array[] = [];
  for await (const { samples } of engine.synthesize(request)) chunks.push(samples);
  question = Int16Array.from(chunks.flatMap((chunk) => Array.from(chunk)));
  await engine.close();
});
afterAll(() => emulator.close());

const CHAT = { model: 'stepaudio-2.5-chat', messages: [{ role: 'user', content: '你好' }] };
const SPOKEN = {
  ...CHAT,
  model: 'step-audio-2',
  modalities: ['text', 'audio'],
  audio: { voice: 'wenrounansheng', format: 'wav' },
};

function ask(
  body: Record<string, unknown> = {},
  { to = emulator, prefix = '/v1', fault }: { to?: Emulator; prefix?: string; fault?: string } = {},
): Promise<Response> {
  return fetch(`${to.url}${prefix}/chat/completions`, {
    method: 'POST',
    headers: { ...bearer(to), ...(fault !== undefined && { 'x-emulator-fault': fault }) },
    body: JSON.stringify({ ...CHAT, ...body }),
  });
}

type Message = {
  role: string;
  content?: string | null;
  reasoning?: string;
  reasoning_content?: string;
  audio?: { data?: string; transcript?: string };
  tool_calls?: {
    id: string;
    index: number;
    type: string;
    function: { name: string; arguments: string };
  }[];
};
type Usage = { prompt_tokens: number; completion_tokens: number; total_tokens: number };
type Answer = {
  id: string;
  created: number;
  model: string;
  choices: { index: number; message: Message; delta: Message; finish_reason: string | null }[];
  usage: Usage;
};

async function answerOf(body: Record<string, unknown>, to = emulator): Promise<Answer> {
  const answer = await ask(body, { to });
  expect(answer.status).toBe(200);
  return (await answer.json()) as Answer;
}

async function messageOf(body: Record<string, unknown>, to = emulator): Promise<Message> {
  return (await answerOf(body, to)).choices[0]!.message;
}

async function chunksOf(body: Record<string, unknown>): Promise<Answer[]> {
  const answer = await ask({ ...body, stream: true });
  expect(answer.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
  const events = eventsOf(await answer.text());
  expect(events.pop()).toBe('[DONE]');
  return events as unknown as Answer[];
}

const soundPart = (bytes: Uint8Array, type = 'audio/wav') => ({
  type: 'input_audio',
  input_audio: { data: `data:${type};base64,${encodeBase64(bytes)}` },
});
const wavQuestion = () => writeWav({ samples: question, sampleRate: 16_000 });
const tools = [
  {
    type: 'function',
    function: {
      name: 'get_weather',
      parameters: { properties: { city: { type: 'string' } }, required: ['city'] },
    },
  },
];
const weather = { messages: [{ role: 'user', content: '北京的天气' }], tools };

describe('whole', () => {
  test('a documented answer, under both prefixes', async () => {
    for (const prefix of ['/v1', '/step_plan/v1']) {
      const answer = await ask({}, { prefix });
      expect(answer.headers.get('x-trace-id')).toMatch(/^[0-9a-f]{32}$/);
      expect(await answer.json()).toEqual({
        id: expect.stringMatching(/^[0-9a-f]{32}$/),
        object: 'chat.completion',
        created: clock.now() / 1000,
        model: 'stepaudio-2.5-chat',
        choices: [
          {
            index: 0,
            message: { role: 'assistant', content: '你好！有什么可以帮你？' },
            finish_reason: 'stop',
            logprobs: null,
          },
        ],
        usage: {
          prompt_tokens: 2,
          completion_tokens: 11,
          total_tokens: 13,
          cached_tokens: 0,
          completion_tokens_details: null,
          prompt_tokens_details: null,
        },
      });
    }
  });

  test('speech is a WAV with its words', async () => {
    const before = emulator.counters;
    const { audio, content } = await messageOf(SPOKEN);
    expect(audio?.transcript).toBe('你好！有什么可以帮你？');
    expect(content).toBeUndefined();
    const { samples, sampleRate } = readWav(decodeBase64(audio!.data!));
    expect(sampleRate).toBe(24_000);
    expect(samples).toEqual(toneOf('你好！有什么可以帮你？', 24_000));
    expect(emulator.counters.audioSeconds - before.audioSeconds).toBeCloseTo(1.1);
    expect(emulator.log.at(-1)).toMatchObject({
      endpoint: 'chat',
      model: 'step-audio-2',
      voice: 'wenrounansheng',
      characters: 11,
    });
  });

  test('a call with the word that clients wait for; to the letter of the sample, with none', async () => {
    const choice = (await answerOf(weather)).choices[0]!;
    expect(choice).toMatchObject({
      finish_reason: 'tool_calls',
      message: {
        content: null,
        tool_calls: [
          {
            type: 'function',
            index: 0,
            function: { name: 'get_weather', arguments: '{"city":"北京"}' },
          },
        ],
      },
    });
    await using strict = await startEmulatorWith({ strict: true }, createToneEngine);
    expect((await answerOf(weather, strict)).choices[0]!.finish_reason).toBeNull();
    const id = choice.message.tool_calls![0]!.id;
    const messages = [
      ...weather.messages,
      choice.message,
      { role: 'tool', tool_call_id: id, content: '{"sky":"晴"}' },
    ];
    expect((await messageOf({ messages, tools })).content).toBe('查到了，晴。');
  });

  test.each([
    [{ tool_choice: 'none' }, undefined],
    [{ tool_choice: 'required', messages: [{ role: 'user', content: '讲个故事' }] }, 'get_weather'],
    [
      {
        tool_choice: { type: 'function', function: { name: 'other' } },
        tools: [...tools, { type: 'function', function: { name: 'other' } }],
      },
      'other',
    ],
  ])('%j calls %s', async (more, name) => {
    const { tool_calls: calls } = await messageOf({ ...weather, ...more });
    expect(calls?.[0]?.function.name).toBe(name);
  });

  test.each([
    [undefined, 'reasoning'],
    ['general', 'reasoning'],
    ['deepseek-style', 'reasoning_content'],
  ])('with reasoning_format %s thoughts are %s', async (format, field) => {
    const body = {
      model: 'step-audio-r1.5',
      ...(format !== undefined && { reasoning_format: format }),
    };
    expect(await messageOf(body)).toMatchObject({
      content: '你好！有什么可以帮你？',
      [field]: expect.stringContaining('greeting') as string,
    });
  });

  test('n, stop and max_tokens', async () => {
    const { choices, usage } = await answerOf({ n: 3, stop: '！' });
    expect(
      choices.map(({ index, message, finish_reason: reason }) => [index, message.content, reason]),
    ).toEqual([0, 1, 2].map((index) => [index, '你好', 'stop']));
    expect(usage.completion_tokens).toBe(6);
    expect((await answerOf({ max_tokens: 4 })).choices[0]).toMatchObject({
      message: { content: '你好！有' },
      finish_reason: 'length',
    });
  });

  test('what others forgive is forgiven', async () => {
    const body = {
      messages: [
        { role: 'developer', content: '你是小明。' },
        { role: 'human', content: [{ type: 'text', text: '你是谁？' }] },
      ],
      tools: null,
      audio: null,
      temperature: null,
      stream_options: { include_usage: true },
      max_completion_tokens: 3,
      extra_body: { top_p: 0.5 },
      unknown: 1,
    };
    expect((await messageOf(body)).content).toBe('我是小');
  });
});

describe('as a stream', () => {
  test('the first chunk says whose turn it is, the last why it ends, each what it costs', async () => {
    const chunks = await chunksOf({});
    expect(chunks.map(({ choices }) => [choices[0]!.delta, choices[0]!.finish_reason])).toEqual([
      [{ role: 'assistant', content: '' }, ''],
      [{ role: '', content: '你好！' }, ''],
      [{ role: '', content: '有什么可以帮你？' }, ''],
      [{ role: '', content: '' }, 'stop'],
    ]);
    expect(chunks.map(({ created }) => created > 0)).toEqual([false, true, true, true]);
    expect(chunks.map(({ usage }) => usage.completion_tokens)).toEqual([0, 3, 11, 11]);
    expect(new Set(chunks.map(({ id }) => id)).size).toBe(1);
  });

  test('speech sentence by sentence, in chunks that end inside samples', async () => {
    const chunks = await chunksOf({ ...SPOKEN, audio: { voice: 'wenrounansheng', format: 'pcm' } });
    const deltas = chunks.map(({ choices }) => choices[0]!.delta);
    const transcripts = deltas.flatMap(({ audio }) => audio?.transcript ?? []);
    expect(transcripts).toEqual(['你好！', '有什么可以帮你？']);
    const sound = deltas.flatMap(({ audio }) =>
      audio?.data === undefined ? [] : [decodeBase64(audio.data)],
    );
    expect(deltas.every(({ content }) => content === undefined || content === '')).toBe(true);
    const bytes = Buffer.concat(sound);
    const wanted = [...toneOf('你好！', 24_000), ...toneOf('有什么可以帮你？', 24_000)];
    expect(decodePcm16(bytes)).toEqual(Int16Array.from(wanted));
  });

  test('calls and thoughts', async () => {
    const calls = (await chunksOf(weather)).map(({ choices }) => choices[0]!);
    expect(calls[1]!.delta.tool_calls).toMatchObject([
      { index: 0, function: { name: 'get_weather' } },
    ]);
    expect(calls.at(-1)!.finish_reason).toBe('tool_calls');
    const thoughts = await chunksOf({ model: 'step-audio-r1.5' });
    expect(thoughts[1]!.choices[0]!.delta.reasoning).toBeTypeOf('string');
  });

  test('several answers at once, cut at a stop text', async () => {
    const chunks = await chunksOf({ n: 2, stop: ['可以'] });
    const second = chunks.map(({ choices }) => choices[1]!.delta.content ?? '').join('');
    expect(second).toBe('你好！有什么');
  });

  test.each([
    ['missing-end:marker', /"finish_reason":"stop".*\n\n$/],
    ['missing-end:done', /可以帮你？"\},"finish_reason":"".*\n\n$/],
    ['error-event:message=no', /\{"error":\{"message":"no","type":"engine_overloaded"\}\}\n\n$/],
    ['empty-delta', /"content":""\}.*\n\n.*"content":""\}.*\n\n.*你好/],
    ['malformed:json', /\n\ndata: \{"id":[^\n]*[^}]\n\n/],
  ])('%s', async (fault, wanted) => {
    const answer = await ask({ stream: true }, { fault });
    expect(await answer.text()).toMatch(wanted);
  });

  test('nothing more is said when the client leaves', async () => {
    const engine = createToneEngine();
    await using toned = await startEmulatorWith({}, () => engine);
    const abort = new AbortController();
    const messages = [{ role: 'user', content: `说一遍：${'好。'.repeat(2000)}` }];
    const answer = await fetch(`${toned.url}/v1/chat/completions`, {
      method: 'POST',
      headers: bearer(toned),
      body: JSON.stringify({
        ...SPOKEN,
        messages,
        stream: true,
        audio: { voice: 'wenrounansheng', format: 'pcm' },
      }),
      signal: abort.signal,
    });
    await answer.body?.getReader().read();
    abort.abort();
    while (toned.counters.abortedRequests === 0)
      await new Promise((resolve) => setImmediate(resolve));
    const { said } = engine;
    for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    expect(engine.said).toBe(said);
    expect(said).toBeLessThan(4000);
  });
});

describe('sound in', () => {
  test('a question in a WAV or MP3 is understood, as a data URL and bare', async () => {
    const mp3 = await encodeWhole('mp3', question, 16_000);
    const parts = [
      soundPart(wavQuestion()),
      soundPart(mp3, 'audio/mpeg'),
      { type: 'input_audio', input_audio: { data: encodeBase64(wavQuestion()), format: 'wav' } },
      { type: 'input_audio', input_audio: { data: encodeBase64(mp3) } },
    ];
    for (const part of parts) {
      const { choices, usage } = await answerOf({ messages: [{ role: 'user', content: [part] }] });
      expect(choices[0]!.message.content).toBe('你好！有什么可以帮你？');
      expect(usage.prompt_tokens).toBe(2 + Math.ceil((question.length / 16_000) * 12.5));
    }
  });

  test('sound and text together', async () => {
    const content = [soundPart(wavQuestion()), { type: 'text', text: '世界' }];
    const { content: said } = await messageOf({ messages: [{ role: 'user', content }] });
    expect(said).toBe('你刚才说：你好\n世界');
  });

  test.each<[string, () => object, string]>([
    [
      'flac',
      () => soundPart(new TextEncoder().encode('fLaC and more'), 'audio/flac'),
      'unsupported_content_type',
    ],
    ['video', () => soundPart(Uint8Array.of(1), 'video/mp4'), 'unsupported_content_type'],
    [
      'no file',
      () => soundPart(new TextEncoder().encode('no sound at all')),
      'request_params_invalid',
    ],
    ['a broken WAV', () => soundPart(wavQuestion().subarray(0, 40)), 'request_params_invalid'],
    [
      'no base64',
      () => ({ type: 'input_audio', input_audio: { data: '***', format: 'wav' } }),
      'request_params_invalid',
    ],
    [
      'nothing',
      () => ({ type: 'input_audio', input_audio: { data: '' } }),
      'unsupported_content_type',
    ],
  ])('%s is refused', async (_, part, type) => {
    const answer = await ask({ messages: [{ role: 'user', content: [part()] }] });
    expect(answer.status).toBe(400);
    const error = await errorOf(answer);
    expect(error.type).toBe(type);
    expect(error.message).toContain('messages[0].content[0].input_audio.data');
  });

  test('what the model and the limits do not allow', async () => {
    const content = [soundPart(wavQuestion())];
    const wav = await ask({ model: 'step-1o-audio', messages: [{ role: 'user', content }] });
    expect((await errorOf(wav)).message).toContain('audio/mpeg only');
    const short = soundPart(writeWav({ samples: new Int16Array(80), sampleRate: 8000 }));
    const many = Array.from({ length: 31 }, () => short);
    const segments = await ask({ messages: [{ role: 'user', content: many }] });
    expect((await errorOf(segments)).message).toContain('30 segments');
    const silence = writeWav({ samples: new Int16Array(4_000_000), sampleRate: 16_000 });
    const large = await ask({ messages: [{ role: 'user', content: [soundPart(silence)] }] });
    expect((await errorOf(large)).message).toContain('10485760');
    const huge = { input_audio: { data: 'A'.repeat(12 * 1024 * 1024) }, type: 'input_audio' };
    expect((await ask({ messages: [{ role: 'user', content: [huge] }] })).status).toBe(413);
  });
});

describe('refusals', () => {
  test.each<[Record<string, unknown>, string]>([
    [{ model: 'step-tts-2' }, 'model step-tts-2 not supported'],
    [{ model: 'gpt-4o' }, 'model gpt-4o not supported'],
    [{ model: undefined }, 'model is required'],
    [{ messages: 'hi' }, 'messages is not valid'],
    [{ messages: [] }, 'messages is not valid'],
    [{ messages: [{ role: 'robot', content: 'x' }] }, 'messages[0].role is not valid'],
    [{ modalities: ['text', 'audio'] }, 'modalities is not valid'],
    [{ ...SPOKEN, audio: { voice: 'wenrounansheng' } }, 'audio.format is not valid'],
    [
      { ...SPOKEN, audio: { voice: 'linjiajiejie', format: 'wav' } },
      'voice linjiajiejie is not valid',
    ],
    [{ ...SPOKEN, stream: true }, 'audio.format is not valid'],
    [{ model: 'step-audio-r1.5', ...weather }, 'tools is not valid'],
    [{ temperature: 3 }, 'temperature is not valid'],
    [{ n: 17 }, 'n is not valid'],
    [{ max_tokens: '5' }, 'max_tokens is not valid'],
  ])('%j', async (body, message) => {
    const answer = await ask(body);
    expect(answer.status).toBe(400);
    const error = await errorOf(answer);
    expect(error.type).toBe('request_params_invalid');
    expect(error.message).toContain(message);
  });

  test('the subscription has one model', async () => {
    const answer = await ask({ model: 'stepaudio-3-chat-preview' }, { prefix: '/step_plan/v1' });
    expect((await errorOf(answer)).message).toBe('model stepaudio-3-chat-preview not supported');
  });

  test.each([
    ['status:451', 451, 'censorship_block'],
    ['status:429', 429, 'rate_limited'],
  ])('%s', async (fault, status, type) => {
    const answer = await ask({}, { fault });
    expect(answer.status).toBe(status);
    expect((await errorOf(answer)).type).toBe(type);
  });

  test('an upstream that is not there is a bad gateway', async () => {
    const upstream = { url: `${emulator.url}/nowhere`, apiKey: 'wrong' };
    await using relayed = await startEmulator({ upstream });
    for (const stream of [false, true]) {
      const answer = await ask({ stream }, { to: relayed });
      expect(answer.status).toBe(502);
      expect(await errorOf(answer)).toMatchObject({
        type: 'upstream_failed',
        message: expect.stringContaining('the upstream model did not answer') as string,
      });
    }
  });

  test('an upstream that stops in the middle is told so in the stream', async () => {
    await using broken = await startEmulatorWith(
      { faults: [{ fault: 'cut:events=3,how=end' }] },
      createToneEngine,
    );
    await using relayed = await startEmulator({
      upstream: { url: `${broken.url}/v1`, apiKey: broken.apiKey },
    });
    const events = eventsOf(await (await ask({ stream: true }, { to: relayed })).text());
    expect(events.at(-1)).toMatchObject({ error: { type: 'upstream_failed' } });
    expect(JSON.stringify(events)).toContain('有什么可以帮你？');
  });

  test('an emulator may think through another', async () => {
    await using relayed = await startEmulatorWith(
      { upstream: { url: `${emulator.url}/v1`, apiKey: emulator.apiKey } },
      createToneEngine,
    );
    expect((await messageOf({}, relayed)).content).toBe('你好！有什么可以帮你？');
    expect((await messageOf(weather, relayed)).tool_calls).toMatchObject([
      { function: { name: 'get_weather' } },
    ]);
  });
});
