import type { SpeechLabel } from '@stepvoice/core/node';
import type { Text } from '../../definition/node-definition.ts';

const EMOTIONS = {
  happy: { en: 'happy', zh: '高兴' },
  'very-happy': { en: 'very happy', zh: '非常高兴' },
  sad: { en: 'sad', zh: '悲伤' },
  angry: { en: 'angry', zh: '生气' },
  'very-angry': { en: 'very angry', zh: '非常生气' },
  coquettish: { en: 'coquettish', zh: '撒娇' },
  fearful: { en: 'fearful', zh: '恐惧' },
  surprised: { en: 'surprised', zh: '惊讶' },
  excited: { en: 'excited', zh: '兴奋' },
  admiring: { en: 'admiring', zh: '钦佩' },
  confused: { en: 'confused', zh: '困惑' },
} as const satisfies Record<string, Text>;

const STYLES = {
  slow: { en: 'slow', zh: '慢速' },
  'very-slow': { en: 'very slow', zh: '极慢' },
  fast: { en: 'fast', zh: '快速' },
  'very-fast': { en: 'very fast', zh: '极快' },
  indifferent: { en: 'indifferent', zh: '冷漠' },
  awkward: { en: 'awkward', zh: '尴尬' },
  dejected: { en: 'dejected', zh: '沮丧' },
  proud: { en: 'proud', zh: '骄傲' },
  gentle: { en: 'gentle', zh: '温柔' },
  sweet: { en: 'sweet', zh: '甜美' },
  bold: { en: 'bold', zh: '豪爽' },
  serious: { en: 'serious', zh: '严肃' },
  arrogant: { en: 'arrogant', zh: '傲慢' },
  elderly: { en: 'elderly', zh: '老年' },
  shouting: { en: 'shouting', zh: '吼叫' },
  sarcastic: { en: 'sarcastic', zh: '阴阳怪气' },
  stuttering: { en: 'stuttering', zh: '磕巴' },
} as const satisfies Record<string, Text>;

const LANGUAGES = {
  cantonese: { en: 'in Cantonese', zh: '粤语' },
  sichuanese: { en: 'in Sichuanese', zh: '四川话' },
  japanese: { en: 'in Japanese', zh: '日语' },
} as const satisfies Record<string, Text>;

/** Of the emotions, styles and languages that the older models know, the service takes one at a time. */
export const MANNERS = {
  none: { en: 'the voice’s own', zh: '音色默认' },
  ...EMOTIONS,
  ...STYLES,
  ...LANGUAGES,
} as const;

export function toLabel(manner: keyof typeof MANNERS): SpeechLabel | undefined {
  if (manner === 'none') return undefined;
  if (manner in EMOTIONS) return { emotion: manner };
  return manner in STYLES ? { style: manner } : { language: manner };
}
