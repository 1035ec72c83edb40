import { mkdirSync, writeFileSync } from 'node:fs';
import { DEFINITIONS } from '../nodes/index.ts';
import { DOCS_FILES, docsUrl } from './docs-files.ts';
import { toDocs } from './docs-markdown.ts';

mkdirSync(docsUrl(''), { recursive: true });
for (const [language, file] of DOCS_FILES) {
  writeFileSync(docsUrl(file), toDocs(DEFINITIONS, language));
}
