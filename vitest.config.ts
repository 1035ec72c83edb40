import { defineConfig } from 'vitest/config';

// Workspace packages are tested from their sources: no build stands before a test.
const conditions = ['@stepvoice/source'];

function project(name: string, root: string) {
  return {
    root,
    resolve: { conditions },
    ssr: { resolve: { conditions } },
    test: {
      name,
      include: ['src/**/*.test.ts'],
      exclude: ['src/**/*.browser.test.ts', 'src/**/*.long.test.ts', 'src/**/*.page.test.ts'],
      execArgv: ['--conditions=@stepvoice/source', '--disable-warning=ExperimentalWarning'],
      testTimeout: 20_000,
      // No test here changes what others see of a module; a worker for each file would cost a fifth of the time.
      isolate: false,
    },
  };
}

export default defineConfig({
  test: {
    // By default one processor stays idle, which is half of a machine with two.
    maxWorkers: '100%',
    reporters: ['default', ['json', { outputFile: '.results/unit.json' }]],
    projects: [
      project('core', 'packages/core'),
      project('emulator', 'packages/emulator'),
      project('cli', 'packages/cli'),
      project('contract', 'packages/contract'),
      project('node-red', 'packages/node-red'),
    ],
  },
});
