import { resolve } from 'node:path';
import { defineConfig } from 'vitest/config';

const conditions = ['@stepvoice/source'];

// The packed Node-RED package in every Node-RED and on every Node.js it promises to run on, each a process of its own.
export default defineConfig({
  root: 'e2e/node-red',
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    name: 'hosts',
    include: ['src/**/*.test.ts'],
    execArgv: ['--conditions=@stepvoice/source', '--disable-warning=ExperimentalWarning'],
    globalSetup: ['src/provision.ts'],
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: ['default', ['json', { outputFile: resolve('.results/hosts.json') }]],
  },
});
