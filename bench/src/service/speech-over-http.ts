import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { BYTES_PER_SECOND } from './answer.ts';
import type { Answer, RequestLog } from './answer.ts';
import { LAST_SERVER_SENT_EVENTS, piecesOf, serverSentEvent } from './messages.ts';
import { playPieces } from './play-pieces.ts';

const ERROR = { message: 'engine overloaded', type: 'server_error' };

/** Answers `POST /audio/speech`, as bytes or as events, whichever the body asked for. */
export async function answerSpeech(
  response: ServerResponse,
  events: boolean,
  answer: Answer,
  log: RequestLog,
): Promise<void> {
  if (answer.fault === 'error-body') {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ error: ERROR }));
    return;
  }
  const closing = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) closing.abort();
  });
  const { pcm, serverSentEvents } = piecesOf(answer.pieceSeconds);
  const pieces = events ? serverSentEvents : pcm;
  response.writeHead(200, { 'content-type': events ? 'text/event-stream' : 'audio/pcm' });
  await playPieces(
    answer,
    BYTES_PER_SECOND,
    {
      closed: closing.signal,
      write: (index) => response.write(pieces[index % pieces.length]),
      drained: async () => {
        await once(response, 'drain', { signal: closing.signal }).catch(() => undefined);
      },
    },
    log,
  );
  if (closing.signal.aborted || answer.silentAfter !== undefined) return;
  switch (answer.fault) {
    case 'cut':
      // A reset must not overtake what was sent.
      response.write('', () => response.destroy());
      return;
    case 'error-message':
      response.write(serverSentEvent({ type: 'speech.audio.error', message: ERROR.message }));
      break;
    case 'error-object':
      response.write(serverSentEvent({ type: 'speech.audio.error', error: ERROR }));
      break;
    case 'no-last-event':
      break;
    case undefined:
      if (events) response.write(LAST_SERVER_SENT_EVENTS);
  }
  response.end();
}
