import { durationSeconds } from '@stepvoice/core/audio';
import {
  TRANSCRIPTION_FILE_LIMIT,
  WireTranscriptionRequest,
  findModel,
  findTranscriptionRequestIssues,
} from '@stepvoice/core/protocol';
import type { TranscriptionFormat } from '@stepvoice/core/protocol';
import type { Heard } from '../ear/ear.ts';
import { hearPcm } from '../ear/hear-pcm.ts';
import { RecognizerError } from '../ear/recognizer.ts';
import { invalidParameters } from '../http/api-error.ts';
import { checkSchema, refuseIssues } from '../http/check-body.ts';
import { EventStream } from '../http/event-stream.ts';
import type { EventDialect } from '../http/event-stream.ts';
import type { Exchange } from '../http/exchange.ts';
import { isRecord, readJsonObject } from '../http/request-body.ts';
import { createItemId } from './item-id.ts';
import { checksum, decodeAudioField, decodeSound } from './heard-sound.ts';
import { checkTranscriptionModel } from './transcription-model.ts';
import { countTokens, toStreamUsage } from './usage.ts';
import { groupWords } from './word-groups.ts';

/** A file of the greatest size in base64, and what stands around it. */
const LARGEST_BODY_BYTES = Math.ceil((TRANSCRIPTION_FILE_LIMIT * 4) / 3) + 1024 * 1024;

type TranscriptEvent = { type: string; [field: string]: unknown };

const DELTA = 'transcript.text.delta';

const EVENTS: EventDialect<TranscriptEvent> = {
  isContent: ({ type }) => type === DELTA,
  emptyDelta: (next) => ({ ...next, type: DELTA, delta: '' }),
  // Where the service breaks off in the middle it sends neither `meta` nor a code.
  failure: ({ message = 'engine overloaded' }) => ({ type: 'error', message }),
  endMarker: undefined,
};

/** Answers `POST /audio/asr/sse`: the words of a whole sound, one event each, and the text. */
export async function answerTranscriptionStream(exchange: Exchange): Promise<void> {
  const { record, context, signal } = exchange;
  if (context.strict && !accepts(exchange, 'text/event-stream')) {
    throw invalidParameters('the header Accept: text/event-stream is required');
  }
  const body = await readJsonObject(exchange, { maxBytes: LARGEST_BODY_BYTES });
  const { audio } = checkSchema(WireTranscriptionRequest, dropNulls(body));
  const { transcription, format } = audio.input;
  record.model = transcription.model;
  record.format = format.type;
  checkTranscriptionModel(transcription.model, 'asr-sse', context.strict);
  refuseIssues(findTranscriptionRequestIssues({ audio }).filter(isNotAboutModel));
  const bytes = decodeAudioField(audio.data, 'audio.data');
  const sound = await decodeSound(bytes, {
    format: format.type as TranscriptionFormat,
    sampleRate: format.rate,
    channels: format.channel,
    bits: format.bits,
    mostSeconds: findModel(transcription.model)?.transcription?.maxSeconds,
    signal,
  });
  const seconds = durationSeconds(sound);
  record.sampleRate = sound.sampleRate;
  context.ledger.heard(record, seconds);
  const stream = new EventStream(exchange, EVENTS);
  await stream.open();
  const now = context.clock.now();
  const sessionId = `sse_${Math.floor(now)}${String(record.id % 1_000_000).padStart(6, '0')}`;
  const meta = (): object => ({
    session_id: sessionId,
    timestamp: Math.floor(context.clock.now()),
  });
  let heard: Heard;
  try {
    const { language } = transcription;
    heard = await hearPcm(context.ear, sound, { language, sha256: checksum(bytes), signal });
  } catch (error) {
    if (!(error instanceof RecognizerError)) throw error;
    await stream.send({ type: 'error', meta: meta(), message: error.message });
    return stream.finish();
  }
  const itemId = createItemId();
  for (const { text, startMs, endMs } of groupWords(heard.words)) {
    await stream.send({
      type: DELTA,
      meta: meta(),
      delta: text,
      ...(transcription.enable_timestamp === true && {
        item_id: itemId,
        content_index: 0,
        start_time: startMs,
        end_time: endMs,
      }),
    });
  }
  await stream.finish({
    type: 'transcript.text.done',
    meta: meta(),
    text: heard.text,
    usage: toStreamUsage(
      countTokens(heard.text, seconds),
      context.strict ? 'realtime_asr' : 'tokens',
    ),
  });
}

function accepts({ request }: Exchange, type: string): boolean {
  return request.headers.accept?.toLowerCase().includes(type) === true;
}

/** The service has words of its own for a model it does not serve. */
function isNotAboutModel({ path }: { path: string }): boolean {
  return !path.endsWith('.model');
}

/** Fields that are `null` are fields that are not there, at any depth. */
function dropNulls(value: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, field]) => field !== null)
      .map(([name, field]) => [name, isRecord(field) ? dropNulls(field) : field]),
  );
}
