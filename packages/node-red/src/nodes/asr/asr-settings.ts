import type { TranscriptionConnectOptions, TranscriptionStreamOptions } from '@stepvoice/core/node';
import type { SettingsOf } from '../../definition/node-definition.ts';
import { badInput } from '../../kit/flow-error.ts';
import type { asrDefinition } from './definition.ts';

export type AsrProperties = (typeof asrDefinition)['properties'];
export type AsrSettings = SettingsOf<AsrProperties>;

export function toStreamOptions(settings: AsrSettings): TranscriptionStreamOptions {
  const { model, language, hotwords, prompt, itn, timestamps, concurrency } = settings;
  return {
    model,
    language,
    ...(hotwords.length > 0 ? { hotwords } : {}),
    prompt,
    itn,
    timestamps,
    concurrency,
  };
}

/** @throws {LocalizedError} for terms that have no place to go */
export function toConnectOptions(settings: AsrSettings): TranscriptionConnectOptions {
  const { mode, model, language, hotwords, prompt, itn, timestamps, endMs, threshold } = settings;
  if (hotwords.length > 0 && prompt !== undefined) {
    throw badInput('hotwords', {
      en: 'and Context cannot go together in this mode. Write the terms into the context.',
      zh: '此模式下热词与上下文不能同时使用。请将热词写入上下文。',
    });
  }
  return {
    model,
    language,
    // The socket has no list of terms: its prompt takes them.
    prompt: hotwords.length > 0 ? hotwords.join(', ') : prompt,
    itn,
    timestamps,
    turnDetection: mode === 'live' ? { silenceDurationMs: endMs, threshold } : null,
  };
}
