import type { Pcm } from '../audio/pcm.ts';
import { writeWav } from '../audio/wav-writer.ts';
import { ConnectionError, ProtocolError, TimeoutError } from '../errors.ts';
import { readByteSource } from '../net/byte-source.ts';
import type { ByteSource } from '../net/byte-source.ts';
import { CallErrors } from '../net/call-errors.ts';
import { collectBody, collectJson } from '../net/collect-body.ts';
import type { Connection } from '../net/connection.ts';
import { encodeForm } from '../net/multipart.ts';
import { readAnswer } from '../protocol/answer.ts';
import { fileLimitBytes } from '../protocol/files-rules.ts';
import { WireFile } from '../protocol/files.ts';
import { refuseUnknownOptions } from '../protocol/validation-error.ts';
import { WireVoiceClone } from '../protocol/voice-clone.ts';
import type { WireVoiceCloneRequest } from '../protocol/voice-clone.ts';
import { checkClip } from './clip-check.ts';
import type { ClipCheck, ClipReport, CloneWarning } from './clip-check.ts';
import { isPcm, toCloneRequest } from './clone-request.ts';
import { DEFAULT_CLONE_MODEL } from './voice-options.ts';
import type { VoiceCheckOptions, VoiceCloneOptions } from './voice-options.ts';

/** A voice that was cloned just now, or before. */
export type VoiceClone = {
  /** What speech, sockets and conversations take as `voice`. */
  id: string;
  model: string;
  /** The reference among the files of the account: it stays, and can be used for previews. */
  fileId: string;
  /** The same was asked for before, and this is the voice from then. */
  duplicated: boolean;
  /** What was found about the clip; `undefined` where the call was given a `fileId`. */
  clip: ClipReport | undefined;
  warnings: readonly CloneWarning[];
  requestId: string | undefined;
};

/** How long a failed call waits for its file to be deleted. */
const CLEAN_UP_MS = 5000;
const MOST_DELETION_BYTES = 64 * 1024;

/** Checks the clip, uploads it, clones it, and cleans up behind a refusal. */
export async function cloneVoice(
  connection: Connection,
  options: VoiceCloneOptions,
): Promise<VoiceClone> {
  const request = toCloneRequest(options);
  const { audio, signal, onWarning } = options;
  const warnings: CloneWarning[] = [];
  const warn = (warning: CloneWarning): void => {
    warnings.push(warning);
    onWarning?.(warning);
  };
  if (audio === undefined) {
    const answer = await postClone(connection, request, signal);
    return { ...answer, model: request.model, fileId: request.file_id, clip: undefined, warnings };
  }
  const bytes = await readClip(audio, signal);
  const check = checkClip(bytes, request.model);
  for (const warning of check.warnings) warn(warning);
  const { clip } = check;
  const fileId = await upload(connection, bytes, clip, options);
  try {
    const answer = await postClone(connection, { ...request, file_id: fileId }, signal);
    return { ...answer, model: request.model, fileId, clip, warnings };
  } catch (error) {
    await cleanUp(connection, fileId, options, error);
    throw error;
  }
}

/** Checks a clip as {@link cloneVoice} does, and sends nothing. */
export async function checkVoiceClip(options: VoiceCheckOptions): Promise<ClipCheck> {
  refuseUnknownOptions(options, ['audio', 'model', 'signal']);
  const { audio, model = DEFAULT_CLONE_MODEL, signal } = options;
  return checkClip(await readClip(audio, signal), model);
}

async function readClip(
  audio: ByteSource | Pcm,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  if (isPcm(audio)) return writeWav(audio);
  return readByteSource(audio, { path: 'audio', maxBytes: fileLimitBytes('storage'), signal });
}

async function postClone(
  connection: Connection,
  request: WireVoiceCloneRequest,
  signal: AbortSignal | undefined,
): Promise<Pick<VoiceClone, 'id' | 'duplicated' | 'requestId'>> {
  const secrets = request.text === undefined ? [] : [request.text];
  const exchange = await connection.request({
    path: '/audio/voices',
    body: request,
    signal,
    secrets,
  });
  const { requestId } = exchange;
  const raw = await collectJson(exchange, new CallErrors(connection, secrets), 'a cloned voice');
  const wire = readAnswer(WireVoiceClone, raw, { what: 'a cloned voice', requestId });
  return { id: wire.id, duplicated: wire.duplicated === true, requestId };
}

async function upload(
  connection: Connection,
  bytes: Uint8Array,
  { container }: ClipReport,
  { filename, signal }: VoiceCloneOptions,
): Promise<string> {
  const content = encodeForm([
    { name: 'purpose', value: 'storage' },
    {
      name: 'file',
      filename: filename ?? `voice.${container}`,
      mediaType: container === 'wav' ? 'audio/wav' : 'audio/mpeg',
      bytes,
    },
  ]);
  const exchange = await connection.request({ path: '/files', content, signal });
  const raw = await collectJson(exchange, new CallErrors(connection, []), 'a stored file');
  const { requestId } = exchange;
  return readAnswer(WireFile, raw, { what: 'a stored file', requestId }).id;
}

/**
 * Deletes the reference of a voice that was not made. Where the failure leaves open whether it was made after all, the
 * file is kept: asking again with its id gives the voice that was, while another upload would be cloned and charged anew.
 */
async function cleanUp(
  connection: Connection,
  fileId: string,
  { keepFile, signal, onWarning }: VoiceCloneOptions,
  error: unknown,
): Promise<void> {
  if (keepFile === true) return;
  const tellOfFile = (why: string): void => {
    const message = `${why} The uploaded clip is still there as ${fileId}: clone from it with fileId, or delete it.`;
    try {
      onWarning?.({ code: 'file-kept', fileId, message });
    } catch {
      // The failure of the call is the one to be thrown.
    }
  };
  if (isOutcomeOpen(error)) {
    tellOfFile('Whether the voice was cloned is not known.');
    return;
  }
  const deletion = deleteFile(connection, fileId).catch(() =>
    tellOfFile('The voice was not cloned.'),
  );
  // Who has left is not kept waiting.
  if (signal?.aborted !== true) await deletion;
}

function isOutcomeOpen(error: unknown): boolean {
  return (
    error instanceof ConnectionError ||
    error instanceof TimeoutError ||
    error instanceof ProtocolError
  );
}

async function deleteFile(connection: Connection, fileId: string): Promise<void> {
  const giveUp = new AbortController();
  const cancel = connection.clock.after(CLEAN_UP_MS, () => giveUp.abort());
  try {
    const exchange = await connection.request({
      method: 'DELETE',
      path: `/files/${encodeURIComponent(fileId)}`,
      signal: giveUp.signal,
    });
    await collectBody(exchange, MOST_DELETION_BYTES, false);
  } finally {
    cancel();
  }
}
