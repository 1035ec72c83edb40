import { fromWireLabel, toWireLabel } from '../protocol/labels.ts';
import { findSpeechRequestIssues, findSpeechSessionIssues } from '../protocol/speech-rules.ts';
import type { WireSpeechRequest, WireVoiceLabel } from '../protocol/speech-request.ts';
import type { Issue } from '../protocol/speech-rules.ts';
import type { WireSpeechSession, WireSpeechSocketEvent } from '../protocol/speech-socket.ts';
import type { WireSubtitle } from '../protocol/subtitle.ts';
import { refuseUnknownOptions, toValidationError } from '../protocol/validation-error.ts';
import type { SpeechSentenceEvent, Subtitle } from './speech-events.ts';
import type {
  SpeechConnectOptions,
  SpeechCreateOptions,
  SpeechLabel,
  SpeechStreamOptions,
  SpeechVoiceOptions,
} from './speech-options.ts';

/** Served at both hosts, under both plans and on every transport. */
export const DEFAULT_SPEECH_MODEL = 'stepaudio-2.5-tts';
export const DEFAULT_SAMPLE_RATE = 24_000;

const LABEL_KINDS = ['emotion', 'style', 'language'] as const;

const VOICE_OPTIONS = [
  'voice',
  'model',
  'sampleRate',
  'speed',
  'volume',
  'instruction',
  'label',
  'pronunciations',
  'normalization',
  'markdownFilter',
  'timestamps',
  'signal',
] as const satisfies (keyof SpeechVoiceOptions)[];
const STREAM_OPTIONS = [...VOICE_OPTIONS, 'text', 'format', 'onLateAnswer'] as const;
const CREATE_OPTIONS = [...STREAM_OPTIONS, 'returnUrl', 'maxBytes'] as const;
const CONNECT_OPTIONS = [...VOICE_OPTIONS, 'format', 'mode'] as const;

/** What the wire calls an option; also what somebody who knows the wire might write by mistake. */
const PUBLIC_NAMES: Readonly<Record<string, string>> = {
  input: 'text',
  voice_id: 'voice',
  response_format: 'format',
  sample_rate: 'sampleRate',
  speed_ratio: 'speed',
  volume_ratio: 'volume',
  voice_label: 'label',
  pronunciation_map: 'pronunciations',
  text_normalization: 'normalization',
  markdown_filter: 'markdownFilter',
  timestamp: 'timestamps',
  return_url: 'returnUrl',
};

/**
 * The body of `POST /audio/speech`.
 *
 * @throws {ValidationError} for what the service would refuse, and for an option that does not exist.
 */
export function toWireRequest(
  options: SpeechCreateOptions | SpeechStreamOptions,
  kind: 'create' | 'stream' | 'create-over-stream',
): WireSpeechRequest {
  const known = kind === 'stream' ? STREAM_OPTIONS : CREATE_OPTIONS;
  refuseUnknownOptions(options, known, PUBLIC_NAMES);
  const returnUrl = kind === 'create' && (options as SpeechCreateOptions).returnUrl === true;
  const { text, format = kind === 'stream' ? 'pcm' : 'mp3', speed, volume } = options;
  const request: WireSpeechRequest = {
    ...toWireVoice(options),
    model: options.model ?? DEFAULT_SPEECH_MODEL,
    input: text,
    voice: options.voice,
    response_format: format,
    ...(speed === undefined ? {} : { speed }),
    ...(volume === undefined ? {} : { volume }),
    ...(kind === 'create' ? {} : { stream_format: 'sse' }),
    ...(returnUrl ? { return_url: true } : {}),
  };
  refuseFirst(findSpeechRequestIssues(request), options);
  const { maxBytes } = options as SpeechCreateOptions;
  if (maxBytes !== undefined && !(maxBytes > 0)) {
    throw toValidationError({ path: 'maxBytes', value: maxBytes, allowed: 'a number above 0' });
  }
  return request;
}

/**
 * The `data` of `tts.create`, without the session's id, which the service gives.
 *
 * @throws {ValidationError} as {@link toWireRequest} does.
 */
export function toWireSession(options: SpeechConnectOptions): WireSpeechSession {
  refuseUnknownOptions(options, CONNECT_OPTIONS, PUBLIC_NAMES);
  const { speed, volume, mode } = options;
  const session: WireSpeechSession = {
    ...toWireVoice(options),
    session_id: '',
    voice_id: options.voice,
    response_format: options.format ?? 'pcm',
    ...(speed === undefined ? {} : { speed_ratio: speed }),
    ...(volume === undefined ? {} : { volume_ratio: volume }),
    ...(mode === undefined ? {} : { mode }),
  };
  refuseFirst(findSpeechSessionIssues(options.model ?? DEFAULT_SPEECH_MODEL, session), options);
  return session;
}

export function toSubtitle(wire: WireSubtitle): Subtitle {
  return {
    text: wire.text,
    words: (wire.items ?? []).map((item) => ({
      text: item.text,
      startMs: item.start_time,
      endMs: item.end_time,
    })),
    requestId: wire.request_id,
  };
}

export function toSentenceEvent(
  event: Extract<
    WireSpeechSocketEvent,
    { type: 'tts.response.sentence.start' | 'tts.response.sentence.end' }
  >,
): SpeechSentenceEvent {
  const { text, request_id: requestId } = event.data;
  const type = event.type === 'tts.response.sentence.start' ? 'sentence-start' : 'sentence-end';
  return { type, text, requestId };
}

/** What the two requests share, name for name. */
function toWireVoice(options: SpeechVoiceOptions) {
  const { instruction, label, pronunciations, normalization, markdownFilter, timestamps } = options;
  if (pronunciations !== undefined && !Array.isArray(pronunciations)) {
    throw toValidationError({
      path: 'pronunciations',
      value: pronunciations,
      allowed: 'a list of written/spoken',
    });
  }
  return {
    sample_rate: options.sampleRate ?? DEFAULT_SAMPLE_RATE,
    ...(instruction === undefined ? {} : { instruction }),
    ...(label === undefined ? {} : { voice_label: toWireVoiceLabel(label) }),
    ...(pronunciations === undefined ? {} : { pronunciation_map: { tone: [...pronunciations] } }),
    ...(normalization === undefined ? {} : { text_normalization: normalization }),
    ...(markdownFilter === undefined ? {} : { markdown_filter: markdownFilter }),
    ...(timestamps === true ? { timestamp: true } : {}),
  };
}

function toWireVoiceLabel(label: SpeechLabel): WireVoiceLabel {
  if (typeof label !== 'object' || label === null) {
    throw toValidationError({
      path: 'label',
      value: label,
      allowed: 'an object with one of emotion, style, language',
    });
  }
  for (const key of Object.keys(label)) {
    if (LABEL_KINDS.some((kind) => kind === key)) continue;
    throw toValidationError({
      path: `label.${key}`,
      value: undefined,
      allowed: `one of ${LABEL_KINDS.join(', ')}`,
    });
  }
  const wire: WireVoiceLabel = {};
  for (const kind of LABEL_KINDS) {
    const value = label[kind];
    if (value !== undefined) wire[kind] = toWireLabel(kind, value);
  }
  return wire;
}

function refuseFirst(issues: Issue[], options: { label?: SpeechLabel | undefined }): void {
  const [first, ...others] = issues.map((issue) => toPublicIssue(issue, options.label));
  if (first !== undefined)
    throw toValidationError(
      first,
      others.map((issue) => issue.path),
    );
}

function toPublicIssue(issue: Issue, label: SpeechLabel | undefined): Issue {
  const path = toPublicPath(issue.path);
  const kind = LABEL_KINDS.find((name) => path === `label.${name}`);
  const shown: Issue = { ...issue, path };
  if (issue.instead !== undefined) shown.instead = PUBLIC_NAMES[issue.instead] ?? issue.instead;
  if (kind !== undefined) {
    shown.value = label?.[kind];
    const names = issue.choices?.map((choice) => fromWireLabel(kind, choice) ?? choice);
    if (names !== undefined) shown.allowed = `one of ${names.join(', ')}`;
  }
  return shown;
}

function toPublicPath(path: string): string {
  const [, head = path, rest = ''] = /^([^.[]+)(?:\.tone)?(.*)$/.exec(path) ?? [];
  return (PUBLIC_NAMES[head] ?? head) + rest;
}
