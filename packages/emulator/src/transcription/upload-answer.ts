import { durationSeconds } from '@stepvoice/core/audio';
import { TRANSCRIPTION_FILE_LIMIT, findUploadTranscriptionIssues } from '@stepvoice/core/protocol';
import type { AudioFormat } from '../ear/decode-audio.ts';
import { hearPcm } from '../ear/hear-pcm.ts';
import { RecognizerError } from '../ear/recognizer.ts';
import { answerJson, answerText } from '../http/answer.ts';
import { ApiError, invalidParameters } from '../http/api-error.ts';
import { refuseIssues } from '../http/check-body.ts';
import type { Exchange } from '../http/exchange.ts';
import { readMultipart } from '../http/multipart.ts';
import type { UploadedFile } from '../http/multipart.ts';
import { checksum, decodeSound } from './heard-sound.ts';
import { checkTranscriptionModel } from './transcription-model.ts';

/** Raw sound says nothing of itself: who uploads it says by its name or its type that it is that. */
const PCM_NAME = /\.(?:pcm|raw)$/i;
const PCM_TYPE = /^audio\/(?:l16|pcm|x-pcm|raw)\b/;

/** Answers `POST /audio/transcriptions`: the text of an uploaded file. */
export async function answerUploadTranscription(exchange: Exchange): Promise<void> {
  const { record, context, signal } = exchange;
  const { fields, files } = await readMultipart(exchange, { maxBytes: TRANSCRIPTION_FILE_LIMIT });
  const model = fields.get('model');
  if (model === undefined) throw invalidParameters('model is required');
  record.model = model;
  checkTranscriptionModel(model, 'transcriptions', context.strict);
  const responseFormat = fields.get('response_format') ?? (context.strict ? undefined : 'json');
  if (responseFormat === undefined) throw invalidParameters('response_format is required');
  if (responseFormat !== 'json' && responseFormat !== 'text') {
    throw invalidParameters('response_format is not valid: expected one of json, text');
  }
  refuseIssues(findUploadTranscriptionIssues({ model, hotwords: readHotwords(fields) }));
  const file = files.get('file');
  if (file === undefined) throw invalidParameters('file is required');
  const format = rawFormatOf(file);
  const sound = await decodeSound(file.bytes, { format, signal });
  record.format = format;
  record.sampleRate = sound.sampleRate;
  context.ledger.heard(record, durationSeconds(sound));
  const { filename, bytes } = file;
  let text: string;
  try {
    ({ text } = await hearPcm(context.ear, sound, { filename, sha256: checksum(bytes), signal }));
  } catch (error) {
    if (!(error instanceof RecognizerError)) throw error;
    throw new ApiError(500, 'internal_error', error.message);
  }
  if (responseFormat === 'json') return answerJson(exchange, 200, { text });
  return answerText(exchange, 200, 'text/plain; charset=utf-8', text);
}

function rawFormatOf({ filename, contentType }: UploadedFile): AudioFormat | undefined {
  return PCM_NAME.test(filename) || PCM_TYPE.test(contentType) ? 'pcm' : undefined;
}

function readHotwords(fields: ReadonlyMap<string, string>): string[] | undefined {
  const text = fields.get('hotwords');
  if (text === undefined || text === '') return undefined;
  try {
    const words = JSON.parse(text) as unknown;
    if (Array.isArray(words) && words.every((word) => typeof word === 'string')) return words;
  } catch {
    // Said below.
  }
  throw invalidParameters('hotwords is not valid: expected a JSON array of strings');
}
