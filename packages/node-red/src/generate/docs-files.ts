import type { Language } from './catalogue.ts';

/** The pages on the nodes, in the package's `docs/`. */
export const DOCS_FILES: readonly (readonly [Language, string])[] = [
  ['en', 'nodes.md'],
  ['zh', 'nodes.zh-CN.md'],
];

export function docsUrl(file: string): URL {
  return new URL(`../../docs/${file}`, import.meta.url);
}
