export type VoiceScene =
  | 'audiobook'
  | 'video-dubbing'
  | 'companion'
  | 'education'
  | 'marketing'
  | 'customer-service'
  | 'narration'
  | 'assistant';

export type OfficialVoice = {
  readonly id: string;
  /** Chinese name; `undefined` for voices the service names in English only. */
  readonly nameZh: string | undefined;
  readonly name: string;
  readonly gender: 'female' | 'male';
  readonly language: 'en' | 'zh';
  /** Speech models that list the voice. No list is published for `stepaudio-3-tts`. */
  readonly models: readonly string[];
  readonly scenes: readonly VoiceScene[];
  /** Whether the international host has it too. */
  readonly international: boolean;
};

const NEWER = ['stepaudio-2.5-tts', 'step-tts-2'] as const;
const ALL = [...NEWER, 'step-tts-mini'] as const;

const SCENES: Readonly<Record<string, VoiceScene>> = {
  a: 'audiobook',
  v: 'video-dubbing',
  c: 'companion',
  e: 'education',
  m: 'marketing',
  s: 'customer-service',
  n: 'narration',
  h: 'assistant',
};

/** One row: id, Chinese name, English name, gender and language, models, scenes by letter, `*` = both hosts. */
// @__NO_SIDE_EFFECTS__
function voice(
  id: string,
  nameZh: string | undefined,
  name: string,
  kind: `${'f' | 'm'}-${'en' | 'zh'}`,
  models: readonly string[],
  scenes: string,
): OfficialVoice {
  return {
    id,
    nameZh,
    name,
    gender: kind.startsWith('f') ? 'female' : 'male',
    language: kind.endsWith('en') ? 'en' : 'zh',
    models,
    scenes: scenes.split('').flatMap((letter) => SCENES[letter] ?? []),
    international: scenes.endsWith('*'),
  };
}

/** The official voices of the speech endpoints, in the order of the service's own list. */
export const VOICES: readonly OfficialVoice[] = [
  voice('vibrant-youth', undefined, 'Vibrant Youth', 'm-en', NEWER, 'av*'),
  voice('lively-girl', undefined, 'Lively Girl', 'f-en', NEWER, 'av*'),
  voice('soft-spoken-gentleman', undefined, 'Soft-spoken Gentleman', 'm-en', NEWER, 'ca*'),
  voice('magnetic-voiced-male', undefined, 'Magnetic-voiced Male', 'm-en', NEWER, 'av*'),
  voice('zixinnansheng', '自信男声', 'Confident male', 'm-zh', NEWER, 'acem*'),
  voice('elegantgentle-female', '气质温婉', 'Elegant gentle female', 'f-zh', ALL, 'snec*'),
  voice('livelybreezy-female', '活力轻快', 'Lively breezy female', 'f-zh', ALL, 'csem*'),
  voice('wenrounansheng', '温柔男声', 'Gentle male', 'm-zh', ALL, 'ncse'),
  voice('wenrougongzi', '温柔公子', 'Gentle young gentleman', 'm-zh', ALL, 'ca'),
  voice('yuanqinansheng', '元气男声', 'Energetic male', 'm-zh', ALL, 'ans'),
  voice('jingdiannvsheng', '经典女声', 'Classic female', 'f-zh', ALL, 'sc'),
  voice('wenroushunv', '温柔熟女', 'Gentle mature woman', 'f-zh', ALL, 'sne'),
  voice('tianmeinvsheng', '甜美女声', 'Sweet female', 'f-zh', ALL, 'cs'),
  voice('qingchunshaonv', '清纯少女', 'Pure young girl', 'f-zh', ALL, 'sh'),
  voice('cixingnansheng', '磁性男声', 'Magnetic male', 'm-zh', ALL, 'ac'),
  voice('yuanqishaonv', '元气少女', 'Energetic girl', 'f-zh', ALL, 'ach'),
  voice('linjiajiejie', '邻家姐姐', 'Big sister next door', 'f-zh', ALL, 'nchv'),
  voice('zhengpaiqingnian', '正派青年', 'Upright young man', 'm-zh', ALL, 'ma'),
  voice('qingniandaxuesheng', '青年大学生', 'University student', 'm-zh', ALL, 'n'),
  voice('boyinnansheng', '播音男声', 'Male announcer', 'm-zh', ALL, 'an'),
  voice('ruyananshi', '儒雅男士', 'Refined gentleman', 'm-zh', ALL, 'acnh'),
  voice('shenchennanyin', '深沉男音', 'Deep male', 'm-zh', ALL, 'ca'),
  voice('qinqienvsheng', '亲切女声', 'Kind female', 'f-zh', ALL, 'n'),
  voice('wenrounvsheng', '温柔女声', 'Gentle female', 'f-zh', ALL, 'ac'),
  voice('jilingshaonv', '机灵少女', 'Clever girl', 'f-zh', ALL, 'hn'),
  voice('ruanmengnvsheng', '软萌女声', 'Soft cute female', 'f-zh', ALL, 'chv'),
  voice('youyanvsheng', '优雅女声', 'Graceful female', 'f-zh', ALL, 'v'),
  voice('lengyanyujie', '冷艳御姐', 'Cool elegant lady', 'f-zh', ALL, 'v'),
  voice('shuangkuaijiejie', '爽快姐姐', 'Frank big sister', 'f-zh', ALL, 'n'),
  voice('wenjingxuejie', '文静学姐', 'Quiet senior schoolmate', 'f-zh', ALL, 'n'),
  voice('linjiameimei', '邻家妹妹', 'Little sister next door', 'f-zh', ALL, 'vnh'),
  voice('zhixingjiejie', '知性姐姐', 'Intellectual big sister', 'f-zh', ALL, 'vnh'),
  voice('shuangkuainansheng', '爽快男声', 'Straightforward male', 'm-zh', NEWER, 'sh'),
  voice('ganliannvsheng', '干练女声', 'Capable female', 'f-zh', NEWER, 'sh'),
  voice('qinhenvsheng', '亲和女声', 'Approachable female', 'f-zh', NEWER, 'sh'),
  voice('huolinvsheng', '活力女声', 'Vibrant female', 'f-zh', NEWER, 'sh'),
];

/** Ids that `GET /audio/system_voices` returns beyond the official list. */
export const EXTRA_SYSTEM_VOICES = [
  'energeticconfident-female',
  'yingwennansheng',
  'yingwennvsheng',
] as const;

export function findVoice(id: string): OfficialVoice | undefined {
  return VOICES.find((entry) => entry.id === id);
}

/** Whether an id has the form the service gives to cloned voices. */
export function isClonedVoiceId(id: string): boolean {
  return /^voice-tone-[A-Za-z0-9]{10}$/.test(id);
}
