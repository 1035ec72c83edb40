/** The body a voice id speaks with. */
export type VoiceProfile = {
  gender: 'female' | 'male';
  /** What text without letters (a bare number) is read as, and where English is at home. */
  language: 'zh' | 'en';
  /** Lowest pitch of a neutral sentence, Hz, and how far above it the voice moves. */
  pitchHz: number;
  pitchRangeHz: number;
  /** Pace, 1 = about five syllables a second. */
  rate: number;
  /** Length of the vocal tract as the frequency of its resonances, percent of a grown man's. */
  resonance: number;
  /** Loudness of the resonances above 2 kHz, percent: dull to bright. */
  brightness: number;
  /** Breath noise in the voice, 0 to 1. */
  breath: number;
  /** Irregularity of the vocal cords, 0 to 7, as eSpeak NG counts it. */
  roughness: number;
};

// gender, language, pitch Hz, range Hz, rate, resonance %, brightness %, breath, roughness
type Row = readonly [
  'f' | 'm',
  'zh' | 'en',
  number,
  number,
  number,
  number,
  number,
  number,
  number,
];

/**
 * The service's official voices. What each sounds like follows its name (a deep male is deep, an energetic girl quick and high); no two
 * sound alike. The median pitch of women lies above 180 Hz, that of men below 160 Hz, so that a listener, or a pitch tracker, can tell.
 */
const official: Readonly<Record<string, Row>> = {
  'vibrant-youth': ['m', 'en', 117, 66, 1.05, 105, 112, 0, 1],
  'lively-girl': ['f', 'en', 214, 110, 1.12, 119, 112, 0.05, 1],
  'soft-spoken-gentleman': ['m', 'en', 93, 30, 0.88, 101, 78, 0.25, 2],
  'magnetic-voiced-male': ['m', 'en', 75, 38, 0.9, 96, 92, 0.08, 4],
  zixinnansheng: ['m', 'zh', 104, 52, 1.08, 101, 110, 0, 1],
  'elegantgentle-female': ['f', 'zh', 178, 62, 0.92, 113, 86, 0.18, 1],
  'livelybreezy-female': ['f', 'zh', 203, 96, 1.06, 116, 108, 0.06, 1],
  wenrounansheng: ['m', 'zh', 97, 38, 0.91, 102, 80, 0.2, 2],
  wenrougongzi: ['m', 'zh', 108, 44, 0.94, 105, 84, 0.16, 1],
  yuanqinansheng: ['m', 'zh', 116, 68, 1.17, 105, 114, 0, 1],
  jingdiannvsheng: ['f', 'zh', 186, 74, 1, 114, 100, 0.06, 1],
  wenroushunv: ['f', 'zh', 170, 56, 0.9, 110, 82, 0.22, 2],
  tianmeinvsheng: ['f', 'zh', 208, 84, 0.9, 119, 98, 0.14, 0],
  qingchunshaonv: ['f', 'zh', 219, 88, 0.96, 122, 96, 0.1, 0],
  cixingnansheng: ['m', 'zh', 78, 42, 0.96, 97, 90, 0.1, 4],
  yuanqishaonv: ['f', 'zh', 226, 114, 1.18, 121, 114, 0.02, 0],
  linjiajiejie: ['f', 'zh', 181, 70, 1.1, 114, 94, 0.1, 1],
  zhengpaiqingnian: ['m', 'zh', 100, 54, 0.98, 101, 106, 0, 1],
  qingniandaxuesheng: ['m', 'zh', 110, 58, 1.09, 103, 100, 0.04, 1],
  boyinnansheng: ['m', 'zh', 89, 62, 1.06, 99, 110, 0, 2],
  ruyananshi: ['m', 'zh', 86, 40, 0.97, 100, 90, 0.12, 2],
  shenchennanyin: ['m', 'zh', 70, 34, 0.86, 94, 84, 0.08, 5],
  qinqienvsheng: ['f', 'zh', 192, 80, 0.93, 115, 92, 0.12, 1],
  wenrounvsheng: ['f', 'zh', 184, 60, 0.84, 115, 80, 0.24, 1],
  jilingshaonv: ['f', 'zh', 222, 104, 1.28, 123, 108, 0.03, 0],
  ruanmengnvsheng: ['f', 'zh', 232, 82, 0.93, 125, 88, 0.2, 0],
  youyanvsheng: ['f', 'zh', 175, 66, 0.94, 110, 114, 0.06, 1],
  lengyanyujie: ['f', 'zh', 167, 48, 0.96, 109, 104, 0.12, 3],
  shuangkuaijiejie: ['f', 'zh', 194, 100, 1.28, 113, 116, 0, 2],
  wenjingxuejie: ['f', 'zh', 191, 54, 0.91, 117, 84, 0.18, 0],
  linjiameimei: ['f', 'zh', 228, 90, 1.05, 118, 102, 0.08, 0],
  zhixingjiejie: ['f', 'zh', 173, 72, 0.99, 112, 100, 0.06, 1],
  shuangkuainansheng: ['m', 'zh', 106, 66, 1.2, 102, 116, 0, 2],
  ganliannvsheng: ['f', 'zh', 180, 78, 1.15, 112, 112, 0, 1],
  qinhenvsheng: ['f', 'zh', 197, 76, 1.03, 116, 90, 0.14, 1],
  huolinvsheng: ['f', 'zh', 205, 108, 1.22, 117, 116, 0, 1],
  'energeticconfident-female': ['f', 'en', 199, 102, 1.16, 115, 114, 0, 1],
  yingwennansheng: ['m', 'en', 95, 50, 0.96, 100, 100, 0.04, 2],
  yingwennvsheng: ['f', 'en', 188, 88, 0.88, 110, 110, 0.04, 1],
  dushexiaoyu: ['m', 'zh', 114, 78, 1.25, 103, 118, 0, 3],
};

/** Every id that has a voice of its own here. */
export const officialVoiceIds: readonly string[] = Object.keys(official);

/** What was heard of a speaker whose voice is cloned. */
export type VoiceTraits = {
  medianPitchHz: number;
  /** Between the lowest tenth of the pitch and the highest. */
  pitchSpreadSemitones: number;
  syllablesPerSecond: number;
};

/**
 * The voice of an id: the official one, or for any other id (a clone) one that follows from its letters and is always the same. What was
 * heard of the speaker takes the place of what would follow from the letters.
 */
export function voiceProfile(id: string, traits?: VoiceTraits): VoiceProfile {
  const row = Object.hasOwn(official, id) ? official[id]! : derivedRow(id);
  if (traits !== undefined) return profileOf(traits, row);
  return toProfile(row);
}

function toProfile(row: Row): VoiceProfile {
  const [gender, language, pitchHz, pitchRangeHz, rate, resonance, brightness, breath, roughness] =
    row;
  return {
    gender: gender === 'f' ? 'female' : 'male',
    language,
    pitchHz,
    pitchRangeHz,
    rate,
    resonance,
    brightness,
    breath,
    roughness,
  };
}

/** What no voice here goes beyond, Hz. */
const lowestMedianHz = 65;
const highestMedianHz = 400;
/** Between the median pitches of men and women, Hz. */
const betweenGendersHz = 165;
/** Syllables a second of a voice at pace 1, as they are counted in sound (measured over the official voices in both languages). */
const neutralSyllableRate = 5.2;

/**
 * A body that speaks at that pitch and pace; the length of its vocal tract follows from the pitch, as it mostly does, and what cannot be
 * heard so easily is that of the row. The figures are fits to the official voices: what was measured against what they were made from.
 */
function profileOf(traits: VoiceTraits, row: Row): VoiceProfile {
  const medianHz = within(traits.medianPitchHz, lowestMedianHz, highestMedianHz);
  const pitchRangeHz = medianHz * within(traits.pitchSpreadSemitones / 9.7, 0.2, 0.6);
  return {
    ...toProfile(row),
    gender: medianHz > betweenGendersHz ? 'female' : 'male',
    pitchHz: Math.round(medianHz - 0.37 * pitchRangeHz),
    pitchRangeHz: Math.round(pitchRangeHz),
    rate: Number(within(traits.syllablesPerSecond / neutralSyllableRate, 0.7, 1.5).toFixed(2)),
    resonance: Math.round(within(94 + 0.145 * (medianHz - 80), 92, 128)),
  };
}

function within(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}

function derivedRow(id: string): Row {
  let state = hash(id);
  /** Evenly spread over `least` … `most`, one draw after the other from the id's hash. */
  const draw = (least: number, most: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return least + (state / 2 ** 32) * (most - least);
  };
  const female = draw(0, 1) < 0.5;
  return [
    female ? 'f' : 'm',
    'zh',
    Math.round(female ? draw(167, 232) : draw(70, 116)),
    Math.round(female ? draw(50, 112) : draw(32, 74)),
    Number(draw(0.88, 1.2).toFixed(2)),
    Math.round(female ? draw(109, 124) : draw(94, 106)),
    Math.round(draw(80, 116)),
    Number(draw(0, 0.2).toFixed(2)),
    Math.round(draw(0, 4)),
  ];
}

/** FNV-1a over UTF-16 units, then mixed: ids that differ in their last letter must not land side by side. */
function hash(id: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < id.length; i++) value = Math.imul(value ^ id.charCodeAt(i), 0x01000193);
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}
