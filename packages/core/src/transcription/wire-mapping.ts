import { MAX_SAMPLE_RATE, MIN_SAMPLE_RATE, isSampleRate } from '../audio/sample-rate.ts';
import { findModel } from '../protocol/models.ts';
import type { Issue } from '../protocol/speech-rules.ts';
import type {
  WireTranscriptionFormat,
  WireTranscriptionUsage,
} from '../protocol/transcription-fields.ts';
import type {
  WireTranscriptionRequest,
  WireTranscriptionSettings,
} from '../protocol/transcription-request.ts';
import {
  TRANSCRIPTION_SOCKET_RATE,
  findTranscriptionRequestIssues,
  findTranscriptionSessionIssues,
} from '../protocol/transcription-rules.ts';
import type { WireTranscriptionSession } from '../protocol/transcription-socket.ts';
import { refuseUnknownOptions, toValidationError } from '../protocol/validation-error.ts';
import type { TranscriptionUsage } from './transcription-event.ts';
import type {
  TranscriptionConnectOptions,
  TranscriptionStreamOptions,
} from './transcription-options.ts';

/** Served at both hosts and under both plans. */
export const DEFAULT_TRANSCRIPTION_MODEL = 'stepaudio-2.5-asr';
export const DEFAULT_TRANSCRIPTION_SOCKET_MODEL = 'stepaudio-2.5-asr-stream';
/** What the service says of `stepaudio-2.5-asr`; it names no other limit. */
const MAX_CALL_SECONDS = 1800;
/** 13 MB in base64 at 16 kHz: a few seconds of upload, and little to repeat when a call fails. */
const DEFAULT_CALL_SECONDS = 300;
/** In every example; it has no default of its own. */
export const DEFAULT_SILENCE_MS = 800;

const STREAM_OPTIONS = [
  'model',
  'format',
  'sampleRate',
  'channels',
  'language',
  'hotwords',
  'prompt',
  'itn',
  'timestamps',
  'maxCallSeconds',
  'concurrency',
  'decode',
  'signal',
] as const satisfies (keyof TranscriptionStreamOptions)[];
const CONNECT_OPTIONS = [
  'model',
  'format',
  'sampleRate',
  'language',
  'prompt',
  'itn',
  'timestamps',
  'fullRerun',
  'turnDetection',
  'keepAliveMs',
  'signal',
] as const satisfies (keyof TranscriptionConnectOptions)[];

/** What the wire calls an option; also what somebody who knows the wire might write by mistake. */
const PUBLIC_NAMES: Readonly<Record<string, string>> = {
  'format.type': 'format',
  type: 'format',
  'format.rate': 'sampleRate',
  rate: 'sampleRate',
  sample_rate: 'sampleRate',
  'format.channel': 'channels',
  channel: 'channels',
  enable_itn: 'itn',
  enable_timestamp: 'timestamps',
  enable_timestamp_align: 'timestamps',
  full_rerun_on_commit: 'fullRerun',
  'turn_detection.silence_duration_ms': 'turnDetection.silenceDurationMs',
  'turn_detection.threshold': 'turnDetection.threshold',
  turn_detection: 'turnDetection',
};

/** The limits of one `stream()`, in seconds. */
export type CallLimits = {
  /** Longest piece that is cut. */
  pieceSeconds: number;
  /** Longest file that goes as it is. */
  fileSeconds: number;
};

/**
 * What all calls of one `stream()` say about the transcription.
 *
 * @throws {ValidationError} for what the service would refuse or ignore, and for an option that does not exist.
 */
export function toWireSettings(options: TranscriptionStreamOptions): WireTranscriptionSettings {
  refuseUnknownOptions(options, STREAM_OPTIONS, PUBLIC_NAMES);
  const {
    model = DEFAULT_TRANSCRIPTION_MODEL,
    language,
    hotwords,
    prompt,
    itn,
    timestamps,
  } = options;
  const settings: WireTranscriptionSettings = {
    model,
    ...(language === undefined ? {} : { language }),
    ...(hotwords === undefined ? {} : { hotwords: toList(hotwords) }),
    ...(prompt === undefined ? {} : { prompt }),
    ...(itn === undefined ? {} : { enable_itn: itn }),
    ...(timestamps === true ? { enable_timestamp: true } : {}),
  };
  const { format = 'wav', sampleRate, channels } = options;
  const issues = findTranscriptionRequestIssues(
    toWireRequest(
      settings,
      { type: format, rate: sampleRate ?? 16_000, channel: channels ?? 1 },
      'AA==',
    ),
  );
  const row = findModel(model)?.transcription;
  if (prompt !== undefined && row?.prompt === false) {
    issues.push({
      path: 'prompt',
      value: { length: prompt.length },
      allowed: `no prompt on ${model}`,
      instead: 'hotwords',
    });
  }
  if (timestamps === true && row?.wordTimes === false) {
    issues.push({ path: 'timestamps', value: true, allowed: `no times on ${model}` });
  }
  checkRate(issues, sampleRate);
  if (options.format === 'pcm' && sampleRate === undefined) {
    issues.push({ path: 'sampleRate', value: sampleRate, allowed: 'the rate of the PCM in hertz' });
  }
  const { concurrency = 1, decode } = options;
  if (!(Number.isInteger(concurrency) && concurrency >= 1 && concurrency <= 8)) {
    issues.push({ path: 'concurrency', value: concurrency, allowed: 'a whole number from 1 to 8' });
  }
  if (decode !== undefined && typeof decode !== 'function') {
    issues.push({ path: 'decode', value: undefined, allowed: 'a function' });
  }
  refuseFirst(issues);
  return settings;
}

/** @throws {ValidationError} for a limit that the model does not take. */
export function toCallLimits(options: TranscriptionStreamOptions): CallLimits {
  const { model = DEFAULT_TRANSCRIPTION_MODEL, maxCallSeconds } = options;
  const most = findModel(model)?.transcription?.maxSeconds ?? MAX_CALL_SECONDS;
  if (maxCallSeconds === undefined)
    return { pieceSeconds: DEFAULT_CALL_SECONDS, fileSeconds: most };
  if (!(typeof maxCallSeconds === 'number' && maxCallSeconds >= 1 && maxCallSeconds <= most)) {
    throw toValidationError({
      path: 'maxCallSeconds',
      value: maxCallSeconds,
      allowed: `1 to ${most} seconds`,
    });
  }
  return { pieceSeconds: maxCallSeconds, fileSeconds: maxCallSeconds };
}

/** The body of `POST /audio/asr/sse`. */
export function toWireRequest(
  transcription: WireTranscriptionSettings,
  format: WireTranscriptionFormat,
  data: string,
): WireTranscriptionRequest {
  return { audio: { data, input: { transcription, format } } };
}

/**
 * The `session` of `session.update`.
 *
 * @throws {ValidationError} as {@link toWireSettings} does.
 */
export function toWireSession(options: TranscriptionConnectOptions): WireTranscriptionSession {
  refuseUnknownOptions(options, CONNECT_OPTIONS, { ...PUBLIC_NAMES, hotwords: 'prompt' });
  const { model = DEFAULT_TRANSCRIPTION_SOCKET_MODEL, format = 'pcm', turnDetection } = options;
  const { language, prompt, itn, timestamps, fullRerun, sampleRate, keepAliveMs } = options;
  refuseFirst(findTurnDetectionIssues(turnDetection));
  const session: WireTranscriptionSession = {
    audio: {
      input: {
        format: {
          type: format,
          ...(format === 'pcm' ? { codec: 'pcm_s16le' } : {}),
          rate: TRANSCRIPTION_SOCKET_RATE,
          bits: 16,
          channel: 1,
        },
        transcription: {
          model,
          ...(language === undefined ? {} : { language }),
          ...(prompt === undefined ? {} : { prompt }),
          ...(itn === undefined ? {} : { enable_itn: itn }),
          ...(fullRerun === true ? { full_rerun_on_commit: true } : {}),
          ...(timestamps === true ? { enable_timestamp_align: true } : {}),
        },
        ...(turnDetection ? { turn_detection: toWireTurnDetection(turnDetection) } : {}),
      },
    },
  };
  const issues = findTranscriptionSessionIssues(session);
  if (timestamps === true && findModel(model)?.transcription?.wordTimes === false) {
    issues.push({ path: 'timestamps', value: true, allowed: `no exact times on ${model}` });
  }
  checkRate(issues, sampleRate);
  if (keepAliveMs !== undefined && keepAliveMs !== false && !(keepAliveMs >= 1000)) {
    issues.push({
      path: 'keepAliveMs',
      value: keepAliveMs,
      allowed: '1000 milliseconds or more, or false',
    });
  }
  refuseFirst(issues);
  return session;
}

export function toUsage(wire: WireTranscriptionUsage | undefined): TranscriptionUsage | undefined {
  if (wire === undefined) return undefined;
  const usage: TranscriptionUsage = {};
  const input = wire.input_tokens ?? wire.prompt_tokens;
  const output = wire.output_tokens ?? wire.completion_tokens;
  const audio = wire.input_token_details?.audio_tokens;
  if (input !== undefined) usage.inputTokens = input;
  if (audio !== undefined) usage.audioTokens = audio;
  if (output !== undefined) usage.outputTokens = output;
  if (wire.total_tokens !== undefined) usage.totalTokens = wire.total_tokens;
  return usage;
}

/**
 * @param names the options by their names on the wire
 * @throws {ValidationError} for the first of several issues, naming the others.
 */
export function refuseFirst(issues: readonly Issue[], names = PUBLIC_NAMES): void {
  const [first, ...others] = issues.map((issue) => ({
    ...issue,
    path: toPublicPath(issue.path, names),
  }));
  if (first === undefined) return;
  const paths = new Set(others.map(({ path }) => path));
  paths.delete(first.path);
  throw toValidationError(first, [...paths]);
}

function toWireTurnDetection({
  silenceDurationMs,
  threshold,
}: NonNullable<TranscriptionConnectOptions['turnDetection']>) {
  return {
    type: 'server_vad',
    silence_duration_ms: silenceDurationMs ?? DEFAULT_SILENCE_MS,
    ...(threshold === undefined ? {} : { threshold }),
  };
}

function findTurnDetectionIssues(turns: unknown): Issue[] {
  if (turns === undefined || turns === null) return [];
  const allowed = 'null, or an object with silenceDurationMs and threshold';
  if (typeof turns !== 'object') return [{ path: 'turnDetection', value: turns, allowed }];
  return Object.keys(turns)
    .filter((key) => key !== 'silenceDurationMs' && key !== 'threshold')
    .map((key) => ({ path: `turnDetection.${key}`, value: undefined, allowed }));
}

function checkRate(issues: Issue[], sampleRate: number | undefined): void {
  if (sampleRate === undefined || isSampleRate(sampleRate)) return;
  const allowed = `a whole number of hertz from ${MIN_SAMPLE_RATE} to ${MAX_SAMPLE_RATE}`;
  issues.push({ path: 'sampleRate', value: sampleRate, allowed });
}

/** What is no list stays what it is, for the rules to refuse. */
function toList(words: readonly string[]): string[] {
  return Array.isArray(words) ? [...(words as string[])] : (words as never);
}

function toPublicPath(path: string, names: Readonly<Record<string, string>>): string {
  const short = path.replace(/^audio\.input\./, '').replace(/^(transcription|audio|request)\./, '');
  return names[short] ?? short;
}
