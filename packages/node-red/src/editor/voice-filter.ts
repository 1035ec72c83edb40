/** A voice as the routes of the editor list it. */
export type VoiceEntry = {
  id: string;
  name: string;
  nameZh?: string | undefined;
  gender?: 'female' | 'male' | undefined;
  language?: string | undefined;
  models: readonly string[];
  kind: 'system' | 'clone';
};

export type VoiceFilter = {
  /** Words; each must be found in the id or in a name. */
  query: string;
  /** `''` for any; `clone` for the account's own. */
  language: string;
};

/** Own voices first: there are few of them, and who has some wants them. */
export function filterVoices(
  voices: readonly VoiceEntry[],
  { query, language }: VoiceFilter,
): readonly VoiceEntry[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const found = voices.filter((voice) => {
    if (language === 'clone' && voice.kind !== 'clone') return false;
    if (language !== '' && language !== 'clone' && voice.language !== language) return false;
    const names = `${voice.id} ${voice.name} ${voice.nameZh ?? ''}`.toLowerCase();
    return words.every((word) => names.includes(word));
  });
  const isClone = (voice: VoiceEntry): boolean => voice.kind === 'clone';
  return [...found.filter(isClone), ...found.filter((voice) => !isClone(voice))];
}

/** Languages that there are voices of, in the order of the list. */
export function languagesOf(voices: readonly VoiceEntry[]): readonly string[] {
  return [...new Set(voices.flatMap(({ language }) => language ?? []))];
}

/** Whether a voice is known not to be spoken by a model. */
export function isForeign(voice: VoiceEntry, model: string): boolean {
  return model !== '' && voice.models.length > 0 && !voice.models.includes(model);
}
