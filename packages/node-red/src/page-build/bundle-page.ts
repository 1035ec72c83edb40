import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { rolldown, type Plugin, type RolldownOptions } from 'rolldown';
import { PAGE_FILE } from '../nodes/play/page-file.ts';

/**
 * The build of the play node's page: one HTML file in `dist`, with all that it needs in it.
 *
 * @param folder of its sources
 */
export function pageBuild(folder: URL): RolldownOptions {
  return {
    input: fileURLToPath(new URL('main.ts', folder)),
    platform: 'browser',
    // From their sources: no build stands before this one.
    resolve: { conditionNames: ['@stepvoice/source', 'module', 'browser', 'import', 'default'] },
    plugins: [intoPage(folder)],
    output: { dir: 'dist', format: 'esm', minify: true },
  };
}

/** The page, made in memory. */
export async function bundlePage(): Promise<string> {
  const options = pageBuild(new URL('../page/', import.meta.url));
  const bundle = await rolldown(options);
  try {
    const { output } = await bundle.generate({ format: 'esm', minify: true });
    const page = output.find(({ fileName }) => fileName === PAGE_FILE);
    if (page?.type !== 'asset') throw new Error('The page was not made.');
    return page.source.toString();
  } finally {
    await bundle.close();
  }
}

/** Puts script and style into the HTML, in place of the chunk. */
function intoPage(folder: URL): Plugin {
  return {
    name: 'into-page',
    async generateBundle(_options, bundle) {
      const [html, css] = await Promise.all(
        ['index.html', 'page.css'].map((name) => readFile(new URL(name, folder), 'utf8')),
      );
      for (const [name, item] of Object.entries(bundle)) {
        if (item.type !== 'chunk') continue;
        delete bundle[name];
        const script = item.code.replaceAll('</script', String.raw`<\/script`);
        const source = (html ?? '')
          .replace('/* page.css */', () => (css ?? '').replaceAll(/\n\s*/g, '\n'))
          .replace('/* main.ts */', () => script);
        this.emitFile({ type: 'asset', fileName: PAGE_FILE, source });
      }
    },
  };
}
