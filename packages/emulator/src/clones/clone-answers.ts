import { encodeBase64 } from '@stepvoice/core/audio';
import {
  CLONE_PAGE_RANGE,
  WireVoiceCloneRequest,
  WireVoicePreviewRequest,
  characterCount,
  findCloneIssues,
  findModel,
  findPreviewIssues,
} from '@stepvoice/core/protocol';
import * as v from 'valibot';
import { answerJson } from '../http/answer.ts';
import { clip, invalidParameters, modelNotSupported } from '../http/api-error.ts';
import { checkSchema, refuseIssues } from '../http/check-body.ts';
import type { Exchange } from '../http/exchange.ts';
import { readJsonObject } from '../http/request-body.ts';
import { encodeWholeSpeech } from '../speech/encoded-speech.ts';
import { readSpeechOrder } from '../speech/speech-order.ts';
import type { SpeechOrder } from '../speech/speech-order.ts';
import { dataVoice } from '../voice/index.ts';
import type { VoiceTraits } from '../voice/index.ts';
import { hearReference } from './reference-clip.ts';
import type { VoiceClone } from './voice-clones.ts';

const DEFAULT_PAGE = 20;
/** What a preview says of the voice is checked as a request for speech is, which forgives more than the schema. */
const PreviewReference = v.object({
  model: WireVoicePreviewRequest.entries.model,
  file_id: WireVoicePreviewRequest.entries.file_id,
  sample_text: WireVoicePreviewRequest.entries.sample_text,
  text: WireVoicePreviewRequest.entries.text,
});

/** Answers `POST /audio/voices`. The same request once more gets the same voice, and says so. */
export async function answerClone(exchange: Exchange): Promise<void> {
  const { context, record } = exchange;
  const wire = checkSchema(WireVoiceCloneRequest, dropEmpty(await readJsonObject(exchange)));
  const { model, file_id: fileId, text } = wire;
  checkModel(model, 'clone');
  refuseIssues(findCloneIssues(wire));
  // Belongs to an older version of the service; the documentation of today does not know it.
  const sampleText = context.strict ? undefined : wire.sample_text;
  record.model = model;
  const traits = await hearReference(exchange, fileId);
  const order = { model, fileId, text };
  const known = context.clones.find(order);
  const clone = known ?? context.clones.add(order, traits);
  record.voice = clone.id;
  const sample =
    sampleText === undefined
      ? {}
      : {
          sample_text: sampleText,
          sample_audio: await speakSample(exchange, { model, response_format: 'wav' }, sampleText, {
            voice: clone.id,
            traits,
          }),
        };
  return answerJson(exchange, 200, {
    id: clone.id,
    object: 'audio.voice',
    ...(known !== undefined && { duplicated: true }),
    ...sample,
  });
}

/** Answers `GET /audio/voices`. `after` goes on behind a voice in the order asked for, `before` ends in front of it. */
export function answerClones(exchange: Exchange): Promise<void> {
  const { searchParams } = exchange.url;
  const limit = readLimit(searchParams.get('limit'));
  const order = searchParams.get('order') || 'desc';
  if (order !== 'asc' && order !== 'desc') {
    throw invalidParameters('order is not valid: expected asc or desc');
  }
  const clones = [...exchange.context.clones.list()];
  if (order === 'desc') clones.reverse();
  const start = find(clones, searchParams, 'after') + 1;
  const before = find(clones, searchParams, 'before');
  const found = clones.slice(start, before < 0 ? undefined : before);
  // What ends in front of a voice is what stands next to it.
  const page = before < 0 ? found.slice(0, limit) : found.slice(-limit);
  return answerJson(exchange, 200, {
    object: 'list',
    data: page.map(({ id, fileId, createdAtMs }) => ({
      id,
      file_id: fileId,
      created_at: Math.floor(createdAtMs / 1000),
    })),
    has_more: page.length < found.length,
    first_id: page[0]?.id ?? null,
    last_id: page.at(-1)?.id ?? null,
  });
}

/** Answers `POST /audio/voices/preview`: no voice is made. */
export async function answerPreview(exchange: Exchange): Promise<void> {
  const { context, record } = exchange;
  const body = dropEmpty(await readJsonObject(exchange));
  const wire = checkSchema(PreviewReference, body);
  const { model, file_id: fileId, sample_text: sampleText } = wire;
  checkModel(model, 'preview');
  refuseIssues(findPreviewIssues(wire));
  const takesInstruction = (findModel(model)?.speech?.instructionLimit ?? 0) > 0;
  if (context.strict && body['instruction'] !== undefined && !takesInstruction) {
    throw invalidParameters(`instruction is not supported by model ${model}`);
  }
  record.model = model;
  const traits = await hearReference(exchange, fileId);
  const audio = await speakSample(exchange, body, sampleText, { voice: fileId, traits });
  return answerJson(exchange, 200, {
    sample_text: sampleText,
    sample_audio: audio,
    request_id: record.traceId,
  });
}

async function speakSample(
  exchange: Exchange,
  body: Record<string, unknown>,
  input: string,
  speaker: { voice: string; traits: VoiceTraits },
): Promise<string> {
  const { context, record } = exchange;
  const { stream_format: _, return_url: __, timestamp: ___, ...options } = body;
  // A voice that every model has, for the check; who speaks is the reference.
  const asked = readSpeechOrder({ ...options, input, voice: dataVoice }, context.voices);
  const order: SpeechOrder = { ...asked, delivery: { ...asked.delivery, ...speaker } };
  record.format = order.format;
  record.sampleRate = order.sampleRate;
  context.ledger.accepted(record, characterCount(input));
  const { bytes } = await encodeWholeSpeech(exchange, order);
  return encodeBase64(bytes);
}

/** @throws {ApiError} 400 `model X not supported` */
function checkModel(model: string, endpoint: 'clone' | 'preview'): void {
  if (findModel(model)?.endpoints.includes(endpoint) !== true) throw modelNotSupported(model);
}

function readLimit(text: string | null): number {
  if (text === null || text === '') return DEFAULT_PAGE;
  const [least, most] = CLONE_PAGE_RANGE;
  const limit = /^\d{1,6}$/.test(text) ? Number(text) : NaN;
  if (limit >= least && limit <= most) return limit;
  throw invalidParameters(`limit is not valid: expected a whole number from ${least} to ${most}`);
}

/** Where the voice that a cursor names stands; −1 where there is no such cursor. */
function find(clones: readonly VoiceClone[], query: URLSearchParams, name: string): number {
  const cursor = query.get(name);
  if (cursor === null || cursor === '') return -1;
  const index = clones.findIndex(({ id }) => id === cursor);
  if (index < 0) throw invalidParameters(`${name} ${clip(cursor)} is not a voice of the account`);
  return index;
}

/** `null` and an empty text say as much as nothing. */
function dropEmpty(body: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(body).filter(([, value]) => value !== null && value !== ''),
  );
}
