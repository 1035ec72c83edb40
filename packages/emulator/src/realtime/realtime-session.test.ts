import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { concatSamples, decodeBase64, encodeBase64, encodePcm16 } from '@stepvoice/core/audio';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { createManualClock } from '../clock.ts';
import { speechLike } from '../codecs/testing/speech-like.ts';
import { startEmulator, startEmulatorWith } from '../emulator.ts';
import type { Emulator } from '../emulator.ts';
import { bearer, until } from '../testing/raw-client.ts';
import {
  openRealtime,
  openSession,
  soundOf,
  transcriptOf,
  writeText,
} from '../testing/realtime-client.ts';
import type { RealtimeClient, RealtimeEvent, RealtimeOptions } from '../testing/realtime-client.ts';
import { StrictClient } from '../testing/strict-client.ts';
import { createToneEngine, toneOf } from '../testing/tone-engine.ts';
import { createSpeechEngine, hearDataSpeech } from '../voice/index.ts';

const AUDIO = 'response.audio.delta';
const DONE = 'response.done';
const VAD = { type: 'server_vad', silence_duration_ms: 300, prefix_padding_ms: 200 };

let spoken: Emulator;
let toned: Emulator;

beforeAll(async () => {
  spoken = await startEmulator();
  toned = await startEmulatorWith({}, createToneEngine);
});
afterAll(async () => {
  await spoken.close();
  await toned.close();
});

/** Types of events, what is repeated once. */
function typesOf(events: readonly RealtimeEvent[]): string[] {
  return events.map(({ type }) => type).filter((type, index, all) => type !== all[index - 1]);
}

function responseOf(event: RealtimeEvent): Record<string, unknown> & { status: string } {
  return event['response'] as Record<string, unknown> & { status: string };
}

/** What `data-voice` makes of a text, with silence around it. */
async function dataSpeech(text: string): Promise<Int16Array> {
  const engine = createSpeechEngine();
  const parts: Int16Array[] = [new Int16Array(12_000)];
  const request = { text, voice: 'data-voice', sampleRate: 24_000, directives: false };
  for await (const { samples } of engine.synthesize(request)) parts.push(samples);
  await engine.close();
  return concatSamples([...parts, new Int16Array(12_000)]);
}

function voice(ms: number): Int16Array {
  return speechLike(ms * 24, 24_000);
}

/** Asks for a reply of so many seconds of tone. */
async function askForTone(client: RealtimeClient, seconds: number): Promise<void> {
  await writeText(client, `say ${'x'.repeat(seconds * 10)}`);
  client.send('response.create');
}

function expectStrict(events: readonly RealtimeEvent[]): void {
  const strict = new StrictClient();
  for (const event of events) strict.read(event);
  for (const event of events) expect(event.event_id).toMatch(/^[0-9a-f]{32}$/);
  expect(new Set(events.map((event) => event.event_id)).size).toBe(events.length);
}

describe('a conversation', () => {
  test('a spoken question is answered right, in text and in sound', async () => {
    await using client = await openSession(spoken, { voice: 'data-voice' });
    client.append(await dataSpeech('三加四等于几？'));
    client.send('input_audio_buffer.commit');
    client.send('response.create');
    await client.next(DONE);
    const heard = client.events.find(({ type }) => type.endsWith('transcription.completed'));
    expect(heard).toMatchObject({ transcript: '三加四等于几？', content_index: 0 });
    expect(transcriptOf(client.events)).toMatch(/^三加四等于.*[7七]/u);
    const samples = soundOf(client.events);
    expect(await hearDataSpeech({ samples, sampleRate: 24_000 })).toBe(transcriptOf(client.events));
    expectStrict(client.events);
    expect(typesOf(client.events)).toEqual([
      'session.created',
      'session.updated',
      'input_audio_buffer.committed',
      'conversation.item.created',
      'response.created',
      'conversation.item.input_audio_transcription.delta',
      'conversation.item.input_audio_transcription.completed',
      'response.output_item.added',
      'conversation.item.created',
      'response.content_part.added',
      ...typesOf(client.events).filter((type) =>
        ['response.audio_transcript.delta', AUDIO].includes(type),
      ),
      'response.audio.done',
      'response.audio_transcript.done',
      'response.content_part.done',
      'response.output_item.done',
      DONE,
    ]);
  });

  test('turns are found by the server, which answers by itself, time after time', async () => {
    await using client = await openSession(spoken, { voice: 'data-voice', turn_detection: VAD });
    for (const [question, answer] of [
      ['What is two plus three?', /5|five/],
      ['say 好的', /^好的$/],
    ] as const) {
      const from = client.events.length;
      client.append(await dataSpeech(question));
      await client.next(DONE);
      const events = client.events.slice(from);
      expect(typesOf(events).slice(0, 5)).toEqual([
        'input_audio_buffer.speech_started',
        'input_audio_buffer.speech_stopped',
        'input_audio_buffer.committed',
        'conversation.item.created',
        'response.created',
      ]);
      const samples = soundOf(events);
      expect(await hearDataSpeech({ samples, sampleRate: 24_000 })).toMatch(answer);
      const [start, stop] = events;
      expect(start?.['item_id']).toBe(stop?.['item_id']);
      expect(Number(start?.['audio_start_ms'])).toBeLessThan(Number(stop?.['audio_end_ms']));
    }
    expectStrict(client.events);
  });

  test('sound comes in deltas of 40 to 100 ms behind its transcript', async () => {
    await using client = await openSession(toned);
    await askForTone(client, 3);
    await client.next(DONE);
    const first = client.events.findIndex(({ type }) => type === AUDIO);
    expect(client.events[first - 1]?.type).toBe('response.audio_transcript.delta');
    const deltas = client.events.filter(({ type }) => type === AUDIO);
    for (const { delta } of deltas) {
      const { length } = decodeBase64(delta as string);
      expect(length % 2).toBe(0);
      expect(length / 48).toBeGreaterThanOrEqual(40);
      expect(length / 48).toBeLessThanOrEqual(100);
    }
    expect(soundOf(client.events)).toEqual(toneOf('x'.repeat(30), 24_000));
    expect(responseOf(client.events.at(-1) as RealtimeEvent)).toMatchObject({
      status: 'completed',
      usage: { output_token_details: { audio_tokens: 75 } },
    });
    await until(() => toned.log.at(-1)?.audioSeconds === 3);
  });

  test('an utterance can be put into the conversation whole, and after a text', async () => {
    await using client = await openSession(spoken, { voice: 'data-voice' });
    const audio = encodeBase64(encodePcm16(await dataSpeech('say 火车')));
    const content = [{ type: 'input_audio', audio }];
    client.send('conversation.item.create', { item: { type: 'message', role: 'user', content } });
    client.send('response.create');
    await client.next(DONE);
    expect(transcriptOf(client.events)).toBe('火车');
    const heard = client.events.find(({ type }) => type.endsWith('transcription.completed'));
    const created = client.events.find(({ type }) => type === 'conversation.item.created');
    expect(created?.['item']).toMatchObject({ id: heard?.['item_id'], role: 'user' });
  });

  test('tools are called, and their results are told', async () => {
    const parameters = { type: 'object', properties: { city: { type: 'string' } } };
    const tool = { name: 'get_weather', description: 'Weather of a city', parameters };
    await using client = await openSession(toned, {
      tools: [{ type: 'function', function: tool }],
    });
    await writeText(client, 'How is the weather in Paris?');
    const from = client.events.length;
    client.send('response.create');
    await client.next(DONE);
    const events = client.events.slice(from);
    expect(typesOf(events)).toEqual([
      'response.created',
      'conversation.item.created',
      'response.function_call_arguments.delta',
      'response.function_call_arguments.done',
      'response.output_item.done',
      DONE,
    ]);
    const call = events.find(({ type }) => type.endsWith('arguments.done')) as RealtimeEvent;
    expect(call).toMatchObject({ name: 'get_weather', arguments: '{"city":"Paris"}' });
    client.send('conversation.item.create', {
      item: {
        type: 'function_call_output',
        call_id: call['call_id'],
        output: '{"weather":"sunny"}',
      },
    });
    client.send('response.create');
    await client.next(DONE);
    expect(transcriptOf(client.events)).toContain('sunny');
    expectStrict(client.events);
  });

  test('a result sent before the call is done is refused, and nothing hangs', async () => {
    await using client = await openSession(toned);
    await askForTone(client, 2);
    await client.next('response.created');
    client.send('response.create');
    const { error } = await client.next('error');
    expect(error).toMatchObject({ message: 'ongoing response already exists' });
    await client.next(DONE);
  });
});

describe('interruptions', () => {
  test('new speech ends the reply at once', async () => {
    const clock = createManualClock();
    await using emulator = await startEmulatorWith({ clock, pace: 'real-time' }, createToneEngine);
    await using client = await openSession(emulator, { turn_detection: VAD });
    await askForTone(client, 8);
    await client.next(AUDIO);
    client.append(voice(400));
    const done = await client.next(DONE);
    expect(responseOf(done)).toMatchObject({
      status: 'cancelled',
      status_details: { reason: 'turn_detected' },
    });
    // Of eight seconds no more than what a player needs in advance.
    expect(soundOf(client.events).length / 24).toBeLessThan(400);
    const from = client.events.length;
    client.append(new Int16Array(400 * 24));
    await client.next('response.created');
    expect(client.events.slice(from).map(({ type }) => type)).not.toContain(AUDIO);
    expectStrict(client.events);
  });

  test('cancelled, the reply is silent from then on; what comes next is whole', async () => {
    const engine = createToneEngine();
    await using emulator = await startEmulatorWith({}, () => engine);
    await using client = await openSession(emulator);
    await askForTone(client, 60);
    await client.next(AUDIO);
    client.send('response.cancel');
    await client.next('response.cancelled');
    const cancelled = client.events.length;
    expect(responseOf(await client.next(DONE)).status).toBe('cancelled');
    expect(client.events.slice(cancelled).map(({ type }) => type)).not.toContain(AUDIO);
    client.send('response.cancel', { event_id: 'late' });
    const { error } = await client.next('error');
    expect(error).toMatchObject({
      type: 'invalid_request_error',
      message: 'no ongoing response to cancel',
      event_id: 'late',
    });
    const { said } = engine;
    expect(said).toBeLessThan(600);
    await askForTone(client, 1);
    await client.next(DONE);
    expect(engine.said).toBe(said + 10);
    expectStrict(client.events);
  });
});

describe('the pace', () => {
  test('in real time sound is never far ahead of its playback', async () => {
    const clock = createManualClock();
    await using emulator = await startEmulatorWith({ clock }, createToneEngine);
    const headers = { 'x-emulator-pace': 'real-time' };
    await using client = await openSession(emulator, {}, { headers });
    await askForTone(client, 2);
    const received = (): number => soundOf(client.events).length / 24;
    for (const elapsed of [0, 500, 1000]) {
      await until(() => clock.pending > 2 && received() >= elapsed + 100);
      expect(received()).toBeLessThanOrEqual(elapsed + 300);
      clock.advance(500);
    }
    clock.advance(1000);
    await client.next(DONE);
    expect(received()).toBe(2000);
  });

  test('the emulator has one of two', async () => {
    const started = startEmulatorWith({ pace: 'slow' as never }, createToneEngine);
    await expect(started).rejects.toThrow('pace is slow; it must be one of real-time, fast.');
  });

  test.each<[string, RealtimeOptions]>([
    ['header', { headers: { 'x-emulator-pace': 'slow' } }],
    ['address', { query: '&emulator_pace=slow' }],
  ])('one that is none is refused, in the %s', async (_, how) => {
    await expect(openRealtime(toned, how)).rejects.toThrow('400');
  });
});

describe('models', () => {
  async function replyOf(
    emulator: Emulator,
    model: string,
    session: Record<string, unknown>,
    text: string,
  ): Promise<RealtimeEvent[]> {
    await using client = await openSession(emulator, session, { model });
    await writeText(client, text);
    client.send('response.create');
    await client.next(DONE);
    expectStrict(client.events);
    return client.events;
  }
  const tools = [{ type: 'function', name: 'get_time', description: 'Time of a city' }];

  test('thinking ones think before they speak', async () => {
    const events = await replyOf(toned, 'stepaudio-3-realtime-preview', {}, 'Hello');
    const types = events.map(({ type }) => type);
    expect(types.indexOf('response.thinking.delta')).toBeGreaterThan(0);
    expect(types.indexOf('response.thinking.done')).toBeLessThan(types.indexOf(AUDIO));
  });

  test('step-audio-2 sends its transcript alone, by the documentation its sound as well', async () => {
    const observed = await replyOf(toned, 'step-audio-2', {}, 'Hello');
    expect(transcriptOf(observed)).not.toBe('');
    expect(observed.map(({ type }) => type)).not.toContain(AUDIO);
    await using strict = await startEmulatorWith({ strict: true }, createToneEngine);
    const documented = await replyOf(strict, 'step-audio-2', {}, 'Hello');
    expect(documented.map(({ type }) => type)).toContain(AUDIO);
  });

  test('step-audio-r1.5 says its calls aloud', async () => {
    const events = await replyOf(toned, 'step-audio-r1.5', { tools }, 'What time is it in Rome?');
    expect(transcriptOf(events)).toMatch(/^get_time\(\{.*\}\)$/);
    expect(events.map(({ type }) => type)).toContain(AUDIO);
  });
});

describe('the connection', () => {
  test('the key may be in a subprotocol, the answer selects another', async () => {
    const address = `${toned.url.replace('http', 'ws')}/v1/realtime?model=step-1o-audio`;
    const protocols = [
      'realtime',
      `openai-insecure-api-key.${toned.apiKey}`,
      'openai-beta.realtime-v1',
    ];
    const socket = new WebSocket(address, protocols);
    const [message] = (await once(socket, 'message')) as [Buffer];
    expect(JSON.parse(message.toString())).toMatchObject({ type: 'session.created' });
    expect(socket.protocol).toBe('realtime');
    socket.close();
    await once(socket, 'close');
  });

  test.each([
    ['/v1', 'stepaudio-2.5-tts', 400],
    ['/v1', '', 400],
    ['/step_plan/v1', 'step-1o-audio', 400],
    ['/step_plan/v1', 'stepaudio-3-realtime-preview', 400],
  ])('%s does not serve "%s"', async (prefix, model, status) => {
    await expect(openRealtime(toned, { prefix, model })).rejects.toThrow(String(status));
  });

  test('a wrong key is refused before anything else', async () => {
    const socket = new WebSocket(`${toned.url.replace('http', 'ws')}/v1/realtime?model=nothing`, {
      headers: { authorization: 'Bearer wrong' },
    });
    socket.on('error', () => undefined);
    const [, answer] = (await once(socket, 'unexpected-response')) as [unknown, IncomingMessage];
    expect(answer.statusCode).toBe(401);
    socket.terminate();
    const plain = await fetch(`${toned.url}/v1/realtime?model=step-1o-audio`, {
      headers: bearer(toned),
    });
    expect(plain.status).toBe(400);
    await plain.arrayBuffer();
  });

  test('the subscription serves its one model', async () => {
    await using client = await openRealtime(toned, { prefix: '/step_plan/v1' });
    expect((await client.next()).type).toBe('session.created');
  });

  test('an update may be sent before the greeting was read, in a binary frame, and after nonsense', async () => {
    await using client = await openRealtime(toned);
    client.socket.send('{"type": "session.update", "session": {"instructions": "Be brief."}}');
    client.socket.send(Buffer.from('{"type": "input_audio_buffer.clear"}'), { binary: true });
    client.socket.send('{"type": ');
    client.socket.send(Buffer.of(0xff, 0xfe));
    client.send('response.make', { event_id: 'e' });
    expect((await client.next()).type).toBe('session.created');
    expect(await client.next()).toMatchObject({ session: { instructions: 'Be brief.' } });
    expect((await client.next()).type).toBe('input_audio_buffer.cleared');
    for (let i = 0; i < 2; i += 1) {
      expect((await client.next('error'))['error']).toMatchObject({
        type: 'invalid_request_error',
        message: 'invalid event format',
      });
    }
    expect((await client.next('error'))['error']).toEqual({
      type: 'invalid_request_error',
      code: 'invalid_value',
      message: 'unknown event type',
      param: 'type',
      event_id: 'e',
    });
  });

  test('ends after thirty minutes, whatever happens', async () => {
    const clock = createManualClock();
    await using emulator = await startEmulatorWith({ clock }, createToneEngine);
    await using client = await openSession(emulator);
    for (let minute = 1; minute < 30; minute += 1) {
      clock.advance(60_000);
      await writeText(client, 'still here');
    }
    clock.advance(59_000);
    expect(client.socket.readyState).toBe(client.socket.OPEN);
    clock.advance(1000);
    expect((await client.closed).code).toBe(1000);
    await until(() => emulator.counters.openSockets === 0);
    expect(emulator.log[0]).toMatchObject({ outcome: 'complete', closeCode: 1000 });
    expect(clock.pending).toBe(0);
  });

  test('ends also where nothing gets through to the client any more', async () => {
    const clock = createManualClock();
    await using emulator = await startEmulatorWith({ clock }, createToneEngine);
    await using client = await openRealtime(emulator, { fault: 'stall:events=1' });
    await client.next('session.created');
    await until(() => clock.pending === 2);
    clock.advance(300_000);
    clock.advance(10_000);
    expect((await client.closed).code).toBe(1006);
    await until(() => emulator.counters.openSockets === 0);
    expect(clock.pending).toBe(0);
  });

  test('ends after five minutes without a message or a ping', async () => {
    const clock = createManualClock();
    await using emulator = await startEmulatorWith({ clock }, createToneEngine);
    await using client = await openSession(emulator);
    clock.advance(290_000);
    client.socket.ping();
    await once(client.socket, 'pong');
    clock.advance(290_000);
    expect(client.socket.readyState).toBe(client.socket.OPEN);
    clock.advance(10_000);
    expect((await client.closed).code).toBe(1000);
  });

  test('counts sound in both directions, and who leaves in the middle', async () => {
    await using emulator = await startEmulatorWith({}, createToneEngine);
    const client = await openSession(emulator, { voice: 'wenrounvsheng' });
    client.append(voice(500), 100);
    await askForTone(client, 1);
    await client.next(DONE);
    expect(emulator.counters).toMatchObject({
      requests: { realtime: { 101: 1 } },
      audioSeconds: 1,
      heardSeconds: 0.5,
      openSockets: 1,
    });
    await until(() => emulator.log[0]?.bytesSent !== 0);
    client.socket.close();
    await client.closed;
    await until(() => emulator.counters.openSockets === 0);
    expect(emulator.log[0]).toMatchObject({
      endpoint: 'realtime',
      outcome: 'complete',
      voice: 'wenrounvsheng',
      format: 'pcm16',
      heardSeconds: 0.5,
    });
    const other = await openSession(emulator);
    await askForTone(other, 60);
    await other.next(AUDIO);
    other.socket.terminate();
    await until(() => emulator.counters.openSockets === 0);
    expect(emulator.counters.abortedRequests).toBe(1);
  });

  test('a client that does not read stops the voice, and goes on where it stopped', async () => {
    const engine = createToneEngine();
    await using emulator = await startEmulatorWith({}, () => engine);
    await using client = await openSession(emulator);
    client.socket.pause();
    // 16 MB of base64: more than the system keeps for a reader that does not read.
    const content = [{ type: 'input_text', text: `say ${'x'.repeat(2500)}` }];
    client.send('conversation.item.create', { item: { type: 'message', role: 'user', content } });
    client.send('response.create');
    let stuck = 0;
    let turns = 0;
    await until(() => {
      turns = engine.said === stuck ? turns + 1 : 0;
      stuck = engine.said;
      return stuck > 0 && turns > 30;
    });
    expect(stuck).toBeLessThan(2450);
    client.socket.resume();
    await client.next(DONE);
    expect(soundOf(client.events).length).toBe(2500 * 2400);
  });

  test('a voice that breaks down fails its reply, not the session', async () => {
    const engine = createToneEngine({ failAfter: 3 });
    await using emulator = await startEmulatorWith({}, () => engine);
    await using client = await openSession(emulator);
    await askForTone(client, 2);
    const { error } = await client.next('error');
    expect(error).toEqual({ type: 'server_error', message: 'internal error' });
    expect(responseOf(await client.next(DONE)).status).toBe('failed');
    await writeText(client, 'say xx');
    client.send('response.create');
    expect(responseOf(await client.next(DONE)).status).toBe('completed');
    expectStrict(client.events);
  });

  test('sessions do not mix', async () => {
    const replies = await Promise.all(
      Array.from({ length: 12 }, async (_, index) => {
        await using client = await openSession(toned);
        await askForTone(client, (index + 1) / 10);
        await client.next(DONE);
        return soundOf(client.events).length;
      }),
    );
    expect(replies).toEqual(Array.from({ length: 12 }, (_, index) => (index + 1) * 2400));
  });

  test('transcripts of detected turns can be kept back', async () => {
    await using emulator = await startEmulatorWith({ vadTranscripts: 'absent' }, createToneEngine);
    await using client = await openSession(emulator, { turn_detection: VAD });
    client.append(concatSamples([voice(500), new Int16Array(400 * 24)]));
    await client.next(DONE);
    expect(client.events.filter(({ type }) => type.includes('transcription'))).toEqual([]);
  });
});

test('what is appended in pieces of any size is one utterance', async () => {
  await using client = await openSession(spoken, { voice: 'data-voice' });
  const bytes = encodePcm16(await dataSpeech('say ok'));
  for (let at = 0; at < bytes.length; at += 4998) {
    const audio = encodeBase64(bytes.subarray(at, at + 4998));
    client.send('input_audio_buffer.append', { audio });
  }
  client.send('input_audio_buffer.append', { audio: 'AAAA' });
  expect((await client.next('error'))['error']).toMatchObject({ code: 'invalid_param' });
  client.send('input_audio_buffer.commit');
  client.send('response.create');
  await client.next(DONE);
  expect(transcriptOf(client.events)).toBe('ok');
});
