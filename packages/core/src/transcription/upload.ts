import { containerMediaType, sniffContainer } from '../audio/container.ts';
import type { AudioContainer } from '../audio/container.ts';
import { readByteSource } from '../net/byte-source.ts';
import { CallErrors } from '../net/call-errors.ts';
import { collectJson } from '../net/collect-body.ts';
import type { Connection } from '../net/connection.ts';
import { encodeForm } from '../net/multipart.ts';
import { readAnswer } from '../protocol/answer.ts';
import { WireUploadTranscription } from '../protocol/transcription-file.ts';
import {
  TRANSCRIPTION_FILE_LIMIT,
  findUploadTranscriptionIssues,
} from '../protocol/transcription-rules.ts';
import { refuseUnknownOptions, toValidationError } from '../protocol/validation-error.ts';
import type { TranscriptionCreateOptions } from './file-options.ts';
import { refuseFirst } from './wire-mapping.ts';

const CREATE_OPTIONS = [
  'file',
  'filename',
  'model',
  'hotwords',
  'signal',
] as const satisfies (keyof TranscriptionCreateOptions)[];
const DEFAULT_UPLOAD_MODEL = 'step-asr';
const ENDINGS: Partial<Readonly<Record<AudioContainer, string>>> = { mp4: 'm4a' };

/** Behind `transcription.create()`. */
export async function uploadFile(
  connection: Connection,
  options: TranscriptionCreateOptions,
): Promise<{ text: string }> {
  refuseUnknownOptions(options, CREATE_OPTIONS);
  const { file, hotwords, model = DEFAULT_UPLOAD_MODEL, signal } = options;
  refuseFirst(findUploadTranscriptionIssues({ model, hotwords }));
  const maxBytes = TRANSCRIPTION_FILE_LIMIT;
  const bytes = await readByteSource(file, { path: 'file', maxBytes, signal });
  if (bytes.length === 0) {
    throw toValidationError({ path: 'file', value: 0, allowed: 'a file that is not empty' });
  }
  const container = sniffContainer(bytes);
  const ending = container === undefined ? 'pcm' : (ENDINGS[container] ?? container);
  const content = encodeForm([
    { name: 'model', value: model },
    { name: 'response_format', value: 'json' },
    ...(hotwords === undefined ? [] : [{ name: 'hotwords', value: JSON.stringify(hotwords) }]),
    {
      name: 'file',
      filename: options.filename ?? `audio.${ending}`,
      mediaType:
        container === undefined ? 'application/octet-stream' : containerMediaType(container),
      bytes,
    },
  ]);
  const secrets = hotwords ?? [];
  const exchange = await connection.request({
    path: '/audio/transcriptions',
    content,
    signal,
    secrets,
  });
  const answer = await collectJson(exchange, new CallErrors(connection, secrets), 'a transcript');
  const what = { what: 'a transcript', requestId: exchange.requestId };
  return { text: readAnswer(WireUploadTranscription, answer, what).text };
}
