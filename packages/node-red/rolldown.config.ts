import { readFileSync, readdirSync } from 'node:fs';
import { defineConfig, type Plugin } from 'rolldown';
import { toEditorFiles } from './src/generate/editor-files.ts';
import { pageBuild } from './src/page-build/bundle-page.ts';
import { DEFINITIONS } from './src/nodes/index.ts';

const inPackage = (path: string): URL => new URL(path, `file://${process.cwd()}/`);

/** Forms, catalogues, help and icons, beside the scripts of the nodes. */
const editorFiles: Plugin = {
  name: 'editor-files',
  generateBundle() {
    for (const { fileName, source } of toEditorFiles(DEFINITIONS)) {
      this.emitFile({ type: 'asset', fileName, source });
    }
    for (const icon of readdirSync(inPackage('icons/'))) {
      const source = readFileSync(inPackage(`icons/${icon}`));
      this.emitFile({ type: 'asset', fileName: `icons/${icon}`, source });
    }
  },
};

const nodes = defineConfig({
  input: Object.fromEntries(
    readdirSync(inPackage('src/entries/')).map((file) => [
      file.replace(/\.ts$/, ''),
      `src/entries/${file}`,
    ]),
  ),
  platform: 'node',
  // The oldest Node.js the package runs on, which does not know `using`.
  transform: { target: 'node22.9' },
  external: [/^@stepvoice\/core/, /^node:/],
  plugins: [editorFiles],
  output: {
    dir: 'dist',
    cleanDir: true,
    format: 'cjs',
    exports: 'default',
    chunkFileNames: '[name]-[hash].js',
    // What several nodes need lies in one file: each costs Node half a millisecond, and Node-RED loads all nodes anyway.
    codeSplitting: { groups: [{ name: 'shared', minShareCount: 2 }] },
  },
});

const editor = defineConfig({
  input: { editor: 'src/editor/main.ts' },
  platform: 'browser',
  plugins: [
    {
      name: 'stylesheet',
      generateBundle() {
        const source = readFileSync(inPackage('src/editor/editor.css'));
        this.emitFile({ type: 'asset', fileName: 'editor.css', source });
      },
    },
  ],
  output: { dir: 'resources', cleanDir: true, format: 'iife', minify: true },
});

export default [nodes, editor, pageBuild(inPackage('src/page/'))];
