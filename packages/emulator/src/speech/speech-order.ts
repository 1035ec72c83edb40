import {
  EXTRA_SYSTEM_VOICES,
  VOICES,
  WireSpeechRequest,
  WireSpeechSession,
  findModel,
  findSpeechRequestIssues,
  findSpeechSessionIssues,
  findVoice,
} from '@stepvoice/core/protocol';
import type { Issue, SpeechFormat, SpeechSocketFormat } from '@stepvoice/core/protocol';
import { clip, invalidParameters, modelNotSupported } from '../http/api-error.ts';
import { checkSchema, refuseIssues, wordsForIssue } from '../http/check-body.ts';
import type { Region } from '../rate-limit.ts';
import { dataVoice } from '../voice/index.ts';
import type { SpeechRequest } from '../voice/index.ts';
import { forgiveSpeechRequest, forgiveSpeechSession } from './lenient-fields.ts';

const DEFAULT_SAMPLE_RATE = 24_000;

/** Who may be asked for: the host's own voices, and the clones of the account. */
export type VoiceAccess = { region: Region; clonedVoices: { has(id: string): boolean } };

/** How an accepted request wants its text spoken. */
export type Delivery = Omit<SpeechRequest, 'text' | 'signal'>;

/** An accepted body of `POST /audio/speech`. */
export type SpeechOrder = {
  model: string;
  text: string;
  format: SpeechFormat;
  sampleRate: number;
  delivery: Delivery;
  transport: 'binary' | 'sse' | 'url';
  timestamps: boolean;
};

/** An accepted `tts.create`. */
export type SessionOrder = {
  model: string;
  format: SpeechSocketFormat;
  sampleRate: number;
  delivery: Delivery;
  mode: 'default' | 'sentence';
  timestamps: boolean;
};

/** @throws {ApiError} 400 with the service's words where they are known. */
export function readSpeechOrder(body: Record<string, unknown>, access: VoiceAccess): SpeechOrder {
  const wire = checkSchema(WireSpeechRequest, forgiveSpeechRequest(body));
  checkModel(wire.model, 'speech');
  refuseIssues(findSpeechRequestIssues(wire), wordsFor);
  checkVoice(wire.voice, wire.model, access);
  const sampleRate = wire.sample_rate ?? DEFAULT_SAMPLE_RATE;
  return {
    model: wire.model,
    text: wire.input,
    format: (wire.response_format as SpeechFormat | undefined) ?? 'mp3',
    sampleRate,
    delivery: toDelivery(wire.model, sampleRate, wire.voice, wire.speed, wire.volume, wire),
    transport: wire.stream_format === 'sse' ? 'sse' : wire.return_url === true ? 'url' : 'binary',
    timestamps: wire.timestamp === true,
  };
}

/** @throws {ApiError} 400 with the service's words where they are known. */
export function readSessionOrder(
  model: string,
  data: Record<string, unknown>,
  access: VoiceAccess,
): SessionOrder {
  const wire = checkSchema(WireSpeechSession, forgiveSpeechSession(data, model));
  refuseIssues(findSpeechSessionIssues(model, wire), wordsFor);
  checkVoice(wire.voice_id, model, access);
  const sampleRate = wire.sample_rate ?? DEFAULT_SAMPLE_RATE;
  return {
    model,
    format: (wire.response_format as SpeechSocketFormat | undefined) ?? 'mp3',
    sampleRate,
    delivery: toDelivery(
      model,
      sampleRate,
      wire.voice_id,
      wire.speed_ratio,
      wire.volume_ratio,
      wire,
    ),
    mode: wire.mode === 'sentence' ? 'sentence' : 'default',
    timestamps: wire.timestamp === true,
  };
}

/** @throws {ApiError} 400 `model X not supported`: unknown, of another kind, or not served there. */
export function checkModel(model: string, endpoint: 'speech' | 'speech-socket'): void {
  if (findModel(model)?.endpoints.includes(endpoint) !== true) throw modelNotSupported(model);
}

/** @throws {ApiError} 400 `voice X is not valid`. */
export function checkVoice(voice: string, model: string, access: VoiceAccess): void {
  if (!isVoiceOf(voice, model, access)) {
    throw invalidParameters(`voice ${clip(voice)} is not valid`);
  }
}

/** Whether a voice speaks with a model, to this account. */
export function isVoiceOf(
  id: string,
  model: string,
  { region, clonedVoices }: VoiceAccess,
): boolean {
  // Text as tones that a program can read back: a tool for tests, whatever the model and the region.
  if (id === dataVoice || clonedVoices.has(id)) return true;
  const voice = findVoice(id);
  if (voice === undefined) {
    // Nothing says which models speak the voices that only the list endpoint names; it is that of step-tts-2.
    return (
      region === 'cn' && model === 'step-tts-2' && EXTRA_SYSTEM_VOICES.some((extra) => extra === id)
    );
  }
  if (region === 'intl' && !voice.international) return false;
  return voice.models.includes(model) || !hasVoiceList(model);
}

/** For some models no list of voices is published: they are taken to speak all. */
function hasVoiceList(model: string): boolean {
  return VOICES.some((voice) => voice.models.includes(model));
}

type Options = Pick<
  WireSpeechRequest,
  'voice_label' | 'instruction' | 'pronunciation_map' | 'markdown_filter' | 'text_normalization'
>;

function toDelivery(
  model: string,
  sampleRate: number,
  voice: string,
  speed: number | undefined,
  volume: number | undefined,
  options: Options,
): Delivery {
  const { emotion, style, language } = options.voice_label ?? {};
  const { instruction, pronunciation_map: map, markdown_filter: markdown } = options;
  return {
    voice,
    sampleRate,
    directives: findModel(model)?.speech?.inlineDirectives === true,
    ...(speed !== undefined && { speed }),
    ...(volume !== undefined && { volume }),
    ...(emotion != null && { emotion }),
    ...(style != null && { style }),
    ...(language != null && { language }),
    ...(instruction !== undefined && { instruction }),
    ...(map !== undefined && { pronunciations: map.tone }),
    ...(markdown !== undefined && { markdownFilter: markdown }),
    ...(options.text_normalization === 'enhanced' && { textNormalization: 'enhanced' as const }),
  };
}

function wordsFor(issue: Issue): string {
  const { path, allowed } = issue;
  if (path === 'voice_label' && allowed.startsWith('no label')) {
    return 'voice_label is not supported for v2 models';
  }
  if (path === 'timestamp') return 'timestamp requires return_url=true or stream_format=sse';
  return wordsForIssue(issue);
}
