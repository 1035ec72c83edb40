import fc from 'fast-check';
import { expect, test } from 'vitest';
import { StepAudioError } from '../errors.ts';
import type { RealtimeEvent } from './realtime-events.ts';
import { connectInMemory } from './testing/memory-socket.ts';

const item = {
  id: 'i1',
  type: 'message',
  role: 'assistant',
  status: 'completed',
  content: [{ type: 'audio', transcript: '好' }],
};
const call = { id: 'f1', type: 'function_call', call_id: 'c1', name: 'clock', arguments: '{}' };
const at = { response_id: 'r1', item_id: 'i1', output_index: 0, content_index: 0 };
const response = {
  id: 'r1',
  status: 'completed',
  output: [item, call],
  usage: { total_tokens: 3 },
};

/** One of each event of the service, whole. */
const EVENTS: Record<string, unknown>[] = [
  { type: 'error', error: { type: 'server_error', code: 'x', message: 'y', event_id: 'event_3' } },
  { type: 'session.created', session: { id: 's', tools: [], turn_detection: { type: '' } } },
  { type: 'session.updated', session: { voice: 'v', max_response_output_tokens: 4096 } },
  { type: 'input_audio_buffer.speech_started', audio_start_ms: '12', item_id: 'u1' },
  { type: 'input_audio_buffer.speech_stopped', audio_end_ms: 12, item_id: 'u1' },
  { type: 'input_audio_buffer.committed', previous_item_id: 'i1', item_id: 'u1' },
  { type: 'input_audio_buffer.cleared' },
  { type: 'conversation.item.created', previous_item_id: 'i1', item },
  { type: 'conversation.item.created', item: call },
  { type: 'conversation.item.deleted', item_id: 'i1' },
  { type: 'conversation.item.truncated', item_id: 'i1', content_index: 0, audio_end_ms: 5 },
  ...['delta', 'completed', 'failed'].map((kind) => ({
    type: `conversation.item.input_audio_transcription.${kind}`,
    item_id: 'u1',
    content_index: 0,
    delta: '你',
    transcript: '你好',
    error: { message: 'z' },
  })),
  { type: 'response.created', response: { ...response, status: 'in_progress', output: [] } },
  { type: 'response.cancelled', response_id: 'r1' },
  { type: 'response.done', response },
  { type: 'response.output_item.added', ...at, item: { ...item, content: [] } },
  { type: 'response.output_item.done', ...at, item },
  { type: 'response.output_item.done', ...at, item: call },
  ...['added', 'done'].map((kind) => ({
    type: `response.content_part.${kind}`,
    ...at,
    part: { type: 'audio', transcript: '好' },
  })),
  ...['text', 'audio_transcript', 'thinking'].flatMap((kind) => [
    { type: `response.${kind}.delta`, ...at, delta: '好' },
    { type: `response.${kind}.done`, ...at, text: '好', transcript: '好', thinking: '好' },
  ]),
  { type: 'response.audio.delta', ...at, delta: 'AAAA' },
  { type: 'response.audio.done', ...at },
  ...['delta', 'done'].map((kind) => ({
    type: `response.function_call_arguments.${kind}`,
    ...at,
    call_id: 'c1',
    name: 'clock',
    arguments: '{}',
    delta: '{}',
  })),
  { type: 'rate_limits.updated', rate_limits: [] },
  { type: 'response.output_audio.delta', ...at, delta: 'AAAA' },
  { type: 'conversation.item.done', item },
];

/** The same with fields taken out, put in, or replaced, at any depth. */
const damaged = fc
  .tuple(
    fc.constantFrom(...EVENTS),
    fc.array(fc.tuple(fc.nat(), fc.nat(3), fc.jsonValue()), { maxLength: 4 }),
  )
  .map(([event, changes]) => {
    const copy = structuredClone(event);
    for (const [where, how, value] of changes) {
      const places = objectsIn(copy);
      const place = places[where % places.length]!;
      const keys = Object.keys(place);
      const key = keys[where % Math.max(1, keys.length)] ?? 'more';
      // A message of another type is another message.
      if (place === copy && key === 'type') continue;
      if (how === 0) delete place[key];
      else if (how === 1) place[key] = value;
      else if (how === 2) place[key] = null;
      else place[`more_${where}`] = value;
    }
    return copy;
  });

function objectsIn(value: unknown): Record<string, unknown>[] {
  if (typeof value !== 'object' || value === null) return [];
  const inner = Object.values(value).flatMap(objectsIn);
  return Array.isArray(value) ? inner : [value as Record<string, unknown>, ...inner];
}

test('whatever the service sends, a session neither breaks nor falls silent', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(damaged, { minLength: 1, maxLength: 40 }), async (messages) => {
      const { session, socket, clock } = await connectInMemory({
        turnDetection: {},
        tools: [{ name: 'clock', description: 'The time', parameters: {}, run: () => '8:00' }],
      });
      const events: RealtimeEvent[] = [];
      const reading = (async () => {
        for await (const event of session) events.push(event);
      })();
      session.say('你好。').catch(() => undefined);
      for (const message of messages) socket.say(message);
      // It can still be talked with.
      socket.say({ type: 'brand.new', n: 1 });
      await clock.advance(0);
      expect(events.at(-1)).toBeDefined();
      expect(events.filter(({ type }) => type === 'unknown').length).toBeGreaterThan(0);
      const errors = events.flatMap((event) => (event.type === 'error' ? [event.error] : []));
      expect(errors.filter((error) => !StepAudioError.isInstance(error))).toEqual([]);
      const started = events.filter(({ type }) => type === 'response-started').length;
      const done = events.filter(({ type }) => type === 'response-done').length;
      expect(started - done).toBeGreaterThanOrEqual(0);
      expect(started - done).toBeLessThanOrEqual(1);
      const ids = session.items.map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
      session.close();
      await reading;
      expect(clock.pending).toBe(0);
    }),
    { numRuns: 300 },
  );
});

test('each event of the service is understood', async () => {
  for (const event of EVENTS) {
    const { session, socket } = await connectInMemory();
    socket.say({ type: 'response.created', response: { id: 'r1' } });
    socket.say(event);
    const errors = session.metrics.malformedEvents;
    expect([event['type'], errors]).toEqual([event['type'], 0]);
    session.close();
  }
});
