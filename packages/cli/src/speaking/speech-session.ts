import type { SpeechSocket, SpeechSocketFormat } from '@stepvoice/core/node';
import type { SpeakOptions } from './speak.ts';
import type { TextFeed } from './text-feed.ts';
import { TextPace } from './text-pace.ts';

/** Text that stands still for so long is spoken without waiting for the end of its sentence. */
const FLUSH_AFTER_MS = 600;
/** The service ends a session after 60 s without text: ours ends first, in order. */
const END_AFTER_MS = 40_000;
/** As much text as may be unspoken when more of it leaves for somebody who listens. */
const UNSPOKEN_LENGTH = 100;

export type SessionOptions = Omit<SpeakOptions, 'format'> & {
  format: SpeechSocketFormat;
  feed: TextFeed;
};

/**
 * One session of the speech socket: writes text as it arrives, takes the sound as it comes, until the text ends or has
 * paused for long.
 *
 * @returns a piece that was taken from the feed but did not leave, where the service ended the session first.
 */
export async function speakSession(
  first: string,
  options: SessionOptions,
): Promise<string | undefined> {
  const { speech, voice, format, sink, signal } = options;
  const socket = await speech.connect({ ...voice, format, signal });
  const over = new AbortController();
  const pace = new TextPace(UNSPOKEN_LENGTH);
  try {
    const either = AbortSignal.any([signal, over.signal]);
    const writing = writeText(socket, first, pace, either, options);
    // Its failure ends the reading, and is told by it.
    writing.catch(() => void socket.return());
    for await (const event of socket) {
      if (event.type === 'sentence-end') pace.spoken(event.text);
      if (event.type !== 'audio') continue;
      pace.heard();
      await sink.write(event.audio);
    }
    over.abort(sessionOver);
    return await writing;
  } finally {
    over.abort(sessionOver);
    await socket.return();
  }
}

const sessionOver = Symbol('the session is over');

async function writeText(
  socket: SpeechSocket,
  first: string,
  pace: TextPace,
  signal: AbortSignal,
  { feed, sink, onText }: SessionOptions,
): Promise<string | undefined> {
  let held: string | undefined = first;
  try {
    for (;;) {
      if (sink.isLive) await pace.next(signal);
      await sink.room(signal);
      signal.throwIfAborted();
      onText?.(held);
      socket.write(held);
      pace.sent(held);
      held = undefined;
      const fed = await nextText(socket, feed, signal);
      if (fed === undefined) {
        socket.end();
        return undefined;
      }
      held = fed;
    }
  } catch (error) {
    if (error === sessionOver) return held;
    throw error;
  }
}

/** The next text; `undefined` where the session is to end. */
async function nextText(
  socket: SpeechSocket,
  feed: TextFeed,
  signal: AbortSignal,
): Promise<string | undefined> {
  let fed = await feed.next(signal, FLUSH_AFTER_MS);
  if (fed.kind === 'quiet') {
    socket.flush();
    fed = await feed.next(signal, END_AFTER_MS);
  }
  return fed.kind === 'text' ? fed.text : undefined;
}
