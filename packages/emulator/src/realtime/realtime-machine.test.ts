import { encodeBase64, encodePcm16 } from '@stepvoice/core/audio';
import { readRealtimeServerEvent } from '@stepvoice/core/protocol';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { StrictClient } from '../testing/strict-client.ts';
import { RealtimeMachine } from './realtime-machine.ts';
import type { Effect, RealtimeMachineOptions, ReplyOrder } from './realtime-machine.ts';
import type { ServerEvent } from './server-event.ts';

const SOUND = Uint8Array.from({ length: 3840 }, (_, index) => index % 100);
const VAD = { type: 'server_vad', silence_duration_ms: 200, prefix_padding_ms: 100 };

function createMachine(changes: Partial<RealtimeMachineOptions> = {}): RealtimeMachine {
  let lastId = 0;
  return new RealtimeMachine({
    model: 'stepaudio-2.5-realtime',
    access: { region: 'cn', clonedVoices: new Set() },
    habits: { itemIds: 'server', vadTranscripts: 'sent' },
    strict: false,
    createId: () => `id-${(lastId += 1)}`,
    ...changes,
  });
}

function sent(effects: readonly Effect[]): ServerEvent[] {
  return effects.flatMap((effect) => (effect.type === 'send' ? [effect.event] : []));
}

function typesOf(events: readonly ServerEvent[]): string[] {
  return events.map(({ type }) => type);
}

function orderOf(effects: readonly Effect[]): ReplyOrder {
  const effect = effects.find(({ type }) => type === 'reply');
  if (effect?.type !== 'reply') throw new Error('no reply was asked for');
  return effect.order;
}

function errorOf(effects: readonly Effect[]): Record<string, unknown> {
  expect(effects).toHaveLength(1);
  const [event] = sent(effects);
  expect(event?.type).toBe('error');
  return event?.['error'] as Record<string, unknown>;
}

function textItem(text: string, role = 'user', type = 'input_text'): Record<string, unknown> {
  return {
    type: 'conversation.item.create',
    item: { type: 'message', role, content: [{ type, text }] },
  };
}

function toneAudio(ms: number): string {
  const samples = Int16Array.from({ length: ms * 24 }, (_, i) => 8000 * Math.sin(i / 12));
  return encodeBase64(encodePcm16(samples));
}

function silenceAudio(ms: number): string {
  return encodeBase64(new Uint8Array(ms * 48));
}

/** A reply that has begun to be said. */
function speaking(machine: RealtimeMachine): { order: ReplyOrder; events: ServerEvent[] } {
  machine.receive(textItem('Hello'));
  const effects = machine.receive({ type: 'response.create' });
  const order = orderOf(effects);
  return {
    order,
    events: [
      ...sent(effects),
      ...machine.advance(order.responseId, { type: 'text', delta: 'Good day.', atMs: 0 }),
      ...machine.advance(order.responseId, { type: 'audio', bytes: SOUND }),
    ],
  };
}

/** Of the message that a response has begun with. */
function addedId(events: readonly ServerEvent[]): string {
  const item = events.find(({ type }) => type === 'response.output_item.added')?.['item'];
  return (item as { id: string } | undefined)?.id ?? '';
}

describe('a turn', () => {
  test('written: everything in the order that was observed', () => {
    const machine = createMachine();
    const created = machine.open();
    expect(created.type).toBe('session.created');
    expect(created['session']).toMatchObject({
      id: 'sess_id-1',
      turn_detection: null,
      max_response_output_tokens: '4096',
    });
    const updated = sent(machine.receive({ type: 'session.update', session: {} }))[0];
    expect(updated?.['session']).not.toHaveProperty('id');
    expect(updated?.['session']).toMatchObject({ max_response_output_tokens: 4096 });

    expect(sent(machine.receive(textItem('Hello')))).toEqual([
      {
        type: 'conversation.item.created',
        item: {
          id: 'id-2',
          type: 'message',
          status: 'in_progress',
          role: 'user',
          content: [{ type: 'audio', transcript: 'Hello' }],
        },
      },
    ]);
    const effects = machine.receive({
      type: 'response.create',
      response: { modalities: ['text'] },
    });
    const order = orderOf(effects);
    expect(machine.turnsFor(order)).toEqual([{ role: 'user', text: 'Hello' }]);
    const id = order.responseId;
    const place = { response_id: id, item_id: 'id-4', output_index: 0, content_index: 0 };
    const item = {
      id: 'id-4',
      object: 'realtime.item',
      type: 'message',
      status: 'in_progress',
      role: 'assistant',
      content: [],
    };
    const done = {
      ...item,
      status: 'completed',
      content: [{ type: 'audio', transcript: 'Good day.' }],
    };
    expect([
      ...sent(effects),
      ...machine.advance(id, { type: 'text', delta: 'Good day.', atMs: 0 }),
      ...machine.advance(id, { type: 'audio', bytes: Uint8Array.of(1, 2) }),
      ...machine.complete(id),
    ]).toEqual([
      {
        type: 'response.created',
        response: {
          id,
          object: 'realtime.response',
          status: 'in_progress',
          status_details: null,
          output: [],
        },
      },
      { type: 'response.output_item.added', response_id: id, output_index: 0, item },
      { type: 'conversation.item.created', previous_item_id: 'id-2', item },
      {
        type: 'response.content_part.added',
        ...place,
        part: { type: 'audio', transcript: '' },
      },
      { type: 'response.audio_transcript.delta', ...place, delta: 'Good day.' },
      { type: 'response.audio.delta', ...place, delta: 'AQI=' },
      { type: 'response.audio.done', ...place },
      { type: 'response.audio_transcript.done', ...place, transcript: 'Good day.' },
      {
        type: 'response.content_part.done',
        ...place,
        part: { type: 'audio', transcript: 'Good day.' },
      },
      { type: 'response.output_item.done', response_id: id, output_index: 0, item: done },
      {
        type: 'response.done',
        response: {
          id,
          object: 'realtime.response',
          status: 'completed',
          status_details: null,
          output: [done],
          usage: {
            total_tokens: 6,
            input_tokens: 2,
            output_tokens: 4,
            input_token_details: { cached_tokens: 0, text_tokens: 2, audio_tokens: 0 },
            output_token_details: { text_tokens: 3, audio_tokens: 1 },
          },
        },
      },
    ]);
    expect(machine.complete(id)).toEqual([]);
    expect(machine.advance(id, { type: 'audio', bytes: SOUND })).toEqual([]);
  });

  test('spoken: committed, then heard, with transcripts that repeat themselves', () => {
    const machine = createMachine();
    machine.receive({ type: 'input_audio_buffer.append', audio: toneAudio(100) });
    const effects = machine.receive({ type: 'input_audio_buffer.commit' });
    const item = {
      id: 'id-2',
      object: 'realtime.item',
      type: 'message',
      status: 'completed',
      role: 'user',
      content: [{ type: 'input_audio', transcript: '' }],
    };
    expect(sent(effects)).toEqual([
      { type: 'input_audio_buffer.committed', previous_item_id: null, item_id: 'id-2' },
      { type: 'conversation.item.created', item },
    ]);
    const listen = effects.find(({ type }) => type === 'listen');
    if (listen?.type !== 'listen') throw new Error('nobody listens');
    expect(listen.order.samples.length).toBe(2400);
    const delta = {
      type: 'conversation.item.input_audio_transcription.delta',
      item_id: 'id-2',
      content_index: 0,
    };
    expect([
      ...machine.heardSoFar(listen.order, '今天'),
      ...machine.heard(listen.order, '今天天气好'),
    ]).toEqual([
      { ...delta, delta: '今天' },
      { ...delta, delta: '今天天气好' },
      { ...delta, delta: '今天天气好' },
      {
        type: 'conversation.item.input_audio_transcription.completed',
        item_id: 'id-2',
        content_index: 0,
        transcript: '今天天气好',
      },
    ]);
    const order = orderOf(machine.receive({ type: 'response.create' }));
    expect(machine.turnsFor(order)).toEqual([{ role: 'user', text: '今天天气好' }]);
    expect(machine.notHeard(listen.order, 'no')[0]).toMatchObject({
      type: 'conversation.item.input_audio_transcription.failed',
      error: { message: 'no' },
    });
  });

  test('found by detection: the response starts by itself, new speech ends it', () => {
    const machine = createMachine({ habits: { itemIds: 'server', vadTranscripts: 'absent' } });
    machine.receive({ type: 'session.update', session: { turn_detection: VAD } });
    const append = (audio: string): Effect[] =>
      machine.receive({ type: 'input_audio_buffer.append', audio });
    append(silenceAudio(500));
    expect(sent(append(toneAudio(400)))).toEqual([
      {
        type: 'input_audio_buffer.speech_started',
        audio_start_ms: expect.closeTo(400, -2) as number,
        item_id: 'id-2',
      },
    ]);
    const effects = append(silenceAudio(300));
    expect(typesOf(sent(effects))).toEqual([
      'input_audio_buffer.speech_stopped',
      'input_audio_buffer.committed',
      'conversation.item.created',
      'response.created',
    ]);
    expect(sent(effects)[0]).toMatchObject({ item_id: 'id-2', audio_end_ms: expect.any(Number) });
    const listen = effects.find(({ type }) => type === 'listen');
    if (listen?.type !== 'listen') throw new Error('nobody listens');
    expect(machine.heard(listen.order, 'Hi')).toEqual([]);
    const order = orderOf(effects);
    expect(machine.turnsFor(order)).toEqual([{ role: 'user', text: 'Hi' }]);
    machine.advance(order.responseId, { type: 'text', delta: 'Hello', atMs: 0 });

    expect(errorOf(machine.receive({ type: 'response.create' }))['message']).toBe(
      'ongoing response already exists',
    );
    expect(errorOf(machine.receive({ type: 'input_audio_buffer.commit' }))).toEqual({
      type: 'invalid_request_error',
      message: 'commit when server vad',
    });
    const interruption = append(toneAudio(400));
    expect(interruption.map(({ type }) => type)).toContain('hush');
    expect(typesOf(sent(interruption))).toEqual([
      'input_audio_buffer.speech_started',
      'response.audio.done',
      'response.audio_transcript.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.done',
    ]);
    expect(sent(interruption).at(-1)?.['response']).toMatchObject({
      status: 'cancelled',
      status_details: { reason: 'turn_detected' },
      output: [{ status: 'incomplete', content: [{ transcript: 'Hello' }] }],
    });
  });
});

describe('functions', () => {
  const tools = [{ type: 'function', function: { name: 'get_time', description: 'Time' } }];
  const call = { type: 'call', callId: 'call_1', name: 'get_time', arguments: '{"city":"Rome"}' };

  test('are called in the order of the documentation, their results are answered to', () => {
    const machine = createMachine();
    machine.receive({ type: 'session.update', session: { tools } });
    machine.receive(textItem('What time is it in Rome?'));
    const order = orderOf(machine.receive({ type: 'response.create' }));
    expect(order.tools).toEqual([{ name: 'get_time', description: 'Time', parameters: {} }]);
    const id = order.responseId;
    const events = [...machine.advance(id, call as never), ...machine.complete(id)];
    const named = {
      response_id: id,
      item_id: 'id-4',
      output_index: 0,
      call_id: 'call_1',
      name: 'get_time',
    };
    const item = {
      id: 'id-4',
      object: 'realtime.item',
      type: 'function_call',
      status: 'incomplete',
      call_id: 'call_1',
      name: 'get_time',
    };
    const done = { ...item, status: 'completed', arguments: '{"city":"Rome"}' };
    expect(events.slice(0, -1)).toEqual([
      { type: 'conversation.item.created', previous_item_id: 'id-2', item },
      {
        type: 'response.function_call_arguments.delta',
        ...named,
        arguments: '{"city":"Rome"}',
        delta: '{"city":"Rome"}',
      },
      {
        type: 'response.function_call_arguments.done',
        ...named,
        arguments: '{"city":"Rome"}',
      },
      { type: 'response.output_item.done', response_id: id, output_index: 0, item: done },
    ]);
    expect(events.at(-1)).toMatchObject({
      type: 'response.done',
      response: { status: 'completed', output: [done] },
    });
    const output = { type: 'function_call_output', call_id: 'call_1', output: '12:30' };
    expect(sent(machine.receive({ type: 'conversation.item.create', item: output }))).toEqual([
      {
        type: 'conversation.item.created',
        previous_item_id: 'id-4',
        item: { id: 'id-5', status: 'completed', ...output },
      },
    ]);
    expect(machine.turnsFor(orderOf(machine.receive({ type: 'response.create' })))).toEqual([
      { role: 'user', text: 'What time is it in Rome?' },
      { role: 'tool', text: '12:30', callId: 'call_1', toolName: 'get_time' },
    ]);
  });

  test('are called behind what is said, and what is said behind them is another message', () => {
    const machine = createMachine();
    const { order } = speaking(machine);
    const events = [
      ...machine.advance(order.responseId, call as never),
      ...machine.advance(order.responseId, { type: 'text', delta: 'Wait.', atMs: 80 }),
      ...machine.complete(order.responseId),
    ];
    const done = events.at(-1)?.['response'] as { output: { type: string }[] };
    expect(done.output.map(({ type }) => type)).toEqual(['message', 'function_call', 'message']);
    expect(typesOf(events).slice(0, 5)).toEqual([
      'response.audio.done',
      'response.audio_transcript.done',
      'response.content_part.done',
      'response.output_item.done',
      'conversation.item.created',
    ]);
  });

  test('given for one response alone are ignored, but not by the documentation', () => {
    const wish = { type: 'response.create', response: { tools } };
    const machine = createMachine();
    machine.receive(textItem('x'));
    expect(orderOf(machine.receive(wish)).tools).toEqual([]);
    const strict = createMachine({ strict: true });
    strict.receive(textItem('x'));
    expect(orderOf(strict.receive(wish)).tools).toHaveLength(1);
  });
});

test('thoughts are a part of their own before the speech', () => {
  const machine = createMachine({ model: 'stepaudio-3-realtime-preview' });
  machine.receive(textItem('Hm?'));
  const { responseId } = orderOf(machine.receive({ type: 'response.create' }));
  const events = [
    ...machine.advance(responseId, { type: 'thinking', delta: 'They ' }),
    ...machine.advance(responseId, { type: 'thinking', delta: 'ask.' }),
    ...machine.advance(responseId, { type: 'text', delta: 'Yes.', atMs: 0 }),
    ...machine.complete(responseId),
  ];
  expect(typesOf(events)).toEqual([
    'response.output_item.added',
    'conversation.item.created',
    'response.content_part.added',
    'response.thinking.delta',
    'response.thinking.delta',
    'response.thinking.done',
    'response.content_part.done',
    'response.content_part.added',
    'response.audio_transcript.delta',
    'response.audio.done',
    'response.audio_transcript.done',
    'response.content_part.done',
    'response.output_item.done',
    'response.done',
  ]);
  expect(events[5]).toMatchObject({ thinking: 'They ask.', content_index: 0 });
  expect(events[8]).toMatchObject({ delta: 'Yes.', content_index: 1 });
  const order = orderOf(
    machine.receive(textItem('And?')) && machine.receive({ type: 'response.create' }),
  );
  expect(machine.turnsFor(order)[1]).toEqual({ role: 'assistant', text: 'Yes.' });
});

describe('ending a response early', () => {
  test('cancelled, it says so, closes what is open and is done', () => {
    const machine = createMachine();
    const { order } = speaking(machine);
    const effects = machine.receive({ type: 'response.cancel', event_id: 'c1' });
    expect(effects[0]).toEqual({ type: 'hush' });
    expect(typesOf(sent(effects))).toEqual([
      'response.cancelled',
      'response.audio.done',
      'response.audio_transcript.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.done',
    ]);
    expect(sent(effects).at(-1)?.['response']).toMatchObject({
      id: order.responseId,
      status: 'cancelled',
      status_details: { type: 'cancelled', reason: 'client_cancelled' },
    });
    expect(machine.isReplying).toBe(false);
    expect(machine.complete(order.responseId)).toEqual([]);
  });

  test('failed, it says why first', () => {
    const machine = createMachine();
    const { order } = speaking(machine);
    const events = machine.fail(order.responseId, 'no more words');
    expect(events[0]).toEqual({
      type: 'error',
      error: { type: 'server_error', message: 'no more words' },
    });
    expect(events.at(-1)).toMatchObject({ response: { status: 'failed' } });
    expect(machine.fail(order.responseId, 'again')).toEqual([]);
  });

  test('truncated, only what was heard stays in the conversation', () => {
    const machine = createMachine();
    const { order, events } = speaking(machine);
    machine.advance(order.responseId, { type: 'text', delta: ' How are you?', atMs: 700 });
    machine.receive({ type: 'response.cancel' });
    const itemId = addedId(events);
    const truncate = { type: 'conversation.item.truncate', item_id: itemId, content_index: 0 };
    expect(sent(machine.receive({ ...truncate, audio_end_ms: 700 }))).toEqual([
      {
        type: 'conversation.item.truncated',
        item_id: itemId,
        content_index: 0,
        audio_end_ms: 700,
      },
    ]);
    const next = orderOf(machine.receive({ type: 'response.create' }));
    expect(machine.turnsFor(next).at(-1)).toEqual({ role: 'assistant', text: 'Good day.' });
  });
});

describe('refusals', () => {
  test.each<[name: string, event: unknown, error: Record<string, unknown>]>([
    ['no JSON', undefined, { message: 'invalid event format' }],
    ['no object', [1], { message: 'invalid event format' }],
    ['no type', { event_id: 'e' }, { message: 'invalid event format', event_id: 'e' }],
    [
      'unknown type',
      { type: 'response.make', event_id: 'e' },
      {
        type: 'invalid_request_error',
        code: 'invalid_value',
        message: 'unknown event type',
        param: 'type',
        event_id: 'e',
      },
    ],
    [
      'commit of nothing',
      { type: 'input_audio_buffer.commit' },
      { message: expect.stringMatching(/append was not/) },
    ],
    [
      'incomplete audio',
      { type: 'input_audio_buffer.append', audio: 'AAAA' },
      { code: 'invalid_param', param: 'audio' },
    ],
    ['no audio', { type: 'input_audio_buffer.append' }, { message: 'invalid event format' }],
    [
      'cancel of nothing',
      { type: 'response.cancel', event_id: 'c' },
      {
        type: 'invalid_request_error',
        message: 'no ongoing response to cancel',
        event_id: 'c',
      },
    ],
    [
      'invalid voice',
      { type: 'session.update', session: { voice: 'alloy' } },
      { message: 'voice alloy is not valid' },
    ],
    [
      'object tool_choice',
      { type: 'session.update', session: { tool_choice: { type: 'function', name: 'x' } } },
      { message: 'invalid event format' },
    ],
    [
      'unknown item',
      { type: 'conversation.item.delete', item_id: 'nobody' },
      { message: 'item nobody does not exist', param: 'item_id' },
    ],
    [
      'truncation of an unknown item',
      { type: 'conversation.item.truncate', item_id: 'nobody', audio_end_ms: 1 },
      { message: 'item nobody does not exist' },
    ],
    [
      'root',
      { ...textItem('x'), previous_item_id: 'root' },
      {
        message: expect.stringMatching(/^cannot find previous item.*root/),
        param: 'previous_item_id',
      },
    ],
    [
      'function call of the client',
      {
        type: 'conversation.item.create',
        item: { type: 'function_call', call_id: 'c', name: 'n', arguments: '{}' },
      },
      { message: 'item type must be message or function_call_output' },
    ],
    [
      'sound of the assistant',
      {
        type: 'conversation.item.create',
        item: { type: 'message', role: 'assistant', content: [{ type: 'audio', audio: 'AAA=' }] },
      },
      { code: 'invalid_value', param: 'item.content[0].type' },
    ],
    [
      'broken sound in an item',
      {
        type: 'conversation.item.create',
        item: { type: 'message', role: 'user', content: [{ type: 'input_audio', audio: '??' }] },
      },
      { code: 'invalid_param', message: 'item.content[0].audio is not valid base64' },
    ],
    [
      'a response to nothing',
      { type: 'response.create' },
      {
        type: 'invalid_request_error',
        message: expect.stringMatching(/chat template.*continue_final_message/),
      },
    ],
    [
      'invalid wish',
      { type: 'response.create', response: { output_audio_format: 'mp3' } },
      { param: 'response.output_audio_format' },
    ],
  ])('%s', (_, event, expected) => {
    const error = errorOf(createMachine().receive(event));
    expect(error).toMatchObject(expected);
    expect(error['type']).toBe('invalid_request_error');
  });

  test('what is being said cannot be deleted', () => {
    const machine = createMachine();
    const { events } = speaking(machine);
    const id = addedId(events);
    const remove = { type: 'conversation.item.delete', item_id: id };
    expect(errorOf(machine.receive(remove))['message']).toContain('ongoing response');
    machine.receive({ type: 'response.cancel' });
    expect(sent(machine.receive(remove))).toEqual([
      { type: 'conversation.item.deleted', item_id: id },
    ]);
  });

  test('the voice stays once it was heard', () => {
    const machine = createMachine();
    machine.receive({ type: 'session.update', session: { voice: 'wenrounvsheng' } });
    expect(machine.voice).toBe('wenrounvsheng');
    speaking(machine);
    const error = errorOf(
      machine.receive({ type: 'session.update', session: { voice: 'linjiajiejie' } }),
    );
    expect(error['param']).toBe('session.voice');
    expect(machine.voice).toBe('wenrounvsheng');
  });
});

describe('by the documentation', () => {
  test('ids of the client stay, and texts are echoed as texts', () => {
    const machine = createMachine({
      strict: true,
      habits: { itemIds: 'client', vadTranscripts: 'sent' },
    });
    const create = textItem('Hello');
    Object.assign(create['item'] as object, { id: 'mine' });
    expect(sent(machine.receive(create))[0]?.['item']).toEqual({
      id: 'mine',
      object: 'realtime.item',
      type: 'message',
      status: 'completed',
      role: 'user',
      content: [{ type: 'input_text', transcript: 'Hello' }],
    });
    expect(errorOf(machine.receive(create))['message']).toBe('item mine already exists');
    const session = sent(machine.receive({ type: 'session.update', session: {} }))[0]?.['session'];
    expect(session).toMatchObject({ id: expect.stringMatching(/^sess_/) });
  });

  test('the item comes before its response, rate limits come last; text alone is text', () => {
    const machine = createMachine({ strict: true });
    const effects = machine.receive({
      type: 'response.create',
      // The guide's greeting: nothing was said before, and `session` stands for `response`.
      session: { instructions: 'Greet the user.', modalities: ['text'] },
    });
    expect(sent(effects)).toEqual([]);
    const order = orderOf(effects);
    expect(machine.turnsFor(order)).toEqual([{ role: 'system', text: 'Greet the user.' }]);
    const events = [
      ...machine.advance(order.responseId, { type: 'text', delta: '你好', atMs: 0 }),
      ...machine.complete(order.responseId),
    ];
    expect(typesOf(events)).toEqual([
      'conversation.item.created',
      'response.created',
      'response.output_item.added',
      'response.content_part.added',
      'response.text.delta',
      'response.text.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.done',
      'rate_limits.updated',
    ]);
  });
});

describe('whatever happens', () => {
  const clientEvent = fc.oneof(
    { arbitrary: fc.constant<unknown>({ type: 'response.create' }), weight: 5 },
    {
      arbitrary: fc.constantFrom<unknown>(
        textItem('Hi'),
        textItem('You are kind.', 'system'),
        textItem('Before', 'assistant', 'text'),
        { type: 'response.create' },
        { type: 'response.cancel' },
        { type: 'input_audio_buffer.commit' },
        { type: 'input_audio_buffer.clear' },
        { type: 'input_audio_buffer.append', audio: toneAudio(300) },
        { type: 'input_audio_buffer.append', audio: silenceAudio(400) },
        { type: 'session.update', session: { turn_detection: VAD } },
        { type: 'session.update', session: { turn_detection: null } },
        { type: 'conversation.item.delete', item_id: 'id-3' },
        { type: 'conversation.item.truncate', item_id: 'id-4', audio_end_ms: 40 },
        {
          type: 'conversation.item.create',
          item: { type: 'function_call_output', call_id: 'call_1', output: '1' },
        },
        { type: 'nonsense' },
        undefined,
      ),
      weight: 10,
    },
    { arbitrary: fc.jsonValue() as fc.Arbitrary<unknown>, weight: 1 },
  );
  const step = fc.oneof(
    clientEvent.map((event) => ({ kind: 'client' as const, event })),
    fc.constantFrom(
      { kind: 'think' as const },
      { kind: 'say' as const },
      { kind: 'sound' as const },
      { kind: 'call' as const },
      { kind: 'complete' as const },
      { kind: 'fail' as const },
      { kind: 'heard' as const },
    ),
  );

  test.each([false, true])('a strict client is content (strict: %s)', (strict) => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 20, maxLength: 80 }), (steps) => {
        const machine = createMachine({ strict });
        const client = new StrictClient();
        client.read(machine.open());
        let id = '';
        let listens: Extract<Effect, { type: 'listen' }>[] = [];
        for (const current of steps) {
          const events: ServerEvent[] = [];
          if (current.kind === 'client') {
            const effects = machine.receive(current.event);
            events.push(...sent(effects));
            for (const effect of effects) {
              if (effect.type === 'reply') id = effect.order.responseId;
              if (effect.type === 'listen') listens.push(effect);
            }
          } else if (current.kind === 'heard') {
            events.push(...listens.flatMap(({ order }) => machine.heard(order, 'Hello')));
            listens = [];
          } else if (current.kind === 'complete') events.push(...machine.complete(id));
          else if (current.kind === 'fail') events.push(...machine.fail(id, 'oh'));
          else if (current.kind === 'think') {
            events.push(...machine.advance(id, { type: 'thinking', delta: 'Hm' }));
          } else if (current.kind === 'say') {
            events.push(...machine.advance(id, { type: 'text', delta: 'Yes ', atMs: 0 }));
          } else if (current.kind === 'sound') {
            events.push(...machine.advance(id, { type: 'audio', bytes: SOUND }));
          } else {
            const call = {
              callId: 'call_1',
              name: 'now',
              arguments: '{"a": "🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂"}',
            };
            events.push(...machine.advance(id, { type: 'call', ...call }));
          }
          for (const event of events) {
            client.read(event);
            expect(readRealtimeServerEvent(event).type).toBe(event.type);
          }
        }
      }),
      { numRuns: 150 },
    );
  });
});
