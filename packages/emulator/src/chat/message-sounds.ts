import { containerOfMediaType, decodeBase64, sniffContainer } from '@stepvoice/core/audio';
import type { Pcm } from '@stepvoice/core/audio';
import type { ChatSound, WireChatPart, WireChatRequest } from '@stepvoice/core/protocol';
import { decodeAudio } from '../ear/decode-audio.ts';
import { UndecodableAudioError } from '../ear/undecodable-audio-error.ts';
import { ApiError, invalidParameters } from '../http/api-error.ts';

/** The sound of a part, decoded. */
export type PartSound = { part: WireChatPart; pcm: Pcm; described: ChatSound };

/**
 * Decodes the sounds of a request, WAV and MP3.
 *
 * @throws {ApiError} 400 for what is neither, and for what cannot be read.
 */
export async function decodeSounds(
  { messages }: WireChatRequest,
  signal: AbortSignal,
): Promise<PartSound[]> {
  const sounds: PartSound[] = [];
  for (const [index, { content }] of messages.entries()) {
    if (!Array.isArray(content)) continue;
    for (const [position, part] of content.entries()) {
      if (part.input_audio === undefined) continue;
      const path = `messages[${index}].content[${position}].input_audio.data`;
      sounds.push(await decodeSound(part, part.input_audio, path, signal));
    }
  }
  return sounds;
}

async function decodeSound(
  part: WireChatPart,
  { data, format }: NonNullable<WireChatPart['input_audio']>,
  path: string,
  signal: AbortSignal,
): Promise<PartSound> {
  const { base64, mediaType } = splitDataUrl(data);
  const said =
    mediaType === undefined
      ? (format ?? undefined)
      : (containerOfMediaType(mediaType) ?? mediaType);
  if (said !== undefined && said !== 'wav' && said !== 'mp3') throw unsupported(path);
  let bytes: Uint8Array;
  try {
    bytes = decodeBase64(base64);
  } catch {
    throw invalidParameters(`${path} is not valid base64`);
  }
  const container = sniffContainer(bytes) ?? said;
  if (container !== 'wav' && container !== 'mp3') throw unsupported(path);
  try {
    const pcm = await decodeAudio(bytes, { format: container, signal });
    const seconds = pcm.samples.length / pcm.sampleRate;
    return { part, pcm, described: { path, container, seconds, length: base64.length } };
  } catch (error) {
    if (error instanceof UndecodableAudioError)
      throw invalidParameters(`${path}: ${error.message}`);
    throw error;
  }
}

/** A data URL as the service documents it, or bare base64 as OpenAI's clients send it. */
function splitDataUrl(data: string): { base64: string; mediaType: string | undefined } {
  if (!data.startsWith('data:')) return { base64: data, mediaType: undefined };
  const comma = data.indexOf(',');
  const mediaType = data.slice('data:'.length, comma).split(';', 1)[0];
  return { base64: data.slice(comma + 1), mediaType: mediaType === '' ? undefined : mediaType };
}

function unsupported(path: string): ApiError {
  return new ApiError(
    400,
    'unsupported_content_type',
    `${path} is not supported: expected audio/wav or audio/mpeg`,
  );
}
