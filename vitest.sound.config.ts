import { resolve } from 'node:path';
import { defineConfig } from 'vitest/config';
import browser, { SOUND_TESTS } from './vitest.e2e.config.ts';

// The part of the browser's tests that hears: a page beside it that works would be heard too.
export default defineConfig({
  ...browser,
  test: {
    ...browser.test,
    name: 'sound',
    include: SOUND_TESTS,
    exclude: [],
    fileParallelism: false,
    reporters: ['default', ['json', { outputFile: resolve('.results/sound.json') }]],
  },
});
