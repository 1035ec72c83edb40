import type { Issue } from './speech-rules.ts';

/**
 * What a file is kept for: `storage` is for the references of cloned voices and what chats show; of `file-extract` the
 * service reads the text; the two others belong to its knowledge bases.
 */
export const FILE_PURPOSES = [
  'storage',
  'file-extract',
  'retrieval-text',
  'retrieval-image',
] as const;
export type FilePurpose = (typeof FILE_PURPOSES)[number];

/** How many files an account can have. */
export const MOST_FILES = 1000;

const MEBIBYTE = 1024 * 1024;
const IMAGES = ['image/jpeg', 'image/png', 'image/webp', 'image/gif'];
const STORABLE = ['video/mp4', ...IMAGES, 'audio/mpeg', 'audio/wav'];

/** Most bytes of one file: 128 MiB for `storage`, 64 MiB for any other purpose. */
export function fileLimitBytes(purpose: string): number {
  return (purpose === 'storage' ? 128 : 64) * MEBIBYTE;
}

/** What is known of a file before it is uploaded. */
export type FileFacts = {
  purpose: string;
  /** Length of its contents. */
  bytes: number;
  /** As its contents show it; `undefined` where they show nothing, as text does. */
  mediaType: string | undefined;
};

/**
 * Checks a file against what the service keeps for its purpose. The types are documented for `storage` only; an image
 * base takes images.
 */
export function findFileIssues({ purpose, bytes, mediaType }: FileFacts): Issue[] {
  const issue = findPurposeIssue(purpose);
  if (issue !== undefined) return [issue];
  const issues: Issue[] = [];
  const limit = fileLimitBytes(purpose);
  if (bytes === 0) {
    issues.push({ path: 'file', value: undefined, allowed: 'a file that is not empty' });
  } else if (bytes > limit) {
    issues.push({
      path: 'file',
      value: undefined,
      allowed: `at most ${limit / MEBIBYTE} MiB for purpose "${purpose}"; this one has ${bytes} bytes`,
    });
  }
  const types =
    purpose === 'storage' ? STORABLE : purpose === 'retrieval-image' ? IMAGES : undefined;
  if (bytes > 0 && types !== undefined && (mediaType === undefined || !types.includes(mediaType))) {
    issues.push({
      path: 'file',
      value: undefined,
      allowed: `${nameTypes(types)} for purpose "${purpose}"; this one ${mediaType === undefined ? 'is none of them' : `is ${mediaType}`}`,
    });
  }
  return issues;
}

export function findPurposeIssue(purpose: unknown): Issue | undefined {
  if (FILE_PURPOSES.some((known) => known === purpose)) return undefined;
  return {
    path: 'purpose',
    value: purpose,
    allowed: `one of ${FILE_PURPOSES.join(', ')}`,
    // Taken away by the service on 2025-05-15.
    ...(purpose === 'retrieval' && { instead: 'retrieval-text' }),
  };
}

/** An id goes into a path, so it holds nothing that would change the path. */
export function findFileIdIssue(path: string, id: unknown): Issue | undefined {
  if (typeof id === 'string' && /^[\w-]{1,200}$/.test(id)) return undefined;
  return { path, value: id, allowed: 'the id of a stored file, as in file-…' };
}

/** Longest name of a file in UTF-16 units, as file systems have it; the service names no limit. */
export const LONGEST_FILE_NAME = 255;

export function findFileNameIssue(path: string, name: unknown): Issue | undefined {
  const isName = typeof name === 'string' && name !== '' && name.length <= LONGEST_FILE_NAME;
  if (isName) return undefined;
  return { path, value: undefined, allowed: `a name of 1 to ${LONGEST_FILE_NAME} characters` };
}

function nameTypes(types: readonly string[]): string {
  const names = types.map((type) => type.slice(type.indexOf('/') + 1).replace(/^mpeg$/, 'mp3'));
  return names.join(', ');
}
