import { getEventListeners } from 'node:events';
import { describe, expect, test } from 'vitest';
import {
  ConnectionError,
  ProtocolError,
  ServiceError,
  TimeoutError,
  ValidationError,
} from '../errors.ts';
import { createPlatformRuntime } from '../net/runtime.ts';
import { RealtimeService, place, toBase64 } from './testing/realtime-script.ts';

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('connecting', () => {
  test('a session is greeted, configured and confirmed', async () => {
    await using service = await RealtimeService.start();
    const { session, script, events } = await service.connect({
      voice: 'linjiajiejie',
      instructions: '简短回答。',
    });
    expect(service.server.handshakes[0]!.url).toBe('/v1/realtime?model=stepaudio-2.5-realtime');
    expect(script.received).toEqual([
      {
        event_id: expect.any(String),
        type: 'session.update',
        session: {
          modalities: ['text', 'audio'],
          input_audio_format: 'pcm16',
          output_audio_format: 'pcm16',
          turn_detection: null,
          voice: 'linjiajiejie',
          instructions: '简短回答。',
        },
      },
    ]);
    const state = {
      id: 'sess_4f2c',
      model: 'stepaudio-2.5-realtime',
      voice: 'linjiajiejie',
      instructions: '简短回答。',
      turnDetection: null,
      tools: [],
    };
    expect(session.state).toEqual(state);
    expect(await events.until('session-updated')).toEqual({
      type: 'session-updated',
      session: state,
    });
    session.close();
    await script.untilClosed();
    await service.server.untilAllClosed();
    expect(service.clock.pending).toBe(0);
    expect(await session.next()).toEqual({ value: undefined, done: true });
  });

  test('turn detection in the service’s own words', async () => {
    await using service = await RealtimeService.start();
    const turnDetection = { silenceDurationMs: 300, prefixPaddingMs: 200, energyThreshold: 1800 };
    const { session, script } = await service.connect({ turnDetection });
    expect(script.received[0]).toMatchObject({
      session: {
        turn_detection: {
          type: 'server_vad',
          silence_duration_ms: 300,
          prefix_padding_ms: 200,
          energy_awakeness_threshold: 1800,
        },
      },
    });
    expect(session.state.turnDetection).toEqual(turnDetection);
    session.close();
  });

  test('history goes in before it resolves, under the ids that the service gives', async () => {
    await using service = await RealtimeService.start();
    const { session, script } = await service.connect({
      history: [
        { role: 'system', text: 'You are on a train.' },
        { role: 'user', text: '几点到？' },
        { role: 'assistant', text: '八点。' },
      ],
    });
    expect(script.all('conversation.item.create').map(({ item }) => item)).toEqual([
      {
        type: 'message',
        role: 'system',
        content: [{ type: 'input_text', text: 'You are on a train.' }],
      },
      { type: 'message', role: 'user', content: [{ type: 'input_text', text: '几点到？' }] },
      { type: 'message', role: 'assistant', content: [{ type: 'text', text: '八点。' }] },
    ]);
    expect(session.items.map(({ role, text }) => [role, text])).toEqual([
      ['system', 'You are on a train.'],
      ['user', '几点到？'],
      ['assistant', '八点。'],
    ]);
    session.close();
  });

  test('an error in place of the confirmation rejects, and closes', async () => {
    await using service = await RealtimeService.start();
    service.onSocket = (script) => {
      script.answers = false;
      script.greet();
      void script.until('session.update').then(({ event_id }) => {
        script.error('voice nobody is not valid', { event_id });
      });
    };
    const failure = await service.connect({ voice: 'nobody' }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ServiceError);
    expect((failure as Error).message).toContain('voice nobody is not valid');
    await service.server.untilAllClosed();
    expect(service.clock.pending).toBe(0);
  });

  test.each([
    ['says nothing', () => undefined],
    [
      'confirms nothing',
      (script: { answers: boolean; greet: () => void }) => {
        script.answers = false;
        script.greet();
      },
    ],
  ])('a service that %s is not waited for beyond 15 s', async (_, onSocket) => {
    await using service = await RealtimeService.start();
    service.onSocket = onSocket;
    const failing = service.connect().catch((error: unknown) => error);
    await service.clock.timer(15_000);
    await service.server.until(() => service.scripts.length === 1);
    await service.clock.advance(15_000);
    expect(await failing).toBeInstanceOf(TimeoutError);
    await service.server.untilAllClosed();
    expect(service.clock.pending).toBe(0);
  });

  test('a service that closes is reported', async () => {
    await using service = await RealtimeService.start();
    service.onSocket = (script) => script.socket.close(4001, 'no more room');
    const failure = await service.connect().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ConnectionError);
    expect(failure).toMatchObject({ closeCode: 4001 });
    expect((failure as Error).message).toContain('no more room');
    expect(service.clock.pending).toBe(0);
  });

  test('an abort while it is set up closes at once', async () => {
    await using service = await RealtimeService.start();
    service.onSocket = () => undefined;
    const controller = new AbortController();
    const failing = service.connect({ signal: controller.signal }).catch((error: unknown) => error);
    await service.server.until(() => service.scripts.length === 1);
    controller.abort(new Error('enough'));
    expect(await failing).toEqual(new Error('enough'));
    await service.server.untilAllClosed();
    expect(service.clock.pending).toBe(0);
    expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
  });

  test('two sessions do not know of each other', async () => {
    await using service = await RealtimeService.start();
    const one = await service.connect();
    const other = await service.connect();
    const said = await Promise.all([one.session.say('一'), other.session.say('二')]);
    expect(said.map(({ text }) => text)).toEqual(['一', '二']);
    expect(one.script.all('conversation.item.create')).toHaveLength(1);
    one.session.close();
    expect((await other.session.say('三')).text).toBe('三');
    other.session.close();
  });

  test.each([
    [{ model: 'stepaudio-2.5-tts' }, 'model'],
    [{ turnDetection: { energyThreshold: 6000 } }, 'turnDetection.energyThreshold'],
    [{ turnDetection: { silence_duration_ms: 5 } }, 'turnDetection.silence_duration_ms'],
    [{ turn_detection: null }, 'turn_detection'],
    [{ toolChoice: { name: 'x' } }, 'toolChoice'],
    [{ temperature: 3 }, 'temperature'],
    [{ instructions: 'a\0b' }, 'instructions'],
    [{ history: [{ role: 'user', text: ' ' }] }, 'history[0].text'],
    [{ history: [{ role: 'tool', text: 'x' }] }, 'history[0].role'],
    [{ tools: [{ name: 'a b', description: 'x', parameters: {} }] }, 'tools[0].name'],
    [{ tools: [{ name: 'ab', description: '', parameters: {} }] }, 'tools[0].description'],
    [{ tools: [{ name: 'ab', description: 'x', parameters: 'y' }] }, 'tools[0].parameters'],
    [{ tools: [{ type: 'retrieval', description: 'x' }] }, 'tools[0].vectorStoreId'],
    [{ warnBeforeMs: 10, maxSessionMs: 10 }, 'warnBeforeMs'],
    [{ keepAliveMs: 0 }, 'keepAliveMs'],
    [
      {
        model: 'step-audio-r1.5',
        tools: [{ name: 'ab', description: 'x', parameters: {} }],
      },
      'tools',
    ],
  ])('%j is refused before anything is sent', async (options, path) => {
    await using service = await RealtimeService.start();
    const failure = await service.connect(options as never).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ValidationError);
    expect(failure).toMatchObject({ path });
    expect(service.server.handshakes).toHaveLength(0);
  });
});

describe('a turn', () => {
  test('of sound, ended by the caller', async () => {
    await using service = await RealtimeService.start();
    const { session, script, events } = await service.connect();
    session.write(Int16Array.from({ length: 1000 }, (_, index) => index));
    const item = await session.commit();
    expect(item).toMatchObject({ type: 'message', role: 'user', text: '' });
    expect(script.samples).toEqual(Array.from({ length: 1000 }, (_, index) => index));
    expect(script.all('input_audio_buffer.append').map((event) => sizeOf(event))).toEqual([
      480, 480, 40,
    ]);
    const responding = session.respond();
    await script.until('response.create');
    await service.clock.advance(400);
    script.begin('r1');
    expect(await responding).toMatchObject({ id: 'r1', status: 'in-progress' });
    script.text('r1', '八点');
    script.audio('r1', [1, 2, 3]);
    script.text('r1', '到。');
    script.audio('r1', [4]);
    script.send('response.audio.done', place('r1', 'r1-item'));
    script.send('response.audio_transcript.done', {
      ...place('r1', 'r1-item'),
      transcript: '八点到。',
    });
    const usage = { total_tokens: 30, input_tokens: 20, output_tokens: 10 };
    script.send('conversation.item.input_audio_transcription.completed', {
      item_id: item.id,
      content_index: 0,
      transcript: '几点到？',
    });
    script.done('r1', 'completed', { usage });
    const done = await events.until('response-done');
    expect(done).toMatchObject({
      responseId: 'r1',
      status: 'completed',
      usage: { totalTokens: 30, inputTokens: 20, outputTokens: 10 },
      response: { text: '八点到。', firstAudioMs: 400, firstTranscriptMs: 400, interrupted: false },
    });
    expect(events.of('audio').map(({ samples }) => [...samples])).toEqual([[1, 2, 3], [4]]);
    expect(events.of('transcript').map(({ delta, text, final }) => [delta, text, final])).toEqual([
      ['八点', '八点', false],
      ['到。', '八点到。', false],
      ['', '八点到。', true],
    ]);
    expect(events.of('input-transcript')).toEqual([
      { type: 'input-transcript', itemId: item.id, text: '几点到？', final: true },
    ]);
    expect(session.items.map(({ role, text }) => [role, text])).toEqual([
      ['user', '几点到？'],
      ['assistant', '八点到。'],
    ]);
    expect(session.usage.totalTokens).toBe(30);
    expect(session.metrics).toMatchObject({
      responses: 1,
      droppedDeltas: 0,
      firstAudioMs: { count: 1, last: 400 },
    });
    session.close();
  });

  test('of text is one round trip, and an answer waits for the one before', async () => {
    await using service = await RealtimeService.start();
    const { session, script, events } = await service.connect();
    const first = await session.say('火车在八点到站。');
    expect(first).toMatchObject({ role: 'user', text: '火车在八点到站。' });
    expect(script.types.slice(1)).toEqual(['conversation.item.create', 'response.create']);
    script.begin('r1');
    await events.until('response-started');
    const second = await session.say('And back?');
    expect(second.text).toBe('And back?');
    expect(script.all('response.create')).toHaveLength(1);
    script.done('r1');
    await script.until('response.create', 2);
    script.begin('r2');
    script.done('r2');
    await events.until('response-done', ({ responseId }) => responseId === 'r2');
    expect(events.of('error')).toEqual([]);
    session.close();
  });

  test('whose words are the assistant’s asks for no answer', async () => {
    await using service = await RealtimeService.start();
    const { session, script } = await service.connect();
    await session.say('您好！', { role: 'assistant' });
    expect(script.types.slice(1)).toEqual(['conversation.item.create']);
    session.close();
  });

  test('committed without sound, or under turn detection, is refused here', async () => {
    await using service = await RealtimeService.start();
    const { session, script } = await service.connect();
    await expect(session.commit()).rejects.toThrow(/nothing was written/);
    session.write(new Int16Array(480));
    await session.commit();
    await expect(session.commit()).rejects.toThrow(ValidationError);
    session.write(new Int16Array(480));
    await session.clear();
    await expect(session.commit()).rejects.toThrow(/nothing was written/);
    await session.update({ turnDetection: {} });
    session.write(new Int16Array(480));
    await expect(session.commit()).rejects.toThrow(/ends turns by itself/);
    expect(script.all('input_audio_buffer.commit')).toHaveLength(1);
    session.close();
  });

  test('the service ends turns by itself with turn detection', async () => {
    await using service = await RealtimeService.start();
    const { session, script, events } = await service.connect({ turnDetection: {} });
    session.write(new Int16Array(480));
    script.send('input_audio_buffer.speech_started', { audio_start_ms: '120', item_id: 'u1' });
    script.send('input_audio_buffer.speech_stopped', { audio_end_ms: 900, item_id: 'u1' });
    script.send('input_audio_buffer.committed', { item_id: 'u1' });
    const item = { id: 'u1', type: 'message', role: 'user', status: 'completed' };
    script.send('conversation.item.created', { item });
    script.begin('r1');
    script.audio('r1', [7]);
    script.done('r1');
    await events.until('response-done');
    expect(events.types).toEqual([
      'session-updated',
      'speech-started',
      'speech-stopped',
      'committed',
      'item',
      'response-started',
      'item',
      'audio',
      'response-done',
    ]);
    expect(events.of('speech-started')[0]).toMatchObject({ atMs: 120, itemId: 'u1' });
    expect(events.of('speech-stopped')[0]).toMatchObject({ atMs: 900 });
    expect(session.items.map(({ id }) => id)).toEqual(['u1', 'r1-item']);
    session.close();
  });

  test('a response that the service makes by itself is waited for', async () => {
    await using service = await RealtimeService.start();
    const { session, script, events } = await service.connect({ turnDetection: {} });
    const responding = session.respond();
    const { event_id } = await script.until('response.create');
    script.error('ongoing response already exists', { event_id });
    script.begin('auto');
    script.done('auto');
    await script.until('response.create', 2);
    script.begin('r2');
    expect((await responding).id).toBe('r2');
    // Announced before the refusal, the answer of its own is taken for what was asked for at first.
    script.done('r2');
    const again = session.respond();
    await script.until('response.create', 3);
    script.begin('auto2');
    expect((await again).id).toBe('auto2');
    script.error('ongoing response already exists', {
      event_id: script.all('response.create')[2]!.event_id,
    });
    script.done('auto2');
    await script.until('response.create', 4);
    script.begin('r4');
    await events.until('response-started', ({ responseId }) => responseId === 'r4');
    expect(events.of('error')).toEqual([]);
    session.close();
  });

  test('one that is never announced is asked for again, and given up', async () => {
    await using service = await RealtimeService.start();
    const { session, script } = await service.connect({ keepAliveMs: Number.POSITIVE_INFINITY });
    const responding = session.respond().catch((error: unknown) => error);
    for (let tries = 1; tries <= 6; tries += 1) {
      const { event_id } = await script.until('response.create', tries);
      script.error('ongoing response already exists', { event_id });
      if (tries < 6) {
        await service.clock.timer(1000 * 2 ** (tries - 1));
        await service.clock.advance(1000 * 2 ** (tries - 1));
      }
    }
    expect(await responding).toMatchObject({ code: 'ongoing_response' });
    session.close();
  });
});

describe('stopping', () => {
  test('from cancel() on nothing of the answer comes out', async () => {
    await using service = await RealtimeService.start();
    const { session, script, events } = await service.connect();
    await session.say('讲个故事。');
    script.begin('r1');
    script.audio('r1', [1]);
    await events.until('audio');
    script.audio('r1', [2]);
    script.text('r1', '从前');
    await events.until('transcript');
    script.audio('r1', [3]);
    script.text('r1', '有一只');
    await service.clock.advance(0);
    const cancelling = session.cancel();
    const cancelled = await script.until('response.cancel');
    expect(cancelled).toEqual({ event_id: expect.any(String), type: 'response.cancel' });
    script.audio('r1', [4]);
    script.text('r1', '猫');
    script.send('response.cancelled', { response_id: 'r1' });
    script.audio('r1', [5]);
    script.done('r1', 'incomplete');
    await cancelling;
    const next = session.say('好的。');
    await script.until('response.create', 2);
    script.begin('r2');
    script.audio('r1', [6]);
    script.audio('r2', [7]);
    script.done('r2');
    await next;
    await events.until('response-done', ({ responseId }) => responseId === 'r2');
    expect(events.of('audio').flatMap(({ samples }) => [...samples])).toEqual([1, 2, 7]);
    expect(events.of('transcript').map(({ delta }) => delta)).toEqual(['从前']);
    expect(events.of('response-done').map(({ status }) => status)).toEqual([
      'cancelled',
      'completed',
    ]);
    expect(session.metrics.droppedDeltas).toBe(6);
    session.close();
  });

  test('an answer that is asked for and has not begun', async () => {
    await using service = await RealtimeService.start();
    const { session, script, events } = await service.connect();
    await session.say('Tell me a story.');
    const cancelling = session.cancel();
    await script.until('response.cancel');
    script.begin('r1');
    script.audio('r1', [1]);
    script.done('r1', 'cancelled');
    await cancelling;
    await events.until('response-done');
    expect(events.of('audio')).toEqual([]);
    session.close();
  });

  test('what has ended by itself is no error, and nothing to stop is nothing to send', async () => {
    await using service = await RealtimeService.start();
    const { session, script, events } = await service.connect();
    await session.cancel();
    expect(script.all('response.cancel')).toEqual([]);
    for (const told of [true, false]) {
      await session.say('Hi.');
      const id = told ? 'r1' : 'r2';
      script.begin(id);
      await events.until('response-started');
      const cancelling = session.cancel();
      const { event_id } = await script.until('response.cancel', told ? 1 : 2);
      script.error('no ongoing response to cancel', told ? { event_id } : {});
      await cancelling;
      script.done(id);
      await events.until('response-done');
    }
    expect(events.of('error')).toEqual([]);
    session.close();
  });

  test('speech into an answer drops the rest of its sound, read or not', async () => {
    await using service = await RealtimeService.start();
    const { session, script, events } = await service.connect({ turnDetection: {} });
    script.begin('r1');
    script.audio('r1', [1]);
    await events.until('audio');
    script.audio('r1', [2]);
    script.text('r1', '我');
    script.send('input_audio_buffer.speech_started', { audio_start_ms: 5000, item_id: 'u2' });
    script.audio('r1', [3]);
    script.text('r1', '们');
    script.done('r1', 'incomplete');
    const started = await events.until('speech-started');
    expect(started.interruptedResponseId).toBe('r1');
    const done = await events.until('response-done');
    expect(done.response).toMatchObject({ interrupted: true, text: '我们', status: 'incomplete' });
    script.begin('r2');
    script.audio('r2', [9]);
    await events.until('audio');
    expect(events.of('audio').flatMap(({ samples }) => [...samples])).toContain(9);
    expect(events.of('audio').flatMap(({ samples }) => [...samples])).not.toContain(3);
    expect(session.metrics.interruptions).toBe(1);
    session.close();
  });

  test('unless the caller wants to decide that', async () => {
    await using service = await RealtimeService.start();
    const { session, script, events } = await service.connect({
      turnDetection: {},
      interruptResponse: false,
    });
    script.begin('r1');
    script.send('input_audio_buffer.speech_started', { item_id: 'u2' });
    script.audio('r1', [3]);
    expect((await events.until('audio')).samples).toEqual(Int16Array.of(3));
    expect(events.of('speech-started')[0]!.interruptedResponseId).toBeUndefined();
    session.close();
  });

  test('sound of an answer that is over and was not read goes with the interruption', async () => {
    await using service = await RealtimeService.start();
    const { session, script, events } = await service.connect({ turnDetection: {} });
    script.begin('r1');
    script.audio('r1', [1, 2]);
    script.done('r1');
    script.send('input_audio_buffer.speech_started', { item_id: 'u2' });
    script.send('input_audio_buffer.speech_stopped', { item_id: 'u2' });
    while (session.metrics.events < 8) await settled();
    await events.until('speech-stopped');
    expect(events.of('audio')).toEqual([]);
    expect(events.of('response-done')).toHaveLength(1);
    session.close();
  });

  test.each(['close', 'return', 'signal'] as const)('%s ends everything at once', async (way) => {
    await using service = await RealtimeService.start();
    const controller = new AbortController();
    const { session, script, events } = await service.connect({ signal: controller.signal });
    const said = session.say('Hi.');
    await said;
    script.begin('r1');
    await events.until('response-started');
    script.answers = false;
    const pending = [
      session.update({ instructions: 'x' }),
      session.respond(),
      session.cancel(),
      session.say('y'),
    ].map((promise) => promise.catch((error: unknown) => error));
    const reading = (async () => {
      for (;;) if ((await session.next()).done === true) return 'ended';
    })().catch((error: unknown) => error);
    if (way === 'signal') controller.abort('reason');
    else if (way === 'return') await session.return();
    else session.close();
    const failures = await Promise.all(pending);
    const closed = expect.objectContaining({ name: 'ConnectionError', code: 'socket_closed' });
    const expected = way === 'signal' ? 'reason' : closed;
    expect(failures).toEqual([expected, expected, expected, expected]);
    expect(await reading).toBe(way === 'signal' ? 'reason' : 'ended');
    await expect(session.commit()).rejects.toEqual(expected);
    await service.server.untilAllClosed();
    expect(service.clock.pending).toBe(0);
    expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
    session.close();
    await session.return();
  });

  test('a session that the service ends fails, after what had come', async () => {
    await using service = await RealtimeService.start();
    const { session, script, events } = await service.connect();
    const responding = session.respond().catch((error: unknown) => error);
    await script.until('response.create');
    script.send('input_audio_buffer.cleared');
    script.send('x.y');
    script.socket.close(1011, 'fault');
    await events.until('unknown');
    await expect(session.next()).rejects.toMatchObject({ code: 'socket_closed', closeCode: 1011 });
    expect(await responding).toBeInstanceOf(ConnectionError);
    expect(await session.next()).toEqual({ value: undefined, done: true });
    expect(service.clock.pending).toBe(0);
  });
});

describe('the service as it is', () => {
  test('ids are its own, and answers are found by order', async () => {
    await using service = await RealtimeService.start();
    const { session, script } = await service.connect();
    session.write(new Int16Array(480));
    const items = await Promise.all([
      session.commit(),
      session.say('第一', { respond: false }),
      session.say('第二', { role: 'system' }),
      session.say('第三', { respond: false }),
    ]);
    expect(items.map(({ text }) => text)).toEqual(['', '第一', '第二', '第三']);
    expect(new Set(items.map(({ id }) => id)).size).toBe(4);
    await session.deleteItem(items[1].id);
    expect(script.all('conversation.item.delete')).toMatchObject([{ item_id: items[1].id }]);
    expect(session.items.map(({ text }) => text)).toEqual(['', '第二', '第三']);
    await expect(session.deleteItem(items[1].id)).rejects.toThrow(ValidationError);
    session.close();
  });

  test('an error finds what it is about by its id, by its words, else by order', async () => {
    await using service = await RealtimeService.start();
    const { session, script, events } = await service.connect();
    script.answers = false;
    const first = session.say('eins', { respond: false });
    const second = session.say('zwei', { respond: false });
    const third = session.update({ instructions: 'drei' });
    for (const promise of [first, second, third]) promise.catch(() => undefined);
    await script.until('session.update', 2);
    script.error('item zwei refused', {
      event_id: script.all('conversation.item.create')[1]!.event_id,
    });
    await expect(second).rejects.toThrow(/item \[…\] refused/);
    script.error('voice linjiajiejie is not valid');
    await expect(third).rejects.toThrow(/is not valid/);
    script.error('something else', { type: 'server_error', code: 500 });
    await expect(first).rejects.toThrow(/something else/);
    script.error('of nobody', { code: 'invalid_value', param: 'type' });
    expect((await events.until('error')).error).toMatchObject({ code: 'invalid_request_error' });
    session.close();
  });

  test.each([
    ['bare', '{"type":"invalid_request_error","code":"invalid_value","message":"bad frame"}'],
    ['a relay’s', '{"error":"connection_timeout","message":"upstream is gone"}'],
    ['a relay’s with a code', '{"error":{"code":429},"message":"too many"}'],
    ['flat', '{"type":"error","message":"flat one"}'],
    ['without anything', '{"type":"error"}'],
  ])('an error in another shape: %s', async (_, raw) => {
    await using service = await RealtimeService.start();
    const { session, script, events } = await service.connect();
    script.raw(raw);
    const { error } = await events.until('error');
    expect(error.message.length).toBeGreaterThan(10);
    expect((await session.say('It goes on.')).text).toBe('It goes on.');
    session.close();
  });

  test('what cannot be read is reported without its content, and the session goes on', async () => {
    await using service = await RealtimeService.start();
    const { session, script, events } = await service.connect();
    script.raw('{"type":"response.audio.delta","delta":{"secret":"geheim"}}');
    script.raw('kein JSON: geheim');
    script.raw('[1]');
    script.raw('null');
    for (let count = 0; count < 2; count += 1) {
      const { error } = await events.until('error');
      expect(error).toBeInstanceOf(ProtocolError);
      expect(error.message).not.toContain('geheim');
    }
    expect((await events.until('unknown')).raw).toEqual([1]);
    expect((await events.until('error')).error.code).toBe('malformed_message');
    expect(session.metrics.malformedEvents).toBe(3);
    expect((await session.say('weiter')).text).toBe('weiter');
    session.close();
  });

  test('names of the later vocabulary, and ids that are missing', async () => {
    await using service = await RealtimeService.start();
    const { session, script, events } = await service.connect();
    script.send('session.created', { session: { id: 'again' } });
    script.send('response.created', { response: {} });
    script.send('response.output_item.created', {
      item: { id: 'a1', type: 'message', role: 'assistant' },
    });
    script.send('response.output_audio.delta', { delta: toBase64([1]) });
    script.send('response.output_audio_transcript.delta', { delta: 'Hello' });
    script.send('response.output_audio_transcript.done', { transcript: 'Hello.' });
    script.send('response.done', { response: { status: 'completed' } });
    await events.until('response-done');
    expect(events.of('audio')[0]).toMatchObject({ itemId: 'a1', samples: Int16Array.of(1) });
    expect(events.of('transcript').at(-1)).toMatchObject({
      text: 'Hello.',
      delta: '.',
      final: true,
    });
    expect(session.state.id).toBe('again');
    session.close();
  });

  test('an odd byte is carried from one piece of an item to the next', async () => {
    await using service = await RealtimeService.start();
    const { session, script, events } = await service.connect();
    const bytes = Buffer.from(Int16Array.of(100, -200, 300).buffer);
    script.begin('r1');
    for (const [from, to] of [
      [0, 1],
      [1, 4],
      [4, 5],
      [5, 6],
    ]) {
      const delta = bytes.subarray(from, to).toString('base64');
      script.send('response.audio.delta', { ...place('r1', 'r1-item'), delta });
    }
    script.send('response.audio.delta', { ...place('r1', 'r1-item'), delta: '' });
    script.send('response.audio.delta', { ...place('r1', 'r1-item'), delta: '*' });
    expect((await events.until('error')).error.code).toBe('invalid_base64');
    expect(events.of('audio').flatMap(({ samples }) => [...samples])).toEqual([100, -200, 300]);
    session.close();
  });

  test('thinking has events of its own', async () => {
    await using service = await RealtimeService.start();
    const { session, script, events } = await service.connect();
    script.begin('r1');
    script.send('response.thinking.delta', { ...place('r1', 'r1-item'), delta: '先想' });
    script.send('response.thinking.delta', { ...place('r1', 'r1-item'), delta: '一下' });
    script.send('response.thinking.done', { ...place('r1', 'r1-item'), thinking: '先想一下' });
    script.done('r1');
    await events.until('response-done');
    expect(events.of('thinking').map(({ delta, text, final }) => [delta, text, final])).toEqual([
      ['先想', '先想', false],
      ['一下', '先想一下', false],
      ['', '先想一下', true],
    ]);
    expect(session.items.at(-1)!.text).toBe('');
    session.close();
  });

  test('an answer that breaks off without a word is given up, and the next one is asked for', async () => {
    await using service = await RealtimeService.start();
    const { session, script, events } = await service.connect({
      keepAliveMs: Number.POSITIVE_INFINITY,
    });
    script.begin('r1');
    await events.until('item');
    const responding = session.respond();
    await service.clock.advance(30_000);
    expect((await events.until('error')).error).toBeInstanceOf(TimeoutError);
    expect(await events.until('response-done')).toMatchObject({ status: 'incomplete' });
    await script.until('response.create');
    script.begin('r2');
    expect((await responding).id).toBe('r2');
    session.close();
  });

  test('what is not answered is not waited for forever', async () => {
    await using service = await RealtimeService.start();
    const { session, script } = await service.connect({ keepAliveMs: Number.POSITIVE_INFINITY });
    script.answers = false;
    const saying = session.say('Hallo?', { respond: false }).catch((error: unknown) => error);
    await script.until('conversation.item.create');
    await service.clock.advance(30_000);
    expect(await saying).toBeInstanceOf(TimeoutError);
    session.close();
  });
});

describe('changing the session', () => {
  test('only what is said changes, and turn detection is always said', async () => {
    await using service = await RealtimeService.start();
    const { session, script } = await service.connect({ turnDetection: { energyThreshold: 9 } });
    const state = await session.update({ instructions: '用中文回答。' });
    expect(script.all('session.update')[1]!['session']).toEqual({
      turn_detection: { type: 'server_vad', energy_awakeness_threshold: 9 },
      instructions: '用中文回答。',
    });
    expect(state.instructions).toBe('用中文回答。');
    await session.update({ turnDetection: null, tools: [] });
    expect(script.all('session.update')[2]!['session']).toEqual({
      turn_detection: null,
      tools: [],
    });
    session.close();
  });

  test('another voice is refused once the session has sounded', async () => {
    await using service = await RealtimeService.start();
    const { session, script, events } = await service.connect({ voice: 'linjiajiejie' });
    await session.update({ voice: 'wenrounansheng' });
    script.begin('r1');
    script.audio('r1', [1]);
    await events.until('audio');
    await session.update({ voice: 'wenrounansheng' });
    await expect(session.update({ voice: 'linjiajiejie' })).rejects.toMatchObject({
      name: 'ValidationError',
      path: 'voice',
    });
    await expect(session.update({ modalities: ['text'] } as never)).rejects.toThrow(/modalities/);
    session.close();
  });

  test('what was heard of an answer', async () => {
    await using service = await RealtimeService.start();
    const { session, script, events } = await service.connect();
    script.begin('r1');
    const { item } = await events.until('item');
    session.truncate(item.id, 1234.6);
    const { event_id } = await script.until('conversation.item.truncate');
    expect(script.received.at(-1)).toEqual({
      event_id,
      type: 'conversation.item.truncate',
      item_id: item.id,
      content_index: 0,
      audio_end_ms: 1235,
    });
    expect(session.items[0]!.heardMs).toBe(1235);
    script.error('unknown event type', { event_id });
    await events.until('error');
    expect(() => session.truncate(item.id, Number.NaN)).toThrow(ValidationError);
    expect(() => session.truncate('nobody', 1)).toThrow(ValidationError);
    session.close();
  });
});

test('over a socket that can neither send headers nor be paused or pinged', async () => {
  await using service = await RealtimeService.start();
  const { session, script, events } = await service.connect(
    {},
    { apiKey: undefined },
    createPlatformRuntime(),
  );
  await session.say('Hi.');
  script.begin('r1');
  script.audio('r1', [5]);
  expect((await events.until('audio')).samples).toEqual(Int16Array.of(5));
  session.close();
  await service.server.untilAllClosed();
  expect(service.clock.pending).toBe(0);
});

function sizeOf(event: { [key: string]: unknown }): number {
  return Buffer.from(event['audio'] as string, 'base64').length / 2;
}

test('the history of a session that was lost is that of the one that continues it', async () => {
  await using service = await RealtimeService.start();
  const tools = [{ name: 'get_time', description: 'The time', parameters: {}, run: () => '8:00' }];
  const { session, script, events } = await service.connect({ tools });
  await session.say('几点了？');
  script.begin('r1');
  script.call('r1', 'c1', 'get_time', '{}');
  script.done('r1');
  await script.until('response.create', 2);
  script.begin('r2');
  script.text('r2', '八点，');
  await events.until('transcript');
  script.socket.close(1011);
  await expect(session.next()).rejects.toMatchObject({ code: 'socket_closed' });
  expect(session.history).toEqual([
    { role: 'user', text: '几点了？' },
    { role: 'user', text: '[get_time({}) returned: 8:00]' },
    { role: 'assistant', text: '八点，' },
  ]);
  const next = await service.connect({ history: session.history });
  expect(next.script.all('conversation.item.create').map(({ item }) => item)).toMatchObject([
    { role: 'user', content: [{ type: 'input_text', text: '几点了？' }] },
    { role: 'user' },
    { role: 'assistant', content: [{ type: 'text', text: '八点，' }] },
  ]);
  next.session.close();
});
