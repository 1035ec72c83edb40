import { BYTES_PER_SECOND } from './answer.ts';

/** So many different pieces take turns; equal ones would flatter every cache. */
const VARIANTS = 16;

const SESSION = { session_id: '019c22d0a7b4735f8b0c3f0c8e2a91d4' };

/** Pieces of audio in the form in which one transport sends them, made once and sent again and again. */
export type Pieces = {
  seconds: number;
  pcm: readonly Buffer[];
  serverSentEvents: readonly Buffer[];
  frames: readonly Buffer[];
};

const made = new Map<number, Pieces>();

/** @param seconds of audio in each piece */
export function piecesOf(seconds: number): Pieces {
  const known = made.get(seconds);
  if (known !== undefined) return known;
  const pcm = Array.from({ length: VARIANTS }, (_, index) => noise(seconds, index + 1));
  const base64 = pcm.map((bytes) => bytes.toString('base64'));
  const pieces: Pieces = {
    seconds,
    pcm,
    serverSentEvents: base64.map((audio) => serverSentEvent({ type: 'speech.audio.delta', audio })),
    frames: base64.map((audio) =>
      frame('tts.response.audio.delta', { status: 'unfinished', audio, duration: seconds }),
    ),
  };
  made.set(seconds, pieces);
  return pieces;
}

export function serverSentEvent(event: object): Buffer {
  return Buffer.from(`data: ${JSON.stringify(event)}\n\n`);
}

export const LAST_SERVER_SENT_EVENTS = Buffer.concat([
  serverSentEvent({ type: 'speech.audio.done', audio: '' }),
  Buffer.from('data: [DONE]\n\n'),
]);

export function frame(type: string, data: object = {}): Buffer {
  const event = { event_id: '019c22d0b3aa7f4cb1d2e3f4a5b6c7d8', type };
  return Buffer.from(JSON.stringify({ ...event, data: { ...SESSION, ...data } }));
}

/** Whole samples of quiet noise: a linear congruential generator, so that every run sends the same. */
function noise(seconds: number, seed: number): Buffer {
  const samples = Buffer.alloc(Math.round((seconds * BYTES_PER_SECOND) / 2) * 2);
  let state = seed;
  for (let offset = 0; offset < samples.length; offset += 2) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    samples.writeInt16LE((state >>> 19) - 4096, offset);
  }
  return samples;
}
