import { readByteSource } from '../net/byte-source.ts';
import type { ByteSource } from '../net/byte-source.ts';
import { encodeForm } from '../net/multipart.ts';
import type { FormContent, FormPart } from '../net/multipart.ts';
import { parseUrl } from '../net/parse-url.ts';
import {
  LONGEST_FILE_NAME,
  fileLimitBytes,
  findFileIssues,
  findFileNameIssue,
  findPurposeIssue,
} from '../protocol/files-rules.ts';
import type { FilePurpose } from '../protocol/files-rules.ts';
import type { Issue } from '../protocol/speech-rules.ts';
import { refuseUnknownOptions, toValidationError } from '../protocol/validation-error.ts';
import type { FileUploadOptions } from './files.ts';
import { sniffMediaType } from './media-type.ts';

const UPLOAD_OPTIONS = ['data', 'url', 'filename', 'purpose', 'mediaType', 'signal'] as const;
const EXTENSIONS: Readonly<Record<string, string>> = {
  'audio/mpeg': 'mp3',
  'image/jpeg': 'jpg',
  'application/pdf': 'pdf',
};

/**
 * What `files.upload()` sends, checked.
 *
 * @throws {ValidationError} as `upload()` does.
 */
export async function toUploadForm(options: FileUploadOptions): Promise<FormContent> {
  refuseUnknownOptions(options, UPLOAD_OPTIONS, { file: 'data', name: 'filename' });
  const { purpose = 'storage' } = options;
  refuse(findPurposeIssue(purpose));
  return encodeForm([{ name: 'purpose', value: purpose }, await toFilePart(options, purpose)]);
}

async function toFilePart(options: FileUploadOptions, purpose: FilePurpose): Promise<FormPart> {
  const { data, url, filename, signal } = options;
  if ((data === undefined) === (url === undefined)) {
    throw toValidationError({
      path: data === undefined ? 'data' : 'url',
      value: undefined,
      allowed: 'either data or url',
    });
  }
  if (filename !== undefined) refuse(findFileNameIssue('filename', filename));
  if (data === undefined) return { name: 'url', value: toFetchableUrl(url ?? '') };
  const maxBytes = fileLimitBytes(purpose);
  const bytes = await readByteSource(data, { path: 'data', maxBytes, signal });
  const mediaType = sniffMediaType(bytes) ?? plainMediaType(options.mediaType);
  const [issue] = findFileIssues({ purpose, bytes: bytes.length, mediaType });
  refuse(issue?.path === 'file' ? { ...issue, path: 'data' } : issue);
  return {
    name: 'file',
    filename: filename ?? nameOf(data) ?? `file${toExtension(mediaType)}`,
    mediaType: mediaType ?? 'application/octet-stream',
    bytes,
  };
}

function nameOf(data: ByteSource): string | undefined {
  const { name } = data as { name?: unknown };
  return typeof name === 'string' && name !== '' ? name.slice(0, LONGEST_FILE_NAME) : undefined;
}

function toExtension(mediaType: string | undefined): string {
  if (mediaType === undefined) return '';
  return `.${EXTENSIONS[mediaType] ?? mediaType.slice(mediaType.indexOf('/') + 1)}`;
}

function plainMediaType(mediaType: string | undefined): string | undefined {
  if (mediaType === undefined) return undefined;
  const plain = String(mediaType).trim().toLowerCase();
  if (/^[a-z]+\/[\w.+-]+(;[\x20-\x7e]*)?$/.test(plain)) return plain.split(';', 1)[0];
  throw toValidationError({
    path: 'mediaType',
    value: mediaType,
    allowed: 'a media type, as in text/plain',
  });
}

function toFetchableUrl(href: string): string {
  const url = parseUrl(href);
  const isWeb = url?.protocol === 'https:' || url?.protocol === 'http:';
  if (url !== undefined && isWeb && url.username === '' && url.password === '') return url.href;
  throw toValidationError({
    path: 'url',
    value: undefined,
    allowed: 'an http or https address without a user name',
  });
}

function refuse(issue: Issue | undefined): void {
  if (issue !== undefined) throw toValidationError(issue);
}
