import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { toWireRequest } from '../speech/wire-mapping.ts';
import type { SpeechStreamOptions } from '../speech/speech-options.ts';
import type { NarrationVoice } from './narration-voice.ts';

/** Everything that changes the sound, and nothing else: not the cursor, nor the playback's rate, nor the time. */
export type KeyedSpeech = {
  readonly voice: NarrationVoice;
  readonly text: string;
  readonly format: SpeechStreamOptions['format'];
  readonly sampleRate: SpeechStreamOptions['sampleRate'];
  /** Which service speaks, where several share a store: the same voice id may sound otherwise elsewhere. */
  readonly scope: string;
  /** The speech itself, or the note of what it was spoken together with. Default `speech`. */
  readonly kind?: 'speech' | 'part' | undefined;
};

/** Raised when what is stored under a key would have to be made anew. */
const VERSION = 1;

/** What the service does with a field that is left out. */
const DEFAULTS = { speed: 1, volume: 1, text_normalization: 'standard' };

/**
 * The key under which a speech is stored: SHA-256 of its request, in hexadecimal. An option that is left out and one that
 * names the default give the same key.
 *
 * @throws {ValidationError} for what the service would refuse.
 */
export function speechKey(speech: KeyedSpeech): string {
  const { voice, text, format, sampleRate, kind } = speech;
  const scope = kind === 'part' ? `${speech.scope}\u0000part` : speech.scope;
  const request = toWireRequest({ ...voice, text, format, sampleRate }, 'stream');
  const sounding: Record<string, unknown> = { ...DEFAULTS, ...request };
  delete sounding['stream_format'];
  const fields = Object.entries(sounding).toSorted(([one], [other]) => (one < other ? -1 : 1));
  const canonical = JSON.stringify([VERSION, scope, fields]);
  return bytesToHex(sha256(new TextEncoder().encode(canonical)));
}
