import type { Voice } from '@stepvoice/core/node';
import type { VoiceList } from '../kit/account-handle.ts';

/** A voice as the picker of the editor wants it. */
export type VoiceEntry = {
  id: string;
  name: string;
  nameZh: string | undefined;
  gender: 'female' | 'male' | undefined;
  language: 'en' | 'zh' | undefined;
  models: readonly string[];
  kind: 'system' | 'clone';
};

/** A list of voices as the editor gets it. */
export type VoiceAnswer = {
  voices: readonly VoiceEntry[];
  /** ISO 8601; `null` for the library's own table. */
  fetchedAt: string | null;
  isStale: boolean;
};

export function toVoiceEntry(voice: Voice): VoiceEntry {
  if (voice.kind === 'clone') {
    const { id, kind } = voice;
    return {
      id,
      name: id,
      nameZh: undefined,
      gender: undefined,
      language: undefined,
      models: [],
      kind,
    };
  }
  const { id, name, nameZh, gender, language, models, kind } = voice;
  return { id, name, nameZh, gender, language, models, kind };
}

export function toVoiceAnswer({
  voices,
  fetchedAt,
  isStale,
}: Pick<VoiceList, 'voices' | 'fetchedAt' | 'isStale'>): VoiceAnswer {
  return {
    voices: voices.map(toVoiceEntry),
    fetchedAt: fetchedAt?.toISOString() ?? null,
    isStale,
  };
}
