import { isVoiceOf } from '../speech/speech-order.ts';
import type { VoiceAccess } from '../speech/speech-order.ts';
import { dataVoice } from '../voice/index.ts';

const STEP_1O = [
  'jingdiannvsheng',
  'cixingnansheng',
  'zhengpaiqingnian',
  'yuanqinansheng',
  'qingniandaxuesheng',
  'boyinnansheng',
  'ruyananshi',
  'shenchennanyin',
  'qinqienvsheng',
  'wenrounvsheng',
  'jilingshaonv',
  'yuanqishaonv',
  'ruanmengnvsheng',
  'youyanvsheng',
  'lengyanyujie',
  'shuangkuaijiejie',
  'wenjingxuejie',
  'linjiajiejie',
  'linjiameimei',
  'zhixingjiejie',
];

/** Models with voices of their own, by the service's documentation and its console; the others speak all official ones. */
const OWN_VOICES: readonly (readonly [
  model: RegExp,
  voices: readonly string[],
  clones: boolean,
])[] = [
  [/^step-audio-2-mini/, ['qingchunshaonv', 'wenrounansheng'], false],
  [
    /^step-audio-2/,
    ['qingchunshaonv', 'wenrounansheng', 'elegantgentle-female', 'livelybreezy-female'],
    true,
  ],
  [/^step-1o-audio$/, STEP_1O, false],
];

/** Whether a conversation with a model can be held in a voice. */
export function isRealtimeVoice(id: string, model: string, access: VoiceAccess): boolean {
  const row = OWN_VOICES.find(([pattern]) => pattern.test(model));
  if (row === undefined || id === dataVoice) return isVoiceOf(id, model, access);
  const [, voices, clones] = row;
  return voices.includes(id) || (clones && access.clonedVoices.has(id));
}

/** The voice of a session that names none. The service's own default is not known. */
export function defaultVoice(model: string, access: VoiceAccess): string {
  const row = OWN_VOICES.find(([pattern]) => pattern.test(model));
  return row?.[1][0] ?? (access.region === 'intl' ? 'vibrant-youth' : 'linjiajiejie');
}
