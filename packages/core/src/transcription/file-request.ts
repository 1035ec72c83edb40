import type { WireFileTranscriptionRequest } from '../protocol/transcription-file.ts';
import { findFileTranscriptionIssues } from '../protocol/transcription-rules.ts';
import { refuseUnknownOptions } from '../protocol/validation-error.ts';
import type { TranscriptionSubmitOptions } from './file-options.ts';
import { DEFAULT_TRANSCRIPTION_MODEL, refuseFirst } from './wire-mapping.ts';

const SUBMIT_OPTIONS = [
  'url',
  'format',
  'model',
  'codec',
  'sampleRate',
  'channels',
  'channelSplit',
  'utterances',
  'speakers',
  'signal',
] as const satisfies (keyof TranscriptionSubmitOptions)[];

/** What the wire calls an option; also what somebody who knows the wire might write by mistake. */
const PUBLIC_NAMES: Readonly<Record<string, string>> = {
  model_name: 'model',
  rate: 'sampleRate',
  channel: 'channels',
  enable_channel_split: 'channelSplit',
  show_utterances: 'utterances',
  enable_speaker_info: 'speakers',
};

/**
 * The body of `POST /audio/asr/file/submit`.
 *
 * @throws {ValidationError} for what the service would refuse, and for an option that does not exist.
 */
export function toWireFileRequest(
  options: TranscriptionSubmitOptions,
): WireFileTranscriptionRequest {
  refuseUnknownOptions(options, SUBMIT_OPTIONS, PUBLIC_NAMES);
  const { url, format, codec, sampleRate, speakers, channelSplit } = options;
  const { channels = channelSplit === true ? 2 : undefined } = options;
  const { utterances = speakers === true ? true : undefined } = options;
  const body: WireFileTranscriptionRequest = {
    audio: {
      format,
      url,
      ...(codec === undefined ? {} : { codec }),
      ...(sampleRate === undefined ? {} : { rate: sampleRate }),
      ...(format === 'pcm' ? { bits: 16 } : {}),
      ...(channels === undefined ? {} : { channel: channels }),
    },
    request: {
      model_name: options.model ?? DEFAULT_TRANSCRIPTION_MODEL,
      ...(channelSplit === undefined ? {} : { enable_channel_split: channelSplit }),
      ...(utterances === undefined ? {} : { show_utterances: utterances }),
      ...(speakers === undefined ? {} : { enable_speaker_info: speakers }),
    },
  };
  refuseFirst(findFileTranscriptionIssues(body), PUBLIC_NAMES);
  return body;
}
