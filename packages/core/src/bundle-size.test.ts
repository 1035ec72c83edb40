import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { expect, test } from 'vitest';
import { withoutStyles } from '../rolldown.config.ts';

const core = fileURLToPath(new URL('.', import.meta.url));

/** Bytes of a minified program that has nothing but these exports of the core. */
async function minified(names: string, file: string): Promise<number> {
  const bundle = await rolldown({
    input: 'program',
    platform: 'neutral',
    resolve: { conditionNames: ['@stepvoice/source', 'import', 'default'] },
    plugins: [
      withoutStyles,
      {
        name: 'program',
        resolveId: (id) => (id === 'program' ? id : undefined),
        load: (id) => (id === 'program' ? `export { ${names} } from '${core}${file}';` : undefined),
      },
    ],
  });
  const { output } = await bundle.generate({ minify: true });
  await bundle.close();
  return output.reduce((sum, part) => sum + (part.type === 'chunk' ? part.code.length : 0), 0);
}

/** The limits are what it takes today and a twentieth: a host bundles all of it into its plugin. */
test.each([
  ['sentences', 'text/index.ts', 25_000],
  ['speakable', 'text/index.ts', 143_000],
  ['speakable, readCode', 'text/index.ts', 176_000],
  ['narrate', 'narration/index.ts', 238_000],
])('%s of %s takes at most %i bytes, minified', async (names, file, limit) => {
  expect(await minified(names, file)).toBeLessThan(limit);
});
