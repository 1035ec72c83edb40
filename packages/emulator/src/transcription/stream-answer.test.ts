import { encodeBase64, writeWav } from '@stepvoice/core/audio';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeWhole } from '../codecs/index.ts';
import { speechLike } from '../codecs/testing/speech-like.ts';
import { startEmulator, startEmulatorWith } from '../emulator.ts';
import type { Emulator } from '../emulator.ts';
import { errorOf, eventsOf, speak, until } from '../testing/raw-client.ts';
import { createToneEngine } from '../testing/tone-engine.ts';
import { pcmBytes, sayData, transcribe } from './testing/asr-client.ts';

type Event = Record<string, unknown> & { meta: Record<string, unknown> };

const TEXT = '今天开会。Meet at 9:30, room B-12！';
const RATE = 16_000;
let emulator: Emulator;
let wav: Uint8Array;
beforeAll(async () => {
  emulator = await startEmulatorWith({}, createToneEngine);
  wav = writeWav({ samples: await sayData(TEXT, RATE), sampleRate: RATE });
});
afterAll(() => emulator.close());

async function eventsIn(answer: Promise<Response>): Promise<Event[]> {
  const { status, headers, text } = await answer.then(async (it) => ({
    status: it.status,
    headers: it.headers,
    text: await it.text(),
  }));
  expect(text.includes('[DONE]')).toBe(false);
  expect([status, headers.get('content-type')]).toEqual([200, 'text/event-stream; charset=utf-8']);
  return eventsOf(text) as Event[];
}

describe('hears', () => {
  test('what was spoken with data-voice in Chinese and English, words first and then the text', async () => {
    const events = await eventsIn(transcribe(emulator, wav));
    const deltas = events.slice(0, -1);
    expect(deltas.map(({ type }) => type)).toEqual(deltas.map(() => 'transcript.text.delta'));
    expect(deltas.map(({ delta }) => delta).join('')).toBe(TEXT);
    expect(deltas.map(({ delta }) => delta).slice(0, 3)).toEqual(['今天', '开会。', 'Meet ']);
    expect(Object.keys(deltas[0]!)).toEqual(['type', 'meta', 'delta']);
    expect(events.at(-1)).toEqual({
      type: 'transcript.text.done',
      meta: {
        session_id: expect.stringMatching(/^sse_\d{19}$/),
        timestamp: expect.any(Number),
      },
      text: TEXT,
      usage: {
        type: 'tokens',
        input_tokens: expect.any(Number),
        input_token_details: { text_tokens: 0, audio_tokens: expect.any(Number) },
        output_tokens: expect.any(Number),
        total_tokens: expect.any(Number),
      },
    });
  });

  test.each([
    ['wav', 48_000],
    ['pcm', 24_000],
    ['mp3', 24_000],
    ['opus', 16_000],
  ] as const)('%s at %i Hz to the letter', async (kind, rate) => {
    const samples = await sayData(TEXT, rate);
    const bytes = await encodeWhole(kind, samples, rate);
    const format = kind === 'opus' ? { type: 'ogg' } : { type: kind, rate, bits: 16, channel: 1 };
    const events = await eventsIn(transcribe(emulator, bytes, { format, prefix: '/step_plan/v1' }));
    expect(events.at(-1)?.['text']).toBe(TEXT);
  });

  test('pcm of two channels, and pcm that begins with the header of a WAV file', async () => {
    const samples = await sayData(TEXT, RATE);
    const stereo = samples.length * 2;
    const both = Int16Array.from({ length: stereo }, (_, i) => samples[i >> 1]!);
    const format = { type: 'pcm', codec: 'pcm_s16le', rate: RATE, bits: 16, channel: 2 };
    const events = await eventsIn(transcribe(emulator, pcmBytes(both), { format }));
    expect(events.at(-1)?.['text']).toBe(TEXT);
    const headed = await eventsIn(transcribe(emulator, wav, { format: { ...format, rate: 8000 } }));
    expect(headed.at(-1)?.['text']).toBe(TEXT);
  });

  test('when each word was said, where that is asked for', async () => {
    const events = await eventsIn(
      transcribe(emulator, wav, { settings: { enable_timestamp: true, language: 'zh' } }),
    );
    let now = 0;
    for (const event of events.slice(0, -1)) {
      expect(event).toMatchObject({
        item_id: events[0]!['item_id'],
        content_index: 0,
      });
      expect(event['start_time']).toBeGreaterThanOrEqual(now);
      expect(event['end_time']).toBeGreaterThan(event['start_time'] as number);
      now = event['end_time'] as number;
    }
    expect(events.at(-1)).not.toHaveProperty('start_time');
  });

  test('nothing in silence, and how long somebody spoke', async () => {
    const silence = writeWav({ samples: new Int16Array(RATE), sampleRate: RATE });
    expect((await eventsIn(transcribe(emulator, silence))).map(({ text }) => text)).toEqual(['']);
    const samples = new Int16Array(2.5 * RATE);
    samples.set(speechLike(RATE, RATE), RATE / 2);
    const speech = writeWav({ samples, sampleRate: RATE });
    const english = await eventsIn(transcribe(emulator, speech));
    expect(english.at(-1)?.['text']).toMatch(/^\[speech \d\.\d s\]$/);
    const chinese = await eventsIn(transcribe(emulator, speech, { settings: { language: 'zh' } }));
    expect(chinese.at(-1)?.['text']).toMatch(/^\[语音 \d\.\d 秒\]$/);
  });

  test('fields that are null or without effect', async () => {
    const settings = {
      model: 'step-asr',
      language: null,
      hotwords: ['阶跃'],
      enable_itn: false,
      prompt: 'names',
      full_rerun_on_commit: true,
    };
    const events = await eventsIn(
      transcribe(emulator, wav, { settings, headers: { accept: '*/*' } }),
    );
    expect(events.at(-1)?.['text']).toBe(TEXT);
  });
});

describe('refuses', () => {
  const tooShort = writeWav({ samples: new Int16Array(800), sampleRate: RATE });
  test.each<[string, Uint8Array | string, object, string]>([
    [
      'a model of another kind',
      tooShort,
      { settings: { model: 'step-tts-2' } },
      'model step-tts-2 not supported',
    ],
    [
      'the model of another endpoint',
      tooShort,
      { settings: { model: 'stepaudio-2.5-asr-stream' } },
      'model stepaudio-2.5-asr-stream not supported',
    ],
    [
      'no model',
      tooShort,
      { settings: { model: null } },
      'audio.input.transcription.model is required',
    ],
    ['no format', tooShort, { format: null }, 'audio.input.format is required'],
    [
      'a format',
      tooShort,
      { format: { type: 'flac' } },
      'audio.input.format.type is not valid: expected one of pcm, wav, mp3, ogg, m4a',
    ],
    [
      'pcm without a rate',
      tooShort,
      { format: { type: 'pcm' } },
      'audio.input.format.rate is not valid: expected a whole number of hertz; pcm cannot do without',
    ],
    [
      'a rate',
      tooShort,
      { format: { type: 'pcm', rate: 10 } },
      'a rate of 10 Hz is not valid: expected 1000 to 768000',
    ],
    ['no audio', '', {}, 'audio.data is not valid: expected the sound in base64'],
    [
      'a data URL',
      'data:audio/wav;base64,AAAA',
      {},
      'audio.data is not valid: expected base64 without the prefix of a data URL',
    ],
    ['no base64', 'Ä', {}, 'audio.data is not valid: expected base64'],
    ['too little', tooShort, {}, 'the audio is too short: expected at least 100 ms'],
    ['another file than said', tooShort, { format: { type: 'mp3' } }, 'the audio is wav, not mp3'],
    [
      'no sound at all',
      encodeBase64(new TextEncoder().encode('hello, I am a text file')),
      { format: { type: 'ogg' } },
      'the audio is not readable ogg',
    ],
    [
      'a name of no language',
      tooShort,
      { settings: { language: '中文' } },
      'audio.input.transcription.language is not valid: expected a code such as zh or en; leave it out to detect',
    ],
  ])('%s', async (_, bytes, how, message) => {
    const answer = await transcribe(emulator, bytes, how);
    expect(answer.status).toBe(400);
    expect(await errorOf(answer)).toEqual({ type: 'request_params_invalid', message });
  });

  test('more than the model takes in one call', async () => {
    const long = writeWav({ samples: new Int16Array(1000 * 1801), sampleRate: 1000 });
    const answer = await transcribe(emulator, long);
    expect((await errorOf(answer)).message).toBe(
      'the audio is too long: expected at most 1800 seconds',
    );
  });

  test('who has no key', async () => {
    const answer = await transcribe(emulator, wav, { headers: { authorization: 'Bearer x' } });
    expect(answer.status).toBe(401);
  });
});

describe('by the letter of the documentation', () => {
  test('asks for Accept, knows fewer models and names the usage otherwise', async () => {
    await using strict = await startEmulatorWith({ strict: true }, createToneEngine);
    const bare = await transcribe(strict, wav, { headers: { accept: '*/*' } });
    expect((await errorOf(bare)).message).toBe('the header Accept: text/event-stream is required');
    const model = await transcribe(strict, wav, { settings: { model: 'step-asr' } });
    expect((await errorOf(model)).message).toBe('model step-asr not supported');
    const events = await eventsIn(transcribe(strict, wav));
    expect(events.at(-1)?.['usage']).toMatchObject({ type: 'realtime_asr' });
  });
});

describe('trouble on demand', () => {
  const struck = (fault: string): Promise<Response> =>
    transcribe(emulator, wav, { headers: { 'x-emulator-fault': fault } });

  test('an error in the middle has neither meta nor code, and nothing follows', async () => {
    const events = await eventsIn(struck('error-event:content blocked'));
    expect(events.map(({ type }) => type)).toEqual(['transcript.text.delta', 'error']);
    expect(events[1]).toEqual({ type: 'error', message: 'content blocked' });
  });

  test('a stream without its end, with an empty delta, with broken JSON', async () => {
    const missing = await eventsIn(struck('missing-end'));
    expect(missing.at(-1)?.['type']).toBe('transcript.text.delta');
    const empty = await eventsIn(struck('empty-delta'));
    expect(empty[0]).toMatchObject({ type: 'transcript.text.delta', delta: '' });
    const text = await (await struck('malformed')).text();
    expect(() => eventsOf(text)).toThrow(SyntaxError);
  });

  test('a status, other line ends, bytes one by one', async () => {
    expect((await struck('status:429,retry-after=1')).status).toBe(429);
    expect(await (await struck('line-ends:crlf')).text()).toContain('}\r\n\r\ndata: ');
    const events = await eventsIn(struck('tiny-writes:bytes=50; jitter:1; latency:1; slow-read:1'));
    expect(events.at(-1)?.['text']).toBe(TEXT);
  });

  test('a stream that is cut', async () => {
    await expect((await struck('cut:events=2,how=reset')).text()).rejects.toThrow('terminated');
  });
});

test('a recogniser that fails is told in the stream', async () => {
  await using deaf = await startEmulatorWith(
    { recognizer: 'no-such-program {wav}' },
    createToneEngine,
  );
  const samples = new Int16Array(2 * RATE);
  samples.set(speechLike(RATE, RATE), RATE / 2);
  const events = await eventsIn(transcribe(deaf, writeWav({ samples, sampleRate: RATE })));
  expect(events).toEqual([
    {
      type: 'error',
      meta: expect.any(Object),
      message:
        'the recognizer gave no text: no-such-program cannot be started; run it by hand with a WAV file to see why',
    },
  ]);
});

test('a client that leaves stops the work', async () => {
  emulator.resetCounters();
  const long = writeWav({ samples: new Int16Array(300 * RATE), sampleRate: RATE });
  const leave = new AbortController();
  const left = transcribe(emulator, long, { signal: leave.signal });
  await until(() => emulator.counters.heardSeconds > 0);
  leave.abort();
  await expect(left.then((answer) => answer.text())).rejects.toThrow('aborted');
  await until(() => emulator.counters.openRequests === 0);
  expect(emulator.log[0]).toMatchObject({ outcome: 'aborted' });
});

test('what was heard is counted, and nothing of it kept', async () => {
  emulator.resetCounters();
  await (await transcribe(emulator, wav)).text();
  const record = emulator.log[0]!;
  expect(record).toMatchObject({
    endpoint: 'asr-sse',
    model: 'stepaudio-2.5-asr',
    format: 'wav',
    sampleRate: RATE,
    outcome: 'complete',
  });
  expect(record.heardSeconds).toBeCloseTo((wav.length - 44) / 2 / RATE, 3);
  expect(JSON.stringify(emulator.log)).not.toContain('今天');
});

test('what the real voice says comes back through its own file', async () => {
  await using real = await startEmulator();
  const spoken = await speak(real, { voice: 'data-voice', input: TEXT, response_format: 'mp3' });
  const bytes = new Uint8Array(await spoken.arrayBuffer());
  const events = await eventsIn(transcribe(real, bytes, { format: { type: 'mp3' } }));
  expect(events.at(-1)?.['text']).toBe(TEXT);
});
