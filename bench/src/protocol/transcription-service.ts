import type { IncomingMessage, ServerResponse } from 'node:http';
import type { WebSocket } from 'ws';

const TEXT = { binary: false } as const;
const META = { session_id: 'sess_1', timestamp: 1_790_000_000_000 };
const CODE_OF_QUOTE = 0x22;

/** Answers a transcription whose text is how many characters of base64 came. */
export async function answerTranscription(
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = String(base64Length(Buffer.concat(chunks), '"data":"'));
  const event = (type: string, fields: object): string =>
    `data: ${JSON.stringify({ type, meta: META, ...fields })}\n\n`;
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write(event('transcript.text.delta', { delta: text }));
  response.end(event('transcript.text.done', { text }));
}

/** One streaming transcription: the text of a segment is how many characters of base64 came. */
export function serveTranscription(socket: WebSocket): void {
  let events = 0;
  let items = 0;
  let received = 0;
  const send = (type: string, fields: object = {}): void => {
    const event = { event_id: `event_${(events += 1)}`, type, meta: META, ...fields };
    socket.send(JSON.stringify(event), TEXT);
  };
  socket.on('message', (data: Buffer) => {
    const head = data.toString('latin1', 0, 120);
    if (head.includes('input_audio_buffer.append')) {
      received += base64Length(data, '"audio":"');
      return;
    }
    const event = JSON.parse(data.toString()) as { type: string; session?: object };
    if (event.type === 'session.update') send('session.updated', { session: event.session });
    if (event.type !== 'input_audio_buffer.commit') return;
    const item_id = `item_${(items += 1)}`;
    send('input_audio_buffer.committed', { item_id, previous_item_id: null });
    const item = { id: item_id, type: 'message', role: 'user', status: 'in_progress', content: [] };
    send('conversation.item.created', { previous_item_id: null, item });
    send('conversation.item.input_audio_transcription.completed', {
      item_id,
      content_index: 0,
      transcript: String(received),
    });
    received = 0;
  });
  send('session.created', { session: {} });
}

/** Length of the text behind a name, without parsing what may be megabytes. */
function base64Length(json: Buffer, name: string): number {
  const start = json.indexOf(name) + name.length;
  return json.indexOf(CODE_OF_QUOTE, start) - start;
}
