import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';
import { sendAdmin } from './packages/contract/src/emulator-handle.ts';

// Naming one takes vite's own away.
const conditions = ['@stepvoice/source', 'module', 'browser', 'development|production'];
const executablePath =
  process.env['CHROMIUM_PATH'] ??
  ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);
if (executablePath === undefined) {
  throw new Error(
    'Chromium is missing: install the Debian package "chromium", or set CHROMIUM_PATH.',
  );
}

/** What is heard is compared to the sample and to the millisecond: these run one after the other, by themselves. */
export const SOUND_TESTS = ['src/{outputs,outputs-sound,narration}.browser.test.ts'];

// What must hold in a real browser too: the speech contract, against emulators that run in Node beside it, and the rooms of
// the core that know no platform.
export default defineConfig({
  root: 'packages/contract',
  resolve: { conditions },
  // Found only while the tests run, they would make the page load again in the middle of one.
  optimizeDeps: {
    include: [
      '@stepvoice/core > valibot',
      '@stepvoice/core > eventsource-parser',
      '@stepvoice/core > @lezer/common',
      '@stepvoice/core > @lezer/markdown',
      '@stepvoice/core > @noble/hashes/sha2.js',
      '@stepvoice/core > @noble/hashes/utils.js',
      'fast-check',
    ],
  },
  test: {
    name: 'chromium',
    include: [
      'src/**/*.browser.test.ts',
      // Two of these are about Node's Buffer.
      '../core/src/audio/!(base64|node-buffer).test.ts',
      '../core/src/protocol/*.test.ts',
    ],
    exclude: SOUND_TESTS,
    reporters: ['default', ['json', { outputFile: resolve('.results/e2e.json') }]],
    globalSetup: ['src/browser-emulator.ts'],
    testTimeout: 30_000,
    // Most of what runs at the same time here waits for sound to be played.
    maxConcurrency: 12,
    browser: {
      enabled: true,
      headless: true,
      screenshotFailures: false,
      // A page's origin may not steer the emulator; Node may.
      commands: {
        admin: (_, ...parameters: Parameters<typeof sendAdmin>) => sendAdmin(...parameters),
      },
      provider: playwright({
        launchOptions: {
          executablePath,
          args: [
            '--no-sandbox',
            '--disable-gpu',
            '--disable-quic',
            '--disable-background-networking',
          ],
        },
      }),
      instances: [{ browser: 'chromium' }],
    },
  },
});
