import { badInput } from '../../kit/flow-error.ts';
import type { FlowMessage } from '../../kit/node-red.ts';
import type { SoundEncoding } from './page-messages.ts';

type Sniff = (bytes: Uint8Array) => string | undefined;

/**
 * What sound a message begins with, by what it says and by its first bytes.
 *
 * @throws {LocalizedError} for what no browser can be told how to play
 */
export function soundEncoding(
  { audio }: FlowMessage,
  bytes: Uint8Array,
  sniff: Sniff,
): SoundEncoding {
  const facts: Partial<NonNullable<FlowMessage['audio']>> =
    typeof audio === 'object' && audio !== null ? audio : {};
  const format = facts.format ?? sniff(bytes) ?? 'pcm';
  if (format === 'wav') return { kind: 'wav' };
  if (format !== 'pcm' && format !== 's16le') return { kind: 'file' };
  const { sampleRate, channels = 1, encoding = 's16le' } = facts;
  if (encoding !== 's16le') {
    throw badInput('msg.audio.encoding', {
      en: 'must be s16le: 16 bits, little-endian. Convert it with the audio node.',
      zh: '应为 s16le（16 位小端）。请先用音频节点转换。',
    });
  }
  if (typeof sampleRate !== 'number' || !(sampleRate >= 1000 && sampleRate <= 768_000)) {
    throw badInput('msg.audio.sampleRate', {
      en: 'is needed for PCM, from 1000 to 768000. The payload is no WAV, MP3 or other file that tells it.',
      zh: 'PCM 必须提供采样率（1000 到 768000）。payload 不是自带采样率的 WAV、MP3 等文件。',
    });
  }
  if (
    !Number.isInteger(sampleRate) ||
    !Number.isInteger(channels) ||
    channels < 1 ||
    channels > 8
  ) {
    throw badInput('msg.audio', {
      en: 'sampleRate must be a whole number, and channels one from 1 to 8.',
      zh: 'sampleRate 应为整数，channels 应为 1 到 8 的整数。',
    });
  }
  return { kind: 'pcm', sampleRate, channels };
}
