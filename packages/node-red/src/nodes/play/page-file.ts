import { readFile } from 'node:fs/promises';

/** Which file the build writes beside the nodes. */
export const PAGE_FILE = 'play-page.html';

/** @throws where the package was not built */
export function readPage(): Promise<string> {
  return readFile(new URL(PAGE_FILE, import.meta.url), 'utf8');
}
