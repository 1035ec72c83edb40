import { encodeBase64, writeWav } from '@stepvoice/core/audio';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createManualClock } from '../clock.ts';
import { encodeWhole } from '../codecs/index.ts';
import { startEmulatorWith } from '../emulator.ts';
import type { Emulator } from '../emulator.ts';
import { until } from '../testing/raw-client.ts';
import { createToneEngine } from '../testing/tone-engine.ts';
import { createAsr, openAsr, pcmBytes, sayData } from './testing/asr-client.ts';
import type { AsrEvent, AsrSocket } from './testing/asr-client.ts';

const RATE = 16_000;
const TEXT = '今天开会。Meet at 9:30！';
const MORE = '明天不开。';
const VAD = { turn_detection: { type: 'server_vad', silence_duration_ms: 500, threshold: 0.6 } };
const DELTA = 'conversation.item.input_audio_transcription.delta';
const COMPLETED = 'conversation.item.input_audio_transcription.completed';
const silence = (seconds: number): Int16Array => new Int16Array(RATE * seconds);

let emulator: Emulator;
let speech: Int16Array;
let more: Int16Array;
beforeAll(async () => {
  emulator = await startEmulatorWith({}, createToneEngine);
  [speech, more] = await Promise.all([sayData(TEXT, RATE), sayData(MORE, RATE, 1)]);
});
afterAll(() => emulator.close());

function short({ type }: AsrEvent): string {
  return type
    .replace('conversation.item.input_audio_transcription.', '')
    .replace(/^.*buffer\./, '');
}

/** What a client that follows the documentation shows of a turn. */
function shown(events: readonly AsrEvent[]): string[] {
  return events
    .filter(({ type }) => type === DELTA)
    .map(({ text, stash }) => `${String(text)}${String(stash)}`);
}

async function untilCompleted(session: AsrSocket): Promise<AsrEvent> {
  return session.next(COMPLETED);
}

test('greets with the session, and shows less of it than was asked for', async () => {
  const session = await openAsr(emulator);
  expect(await session.next()).toEqual({
    event_id: expect.stringMatching(/^[\da-f]{8}-/),
    meta: { session_id: expect.stringMatching(/^sess_/), timestamp: expect.any(Number) },
    type: 'session.created',
    session: {
      audio: {
        input: {
          format: { type: 'pcm', codec: 'pcm_s16le', rate: RATE, bits: 16, channel: 1 },
          transcription: { language: 'auto' },
          turn_detection: null,
        },
      },
    },
  });
  session.send('session.update', {
    session: {
      audio: {
        input: {
          ...VAD,
          transcription: { model: 'stepaudio-2.5-asr-stream', language: 'zh', prompt: 'a' },
        },
      },
    },
  });
  const updated = await session.next('session.updated');
  expect(updated['session']).toMatchObject({
    audio: {
      input: {
        transcription: { language: 'zh' },
        turn_detection: { type: 'server_vad', silence_duration_ms: 500 },
      },
    },
  });
  session.socket.close(1000);
  await session.closed;
  await until(() => emulator.log.at(-1)?.outcome === 'complete');
});

describe('with the server’s own detection', () => {
  test('each turn is heard to the letter, its text growing, in the order of the service', async () => {
    const session = await createAsr(emulator, VAD);
    session.append(pcmBytes(silence(0.5), speech, silence(1), more, silence(1)));
    const first = await untilCompleted(session);
    const second = await untilCompleted(session);
    expect([first['transcript'], second['transcript']]).toEqual([TEXT, MORE]);
    const turn = session.events.filter(
      (event) =>
        (event['item_id'] ?? (event['item'] as { id: string } | undefined)?.id) ===
        first['item_id'],
    );
    const names = turn.map(short);
    const deltas = names.filter((name) => name === 'delta');
    expect(deltas.length).toBeGreaterThan(2);
    expect(names).toEqual([
      'speech_started',
      'conversation.item.created',
      ...deltas,
      'speech_stopped',
      'committed',
      'completed',
    ]);
    for (const text of shown(turn)) expect(TEXT.startsWith(text)).toBe(true);
    expect(turn[0]?.['audio_start_ms']).toBe(200);
    const stopped = turn.find(({ type }) => type.endsWith('speech_stopped'));
    expect(stopped?.['audio_end_ms']).toBe(stopped?.['audio_start_ms']);
    expect(stopped?.['audio_end_ms']).toBeGreaterThan(1500);
    const committed = session.events.filter(({ type }) => type.endsWith('committed'));
    expect(committed.map((event) => event['previous_item_id'])).toEqual(['', first['item_id']]);
    expect(new Set(session.events.map(({ event_id }) => event_id)).size).toBe(
      session.events.length,
    );
    session.socket.close();
  });

  test('the tentative tail stands apart, its words not final', async () => {
    const session = await createAsr(emulator, VAD);
    session.append(pcmBytes(speech, silence(1)));
    const delta = await session.next(DELTA);
    const words = delta['words'] as { word: string; final: boolean; start: number; end: number }[];
    expect(delta).toMatchObject({ content_index: 0, text: '', stash: '今天' });
    expect(words.map(({ word, final }) => [word, final])).toEqual([
      ['今', false],
      ['天', false],
    ]);
    const { words: all, usage } = await untilCompleted(session);
    expect((all as typeof words).map(({ word }) => word).join('|')).toBe(
      '今|天|开|会|Meet|at|9|30',
    );
    expect((all as typeof words).every(({ final }) => final)).toBe(true);
    // Rough: on a grid of a tenth of a second.
    for (const { start } of all as typeof words) expect((start * 10) % 1).toBeCloseTo(0, 6);
    expect(usage).toEqual({
      prompt_tokens: expect.any(Number),
      completion_tokens: expect.any(Number),
      total_tokens: expect.any(Number),
    });
    session.socket.close();
  });

  test('the older model tells increments with their times, and no words', async () => {
    const session = await createAsr(emulator, {
      ...VAD,
      transcription: { model: 'step-asr-1.1-stream' },
    });
    session.append(pcmBytes(speech, silence(1)), 4000);
    const completed = await untilCompleted(session);
    const deltas = session.events.filter(({ type }) => type === DELTA);
    expect(deltas.map(({ text }) => text).join('')).toBe(TEXT);
    let now = 0;
    for (const delta of deltas) {
      expect(Object.keys(delta)).not.toContain('stash');
      expect(delta['start_time']).toBeGreaterThanOrEqual(now);
      now = delta['end_time'] as number;
    }
    expect(completed['transcript']).toBe(TEXT);
    expect(completed).not.toHaveProperty('words');
    session.socket.close();
  });

  test('exact times, and a second pass that completes an item twice', async () => {
    const session = await createAsr(emulator, {
      ...VAD,
      transcription: { enable_timestamp_align: true, full_rerun_on_commit: true },
    });
    session.append(pcmBytes(speech, silence(1)));
    const first = await untilCompleted(session);
    const second = await untilCompleted(session);
    expect(first['item_id']).toBe(second['item_id']);
    expect(first['transcript']).toBe('今天开会Meet at 930');
    expect(second['transcript']).toBe(TEXT);
    const words = second['words'] as { start: number }[];
    expect(words.some(({ start }) => Math.abs(((start * 10) % 1) - 0.5) < 0.45)).toBe(true);
    session.socket.close();
  });

  test('a commit is passed over without a word', async () => {
    const session = await createAsr(emulator, VAD);
    session.append(pcmBytes(speech));
    session.send('input_audio_buffer.commit');
    session.append(pcmBytes(silence(1)));
    expect((await untilCompleted(session))['transcript']).toBe(TEXT);
    expect(session.events.filter(({ type }) => type === 'error')).toEqual([]);
    session.socket.close();
  });

  test('the open turn is closed when the detection is turned off', async () => {
    const session = await createAsr(emulator, VAD);
    session.append(pcmBytes(speech));
    session.send('session.update', { session: { audio: { input: { turn_detection: null } } } });
    expect((await untilCompleted(session))['transcript']).toBe(TEXT);
    session.append(pcmBytes(more));
    session.send('input_audio_buffer.commit');
    expect((await untilCompleted(session))['transcript']).toBe(MORE);
    session.socket.close();
  });
});

describe('with commits of the client', () => {
  test.each(['stepaudio-2.5-asr-stream', 'step-asr-1.1-stream'])('%s', async (model) => {
    const session = await createAsr(emulator, { transcription: { model } });
    session.append(pcmBytes(speech));
    session.send('input_audio_buffer.commit');
    const completed = await untilCompleted(session);
    expect(completed['transcript']).toBe(TEXT);
    const names = session.events.map(short);
    const deltas = names.filter((name) => name === 'delta');
    expect(deltas.length).toBeGreaterThan(3);
    expect(names.slice(2)).toEqual([
      'committed',
      'conversation.item.created',
      ...deltas,
      'completed',
    ]);
    session.append(pcmBytes(more));
    session.send('input_audio_buffer.commit');
    expect((await untilCompleted(session))['transcript']).toBe(MORE);
    session.socket.close();
  });

  test('nothing but silence is an empty transcript; nothing at all an error', async () => {
    const session = await createAsr(emulator);
    session.send('input_audio_buffer.commit');
    expect((await session.next('error'))['error']).toEqual({
      type: 'invalid_request_error',
      code: 'invalid_value',
      message: 'the input audio buffer is empty',
      param: '',
      event_id: 'evt_1',
    });
    session.append(pcmBytes(silence(0.5)));
    session.send('input_audio_buffer.commit');
    expect(await untilCompleted(session)).toMatchObject({ transcript: '', words: [] });
    session.socket.close();
  });
});

describe('takes', () => {
  test.each<[string, object, (pcm: Int16Array) => [bytes: Uint8Array, step: number]]>([
    ['bytes cut inside a sample', { rate: RATE }, (pcm: Int16Array) => [pcmBytes(pcm), 3201]],
    [
      'WAV files',
      { rate: RATE },
      (pcm: Int16Array) => [writeWav({ samples: pcm, sampleRate: RATE }), Infinity],
    ],
    [
      'two channels',
      { rate: RATE, channel: 2 },
      (pcm: Int16Array) => [
        pcmBytes(Int16Array.from({ length: pcm.length * 2 }, (_, i) => pcm[i >> 1]!)),
        3334,
      ],
    ],
  ])('%s', async (_, format, toBytes) => {
    const session = await createAsr(emulator, { format: { type: 'pcm', ...format } });
    const [bytes, step] = toBytes(speech);
    session.append(bytes, Math.min(step, bytes.length));
    session.send('input_audio_buffer.commit');
    expect((await untilCompleted(session))['transcript']).toBe(TEXT);
    session.socket.close();
  });

  test.each([24_000, 48_000])('%i Hz', async (rate) => {
    const session = await createAsr(emulator, { ...VAD, format: { type: 'pcm', rate } });
    session.append(pcmBytes(await sayData(TEXT, rate), new Int16Array(rate)), 9600);
    expect((await untilCompleted(session))['transcript']).toBe(TEXT);
    session.socket.close();
  });

  test('Opus in Ogg, in pieces of any size, one file after the other', async () => {
    const session = await createAsr(emulator, { format: { type: 'ogg' } });
    for (const [samples, text, step] of [
      [speech, TEXT, 1000],
      [more, MORE, 333],
    ] as const) {
      session.append(await encodeWhole('opus', samples, RATE), step);
      session.send('input_audio_buffer.commit');
      expect((await untilCompleted(session))['transcript']).toBe(text);
    }
    session.append(pcmBytes(silence(0.1)));
    expect((await session.next('error'))['error']).toMatchObject({
      code: 'invalid_value',
      param: 'audio',
    });
    session.socket.close();
  });

  test('binary frames that hold JSON, no event_id, the other path and a model in the address', async () => {
    const session = await openAsr(emulator, {
      path: '/v1/audio/asr/stream?model=step-asr-1.1-stream',
    });
    const audio = encodeBase64(pcmBytes(speech));
    session.socket.send(Buffer.from(JSON.stringify({ type: 'input_audio_buffer.append', audio })));
    session.socket.send(JSON.stringify({ type: 'input_audio_buffer.commit' }));
    expect(await untilCompleted(session)).not.toHaveProperty('words');
    expect(emulator.log.at(-1)?.model).toBe('step-asr-1.1-stream');
    session.socket.close();
  });
});

describe('refuses', () => {
  const input = (fields: object): object => ({ session: { audio: { input: fields } } });
  test.each<[string, object, object]>([
    [
      'input_audio_buffer.append',
      {},
      { code: 'missing_param', message: 'audio is required', param: 'audio' },
    ],
    [
      'input_audio_buffer.append',
      { audio: '*' },
      { code: 'invalid_value', message: 'audio is not valid: expected base64' },
    ],
    ['input_audio_buffer.append', { audio: 1 }, { code: 'invalid_value', param: 'audio' }],
    [
      'session.update',
      {},
      { code: 'missing_param', message: 'session is required', param: 'session' },
    ],
    ['session.update', { session: {} }, { code: 'missing_param', param: 'session.audio' }],
    [
      'session.update',
      input({ transcription: { model: 'stepaudio-2.5-asr' } }),
      { code: 'invalid_value', message: 'model stepaudio-2.5-asr not supported' },
    ],
    [
      'session.update',
      input({ format: { type: 'mp3' } }),
      { message: 'session.audio.input.format.type is not valid: expected one of pcm, ogg' },
    ],
    [
      'session.update',
      input({ format: { type: 'pcm', rate: 10 } }),
      { message: 'session.audio.input.format.rate is not valid: expected 1000 to 768000 Hz' },
    ],
    [
      'session.update',
      input({ turn_detection: { type: 'semantic' } }),
      { param: 'session.audio.input.turn_detection.type' },
    ],
    [
      'session.update',
      input({ turn_detection: { type: 'server_vad', silence_duration_ms: 0 } }),
      { param: 'session.audio.input.turn_detection.silence_duration_ms' },
    ],
  ])('%s %j', async (type, fields, error) => {
    const session = await openAsr(emulator);
    session.send(type, fields);
    const answer = await session.next('error');
    expect(answer['error']).toMatchObject({
      type: 'invalid_request_error',
      event_id: 'evt_1',
      ...error,
    });
    session.socket.close();
  });

  test('what is no event; and goes on', async () => {
    const session = await openAsr(emulator);
    for (const message of ['{', '[]', '{"event_id": "a"}']) session.socket.send(message);
    const messages = [];
    for (let i = 0; i < 3; i++) {
      messages.push(((await session.next('error'))['error'] as { message: string }).message);
    }
    expect(messages).toEqual([
      'message is not valid JSON',
      'message must be a JSON object',
      'type is required',
    ]);
    session.send('session.finish');
    expect((await session.next('transcript.response.error'))['data']).toEqual({
      code: 'invalid_event',
      error: 'event type session.finish is not supported',
    });
    session.append(pcmBytes(speech));
    session.send('input_audio_buffer.commit');
    expect((await untilCompleted(session))['transcript']).toBe(TEXT);
    session.socket.close();
  });

  test('the subscription, and models of other endpoints', async () => {
    await expect(openAsr(emulator, { path: '/step_plan/v1/realtime/asr/stream' })).rejects.toThrow(
      '404',
    );
    await expect(
      openAsr(emulator, { path: '/v1/realtime/asr/stream?model=stepaudio-2.5-asr' }),
    ).rejects.toThrow('400');
  });

  test('an event without an id, by the letter of the documentation', async () => {
    await using strict = await startEmulatorWith({ strict: true }, createToneEngine);
    const session = await createAsr(strict, VAD);
    session.append(pcmBytes(speech, silence(1)));
    const stopped = await session.next('input_audio_buffer.speech_stopped');
    expect(stopped).not.toHaveProperty('audio_end_ms');
    session.socket.send(JSON.stringify({ type: 'input_audio_buffer.commit' }));
    expect((await session.next('error'))['error']).toMatchObject({
      code: 'missing_param',
      param: 'event_id',
    });
  });
});

test('a session without activity is told so and closed', async () => {
  const clock = createManualClock();
  await using still = await startEmulatorWith({ clock }, createToneEngine);
  const session = await createAsr(still);
  clock.advance(59_000);
  session.append(pcmBytes(silence(0.1)));
  await until(() => (still.log.at(-1)?.heardSeconds ?? 0) > 0);
  clock.advance(59_000);
  expect(session.events.map(({ type }) => type)).not.toContain('error');
  clock.advance(1000);
  expect((await session.next('error'))['error']).toMatchObject({ code: 'max_idle_timeout' });
  expect((await session.closed).code).toBe(1000);
});

test('a client that answers no ping is told so and closed', async () => {
  const clock = createManualClock();
  await using still = await startEmulatorWith({ clock }, createToneEngine);
  const session = await createAsr(still, {}, { options: { autoPong: false } });
  for (let i = 0; i < 3; i++) {
    clock.advance(30_000);
    session.send('input_audio_buffer.append', { audio: 'AAAA' });
    const heard = (i + 1) / 16_000;
    await until(() => (still.log.at(-1)?.heardSeconds ?? 0) >= heard || session.events.length > 2);
  }
  expect((await session.next('error'))['error']).toMatchObject({ code: 'pong_timeout' });
  expect((await session.closed).code).toBe(1000);
});

describe('trouble on demand', () => {
  async function play(fault: string): Promise<AsrSocket> {
    const session = await createAsr(emulator, VAD, { fault });
    session.append(pcmBytes(speech, silence(1)));
    return session;
  }

  test('an error after the first delta, and nothing behind it', async () => {
    const session = await play('error-event:overloaded');
    expect((await session.next('error'))['error']).toMatchObject({
      type: 'internal_error',
      code: 'internal_error',
      message: 'overloaded',
    });
    expect(session.events.filter(({ type }) => type === DELTA)).toHaveLength(1);
    session.socket.close();
  });

  test('an empty delta, a broken one, and an end that is missing', async () => {
    const empty = await play('empty-delta');
    expect(await empty.next(DELTA)).toMatchObject({ text: '', stash: '', words: [] });
    expect((await untilCompleted(empty))['transcript']).toBe(TEXT);
    const missing = await play('missing-end');
    await missing.next('input_audio_buffer.committed');
    missing.send('session.finish');
    await missing.next('transcript.response.error');
    expect(missing.events.some(({ type }) => type === COMPLETED)).toBe(false);
    for (const session of [empty, missing]) session.socket.close();
  });

  test.each([
    ['close:1011,reason=gone', 1011],
    ['cut:at=audio', 1006],
    ['close:1013,at=text-done', 1013],
    ['tiny-writes:bytes=40; cut:bytes=1500', 1006],
    ['malformed:half', 1006],
  ])('%s', async (fault, code) => {
    const session = await play(fault);
    expect((await session.closed).code).toBe(code);
    await until(() => emulator.counters.openSockets === 0);
  });

  test('pauses lose nothing', async () => {
    const session = await createAsr(emulator, VAD, {
      fault: 'jitter:2; slow-read:1; latency:5; tiny-writes:bytes=300',
    });
    session.append(pcmBytes(speech, silence(1)), 6400);
    expect((await untilCompleted(session))['transcript']).toBe(TEXT);
    session.socket.close();
  });
});

test('a client that leaves in the middle of a turn leaves nothing behind', async () => {
  emulator.resetCounters();
  const session = await createAsr(emulator, VAD);
  session.append(pcmBytes(speech));
  await session.next(DELTA);
  session.socket.terminate();
  await until(() => emulator.counters.openSockets === 0);
  expect(emulator.counters.abortedRequests).toBe(1);
  expect(emulator.log.at(-1)).toMatchObject({ endpoint: 'asr-socket', outcome: 'aborted' });
});

test('a recogniser that fails fails the item, and the session goes on', async () => {
  await using deaf = await startEmulatorWith(
    { recognizer: 'no-such-program {wav}' },
    createToneEngine,
  );
  const session = await createAsr(deaf);
  const { speechLike } = await import('../codecs/testing/speech-like.ts');
  session.append(pcmBytes(silence(0.5), speechLike(RATE, RATE), silence(0.5)));
  session.send('input_audio_buffer.commit');
  expect(
    (await session.next('conversation.item.input_audio_transcription.failed'))['error'],
  ).toMatchObject({ code: 'internal_error' });
  session.append(pcmBytes(speech));
  session.send('input_audio_buffer.commit');
  expect((await untilCompleted(session))['transcript']).toBe(TEXT);
});
