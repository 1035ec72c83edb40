import { concatSamples, encodePcm16, wavHeader } from '@stepvoice/core/audio';
import type { SpeechFormat } from '@stepvoice/core/protocol';
import type { Exchange } from '../http/exchange.ts';
import { createEncoder, encodeWhole } from '../codecs/index.ts';
import type { SpeechChunk, SpokenWord } from '../voice/index.ts';
import type { SpeechOrder } from './speech-order.ts';

/** Bytes of the file that came with a chunk of speech, and the words that begin in that chunk. */
export type EncodedPiece = {
  bytes: Uint8Array;
  words: readonly SpokenWord[];
  /** Length of the whole file, where the format says it at its front. */
  fileBytes?: number;
};

/** Media types of the answers; pcm is raw little-endian samples, which `audio/L16` is not. */
export const CONTENT_TYPES: Readonly<Record<SpeechFormat, string>> = {
  mp3: 'audio/mpeg',
  wav: 'audio/wav',
  flac: 'audio/flac',
  opus: 'audio/ogg',
  pcm: 'application/octet-stream',
};

/**
 * Speaks an order and encodes it as it is spoken, so that the first bytes do not wait for the last word. A WAV file says
 * its length at the front, as the service's does, so that one waits.
 */
export async function* encodeSpeech(
  exchange: Exchange,
  order: SpeechOrder,
): AsyncGenerator<EncodedPiece> {
  if (order.format === 'wav') return yield* encodeWav(exchange, order);
  const encoder = await createEncoder(order.format, order);
  try {
    for await (const { samples, words } of speak(exchange, order)) {
      yield { bytes: encoder.push(samples), words };
    }
    yield { bytes: encoder.flush(), words: [] };
  } finally {
    encoder.close();
  }
}

async function* encodeWav(exchange: Exchange, order: SpeechOrder): AsyncGenerator<EncodedPiece> {
  const chunks = await speakAll(exchange, order);
  const count = chunks.reduce((sum, { samples }) => sum + samples.length, 0);
  const header = wavHeader({ sampleRate: order.sampleRate, samples: count });
  yield {
    bytes: header,
    words: [],
    fileBytes: header.length + count * Int16Array.BYTES_PER_ELEMENT,
  };
  for (const { samples, words } of chunks) yield { bytes: encodePcm16(samples), words };
}

/** Speaks an order into one file that says all about itself, with the words of all of it. */
export async function encodeWholeSpeech(
  exchange: Exchange,
  order: SpeechOrder,
): Promise<EncodedPiece> {
  const chunks = await speakAll(exchange, order);
  const samples = concatSamples(chunks.map((chunk) => chunk.samples));
  const bytes = await encodeWhole(order.format, samples, order.sampleRate);
  return { bytes, words: chunks.flatMap((chunk) => chunk.words) };
}

async function speakAll(exchange: Exchange, order: SpeechOrder): Promise<SpeechChunk[]> {
  const chunks: SpeechChunk[] = [];
  for await (const chunk of speak(exchange, order)) chunks.push(chunk);
  return chunks;
}

async function* speak(exchange: Exchange, order: SpeechOrder): AsyncGenerator<SpeechChunk> {
  const { context, record, signal } = exchange;
  const request = { ...order.delivery, text: order.text, signal };
  for await (const chunk of context.engine.synthesize(request)) {
    context.ledger.spoken(record, chunk.samples.length / order.sampleRate);
    yield chunk;
  }
}
