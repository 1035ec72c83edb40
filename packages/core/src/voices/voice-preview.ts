import { decodeBase64 } from '../audio/base64.ts';
import { sniffContainer } from '../audio/container.ts';
import { ProtocolError } from '../errors.ts';
import { CallErrors } from '../net/call-errors.ts';
import { collectJson } from '../net/collect-body.ts';
import type { Connection } from '../net/connection.ts';
import { readAnswer } from '../protocol/answer.ts';
import type { SpeechFormat } from '../protocol/models.ts';
import { WireVoicePreview } from '../protocol/voice-clone.ts';
import { toPreviewRequest } from './clone-request.ts';
import type { VoicePreviewOptions } from './voice-options.ts';

/** A few words in a voice that is not cloned yet. */
export type VoicePreview = {
  audio: Uint8Array;
  /** Told from the bytes, whatever was asked for. */
  format: SpeechFormat;
  /** As the service says it has read it. */
  text: string;
  requestId: string | undefined;
};

/** Behind `voices.preview()`. */
export async function previewVoice(
  connection: Connection,
  options: VoicePreviewOptions,
): Promise<VoicePreview> {
  const request = toPreviewRequest(options);
  const secrets = [options.text, ...(options.transcript === undefined ? [] : [options.transcript])];
  const exchange = await connection.request({
    path: '/audio/voices/preview',
    body: request,
    signal: options.signal,
    secrets,
  });
  const { requestId } = exchange;
  const raw = await collectJson(exchange, new CallErrors(connection, secrets), 'a preview');
  const wire = readAnswer(WireVoicePreview, raw, { what: 'a preview', requestId });
  const audio = readAudio(wire.sample_audio, requestId);
  return {
    audio,
    format: formatOf(audio) ?? options.format ?? 'wav',
    text: wire.sample_text ?? options.text,
    requestId: requestId ?? wire.request_id,
  };
}

function readAudio(base64: string, requestId: string | undefined): Uint8Array {
  const audio = decodeBase64(base64);
  if (audio.length > 0) return audio;
  throw new ProtocolError('The service sent nothing where the sound of a preview belongs.', {
    code: 'no_audio',
    requestId,
  });
}

function formatOf(audio: Uint8Array): SpeechFormat | undefined {
  const container = sniffContainer(audio);
  if (container === 'ogg') return 'opus';
  return container === 'wav' || container === 'mp3' || container === 'flac' ? container : undefined;
}
