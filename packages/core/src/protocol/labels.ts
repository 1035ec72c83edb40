/**
 * Words of a `voice_label`. The wire has Chinese values; ours are the English names. The Chinese pages and every
 * sample of the service send the Chinese strings, at both hosts, so those are what leaves.
 */
export const EMOTIONS = {
  happy: '高兴',
  'very-happy': '非常高兴',
  sad: '悲伤',
  angry: '生气',
  'very-angry': '非常生气',
  coquettish: '撒娇',
  fearful: '恐惧',
  surprised: '惊讶',
  excited: '兴奋',
  admiring: '钦佩',
  confused: '困惑',
} as const;

export const STYLES = {
  slow: '慢速',
  'very-slow': '极慢',
  fast: '快速',
  'very-fast': '极快',
  indifferent: '冷漠',
  awkward: '尴尬',
  dejected: '沮丧',
  proud: '骄傲',
  gentle: '温柔',
  sweet: '甜美',
  bold: '豪爽',
  serious: '严肃',
  arrogant: '傲慢',
  elderly: '老年',
  shouting: '吼叫',
  sarcastic: '阴阳怪气',
  stuttering: '磕巴',
} as const;

export const LANGUAGES = {
  cantonese: '粤语',
  sichuanese: '四川话',
  japanese: '日语',
} as const;

export type Emotion = keyof typeof EMOTIONS;
export type Style = keyof typeof STYLES;
export type LabelLanguage = keyof typeof LANGUAGES;

/** The wire's Chinese value of an English name; a value that is not a name of ours passes as it is. */
export function toWireLabel(kind: 'emotion' | 'style' | 'language', name: string): string {
  const table: Readonly<Record<string, string>> = LABELS[kind];
  return Object.hasOwn(table, name) ? (table[name] ?? name) : name;
}

/** The English name of a wire value, or `undefined` for one that is in no table. */
export function fromWireLabel(
  kind: 'emotion' | 'style' | 'language',
  value: string,
): string | undefined {
  for (const [name, wire] of Object.entries(LABELS[kind])) if (wire === value) return name;
  return undefined;
}

const LABELS = { emotion: EMOTIONS, style: STYLES, language: LANGUAGES } as const;
