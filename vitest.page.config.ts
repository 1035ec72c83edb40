import { resolve } from 'node:path';
import { defineConfig } from 'vitest/config';

const conditions = ['@stepvoice/source'];

// The page of the phone in Chromium, driven from outside. It is heard to the millisecond: alone, as all that is heard.
export default defineConfig({
  root: 'packages/node-red',
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    name: 'page',
    include: ['src/page/*.page.test.ts'],
    execArgv: ['--conditions=@stepvoice/source', '--disable-warning=ExperimentalWarning'],
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: ['default', ['json', { outputFile: resolve('.results/page.json') }]],
  },
});
