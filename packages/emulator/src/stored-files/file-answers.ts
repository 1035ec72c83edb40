import { sniffMediaType } from '@stepvoice/core';
import { fileLimitBytes, findFileIssues, findPurposeIssue } from '@stepvoice/core/protocol';
import { answerJson, answerText } from '../http/answer.ts';
import { ApiError, clip, invalidParameters } from '../http/api-error.ts';
import type { Exchange } from '../http/exchange.ts';
import { readMultipart } from '../http/multipart.ts';
import { fetchFile } from './fetch-file.ts';
import type { StoredFile } from './stored-files.ts';

const LARGEST_UPLOAD_BYTES = fileLimitBytes('storage');

/** Answers `POST /files`: a form with `purpose` and `file`, or an address in `url`. A file beats an address. */
export async function answerFileUpload(exchange: Exchange): Promise<void> {
  const { fields, files } = await readMultipart(exchange, { maxBytes: LARGEST_UPLOAD_BYTES });
  const purpose = fields.get('purpose');
  if (purpose === undefined) throw invalidParameters('purpose is required');
  const issue = findPurposeIssue(purpose);
  if (issue !== undefined) {
    throw invalidParameters(`purpose is not valid: expected ${issue.allowed}`);
  }
  const uploaded = files.get('file');
  const url = fields.get('url');
  if (uploaded === undefined && (url === undefined || url === '')) {
    throw invalidParameters('file or url is required');
  }
  const { filename, bytes } =
    uploaded === undefined
      ? await fetchFile(exchange, url ?? '', fileLimitBytes(purpose))
      : { filename: unescapeName(uploaded.filename), bytes: uploaded.bytes };
  const [fileIssue] = findFileIssues({
    purpose,
    bytes: bytes.length,
    mediaType: sniffMediaType(bytes),
  });
  if (fileIssue !== undefined) {
    throw invalidParameters(`file is not valid: expected ${fileIssue.allowed}`);
  }
  const stored = exchange.context.storedFiles.add({ filename: filename || 'file', purpose, bytes });
  return answerJson(exchange, 200, toWire(stored, 'processed'));
}

/** Answers `GET /files`: all of them, the newest first. */
export function answerFileList(exchange: Exchange): Promise<void> {
  const data = exchange.context.storedFiles.list().map((file) => toWire(file, 'success'));
  return answerJson(exchange, 200, { data, object: 'list' });
}

/** Answers `GET /files/{id}`. */
export function answerStoredFile(exchange: Exchange): Promise<void> {
  return answerJson(exchange, 200, toWire(find(exchange), 'success'));
}

/** Answers `GET /files/{id}/content`: the text of a file that was stored to be read. */
export function answerFileContent(exchange: Exchange): Promise<void> {
  const { purpose, bytes } = find(exchange);
  if (purpose !== 'file-extract') {
    throw invalidParameters(`the content of a file is there for purpose file-extract only`);
  }
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw invalidParameters('the emulator reads text files only');
  }
  return answerText(exchange, 200, 'text/plain; charset=utf-8', text);
}

/** Answers `DELETE /files/{id}`. */
export function answerFileDeletion(exchange: Exchange): Promise<void> {
  const { id } = find(exchange);
  exchange.context.storedFiles.delete(id);
  return answerJson(exchange, 200, { id, object: 'file', deleted: true });
}

/** @throws {ApiError} 404 */
function find({ context, parameter }: Exchange): StoredFile {
  const file = context.storedFiles.get(parameter);
  if (file !== undefined) return file;
  throw new ApiError(404, 'not_found', `file ${clip(parameter)} does not exist`);
}

/** The service's own samples have one status where a file is made and the other where it is shown. */
function toWire(file: StoredFile, status: 'processed' | 'success'): object {
  const { id, filename, purpose, bytes, createdAtMs } = file;
  return {
    id,
    object: 'file',
    bytes: bytes.length,
    created_at: Math.floor(createdAtMs / 1000),
    filename,
    purpose,
    status,
  };
}

/** As browsers and their kin escape a name in a form (HTML, "Multipart form data"). */
function unescapeName(filename: string): string {
  return filename.replaceAll('%22', '"').replaceAll('%0D', '\r').replaceAll('%0A', '\n');
}
