import type { TranscribedWord, TranscriptionFinalEvent } from '@stepvoice/core/node';
import { loadAudio } from '../../kit/core.ts';
import { LocalizedError } from '../../kit/flow-error.ts';
import type { Job } from '../../kit/job-lanes.ts';
import { streamStopped } from '../../kit/next-within.ts';
import type { NodeHost } from '../../kit/register-node.ts';
import { sendFinal, sendInterim } from './asr-messages.ts';
import type { AsrProperties } from './asr-settings.ts';
import { feedSocket } from './feed-socket.ts';
import type { UtteranceConnection, UtteranceSessions } from './utterance-sessions.ts';

type AsrJob = Job<AsrProperties>;

/** One utterance, while it is being said, over a connection that stays open for the next. */
export async function transcribeUtterance(
  host: NodeHost<AsrProperties>,
  job: AsrJob,
  sessions: UtteranceSessions,
): Promise<void> {
  const { signal, settings, lane } = job;
  const audio = await loadAudio();
  const connection = await sessions.take(lane, settings, signal);
  const { socket } = connection;
  const offsetMs = connection.heardMs;
  let isDone = false;
  // What was written of a cancelled utterance would be part of the next.
  const onAbort = (): void => {
    if (!isDone) void connection.close();
  };
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    const final = waitForFinal(host, job, connection, offsetMs);
    // It is awaited below, unless the sound fails first.
    final.catch(() => undefined);
    job.event('start', { mode: 'utterance' });
    const { writtenMs, bytes, isIdle } = await feedSocket(host, job, audio, socket);
    if (isIdle) throw streamStopped(settings.idleSeconds * 1000);
    signal.throwIfAborted();
    connection.heardMs += writtenMs;
    if (writtenMs === 0) {
      sendFinal(host, job, { text: '', words: [], usage: undefined, requestId: undefined, bytes });
    } else {
      socket.commit();
      const { text, words, usage, segment: index } = await final;
      sendFinal(host, job, {
        text,
        words: words.map((word) => shift(word, offsetMs)),
        usage,
        requestId: socket.requestId,
        bytes,
        segment: { index, startMs: 0, endMs: Math.round(writtenMs) },
      });
    }
    isDone = true;
  } finally {
    signal.removeEventListener('abort', onAbort);
    if (isDone) sessions.release(lane, connection, settings.idleSeconds * 1000);
    else await connection.close();
  }
}

function waitForFinal(
  host: NodeHost<AsrProperties>,
  job: AsrJob,
  connection: UtteranceConnection,
  offsetMs: number,
): Promise<TranscriptionFinalEvent> {
  return new Promise((resolve, reject) => {
    connection.onClose = (error) => reject(error ?? closedEarly());
    connection.onEvent = (event) => {
      if (event.type === 'final') {
        resolve(event);
      } else if (event.type === 'failed') {
        reject(event.error);
      } else if (event.type === 'partial') {
        const { text, words } = event;
        sendInterim(job, { text, words: words?.map((word) => shift(word, offsetMs)) });
      }
    };
    if (connection.isOver || host.signal.aborted) reject(closedEarly());
  });
}

function shift(word: TranscribedWord, offsetMs: number): TranscribedWord {
  const startMs = Math.max(0, Math.round(word.startMs - offsetMs));
  const endMs = Math.max(0, Math.round(word.endMs - offsetMs));
  return { ...word, startMs, endMs };
}

function closedEarly(): LocalizedError {
  return new LocalizedError(
    'connection_closed',
    {
      en: 'The connection was closed before the text came. Send the sound again.',
      zh: '连接在得到文字之前关闭。请重新发送声音。',
    },
    { badge: 'noConnection' },
  );
}
