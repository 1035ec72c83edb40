import fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { ProtocolError } from '../errors.ts';
import { readRealtimeClientEvent } from './realtime-client-events.ts';
import {
  findAppendIssue,
  findRealtimeItemIssues,
  findRealtimeModelIssue,
  findRealtimeSessionIssues,
  findResponseCreateIssues,
} from './realtime-rules.ts';
import { WireRealtimeAudioDelta, readRealtimeServerEvent } from './realtime-server-events.ts';

const paths = (issues: { path: string }[]) => issues.map(({ path }) => path);

describe('what the service sends', () => {
  test('a session as the documentation samples it', () => {
    const session = {
      id: 'sess_4f2c',
      object: 'realtime.session',
      model: 'stepaudio-2.5-realtime',
      modalities: ['text', 'audio'],
      instructions: '',
      voice: 'linjiajiejie',
      input_audio_format: 'pcm16',
      output_audio_format: 'pcm16',
      turn_detection: null,
      tools: [],
      max_response_output_tokens: '4096',
    };
    const event = { event_id: 'evt_1', type: 'session.created', session };
    expect(readRealtimeServerEvent(event)).toEqual(event);
  });

  test.each([[4096], ['4096']])('a limit of tokens that is %j', (limit) => {
    const session = { max_response_output_tokens: limit };
    expect(readRealtimeServerEvent({ type: 'session.updated', session })).toMatchObject({
      session,
    });
  });

  test.each([[null], [{ type: '' }], [{ type: 'server_vad', silence_duration_ms: 100 }]])(
    'turn detection that is %j',
    (turn_detection) => {
      const event = { type: 'session.updated', session: { turn_detection } };
      expect(readRealtimeServerEvent(event)).toMatchObject(event);
    },
  );

  test.each([
    ['response.output_audio.delta', 'response.audio.delta'],
    ['response.output_audio_transcript.delta', 'response.audio_transcript.delta'],
    ['response.output_text.delta', 'response.text.delta'],
    ['response.output_item.created', 'response.output_item.added'],
    ['conversation.item.added', 'conversation.item.created'],
  ])('%s is %s', (type, known) => {
    expect(readRealtimeServerEvent({ type, delta: 'AAAA', item: {} }).type).toBe(known);
  });

  test('fields nothing depends on may be of any type, and those it depends on are named', () => {
    const event = { type: 'response.audio.delta', response_id: 5, item_id: null, delta: 'AAAA' };
    expect(readRealtimeServerEvent(event)).toMatchObject({ response_id: undefined, delta: 'AAAA' });
    const broken = () => readRealtimeServerEvent({ type: 'response.audio.delta', delta: 5 });
    expect(broken).toThrow(ProtocolError);
    expect(broken).toThrow(/delta/);
  });

  test.each([
    [
      { type: 'error', error: { message: 'm', code: 429 } },
      { message: 'm', code: 429 },
    ],
    [{ type: 'invalid_request_error', message: 'm' }, { message: 'm' }],
    [
      { error: 'connection_closed', message: 'm' },
      { code: 'connection_closed', message: 'm' },
    ],
    [
      { error: { code: 401 }, message: 'm' },
      { code: 401, message: 'm' },
    ],
    [{ type: 'error', message: 'm' }, { message: 'm' }],
  ])('an error that looks like %j', (raw, error) => {
    expect(readRealtimeServerEvent(raw)).toMatchObject({ type: 'error', error });
  });

  test('another event is passed on', () => {
    const raw = { type: 'response.builtin_tool_call.done', n: 1 };
    expect(readRealtimeServerEvent(raw)).toEqual({ type: 'unknown', raw });
  });
});

describe('what a client sends', () => {
  test('is read without its event_id, with null for what is not said', () => {
    const event = { type: 'session.update', session: { turn_detection: null, voice: null } };
    expect(readRealtimeClientEvent(event)).toEqual(event);
    expect(readRealtimeClientEvent({ type: 'response.create' }).type).toBe('response.create');
    expect(readRealtimeClientEvent({ type: 'x' }).type).toBe('unknown');
  });

  test.each([
    [{ type: 'session.update' }, /session/],
    [{ type: 'session.update', session: { tool_choice: { name: 'x' } } }, /session\.tool_choice/],
    [{ type: 'input_audio_buffer.append' }, /audio/],
    [{ type: 'conversation.item.create', item: {} }, /item\.type/],
    [{ type: 'conversation.item.delete' }, /item_id/],
  ])('%j lacks what it cannot be used without', (event, message) => {
    expect(() => readRealtimeClientEvent(event)).toThrow(message);
  });
});

describe('what the service would refuse', () => {
  test.each([
    [{ turn_detection: { type: 'semantic_vad' } }, 'turn_detection.type'],
    [{ turn_detection: { silence_duration_ms: -1 } }, 'turn_detection.silence_duration_ms'],
    [{ turn_detection: { prefix_padding_ms: 0.5 } }, 'turn_detection.prefix_padding_ms'],
    ...[-1, 5001, 0.5].map((value) => [
      { turn_detection: { energy_awakeness_threshold: value } },
      'turn_detection.energy_awakeness_threshold',
    ]),
    [{ input_audio_format: 'g711_ulaw' }, 'input_audio_format'],
    [{ modalities: [] }, 'modalities'],
    [{ voice: ' ' }, 'voice'],
    [{ tool_choice: 'get_time' }, 'tool_choice'],
    [{ max_response_output_tokens: 'many' }, 'max_response_output_tokens'],
    [{ tools: [{ type: 'code' }] }, 'tools[0].type'],
    [{ tools: [{ type: 'function', function: { name: 'über' } }] }, 'tools[0].function.name'],
    [{ tools: [{ type: 'function', name: '' }] }, 'tools[0].name'],
    [
      { tools: [{ type: 'retrieval', function: { options: {} } }] },
      'tools[0].function.options.vector_store_id',
    ],
  ] as [object, string][])('of a session: %j', (session, path) => {
    expect(paths(findRealtimeSessionIssues(session as never))).toEqual([path]);
  });

  test('two tools of one name', () => {
    const tool = { type: 'function', function: { name: 'a' } };
    expect(
      paths(findRealtimeSessionIssues({ tools: [tool, { type: 'web_search' }, tool] })),
    ).toEqual(['tools[2].function.name']);
  });

  test('nothing of a session whose values are at their limits, or are what it reported', () => {
    const turn_detection = { type: 'server_vad', energy_awakeness_threshold: 5000 };
    expect(findRealtimeSessionIssues({ turn_detection, tool_choice: 'required' })).toEqual([]);
    expect(findRealtimeSessionIssues({ turn_detection: { type: '' }, tools: null })).toEqual([]);
    expect(findRealtimeSessionIssues({ max_response_output_tokens: '4096' })).toEqual([]);
  });

  test.each([
    [{ type: 'function_call', call_id: 'c' }, 'type'],
    [{ type: 'function_call_output', call_id: '', output: 'x' }, 'call_id'],
    [{ type: 'function_call_output', call_id: 'c' }, 'output'],
    [{ type: 'message', role: 'tool', content: [] }, 'role'],
    [{ type: 'message', role: 'user' }, 'content'],
    [{ type: 'message', role: 'user', content: [{ type: 'text', text: 'x' }] }, 'content[0].type'],
    [
      { type: 'message', role: 'assistant', content: [{ type: 'input_audio', audio: 'AAAA' }] },
      'content[0].type',
    ],
    [
      { type: 'message', role: 'user', content: [{ type: 'input_text', text: ' ' }] },
      'content[0].text',
    ],
    [
      { type: 'message', role: 'user', content: [{ type: 'input_audio', audio: 'AAAA' }] },
      'content[0].audio',
    ],
  ])('of an item: %j', (item, path) => {
    expect(paths(findRealtimeItemIssues(item))).toEqual([path]);
  });

  test('of the sound', () => {
    expect(findAppendIssue('AAA=')).toBeUndefined();
    expect(findAppendIssue('')).toBeUndefined();
    expect(findAppendIssue('AA==')).toMatchObject({ value: 1 });
    expect(findAppendIssue(5)).toMatchObject({ path: 'audio' });
    expect(findAppendIssue('A'.repeat(15_000_000))).toBeUndefined();
    expect(findAppendIssue('A'.repeat(15_000_008))).toMatchObject({ instead: 'several events' });
  });

  test('of an answer and of an address', () => {
    expect(paths(findResponseCreateIssues({ modalities: ['video'] }))).toEqual(['modalities']);
    expect(findRealtimeModelIssue('stepaudio-2.5-realtime')).toBeUndefined();
    expect(findRealtimeModelIssue('stepaudio-9-realtime')).toBeUndefined();
    expect(findRealtimeModelIssue('step-tts-2')).toMatchObject({ path: 'model' });
    expect(findRealtimeModelIssue(undefined)).toMatchObject({ path: 'model' });
  });

  test('text is never repeated', () => {
    const issues = findRealtimeSessionIssues({ instructions: 'geheim\0' });
    expect(issues).toMatchObject([{ path: 'instructions', value: { length: 7, offset: 6 } }]);
    expect(JSON.stringify(issues)).not.toContain('geheim');
  });
});

test('sound in its usual shape is read as its schema reads it', () => {
  const field = fc.oneof(fc.string(), fc.integer(), fc.constant(null), fc.constant(undefined));
  const message = fc.record(
    {
      type: fc.constant('response.audio.delta'),
      delta: fc.oneof(fc.base64String(), field),
      event_id: field,
      response_id: field,
      item_id: field,
      output_index: field,
      content_index: field,
      more: field,
    },
    { requiredKeys: ['type'] },
  );
  fc.assert(
    fc.property(message, (raw) => {
      const { success, output } = v.safeParse(WireRealtimeAudioDelta, raw);
      expect(outcomeOf(() => readRealtimeServerEvent(raw))).toEqual(success ? output : 'refused');
    }),
  );
});

function outcomeOf(read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    if (error instanceof ProtocolError) return 'refused';
    throw error;
  }
}
