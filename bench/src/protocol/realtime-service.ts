import type { WebSocket } from 'ws';
import type { AnswerPlan } from './answer-plan.ts';

const TEXT = { binary: false } as const;
const SAMPLES_PER_MS = 24;

/** One realtime session: it answers each `response.create` with a tone, in the order of events that was observed. */
export function serveRealtime(socket: WebSocket, plan: AnswerPlan): void {
  let events = 0;
  let responses = 0;
  const timers = new Set<NodeJS.Timeout>();
  const send = (type: string, fields: object = {}): void => {
    socket.send(JSON.stringify({ event_id: `event_${(events += 1)}`, type, ...fields }), TEXT);
  };
  const session = {
    id: 'sess_1',
    object: 'realtime.session',
    model: 'stepaudio-2.5-realtime',
    modalities: ['text', 'audio'],
    instructions: '',
    voice: 'linjiajiejie',
    input_audio_format: 'pcm16',
    output_audio_format: 'pcm16',
    turn_detection: null,
    tools: [],
  };
  const audio = tone(plan.deltaMs).toString('base64');

  function respond(): void {
    const response_id = `resp_${(responses += 1)}`;
    const item_id = `item_${responses}`;
    const ids = { response_id, item_id, output_index: 0, content_index: 0 };
    const item = {
      id: item_id,
      object: 'realtime.item',
      type: 'message',
      status: 'in_progress',
      role: 'assistant',
      content: [],
    };
    const response = { id: response_id, object: 'realtime.response', output: [] };
    send('response.created', { response: { ...response, status: 'in_progress' } });
    send('response.output_item.added', { response_id, output_index: 0, item });
    send('conversation.item.created', { item });
    send('response.content_part.added', { ...ids, part: { type: 'audio', transcript: '' } });
    send('response.audio_transcript.delta', { ...ids, delta: '好的。' });
    let sent = 0;
    const next = (): void => {
      if (socket.readyState !== socket.OPEN) return;
      do {
        send('response.audio.delta', { ...ids, delta: audio });
        sent += 1;
      } while (plan.intervalMs === 0 && sent < plan.deltas);
      if (sent < plan.deltas) return;
      for (const timer of timers) clearInterval(timer);
      timers.clear();
      send('response.audio.done', ids);
      send('response.audio_transcript.done', { ...ids, transcript: '好的。' });
      send('response.done', { response: { ...response, status: 'completed', output: [item] } });
    };
    if (plan.intervalMs === 0) next();
    else timers.add(setInterval(next, plan.intervalMs));
  }

  socket.on('close', () => {
    for (const timer of timers) clearInterval(timer);
  });
  socket.on('message', (data: Buffer) => {
    const head = data.toString('latin1', 0, 80);
    // Nothing is done with the sound: what is measured is the other side.
    if (head.includes('input_audio_buffer.append')) return;
    const event = JSON.parse(data.toString()) as { type: string; item?: object };
    switch (event.type) {
      case 'session.update':
        send('session.updated', { session });
        return;
      case 'conversation.item.create': {
        const item = { ...event.item, id: `item_u${events}`, status: 'completed' };
        send('conversation.item.created', { item });
        return;
      }
      case 'response.create':
        respond();
    }
  });
  send('session.created', { session });
}

function tone(ms: number): Buffer {
  const samples = Int16Array.from({ length: ms * SAMPLES_PER_MS }, (_, index) =>
    Math.round(8000 * Math.sin((2 * Math.PI * 440 * index) / 24_000)),
  );
  return Buffer.from(samples.buffer);
}
