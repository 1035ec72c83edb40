import { mkdir, writeFile } from 'node:fs/promises';
import { DEFINITIONS } from '../nodes/index.ts';
import { DOCS_FILES, docsUrl } from './docs-files.ts';
import { toDocs } from './docs-markdown.ts';

await mkdir(docsUrl(''), { recursive: true });
for (const [language, file] of DOCS_FILES) {
  await writeFile(docsUrl(file), toDocs(DEFINITIONS, language));
}
