import { ServiceError } from '../errors.ts';
import { CallErrors } from '../net/call-errors.ts';
import { sleep } from '../net/clock.ts';
import { collectJson } from '../net/collect-body.ts';
import type { Connection } from '../net/connection.ts';
import { quote } from '../net/service-failure.ts';
import { readAnswer } from '../protocol/answer.ts';
import {
  WireFileTranscriptionState,
  WireFileTranscriptionTask,
} from '../protocol/transcription-file.ts';
import type { WireFileResult, WireFileUtterance } from '../protocol/transcription-file.ts';
import { refuseUnknownOptions, toValidationError } from '../protocol/validation-error.ts';
import type {
  FileTranscript,
  FileTranscriptChannel,
  FileUtterance,
  TranscriptionJob,
  TranscriptionSubmitOptions,
  TranscriptionWaitOptions,
} from './file-options.ts';
import { toWireFileRequest } from './file-request.ts';
import { joinTexts } from './transcript.ts';

const EXPECTED = 'a transcription task';
const WAIT_OPTIONS = [
  'pollMs',
  'onStatus',
  'signal',
] as const satisfies (keyof TranscriptionWaitOptions)[];
const DEFAULT_POLL_MS = 2000;
const LEAST_POLL_MS = 100;
/** The documentation has PENDING and RUNNING; anything that is not a known end means that it goes on. */
const SUCCEEDED = /^(success|succe+ded|done|completed?|finished)$/i;
const FAILED = /^(fail(ed|ure)?|error|cancell?ed|expired|timeout)$/i;

/** Behind `transcription.submit()`. */
export async function submitFile(
  connection: Connection,
  options: TranscriptionSubmitOptions,
): Promise<TranscriptionJob> {
  const body = toWireFileRequest(options);
  // The address may hold a signature.
  const secrets = [options.url];
  const exchange = await connection.request({
    path: '/audio/asr/file/submit',
    body,
    signal: options.signal,
    secrets,
  });
  const answer = await collectJson(exchange, new CallErrors(connection, secrets), EXPECTED);
  const what = { what: EXPECTED, requestId: exchange.requestId };
  const { task_id: id } = readAnswer(WireFileTranscriptionTask, answer, what);
  return { id, requestId: exchange.requestId };
}

/** Behind `transcription.wait()`. */
export async function waitForFile(
  connection: Connection,
  job: TranscriptionJob | string,
  options: TranscriptionWaitOptions,
): Promise<FileTranscript> {
  refuseUnknownOptions(options, WAIT_OPTIONS);
  const { signal, pollMs = DEFAULT_POLL_MS, onStatus } = options;
  const id = typeof job === 'string' ? job : job?.id;
  if (typeof id !== 'string' || id === '') {
    throw toValidationError({
      path: 'job',
      value: undefined,
      allowed: 'what submit() gave, or its id',
    });
  }
  if (!(Number.isFinite(pollMs) && pollMs >= LEAST_POLL_MS)) {
    const allowed = `${LEAST_POLL_MS} milliseconds or more; the service advises 1000 to 3000`;
    throw toValidationError({ path: 'pollMs', value: pollMs, allowed });
  }
  const errors = new CallErrors(connection, []);
  let last: string | undefined;
  for (;;) {
    const exchange = await connection.request({
      path: '/audio/asr/file/query',
      body: { task_id: id },
      signal,
    });
    const answer = await collectJson(exchange, errors, EXPECTED);
    const { requestId } = exchange;
    const state = readAnswer(WireFileTranscriptionState, answer, { what: EXPECTED, requestId });
    const status = state.status ?? (state.result ? 'SUCCESS' : state.error ? 'FAILED' : 'PENDING');
    if (FAILED.test(status) || (state.error && !state.result)) {
      throw toTaskError(state.error, requestId);
    }
    if (status !== last) onStatus?.(status);
    last = status;
    if (state.result || SUCCEEDED.test(status)) {
      return toFileTranscript(state, requestId);
    }
    await sleep(connection.clock, pollMs, signal);
  }
}

function toTaskError(
  error: WireFileTranscriptionState['error'],
  requestId: string | undefined,
): ServiceError {
  const { stage, message } =
    typeof error === 'object' ? error : { stage: undefined, message: error };
  const isDownload = stage === 'audio_download';
  const said = quote(message ?? '') ?? 'no reason given';
  const advice = isDownload
    ? ' The service must be able to download the file without a redirect; a first attempt may fail by chance, so submit it again.'
    : '';
  return new ServiceError(`The service could not transcribe the file (${said}).${advice}`, {
    code: stage ?? 'transcription_failed',
    requestId,
    retryable: isDownload,
  });
}

function toFileTranscript(
  { duration, result }: WireFileTranscriptionState,
  requestId: string | undefined,
): FileTranscript {
  const channels = (result ?? []).map(toChannel);
  return {
    text: joinTexts(channels.map(({ text }) => text)),
    channels,
    ...(duration === undefined ? {} : { durationMs: Math.round(duration * 1000) }),
    requestId,
  };
}

function toChannel({ text, utterances }: WireFileResult): FileTranscriptChannel {
  const spoken = (utterances ?? []).map(toUtterance);
  return { text: text ?? joinTexts(spoken.map((one) => one.text)), utterances: spoken };
}

function toUtterance(wire: WireFileUtterance): FileUtterance {
  const words = (wire.words ?? []).map(({ text, start_time: start, end_time: end }) => ({
    text,
    startMs: start ?? end ?? 0,
    endMs: end ?? start ?? 0,
  }));
  const startMs = wire.start_time ?? words[0]?.startMs ?? 0;
  const speaker = wire.speaker?.id;
  return {
    text: wire.text ?? joinTexts(words.map(({ text }) => text)),
    startMs,
    endMs: wire.end_time ?? words.at(-1)?.endMs ?? startMs,
    words,
    ...(speaker === undefined ? {} : { speaker: String(speaker) }),
  };
}
