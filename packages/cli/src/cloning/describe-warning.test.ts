import type { CloneWarning } from '@stepvoice/core/node';
import { expect, test } from 'vitest';
import { createTranslate } from '../language/translate.ts';
import { describeWarning } from './describe-warning.ts';

const message = 'as the client says it';
const warnings: CloneWarning[] = [
  { code: 'short', message, seconds: 3.21, advised: [5, 10] },
  { code: 'long', message, seconds: 20, advised: [5, 10] },
  { code: 'little-speech', message, speechSeconds: 1.2 },
  { code: 'quiet', message, speechDbfs: -50.4 },
  { code: 'noisy', message, signalToNoiseDb: 8.2 },
  { code: 'clipped', message, clippedShare: 0.0123 },
  { code: 'low-sample-rate', message, sampleRate: 8000 },
  { code: 'channels', message, channels: 2 },
  { code: 'file-kept', message, fileId: 'file-1' },
];

test.each(warnings)('$code is told in both languages, with its figure', (warning) => {
  for (const language of ['en', 'zh'] as const) {
    const told = describeWarning(warning, createTranslate(language));
    expect(told).toMatch(/\d/);
    expect(told).not.toMatch(/[{}]|undefined|NaN/);
    expect(/\p{Script=Han}/u.test(told)).toBe(language === 'zh');
  }
});
