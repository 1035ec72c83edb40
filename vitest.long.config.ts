import { defineConfig } from 'vitest/config';

const conditions = ['@stepvoice/source'];

// Long forms of tests: a short form of each is part of `npm test`.
export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    name: 'long',
    include: ['packages/*/src/**/*.long.test.ts'],
    execArgv: ['--conditions=@stepvoice/source', '--disable-warning=ExperimentalWarning'],
    testTimeout: 1_200_000,
  },
});
