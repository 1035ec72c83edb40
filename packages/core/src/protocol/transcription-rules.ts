import { findModel, modelsServing } from './models.ts';
import type { Endpoint } from './models.ts';
import { findTextIssue } from './speech-rules.ts';
import type { Issue } from './speech-rules.ts';
import type { WireFileTranscriptionRequest } from './transcription-file.ts';
import type { WireTranscriptionFormat } from './transcription-fields.ts';
import type { WireTranscriptionRequest } from './transcription-request.ts';
import type { WireTranscriptionSession } from './transcription-socket.ts';

/** What `POST /audio/asr/sse` and `POST /audio/asr/file/submit` take. Opus travels as `ogg`. */
export const TRANSCRIPTION_FORMATS = ['pcm', 'wav', 'mp3', 'ogg', 'm4a'] as const;
export const TRANSCRIPTION_SOCKET_FORMATS = ['pcm', 'ogg'] as const;
/** What the socket's sound is in every example of the documentation, in Hz. */
export const TRANSCRIPTION_SOCKET_RATE = 16_000;
/** Largest file behind the address that `POST /audio/asr/file/submit` is given, and largest upload, in bytes. */
export const TRANSCRIPTION_FILE_LIMIT = 100 * 1000 * 1000;

export type TranscriptionFormat = (typeof TRANSCRIPTION_FORMATS)[number];
export type TranscriptionSocketFormat = (typeof TRANSCRIPTION_SOCKET_FORMATS)[number];

type TranscriptionEndpoint = Extract<
  Endpoint,
  'asr-sse' | 'asr-socket' | 'asr-file' | 'transcriptions'
>;

/** Checks a body of `POST /audio/asr/sse` against the model table. */
export function findTranscriptionRequestIssues({ audio }: WireTranscriptionRequest): Issue[] {
  const issues: Issue[] = [];
  const { transcription, format } = audio.input;
  const path = 'audio.input.transcription';
  checkModel(issues, `${path}.model`, transcription.model, 'asr-sse');
  checkLanguage(issues, `${path}.language`, transcription.language);
  checkPrompt(issues, `${path}.prompt`, transcription.prompt);
  checkHotwords(issues, `${path}.hotwords`, transcription.hotwords);
  checkFormat(issues, 'audio.input.format', format, TRANSCRIPTION_FORMATS);
  if (typeof audio.data !== 'string' || audio.data === '') {
    const value = typeof audio.data === 'string' ? { length: 0 } : undefined;
    issues.push({ path: 'audio.data', value, allowed: 'the sound in base64' });
  }
  return issues;
}

/** Checks the `session` of `session.update` on `GET /realtime/asr/stream` against the model table. */
export function findTranscriptionSessionIssues({ audio }: WireTranscriptionSession): Issue[] {
  const issues: Issue[] = [];
  const path = 'audio.input';
  const { transcription, format, turn_detection: turns } = audio.input;
  if (transcription) {
    const { model, language, prompt } = transcription;
    if (model !== undefined) {
      checkModel(issues, `${path}.transcription.model`, model, 'asr-socket');
    }
    checkLanguage(issues, `${path}.transcription.language`, language);
    checkPrompt(issues, `${path}.transcription.prompt`, prompt);
  }
  if (format) checkFormat(issues, `${path}.format`, format, TRANSCRIPTION_SOCKET_FORMATS);
  if (turns) {
    const { type, silence_duration_ms: silenceMs, threshold } = turns;
    if (isGiven(type) && type !== 'server_vad') {
      issues.push({ path: `${path}.turn_detection.type`, value: type, allowed: '"server_vad"' });
    }
    if (isGiven(silenceMs) && !(Number.isFinite(silenceMs) && silenceMs > 0)) {
      issues.push({
        path: `${path}.turn_detection.silence_duration_ms`,
        value: silenceMs,
        allowed: 'a number of milliseconds above 0',
      });
    }
    if (isGiven(threshold) && !(Number.isFinite(threshold) && threshold >= 0)) {
      issues.push({
        path: `${path}.turn_detection.threshold`,
        value: threshold,
        allowed: 'a number from 0; larger is stricter, clients use 0.5 to 0.8',
      });
    }
  }
  return issues;
}

/** Checks a body of `POST /audio/asr/file/submit` against the model table. */
export function findFileTranscriptionIssues(body: WireFileTranscriptionRequest): Issue[] {
  const issues: Issue[] = [];
  const { audio, request } = body;
  checkModel(issues, 'request.model_name', request.model_name, 'asr-file');
  checkFormat(issues, 'audio', { ...audio, type: audio.format }, TRANSCRIPTION_FORMATS, 'format');
  if (typeof audio.url !== 'string' || !isWebAddress(audio.url)) {
    issues.push({
      path: 'audio.url',
      value: undefined,
      allowed: 'a public http or https address of a file below 100 MB, without a redirect',
    });
  }
  if (isGiven(audio.codec) && !['raw', 'opus', 'pcm'].includes(audio.codec)) {
    issues.push({ path: 'audio.codec', value: audio.codec, allowed: 'one of raw, opus, pcm' });
  }
  if (request.enable_channel_split === true && audio.channel !== 2) {
    issues.push({
      path: 'request.enable_channel_split',
      value: true,
      allowed: 'true only with a sound of 2 channels',
    });
  }
  if (request.enable_speaker_info === true && request.show_utterances !== true) {
    issues.push({
      path: 'request.enable_speaker_info',
      value: true,
      allowed: 'true only together with show_utterances',
    });
  }
  return issues;
}

/** Checks the fields of `POST /audio/transcriptions`, beside the file. */
export function findUploadTranscriptionIssues(fields: {
  model: string;
  hotwords?: readonly string[] | undefined;
}): Issue[] {
  const issues: Issue[] = [];
  checkModel(issues, 'model', fields.model, 'transcriptions');
  checkHotwords(issues, 'hotwords', fields.hotwords);
  return issues;
}

function checkModel(
  issues: Issue[],
  path: string,
  model: unknown,
  endpoint: TranscriptionEndpoint,
): void {
  const known = modelsServing(endpoint);
  const row = typeof model === 'string' ? findModel(model) : undefined;
  const mayBeNewer = typeof model === 'string' && model !== '' && row === undefined;
  if (mayBeNewer || row?.endpoints.includes(endpoint) === true) return;
  issues.push({
    path,
    value: model,
    allowed: `one of ${known.join(', ')}, or a newer model of this endpoint`,
  });
}

function checkLanguage(issues: Issue[], path: string, language: unknown): void {
  if (!isGiven(language)) return;
  // RFC 5646 in outline: what is no code at all, such as the name of a language, would be taken for no language.
  if (typeof language === 'string' && /^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$/.test(language)) return;
  issues.push({
    path,
    value: language,
    allowed: 'a code such as zh or en; leave it out to detect',
  });
}

function checkPrompt(issues: Issue[], path: string, prompt: string | null | undefined): void {
  if (!isGiven(prompt) || prompt === '') return;
  const issue = findTextIssue(path, prompt, Number.POSITIVE_INFINITY);
  if (issue !== undefined) issues.push(issue);
}

function checkHotwords(issues: Issue[], path: string, words: unknown): void {
  if (!isGiven(words)) return;
  if (!Array.isArray(words)) {
    issues.push({ path, value: typeof words, allowed: 'a list of words' });
    return;
  }
  for (const [index, word] of words.entries()) {
    const issue = findTextIssue(`${path}[${index}]`, word as string, Number.POSITIVE_INFINITY);
    if (issue !== undefined) issues.push(issue);
  }
}

function checkFormat(
  issues: Issue[],
  path: string,
  format: WireTranscriptionFormat,
  types: readonly string[],
  key = 'type',
): void {
  const { type, rate, bits, channel } = format;
  if (!types.includes(type)) {
    issues.push({ path: `${path}.${key}`, value: type, allowed: `one of ${types.join(', ')}` });
  }
  const isRate = typeof rate === 'number' && Number.isInteger(rate) && rate > 0;
  if (isGiven(rate) ? !isRate : type === 'pcm') {
    const allowed = 'a whole number of hertz; pcm cannot do without';
    issues.push({ path: `${path}.rate`, value: rate, allowed });
  }
  if (isGiven(bits) && bits !== 16) {
    issues.push({ path: `${path}.bits`, value: bits, allowed: '16' });
  }
  if (isGiven(channel) && channel !== 1 && channel !== 2) {
    issues.push({ path: `${path}.channel`, value: channel, allowed: '1 or 2' });
  }
}

function isGiven<T>(value: T): value is NonNullable<T> {
  return value !== undefined && value !== null;
}

function isWebAddress(text: string): boolean {
  try {
    return /^https?:$/.test(new URL(text).protocol);
  } catch {
    return false;
  }
}
