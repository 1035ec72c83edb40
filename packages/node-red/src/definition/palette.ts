import type { Text } from './node-definition.ts';

/** Where the nodes stand in the palette. */
export const CATEGORY = 'Stepvoice';

/**
 * One family of muted colours: what makes sound, what hears it, what does both, and what works on it without the service. A white
 * icon can be told from each (contrast 3), and a dark label read on it (4.5).
 */
export const COLORS = {
  speaking: '#79a490',
  hearing: '#849eb7',
  talking: '#a694b9',
  sound: '#ac9a6b',
} as const;

/** The permission routes ask for: to look at voices, and to try out a key. */
export const READ_PERMISSION = 'stepvoice.read';
export const WRITE_PERMISSION = 'stepvoice.write';

/** Fields that every message with sound carries. */
export const AUDIO_FIELDS = [
  {
    name: 'audio',
    type: 'object',
    text: {
      en: 'What sound it is: `format`, `sampleRate`, `channels`, `encoding`, `durationMs`.',
      zh: '声音的属性：`format`、`sampleRate`、`channels`、`encoding`、`durationMs`。',
    },
  },
  {
    name: 'stepvoice',
    type: 'object',
    text: {
      en: 'How it came about: `model`, `voice`, `requestId`, `ttfaMs`, `totalMs`, `bytes`, `usage`.',
      zh: '生成信息：`model`、`voice`、`requestId`、`ttfaMs`、`totalMs`、`bytes`、`usage`。',
    },
  },
] as const satisfies readonly { name: string; type: string; text: Text }[];
