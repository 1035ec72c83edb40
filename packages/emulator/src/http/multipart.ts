import { Busboy } from '@fastify/busboy';
import { invalidParameters } from './api-error.ts';
import type { Exchange } from './exchange.ts';
import { readBody } from './request-body.ts';

/** A part of a form that carries a file: one with a file name, or with the media type of bytes or sound. */
export type UploadedFile = {
  /** Last segment of the path the client named; empty where it named none. */
  filename: string;
  /** As the client said, in lower case; `application/octet-stream` where it said nothing. */
  contentType: string;
  bytes: Uint8Array;
};

/** Of several parts with the same name the last counts. */
export type MultipartForm = {
  fields: ReadonlyMap<string, string>;
  files: ReadonlyMap<string, UploadedFile>;
};

/** Many times what any form of the service has. */
const MOST_PARTS = 100;
const LONGEST_FIELD_BYTES = 1024 * 1024;
/** Bytes of boundaries and part headers around the files. */
const OVERHEAD_BYTES = 64 * 1024;

/**
 * Reads a `multipart/form-data` body into memory. Values that stand in one pair of double quotes lose it: the service's
 * own sample for curl has them, and who ports it to another tool sends them.
 *
 * @throws {ApiError} 413 for files and fields of more than `maxBytes` together, 400 for what is no such form.
 */
export async function readMultipart(
  exchange: Exchange,
  { maxBytes }: { maxBytes: number },
): Promise<MultipartForm> {
  const parser = createParser(exchange.request.headers['content-type'] ?? '');
  return parse(parser, await readBody(exchange, maxBytes + OVERHEAD_BYTES));
}

function createParser(contentType: string): InstanceType<typeof Busboy> {
  if (!/^multipart\/form-data\b/i.test(contentType)) {
    throw invalidParameters('request body must be multipart/form-data');
  }
  try {
    return new Busboy({
      headers: { 'content-type': contentType },
      limits: { parts: MOST_PARTS, fieldSize: LONGEST_FIELD_BYTES },
      isPartAFile: (_name, type, filename) =>
        filename !== undefined || /^(?:application\/octet-stream|audio\/)/i.test(type ?? ''),
    });
  } catch {
    throw invalidParameters('the content type of a multipart body must name its boundary');
  }
}

function parse(parser: InstanceType<typeof Busboy>, body: Uint8Array): Promise<MultipartForm> {
  const fields = new Map<string, string>();
  const files = new Map<string, UploadedFile>();
  return new Promise((resolve, reject) => {
    const refuse = (message: string): void => reject(invalidParameters(message));
    parser.on('field', (name, value, isNameCut, isValueCut) => {
      if (isNameCut || isValueCut) return refuse('a field of the multipart body is too long');
      fields.set(name, unquote(value));
    });
    parser.on('file', (name, stream, filename: string | undefined, _encoding, contentType) => {
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => void parts.push(part));
      stream.on('error', () => refuse('the multipart body ends before its closing boundary'));
      stream.on('end', () =>
        files.set(name, {
          filename: unquote(filename ?? ''),
          contentType: contentType.toLowerCase(),
          bytes: Buffer.concat(parts),
        }),
      );
    });
    parser.on('partsLimit', () => refuse(`the multipart body has more than ${MOST_PARTS} parts`));
    parser.on('error', () => refuse('the multipart body ends before its closing boundary'));
    parser.on('finish', () => resolve({ fields, files }));
    parser.end(body);
  });
}

function unquote(value: string): string {
  return value.length >= 2 && value.startsWith('"') && value.endsWith('"')
    ? value.slice(1, -1)
    : value;
}
