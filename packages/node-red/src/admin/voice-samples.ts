import { Buffer } from 'node:buffer';
import type { AccountHandle } from '../kit/account-handle.ts';

export type VoiceSample = {
  bytes: Buffer;
  mediaType: string;
  /** What the service charges for: 0 for a sample from memory. */
  billedCharacters: number;
};

/** Short, since each is billed once. */
const TEXTS = { en: 'Hello, this is my voice.', zh: '你好，这是我的声音。' } as const;
/** Of one account. The service has some forty voices. */
const MOST_SAMPLES = 100;
const MOST_BYTES_EACH = 512 * 1024;
const MEDIA_TYPES: Readonly<Record<string, string>> = { mp3: 'audio/mpeg', wav: 'audio/wav' };

/** Samples of voices, made once and kept as long as their account. */
export class VoiceSamples {
  readonly #accounts = new WeakMap<AccountHandle, Map<string, Promise<VoiceSample>>>();

  /** @throws as the service answers */
  async get(account: AccountHandle, voice: string, model?: string): Promise<VoiceSample> {
    const samples = this.#accounts.get(account) ?? new Map<string, Promise<VoiceSample>>();
    this.#accounts.set(account, samples);
    const key = `${model ?? ''}\n${voice}`;
    const known = samples.get(key);
    if (known !== undefined) return { ...(await known), billedCharacters: 0 };
    const making = makeSample(account, voice, model);
    samples.set(key, making);
    for (const oldest of samples.keys()) {
      if (samples.size <= MOST_SAMPLES) break;
      samples.delete(oldest);
    }
    try {
      const sample = await making;
      if (sample.bytes.length > MOST_BYTES_EACH) samples.delete(key);
      return sample;
    } catch (error) {
      samples.delete(key);
      throw error;
    }
  }
}

/** Not bound to whoever asked: others may wait for the same, and it is paid for. */
async function makeSample(
  account: AccountHandle,
  voice: string,
  model: string | undefined,
): Promise<VoiceSample> {
  const [client, { voices }] = await Promise.all([account.client(), account.voices()]);
  const known = voices.find(({ id }) => id === voice);
  const language = known?.kind === 'system' ? known.language : undefined;
  const text = TEXTS[language ?? (account.address.region === 'intl' ? 'en' : 'zh')];
  const { signal } = account;
  const file = await client.speech.create({ text, voice, model, format: 'mp3', signal });
  return {
    bytes: Buffer.from(file.audio.buffer, file.audio.byteOffset, file.audio.byteLength),
    mediaType: MEDIA_TYPES[file.format] ?? 'application/octet-stream',
    billedCharacters: text.length,
  };
}
