import { Buffer } from 'node:buffer';
import type { AudioContainer } from '@stepvoice/core/audio';
import type { Properties } from '../definition/node-definition.ts';
import type { loadAudio } from './core.ts';
import type { FileAccess } from './file-access.ts';
import { LocalizedError, badInput } from './flow-error.ts';
import type { AudioFacts, FlowMessage } from './node-red.ts';
import type { NodeHost } from './register-node.ts';
import { kindOf } from './settings.ts';
import { streamPlace, type StreamPlace } from './stream-place.ts';
import { TimeSlice } from './time-slice.ts';

export type AudioLibrary = Awaited<ReturnType<typeof loadAudio>>;

/** The most that one message may bring: almost an hour of 16 kHz. */
export const MAX_SOUND_BYTES = 100 * 1024 * 1024;

/** In base64: four characters for three bytes; a piece is decoded in about a millisecond. */
const DATA_URL_SLICE = 1024 * 1024;
const DATA_URL_HEAD = 200;

/** What the node's dialog says of sound that says nothing itself. */
export type SoundDefaults = {
  inputFormat: 'auto' | 'pcm';
  inputRate: number;
  inputChannels: number;
};

/** What bytes are. `container` is `undefined` where nothing tells. */
export type SoundKind =
  | { container: 'pcm'; sampleRate: number; channels: number }
  | { container: AudioContainer }
  | { container: undefined };

/**
 * The bytes of a Buffer, of other binary data, of a data URL or of a file. Of binary data it is a view, never a copy.
 *
 * @param where it came from, for errors: `sound (msg.payload)`
 * @throws {LocalizedError} `invalid_input` for anything else, `sound_too_large`, and, for a path, as {@link FileAccess.read}
 */
export async function readSound(
  value: unknown,
  where: string,
  { files, signal }: { files: FileAccess | undefined; signal: AbortSignal },
): Promise<Buffer> {
  if (typeof value !== 'string') return soundBytes(value, where);
  if (value === '') throw emptySound(where);
  if (/^data:/i.test(value.slice(0, 5))) return decodeDataUrl(value, where, signal);
  if (files === undefined || value.includes('\n')) throw noSound(value, where);
  return files.read(value, { maxBytes: MAX_SOUND_BYTES, signal });
}

/** As {@link readSound}, for what comes in pieces: binary data only. */
export function soundBytes(value: unknown, where: string, maxBytes = MAX_SOUND_BYTES): Buffer {
  const bytes = toBytes(value);
  if (bytes === undefined) throw noSound(value, where);
  if (bytes.byteLength > maxBytes) throw tooLarge(bytes.byteLength, where, maxBytes);
  return bytes;
}

/**
 * Whether a message is part of a sound that comes in several: one of these nodes', or what Split made of a Buffer. Sounds
 * that Split took out of an array are each one by itself.
 */
export function soundStreamOf(message: FlowMessage): StreamPlace | undefined {
  const isStream = message.stepvoice?.stream === 'audio' || message.parts?.type === 'buffer';
  return isStream ? streamPlace(message) : undefined;
}

/** Whether a message of a stream brings nothing and need not: its end may come by itself. */
export function isBareEnd(sound: unknown, { complete }: FlowMessage): boolean {
  if (ArrayBuffer.isView(sound)) return sound.byteLength === 0;
  return complete === true && (sound === undefined || sound === null || sound === '');
}

/** Where a later message of a stream has its sound: where the first has it, if that is in the message. */
export function soundOfNext<P extends Properties>(
  { RED, node, stored }: NodeHost<P>,
  message: FlowMessage,
): unknown {
  const { sound, soundType } = stored;
  const isElsewhere = soundType !== undefined && soundType !== 'msg';
  if (isElsewhere || typeof sound !== 'string' || sound === 'payload') return message.payload;
  let found: unknown;
  // A property of the message is there at once.
  RED.util.evaluateNodeProperty(sound, 'msg', node, message, (_, result) => {
    found = result;
  });
  return found;
}

/**
 * What sound it is: by its own header, by `msg.audio`, by the dialog.
 *
 * @throws {LocalizedError} `invalid_input` for a `msg.audio` that cannot be
 */
export function kindOfSound(
  audio: Pick<AudioLibrary, 'sniffContainer'>,
  bytes: Uint8Array,
  facts: unknown,
  { inputFormat, inputRate, inputChannels }: SoundDefaults,
): SoundKind {
  const told = readFacts(facts);
  if (told.format === 'pcm') {
    return {
      container: 'pcm',
      sampleRate: told.sampleRate ?? inputRate,
      channels: told.channels ?? inputChannels,
    };
  }
  const sniffed = audio.sniffContainer(bytes);
  // Raw sound may look like a frame of MP3 by chance, but like nothing else.
  const isChance = inputFormat === 'pcm' && sniffed === 'mp3';
  if (sniffed !== undefined && !isChance) return { container: sniffed };
  const named = told.format === undefined ? undefined : CONTAINERS[told.format];
  if (named !== undefined) return { container: named };
  if (inputFormat === 'pcm') {
    return {
      container: 'pcm',
      sampleRate: told.sampleRate ?? inputRate,
      channels: told.channels ?? inputChannels,
    };
  }
  return { container: undefined };
}

const CONTAINERS: Readonly<Record<string, AudioContainer>> = {
  wav: 'wav',
  mp3: 'mp3',
  flac: 'flac',
  ogg: 'ogg',
  opus: 'ogg',
  mp4: 'mp4',
  m4a: 'mp4',
  webm: 'webm',
};

type ToldFacts = Pick<Partial<AudioFacts>, 'format' | 'sampleRate' | 'channels'>;

function readFacts(facts: unknown): ToldFacts {
  if (typeof facts !== 'object' || facts === null) return {};
  const { format, sampleRate, channels, encoding } = facts as Record<string, unknown>;
  if (format !== 'pcm') return typeof format === 'string' ? { format: format.toLowerCase() } : {};
  if (encoding !== undefined && encoding !== 's16le') {
    throw badInput('msg.audio.encoding', {
      en: `must be s16le (signed 16 bit, little endian), and is ${nameOf(encoding)}.`,
      zh: `应为 s16le（16 位有符号、小端），实际为 ${nameOf(encoding)}。`,
    });
  }
  const rate = wholeNumber(sampleRate, 'msg.audio.sampleRate', { min: 1000, max: 768_000 });
  const count = wholeNumber(channels, 'msg.audio.channels', { min: 1, max: 8 });
  return {
    format,
    ...(rate === undefined ? {} : { sampleRate: rate }),
    ...(count === undefined ? {} : { channels: count }),
  };
}

function wholeNumber(
  value: unknown,
  where: string,
  { min, max }: { min: number; max: number },
): number | undefined {
  if (value === undefined) return undefined;
  if (Number.isInteger(value) && (value as number) >= min && (value as number) <= max) {
    return value as number;
  }
  throw badInput(where, {
    en: `must be a whole number from ${min} to ${max}, and is ${nameOf(value)}.`,
    zh: `应为 ${min} 到 ${max} 的整数，实际为 ${nameOf(value)}。`,
  });
}

function nameOf(value: unknown): string {
  return typeof value === 'number' ? String(value) : kindOf(value);
}

function toBytes(value: unknown): Buffer | undefined {
  if (Buffer.isBuffer(value)) return value;
  // Samples of 16 bits are raw sound as they are; those of other types are not.
  if (value instanceof Uint8Array || value instanceof Int16Array) {
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  }
  return value instanceof ArrayBuffer ? Buffer.from(value) : undefined;
}

async function decodeDataUrl(url: string, where: string, signal: AbortSignal): Promise<Buffer> {
  const comma = url.slice(0, DATA_URL_HEAD).indexOf(',');
  if (comma < 0 || !/;base64$/i.test(url.slice(0, comma).trimEnd())) {
    throw badInput(where, {
      en: 'is a data URL without base64. Sound is needed as data:audio/…;base64,…',
      zh: '是未使用 base64 的 data URL。声音应为 data:audio/…;base64,…',
    });
  }
  const length = url.length - comma - 1;
  const most = Math.floor((length / 4) * 3);
  if (most > MAX_SOUND_BYTES) throw tooLarge(most, where, MAX_SOUND_BYTES);
  const bytes = Buffer.alloc(most);
  const slice = new TimeSlice(signal);
  let filled = 0;
  for (let at = comma + 1; at < url.length; at += DATA_URL_SLICE) {
    filled += bytes.write(url.slice(at, at + DATA_URL_SLICE), filled, 'base64');
    await slice.rest();
  }
  if (filled === 0) throw emptySound(where);
  return bytes.subarray(0, filled);
}

export function emptySound(where: string): LocalizedError {
  return badInput(where, {
    en: 'holds no sound: it is empty.',
    zh: '没有声音：内容为空。',
  });
}

/** Of bytes that nothing tells the format of. */
export function unknownFormat(where: string, bytes: number): LocalizedError {
  return new LocalizedError(
    'unknown_format',
    {
      en: `${where}: nothing tells what sound these ${bytes} bytes are. For raw PCM, choose it as the Format of the node, or set msg.audio to { format: 'pcm', sampleRate: … }.`,
      zh: `${where}：无法识别这 ${bytes} 字节是何种声音。若为原始 PCM，请在节点的“输入格式”中选择，或将 msg.audio 设为 { format: 'pcm', sampleRate: … }。`,
    },
    { badge: 'badInput', path: where },
  );
}

function tooLarge(bytes: number, where: string, maxBytes: number): LocalizedError {
  return new LocalizedError(
    'sound_too_large',
    {
      en: `${where}: has ${bytes} bytes; at most ${maxBytes} are allowed in one message. Send it in parts.`,
      zh: `${where}：共 ${bytes} 字节，单条消息最多 ${maxBytes} 字节。请分段发送。`,
    },
    { badge: 'badInput', path: where },
  );
}

function noSound(value: unknown, where: string): LocalizedError {
  if (value === undefined || value === null) {
    return badInput(where, {
      en: 'holds no sound. Send it as a Buffer.',
      zh: '没有声音。请以 Buffer 发送。',
    });
  }
  if (typeof value === 'string') {
    return badInput(where, {
      en: `is text of ${value.length} characters, and sound is needed: a Buffer or a data URL. (A base64 node makes a Buffer of base64; a read file node has to give a single Buffer object.)`,
      zh: `是 ${value.length} 个字符的文本，而此处需要声音：Buffer 或 data URL。（base64 节点可将 base64 转为 Buffer；读取文件节点应输出单个 Buffer 对象。）`,
    });
  }
  if (isJsonBuffer(value)) {
    return badInput(where, {
      en: 'is a Buffer that went through JSON. Send it without JSON, or turn it back with Buffer.from(msg.payload.data).',
      zh: '是经过 JSON 转换的 Buffer。请不要经过 JSON，或用 Buffer.from(msg.payload.data) 还原。',
    });
  }
  return badInput(where, {
    en: `is ${kindOf(value)}, and sound is needed: a Buffer with a sound file or 16-bit PCM.`,
    zh: `是 ${kindOf(value)}，而此处需要声音：包含音频文件或 16 位 PCM 的 Buffer。`,
  });
}

function isJsonBuffer(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    'type' in value &&
    value.type === 'Buffer' &&
    'data' in value
  );
}
