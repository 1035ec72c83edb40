import { existsSync } from 'node:fs';
import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';

const conditions = ['@stepvoice/source'];
const executablePath =
  process.env['CHROMIUM_PATH'] ??
  ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);
if (executablePath === undefined) {
  throw new Error(
    'Chromium is missing: install the Debian package "chromium", or set CHROMIUM_PATH.',
  );
}

// What needs a real browser: the speech contract once more, against an emulator that runs in Node beside it.
export default defineConfig({
  resolve: { conditions },
  test: {
    name: 'chromium',
    include: ['packages/contract/src/**/*.browser.test.ts'],
    globalSetup: ['packages/contract/src/browser-emulator.ts'],
    testTimeout: 30_000,
    browser: {
      enabled: true,
      headless: true,
      screenshotFailures: false,
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
