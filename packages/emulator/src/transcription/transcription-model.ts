import { findModel } from '@stepvoice/core/protocol';
import type { Endpoint } from '@stepvoice/core/protocol';
import { modelNotSupported } from '../http/api-error.ts';

/** Taken by `asr-sse` as other names; the documentation's newest page does not have them. */
const ALIASES: readonly string[] = ['step-asr', 'step-asr-1.1-stream'];

/** @throws {ApiError} 400 `model X not supported`: unknown, of another kind, or not served there. */
export function checkTranscriptionModel(
  model: string,
  endpoint: Extract<Endpoint, 'asr-sse' | 'asr-file' | 'transcriptions'>,
  isStrict: boolean,
): void {
  const isAlias = endpoint === 'asr-sse' && ALIASES.includes(model);
  const isServed = findModel(model)?.endpoints.includes(endpoint) === true;
  if (!isServed || (isAlias && isStrict)) throw modelNotSupported(model);
}
