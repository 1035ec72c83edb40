import type { Speech, SpeechConnectOptions, SpeechSocketEvent } from '@stepvoice/core/node';
import { ConnectionError } from '@stepvoice/core/node';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { speakPieces, speakWhole } from './speak.ts';
import type { SpeakOptions } from './speak.ts';

/** A socket that is told what to send, and remembers what it was sent. */
class ScriptedSocket {
  readonly sent: string[] = [];
  #waiting: ((result: IteratorResult<SpeechSocketEvent>) => void) | undefined;
  #failing: ((error: Error) => void) | undefined;
  #events: SpeechSocketEvent[] = [];
  #over = false;

  write(text: string): void {
    this.sent.push(text);
  }
  flush(): void {
    this.sent.push('<flush>');
  }
  end(): void {
    this.sent.push('<end>');
  }
  hear(...bytes: number[]): void {
    const audio = Uint8Array.from(bytes);
    this.#give({ type: 'audio', audio, durationSeconds: undefined });
  }
  endSentence(text: string): void {
    this.#give({ type: 'sentence-end', text, requestId: undefined });
  }
  finish(): void {
    this.#over = true;
    this.#waiting?.({ value: undefined, done: true });
  }
  fail(error: Error): void {
    this.#failing?.(error);
  }
  next(): Promise<IteratorResult<SpeechSocketEvent>> {
    const value = this.#events.shift();
    if (value !== undefined) return Promise.resolve({ value, done: false });
    if (this.#over) return Promise.resolve({ value: undefined, done: true });
    return new Promise((resolve, reject) => {
      this.#waiting = resolve;
      this.#failing = reject;
    });
  }
  return(): Promise<IteratorResult<SpeechSocketEvent>> {
    this.finish();
    return Promise.resolve({ value: undefined, done: true });
  }
  [Symbol.asyncIterator](): this {
    return this;
  }
  #give(value: SpeechSocketEvent): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting === undefined) this.#events.push(value);
    else waiting({ value, done: false });
  }
}

/** Text that is handed over by hand. */
class Typed implements AsyncIterable<string> {
  #waiting: ((result: IteratorResult<string>) => void) | undefined;
  readonly #typed: IteratorResult<string>[] = [];

  type(text: string): void {
    this.#push({ value: text, done: false });
  }
  end(): void {
    this.#push({ value: undefined, done: true });
  }
  [Symbol.asyncIterator](): AsyncIterator<string> {
    return {
      next: () => {
        const result = this.#typed.shift();
        if (result !== undefined) return Promise.resolve(result);
        return new Promise((resolve) => {
          this.#waiting = resolve;
        });
      },
    };
  }
  #push(result: IteratorResult<string>): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting === undefined) this.#typed.push(result);
    else waiting(result);
  }
}

let sockets: ScriptedSocket[];
let asked: SpeechConnectOptions[];
let heard: number[];
let controller: AbortController;
let hasRoom: Promise<void>;

function options(format: SpeakOptions['format'] = 'pcm'): SpeakOptions {
  const speech = {
    connect: (connect: SpeechConnectOptions) => {
      asked.push(connect);
      const socket = new ScriptedSocket();
      sockets.push(socket);
      return Promise.resolve(socket);
    },
  };
  return {
    speech: speech as unknown as Speech,
    voice: { voice: 'v', model: 'm', sampleRate: 24_000 },
    format,
    sink: {
      isLive: false,
      write: async (audio) => void heard.push(...audio),
      room: () => hasRoom,
    },
    signal: controller.signal,
  };
}

beforeEach(() => {
  vi.useFakeTimers();
  sockets = [];
  asked = [];
  heard = [];
  controller = new AbortController();
  hasRoom = Promise.resolve();
});
afterEach(() => {
  vi.useRealTimers();
});

const settle = () => vi.advanceTimersByTimeAsync(0);

test('text leaves as it arrives, and is spoken when it stands still', async () => {
  const text = new Typed();
  const speaking = speakPieces(text, options());
  text.type('Hello ');
  await settle();
  expect(sockets[0]?.sent).toEqual(['Hello ']);
  sockets[0]?.hear(1, 2);
  await settle();
  expect(heard).toEqual([1, 2]);
  text.type('there');
  await vi.advanceTimersByTimeAsync(599);
  expect(sockets[0]?.sent).toEqual(['Hello ', 'there']);
  await vi.advanceTimersByTimeAsync(1);
  expect(sockets[0]?.sent.at(-1)).toBe('<flush>');
  text.end();
  await settle();
  expect(sockets[0]?.sent.at(-1)).toBe('<end>');
  sockets[0]?.hear(3);
  sockets[0]?.finish();
  await speaking;
  expect(heard).toEqual([1, 2, 3]);
});

test('text that pauses for long goes on in a new session', async () => {
  const text = new Typed();
  const speaking = speakPieces(text, options());
  text.type('before');
  await vi.advanceTimersByTimeAsync(41_000);
  expect(sockets[0]?.sent).toEqual(['before', '<flush>', '<end>']);
  sockets[0]?.hear(1);
  sockets[0]?.finish();
  await vi.advanceTimersByTimeAsync(3_600_000);
  expect(sockets).toHaveLength(1);
  text.type('after');
  await settle();
  expect(sockets[1]?.sent).toEqual(['after']);
  text.end();
  await settle();
  sockets[1]?.hear(2);
  sockets[1]?.finish();
  await speaking;
  expect(heard).toEqual([1, 2]);
});

test('a session that the service ends early loses nothing that had not left', async () => {
  const room = Promise.withResolvers<void>();
  const text = new Typed();
  const speaking = speakPieces(text, options());
  text.type('one');
  await settle();
  hasRoom = room.promise;
  text.type('two');
  await settle();
  sockets[0]?.finish();
  room.resolve();
  await settle();
  const sent = sockets.flatMap((socket) => socket.sent);
  expect(sent).toEqual(['one', 'two']);
  text.end();
  await settle();
  sockets.at(-1)?.finish();
  await speaking;
});

test('compressed sound is asked for in the form that can be joined', async () => {
  const speaking = speakPieces(['x'], options('mp3'));
  await settle();
  sockets[0]?.finish();
  await speaking;
  expect(asked[0]).toMatchObject({ format: 'mp3_stream', voice: 'v', model: 'm' });
});

test('a text over the limit goes over the socket, all of it', async () => {
  const text = '一二三四五六七八九十'.repeat(101);
  const speaking = speakWhole(text, options());
  await vi.advanceTimersByTimeAsync(100);
  expect(sockets[0]?.sent.slice(0, -1).join('')).toBe(text);
  expect(sockets[0]?.sent.at(-1)).toBe('<end>');
  sockets[0]?.finish();
  await speaking;
});

test('where somebody listens, more leaves when what left before is nearly spoken', async () => {
  const live = options();
  const text = 'x'.repeat(1000);
  const speaking = speakPieces([text], { ...live, sink: { ...live.sink, isLive: true } });
  const sent = () => sockets[0]?.sent.join('').replaceAll(/[^x]/g, '').length;
  await settle();
  expect(sent()).toBe(100);
  sockets[0]?.hear(1);
  await settle();
  expect(sent()).toBe(100);
  sockets[0]?.endSentence('x'.repeat(50));
  await settle();
  expect(sent()).toBe(200);
  // A sentence that is longer than what was sent of it needs more to begin.
  await vi.advanceTimersByTimeAsync(1400);
  expect(sent()).toBe(200);
  await vi.advanceTimersByTimeAsync(100);
  expect(sent()).toBe(300);
  controller.abort(new Error('Ctrl-C'));
  await expect(speaking).rejects.toThrow('Ctrl-C');
});

test('blank text opens nothing', async () => {
  await speakPieces([' ', '\n'], options());
  expect(sockets).toEqual([]);
});

test('a failure of the service ends the waiting for text', async () => {
  const text = new Typed();
  const speaking = speakPieces(text, options());
  text.type('Hello');
  await settle();
  sockets[0]?.fail(new ConnectionError('cut', { code: 'socket_closed' }));
  await expect(speaking).rejects.toThrow('cut');
});

test('a failure of the text, and of the sink, closes the session and is told', async () => {
  async function* broken() {
    yield 'Hello';
    throw new Error('not text');
  }
  const reading = speakPieces(broken(), options());
  reading.catch(() => {});
  await settle();
  await expect(reading).rejects.toThrow('not text');

  const failing = options();
  failing.sink.write = () => Promise.reject(new Error('disk full'));
  const typed = new Typed();
  const writing = speakPieces(typed, failing);
  writing.catch(() => {});
  typed.type('Hello');
  await settle();
  sockets.at(-1)?.hear(1);
  await expect(writing).rejects.toThrow('disk full');
});

test('an interruption ends the waiting for text', async () => {
  const speaking = speakPieces(new Typed(), options());
  controller.abort(new Error('Ctrl-C'));
  await expect(speaking).rejects.toThrow('Ctrl-C');
});
