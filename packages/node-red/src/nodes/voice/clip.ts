import { loadAudio } from '../../kit/core.ts';
import { badInput } from '../../kit/flow-error.ts';
import { emptySound, kindOfSound, readSound } from '../../kit/incoming-sound.ts';
import type { VoiceJob } from './voice-node.ts';

/** Raw sound says what it is in `msg.audio`, or is none. */
const DEFAULTS = { inputFormat: 'auto', inputRate: 16_000, inputChannels: 1 } as const;
const WHERE = 'clip';

/**
 * The clip that a voice is cloned from, as a file. The library refuses what is neither WAV nor MP3.
 *
 * @throws {LocalizedError} for what is no sound, and for raw sound of several channels
 */
export async function readClip({ settings, message, signal }: VoiceJob): Promise<Uint8Array> {
  const bytes = await readSound(settings.clip, WHERE, { files: undefined, signal });
  if (bytes.length === 0) throw emptySound(WHERE);
  const audio = await loadAudio();
  const kind = kindOfSound(audio, bytes, message.audio, DEFAULTS);
  if (kind.container !== 'pcm') return bytes;
  if (kind.channels !== 1) {
    throw badInput(WHERE, {
      en: `has ${kind.channels} channels. Send one, with one person speaking.`,
      zh: `有 ${kind.channels} 个声道。请发送单声道、只有一个人说话的录音。`,
    });
  }
  if (bytes.length % 2 !== 0) {
    throw badInput(WHERE, {
      en: `has ${bytes.length} bytes; samples of 16 bits need an even number.`,
      zh: `共 ${bytes.length} 字节；16 位采样应为偶数字节。`,
    });
  }
  const samples = audio.decodePcm16(bytes);
  return audio.writeWav({ samples, sampleRate: kind.sampleRate });
}
