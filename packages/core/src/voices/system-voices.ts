import type { WireSystemVoices } from '../protocol/lists.ts';
import { VOICES, findVoice } from '../protocol/voices.ts';
import type { OfficialVoice } from '../protocol/voices.ts';
import type { SystemVoice } from './voice.ts';

/** The only model that `GET /audio/system_voices` takes. */
export const LISTED_MODEL = 'step-tts-2';

/** The service's voices as this library's table has them, for where the service cannot be asked: no key yet, no network. */
export function tableVoices(region: 'cn' | 'intl' | undefined): SystemVoice[] {
  return VOICES.filter((voice) => region !== 'intl' || voice.international).map((voice) =>
    toSystemVoice(voice, undefined, 'table'),
  );
}

/** What the service lists, in its order, with what the table knows beyond it. */
export function mergeSystemVoices(wire: WireSystemVoices): SystemVoice[] {
  const details = wire['voices-details'] ?? {};
  return [...new Set(wire.voices)].map((id) => {
    const own = Object.hasOwn(details, id) ? details[id] : undefined;
    const known = findVoice(id);
    if (known !== undefined) return toSystemVoice(known, own, 'service');
    const name = own?.['voice-name'] ?? '';
    const description = own?.['voice-description'] ?? '';
    const isChinese = /\p{Script=Han}/u.test(name);
    return {
      kind: 'system',
      id,
      name: name === '' || isChinese ? id : name,
      nameZh: isChinese ? name : undefined,
      gender: genderIn(description),
      language: languageIn(description),
      models: [LISTED_MODEL],
      scenes: [],
      description: description === '' ? undefined : description,
      source: 'service',
    };
  });
}

/** Whether a voice can be used with a model, as far as is known: for some models no list is published. */
export function isSpokenBy(voice: SystemVoice, model: string): boolean {
  return voice.models.includes(model) || !VOICES.some((known) => known.models.includes(model));
}

type Details = NonNullable<WireSystemVoices['voices-details']>[string];

function toSystemVoice(
  voice: OfficialVoice,
  details: Details | undefined,
  source: SystemVoice['source'],
): SystemVoice {
  const { id, name, nameZh, gender, language, models, scenes } = voice;
  const description = details?.['voice-description'];
  return {
    kind: 'system',
    id,
    name,
    nameZh,
    gender,
    language,
    models,
    scenes,
    description: description === '' ? undefined : description,
    source,
  };
}

/** The first character of a description is the gender. */
function genderIn(description: string): SystemVoice['gender'] {
  if (description.startsWith('女')) return 'female';
  return description.startsWith('男') ? 'male' : undefined;
}

function languageIn(description: string): SystemVoice['language'] {
  if (/英文|英语/.test(description)) return 'en';
  return /中文|普通话/.test(description) ? 'zh' : undefined;
}
