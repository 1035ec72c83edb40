import type { Pcm } from '../audio/pcm.ts';
import { fromWireLabel, toWireLabel } from '../protocol/labels.ts';
import { findFileNameIssue } from '../protocol/files-rules.ts';
import { findCloneIssues, findPreviewIssues } from '../protocol/voice-clone-rules.ts';
import type { WireVoiceCloneRequest, WireVoicePreviewRequest } from '../protocol/voice-clone.ts';
import type { Issue } from '../protocol/speech-rules.ts';
import type { WireVoiceLabel } from '../protocol/speech-request.ts';
import { refuseUnknownOptions, toValidationError } from '../protocol/validation-error.ts';
import type { VoiceCloneOptions, VoicePreviewOptions } from './voice-options.ts';
import { DEFAULT_CLONE_MODEL } from './voice-options.ts';

const CLONE_OPTIONS = [
  'audio',
  'fileId',
  'model',
  'transcript',
  'consent',
  'filename',
  'keepFile',
  'onWarning',
  'signal',
] as const satisfies (keyof VoiceCloneOptions)[];
const PREVIEW_OPTIONS = [
  'fileId',
  'text',
  'model',
  'transcript',
  'format',
  'sampleRate',
  'speed',
  'volume',
  'instruction',
  'label',
  'pronunciations',
  'markdownFilter',
  'signal',
] as const satisfies (keyof VoicePreviewOptions)[];

/** What the wire calls an option, where `text` is the clip's in one request and that of the preview in our names. */
const CLONE_NAMES = { file_id: 'fileId', file: 'audio', text: 'transcript' } as const;
const PREVIEW_NAMES: Readonly<Record<string, string>> = {
  file_id: 'fileId',
  text: 'transcript',
  sample_text: 'text',
  response_format: 'format',
  sample_rate: 'sampleRate',
  voice_label: 'label',
  pronunciation_map: 'pronunciations',
  markdown_filter: 'markdownFilter',
};
const LABEL_KINDS = ['emotion', 'style', 'language'] as const;
const MOST_CONSENT_CHARACTERS = 1000;

/** Stands for the file that is not uploaded yet. */
const FILE_TO_COME = 'file-to-come';

/**
 * The body of `POST /audio/voices`; where the file is still to be uploaded, its id is to be put in.
 *
 * @throws {ValidationError} without consent, for what the service would refuse, and for an option that does not exist.
 */
export function toCloneRequest(options: VoiceCloneOptions): WireVoiceCloneRequest {
  refuseUnknownOptions(options, CLONE_OPTIONS, CLONE_NAMES);
  checkConsent(options.consent);
  const { audio, fileId, filename, model = DEFAULT_CLONE_MODEL, transcript } = options;
  if ((audio === undefined) === (fileId === undefined)) {
    throw toValidationError({
      path: audio === undefined ? 'audio' : 'fileId',
      value: undefined,
      allowed: 'either audio or fileId',
    });
  }
  if (filename !== undefined) {
    const issue = findFileNameIssue('filename', filename);
    if (issue !== undefined) throw toValidationError(issue);
  }
  const request: WireVoiceCloneRequest = {
    model,
    file_id: fileId ?? FILE_TO_COME,
    ...(transcript !== undefined && { text: transcript }),
  };
  refuseFirst(findCloneIssues(request), CLONE_NAMES);
  return request;
}

/**
 * The body of `POST /audio/voices/preview`.
 *
 * @throws {ValidationError} for what the service would refuse, and for an option that does not exist.
 */
export function toPreviewRequest(options: VoicePreviewOptions): WireVoicePreviewRequest {
  refuseUnknownOptions(options, PREVIEW_OPTIONS, PREVIEW_NAMES);
  const { label, pronunciations, transcript, sampleRate, markdownFilter } = options;
  if (pronunciations !== undefined && !Array.isArray(pronunciations)) {
    throw toValidationError({
      path: 'pronunciations',
      value: undefined,
      allowed: 'a list of written/spoken',
    });
  }
  const { speed, volume, instruction } = options;
  const request: WireVoicePreviewRequest = {
    model: options.model ?? DEFAULT_CLONE_MODEL,
    file_id: options.fileId,
    sample_text: options.text,
    // Said, because the default is described once as mp3 and once as wav.
    response_format: options.format ?? 'wav',
    ...(transcript !== undefined && { text: transcript }),
    ...(sampleRate !== undefined && { sample_rate: sampleRate }),
    ...(speed !== undefined && { speed }),
    ...(volume !== undefined && { volume }),
    ...(instruction !== undefined && { instruction }),
    ...(label !== undefined && { voice_label: toWireVoiceLabel(label) }),
    ...(pronunciations !== undefined && { pronunciation_map: { tone: [...pronunciations] } }),
    ...(markdownFilter !== undefined && { markdown_filter: markdownFilter }),
  };
  refuseFirst(findPreviewIssues(request), PREVIEW_NAMES);
  return request;
}

/** Samples become the file that the service takes. */
export function isPcm(audio: NonNullable<VoiceCloneOptions['audio']>): audio is Pcm {
  const { samples } = (audio ?? {}) as { samples?: unknown };
  return samples instanceof Int16Array;
}

function checkConsent(consent: unknown): void {
  const allowed =
    'who allowed that this voice is cloned, and how: { by: "the person", how: "own-voice", "in-writing", "recorded" or in other words }';
  if (typeof consent !== 'object' || consent === null) {
    throw toValidationError({ path: 'consent', value: undefined, allowed });
  }
  const { by, how } = consent as { by?: unknown; how?: unknown };
  for (const [path, value] of [
    ['consent.by', by],
    ['consent.how', how],
  ] as const) {
    const isStated =
      typeof value === 'string' && value.trim() !== '' && value.length <= MOST_CONSENT_CHARACTERS;
    // Its value is somebody's name: it stays out of the error.
    if (!isStated) throw toValidationError({ path, value: undefined, allowed });
  }
}

function toWireVoiceLabel(label: NonNullable<VoicePreviewOptions['label']>): WireVoiceLabel {
  refuseUnknownOptions(label, LABEL_KINDS);
  const wire: WireVoiceLabel = {};
  for (const kind of LABEL_KINDS) {
    const value = label[kind];
    if (value !== undefined) wire[kind] = toWireLabel(kind, value);
  }
  return wire;
}

function refuseFirst(issues: readonly Issue[], names: Readonly<Record<string, string>>): void {
  const [first, ...others] = issues.map((issue) => {
    const [, head = issue.path, rest = ''] = /^([^.[]+)(?:\.tone)?(.*)$/.exec(issue.path) ?? [];
    const path = (names[head] ?? head) + rest;
    const { instead, choices } = issue;
    const kind = LABEL_KINDS.find((name) => path === `label.${name}`);
    return {
      ...issue,
      path,
      ...(instead !== undefined && { instead: names[instead] ?? instead }),
      ...(kind !== undefined &&
        choices !== undefined && {
          allowed: `one of ${choices.map((word) => fromWireLabel(kind, word) ?? word).join(', ')}`,
        }),
    };
  });
  if (first === undefined) return;
  throw toValidationError(
    first,
    others.map(({ path }) => path),
  );
}
