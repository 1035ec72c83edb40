import { encodeBase64 } from '@stepvoice/core/audio';
import { characterCount } from '@stepvoice/core/protocol';
import { answerJson } from '../http/answer.ts';
import { ODD_PIECE_BYTES } from '../faults/fault.ts';
import { BodySink } from '../http/body-sink.ts';
import { EventStream } from '../http/event-stream.ts';
import type { Exchange } from '../http/exchange.ts';
import { readJsonObject } from '../http/request-body.ts';
import { FILES_PREFIX } from '../http/routes.ts';
import { createWireId } from '../wire-id.ts';
import { CONTENT_TYPES, encodeSpeech, encodeWholeSpeech } from './encoded-speech.ts';
import type { EncodedPiece } from './encoded-speech.ts';
import { SPEECH_EVENTS } from './speech-events.ts';
import { readSpeechOrder } from './speech-order.ts';
import type { SpeechOrder } from './speech-order.ts';
import { SubtitleClock, SubtitleCutter } from './subtitles.ts';
import type { SubtitleEntry } from './subtitles.ts';

/** Audio bytes of one `speech.audio.delta`; odd, for a client may not take a piece to end with a sample. */
const DELTA_BYTES = 8191;

/** Answers `POST /audio/speech` in the three ways the service has. */
export async function answerSpeech(exchange: Exchange): Promise<void> {
  const { record, context } = exchange;
  const order = readSpeechOrder(await readJsonObject(exchange), context.voices);
  record.model = order.model;
  record.voice = order.delivery.voice;
  record.format = order.format;
  record.sampleRate = order.sampleRate;
  context.ledger.accepted(record, characterCount(order.text));
  if (order.transport === 'sse') return answerEvents(exchange, order);
  if (order.transport === 'url') return answerUrl(exchange, order);
  return answerBinary(exchange, order);
}

async function answerBinary(exchange: Exchange, order: SpeechOrder): Promise<void> {
  const speech = await begin(encodeSpeech(exchange, order));
  const sink = new BodySink(exchange);
  await sink.open(200, { 'content-type': CONTENT_TYPES[order.format] }, speech.first?.fileBytes);
  for await (const { bytes } of speech.all) if (bytes.length > 0) await sink.write(bytes);
  await sink.end();
}

async function answerEvents(exchange: Exchange, order: SpeechOrder): Promise<void> {
  const { context, faults } = exchange;
  const speech = await begin(encodeSpeech(exchange, order));
  const stream = new EventStream(exchange, SPEECH_EVENTS);
  await stream.open();
  const sourceId = createWireId(context.clock.now());
  const sendSubtitles = async (entries: readonly SubtitleEntry[]): Promise<void> => {
    for (const entry of entries) {
      const now = context.clock.now();
      const requestId = `${sourceId}.${createWireId(now)}`;
      await stream.send({
        type: 'response.subtitle',
        event_id: createWireId(now),
        data: toSubtitle(entry, requestId, now),
      });
    }
  };
  const deltaBytes = faults.get('odd-splits') === undefined ? DELTA_BYTES : ODD_PIECE_BYTES;
  const captions = order.timestamps ? new Captions() : undefined;
  for await (const { bytes, words } of speech.all) {
    for (let offset = 0; offset < bytes.length; offset += deltaBytes) {
      const audio = encodeBase64(bytes.subarray(offset, offset + deltaBytes));
      await stream.send({ type: 'speech.audio.delta', audio });
    }
    if (captions !== undefined) await sendSubtitles(captions.push(words));
  }
  if (captions !== undefined) await sendSubtitles(captions.flush());
  await stream.finish({ type: 'speech.audio.done', audio: '' });
}

async function answerUrl(exchange: Exchange, order: SpeechOrder): Promise<void> {
  const { context } = exchange;
  const { bytes, words } = await encodeWholeSpeech(exchange, order);
  const captions = new Captions();
  const entries = [...captions.push(words), ...captions.flush()];
  const contentType = CONTENT_TYPES[order.format];
  const name = context.files.put({ bytes, contentType }, order.format);
  const now = context.clock.now();
  const sourceId = createWireId(now);
  const subtitles = entries.map((entry, index) => toSubtitle(entry, `${sourceId}-${index}`, now));
  await answerJson(exchange, 200, {
    created: Math.floor(now / 1000),
    data: {
      url: `${context.url}${FILES_PREFIX}${name}`,
      ...(order.timestamps && { subtitles }),
    },
  });
}

/** Subtitle entries of one utterance, as its words come. */
class Captions {
  readonly #clock = new SubtitleClock();
  readonly #cutter = new SubtitleCutter();

  push(words: EncodedPiece['words']): SubtitleEntry[] {
    return this.#cutter.push(this.#clock.toItems(words, 0));
  }

  flush(): SubtitleEntry[] {
    return this.#cutter.flush();
  }
}

function toSubtitle(entry: SubtitleEntry, requestId: string, now: number): object {
  const { text, items } = entry;
  return { text, request_id: requestId, items, timestamp: Math.floor(now) };
}

/**
 * Waits for the first piece, so that what goes wrong before it can still be answered with a status, and gives it back
 * in front of the others.
 */
async function begin(
  pieces: AsyncGenerator<EncodedPiece>,
): Promise<{ first: EncodedPiece | undefined; all: AsyncIterable<EncodedPiece> }> {
  const { value, done } = await pieces.next();
  const first = done === true ? undefined : value;
  async function* all(): AsyncGenerator<EncodedPiece> {
    if (first !== undefined) yield first;
    yield* pieces;
  }
  return { first, all: all() };
}
