import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { nowMs } from '../harness/monotonic-clock.ts';
import { BYTES_PER_SECOND } from './answer.ts';
import type { Answer, Fault, RequestLog } from './answer.ts';
import { frame, piecesOf } from './messages.ts';
import { playPieces } from './play-pieces.ts';

const SENTENCE_END = /[。！？!?.]/;

type ClientEvent = { type: string; data?: { text?: string } };

/** Speaks over `GET /realtime/audio`: what follows a command waits for the sound of what came before. */
export function answerSpeechSocket(
  socket: WebSocket,
  connection: Duplex,
  answer: Answer,
  log: RequestLog,
): void {
  const closing = new AbortController();
  connection.once('close', () => closing.abort());
  const send = (type: string, data?: object): void => socket.send(frame(type, data), TEXT);
  const { frames } = piecesOf(answer.pieceSeconds);
  let unspoken = '';
  let sentences = 0;
  let work = Promise.resolve();

  socket.on('message', (data: Buffer) => {
    const event = JSON.parse(data.toString()) as ClientEvent;
    work = work.then(() => (socket.readyState === socket.OPEN ? obey(event) : undefined));
  });
  send('tts.connection.done');

  async function obey(event: ClientEvent): Promise<void> {
    switch (event.type) {
      case 'tts.create':
        send('tts.response.created');
        return;
      case 'tts.text.delta':
        if (sentences === 0 && unspoken === '') log.receivedAt = nowMs();
        unspoken += event.data?.text ?? '';
        await speakSentences();
        return;
      case 'tts.text.flush':
        send('tts.text.flushed');
        await speakRest();
        return;
      case 'tts.text.done':
        await speakRest();
        if (answer.silentAfter === undefined && socket.readyState === socket.OPEN) finish();
        return;
      default:
        send('tts.response.error', { code: '400', message: `unknown event ${event.type}` });
    }
  }

  async function speakSentences(): Promise<void> {
    while (socket.readyState === socket.OPEN) {
      const end = unspoken.search(SENTENCE_END);
      if (end === -1) return;
      const sentence = unspoken.slice(0, end + 1);
      unspoken = unspoken.slice(end + 1);
      await speak(sentence);
    }
  }

  async function speakRest(): Promise<void> {
    const rest = unspoken;
    unspoken = '';
    if (rest.trim() !== '') await speak(rest);
  }

  async function speak(text: string): Promise<void> {
    sentences += 1;
    const { secondsPerCharacter, pieceSeconds } = answer;
    const pieces =
      secondsPerCharacter === undefined
        ? sentences === 1
          ? answer.pieces
          : 0
        : Math.ceil((text.length * secondsPerCharacter) / pieceSeconds);
    const request_id = `019c22d0a7b4735f8b0c3f0c8e2a91d4-tts.${sentences}`;
    send('tts.response.sentence.start', { text, request_id });
    await playPieces(
      { ...answer, pieces },
      BYTES_PER_SECOND,
      {
        closed: closing.signal,
        write(index) {
          // The buffer is read only until the frame is out: `ws` does not mask what a server sends.
          socket.send(frames[index % frames.length] ?? '', TEXT);
          return socket.readyState === socket.OPEN && !connection.writableNeedDrain;
        },
        drained: async () => {
          await once(connection, 'drain', { signal: closing.signal }).catch(() => undefined);
        },
      },
      log,
    );
    if (closing.signal.aborted || answer.silentAfter !== undefined) return;
    send('tts.response.sentence.end', { text, request_id });
    if (answer.fault !== undefined) fail(answer.fault);
  }

  function finish(): void {
    send('tts.response.audio.done', { audio: '' });
    socket.close(1000);
  }

  function fail(fault: Fault): void {
    if (fault === 'cut') {
      connection.destroy();
      return;
    }
    if (fault !== 'no-last-event') {
      send('tts.response.error', { code: '503', message: 'engine overloaded' });
    }
    socket.close(1000);
  }
}

const TEXT = { binary: false } as const;
