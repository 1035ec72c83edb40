import { Buffer } from 'node:buffer';
import type { ChatMessage, ChatPart } from '@stepvoice/core/node';
import type { Clock } from '../../kit/clock.ts';
import { loadAudio } from '../../kit/core.ts';
import { badInput, LocalizedError } from '../../kit/flow-error.ts';
import { kindOfSound, soundBytes, unknownFormat } from '../../kit/incoming-sound.ts';
import { nextWithin, streamStopped } from '../../kit/next-within.ts';
import type { FlowMessage } from '../../kit/node-red.ts';
import { kindOf } from '../../kit/settings.ts';

/** More sound than the service takes in one request, and more text than any model reads. */
const MAX_GATHERED = 16 * 1024 * 1024;
/** A stream whose next message does not come for so long has lost its end. */
const STREAM_IDLE_MS = 60_000;

/**
 * What the user says: text, or sound as a WAV, an MP3, or PCM of which `msg.audio` tells.
 *
 * @throws {LocalizedError} for anything else
 */
export async function toUserMessage(
  value: unknown,
  audio: unknown,
  where: string,
): Promise<ChatMessage> {
  if (typeof value === 'number' || typeof value === 'boolean') {
    return { role: 'user', content: String(value) };
  }
  if (typeof value === 'string') {
    if (value.trim() !== '') return { role: 'user', content: value };
    throw badInput(where, { en: 'is blank.', zh: '不能为空白。' });
  }
  if (!ArrayBuffer.isView(value) && !(value instanceof ArrayBuffer)) {
    throw badInput(where, {
      en: `must be text or sound, and is ${kindOf(value)}. A conversation belongs in msg.messages.`,
      zh: `应为文本或声音，实际为 ${kindOf(value)}。对话请放入 msg.messages。`,
    });
  }
  return { role: 'user', content: [await toSoundPart(value, audio, where)] };
}

async function toSoundPart(value: unknown, facts: unknown, where: string): Promise<ChatPart> {
  const bytes = soundBytes(value, where);
  if (bytes.length === 0) throw badInput(where, { en: 'holds no sound.', zh: '没有声音。' });
  // The service takes less; encoding much more would hold everything else up.
  if (bytes.length > MAX_GATHERED) throw promptTooLong(bytes.length);
  const audio = await loadAudio();
  const defaults = { inputFormat: 'auto', inputRate: 16_000, inputChannels: 1 } as const;
  const kind = kindOfSound(audio, bytes, facts, defaults);
  if (kind.container === undefined) throw unknownFormat(where, bytes.length);
  if (kind.container !== 'pcm') return { type: 'audio', audio: bytes };
  if (kind.channels !== 1) {
    throw badInput('msg.audio.channels', {
      en: `must be 1, and is ${kind.channels}. An audio node can mix them.`,
      zh: `应为 1，实际为 ${kind.channels}。可用 audio 节点混合声道。`,
    });
  }
  const whole = bytes.subarray(0, bytes.length - (bytes.length % 2));
  const { sampleRate } = kind;
  return { type: 'audio', audio: { samples: audio.decodePcm16(whole), sampleRate } };
}

/**
 * A stream of text or sound as one message.
 *
 * @throws {LocalizedError} for one that mixes both, one that is too long, and one whose end does not come
 */
export async function gather(stream: AsyncIterable<FlowMessage>, clock: Clock): Promise<unknown> {
  const messages = stream[Symbol.asyncIterator]();
  let text = '';
  const chunks: Buffer[] = [];
  let length = 0;
  for (;;) {
    const next = await nextWithin(messages, STREAM_IDLE_MS, clock);
    if (next === 'idle') throw streamStopped(STREAM_IDLE_MS);
    if (next.done === true) break;
    const { payload } = next.value;
    if (payload === undefined || payload === null) continue;
    if (typeof payload === 'string') text += payload;
    else chunks.push(soundBytes(payload, 'payload'));
    length += typeof payload === 'string' ? payload.length : (chunks.at(-1)?.length ?? 0);
    if (length > MAX_GATHERED) throw promptTooLong(length);
  }
  const sound = chunks.filter((chunk) => chunk.length > 0);
  if (sound.length === 0) return text;
  if (text === '') return Buffer.concat(sound);
  throw badInput('payload', {
    en: 'is text in one message of a stream and sound in another.',
    zh: '同一个流中既有文本又有声音。',
  });
}

function promptTooLong(bytes: number): LocalizedError {
  return new LocalizedError(
    'prompt_too_long',
    {
      en: `payload: has ${bytes} bytes or more, and one prompt may have ${MAX_GATHERED}.`,
      zh: `payload：至少 ${bytes} 字节，单次提问最多 ${MAX_GATHERED} 字节。`,
    },
    { badge: 'badInput', path: 'payload' },
  );
}

/**
 * `msg.messages`: a conversation as the library has it, or in the names that other services use (`tool_calls`,
 * `tool_call_id`). What is wrong inside a message is told by the library.
 *
 * @throws {LocalizedError} for what is no list of messages
 */
export function toChatMessages(value: unknown): ChatMessage[] {
  if (!Array.isArray(value) || value.length === 0) {
    throw badInput('msg.messages', {
      en: `must be a list of { role, content }, and is ${kindOf(value)}.`,
      zh: `应为 { role, content } 的列表，实际为 ${kindOf(value)}。`,
    });
  }
  return value.map((message: unknown, index) => {
    const where = `msg.messages[${index}]`;
    if (typeof message !== 'object' || message === null || !('role' in message)) {
      throw badInput(where, {
        en: `must be { role, content }, and is ${kindOf(message)}.`,
        zh: `应为 { role, content }，实际为 ${kindOf(message)}。`,
      });
    }
    const { tool_call_id: callId, tool_calls: calls, ...rest } = message as Record<string, unknown>;
    const given: Record<string, unknown> = { ...rest };
    if (callId !== undefined) given['callId'] = callId;
    if (Array.isArray(calls)) given['toolCalls'] = calls.map(toCallRecord);
    return given as ChatMessage;
  });
}

function toCallRecord(call: unknown): unknown {
  if (typeof call !== 'object' || call === null || !('function' in call)) return call;
  const { function: wanted, ...rest } = call as Record<string, unknown>;
  return typeof wanted === 'object' && wanted !== null ? { ...rest, ...wanted } : call;
}
