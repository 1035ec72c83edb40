import { ServiceError } from '../errors.ts';
import type { ByteSource } from '../net/byte-source.ts';
import { CallErrors, isFailure } from '../net/call-errors.ts';
import { collectBody, collectJson } from '../net/collect-body.ts';
import type { Connection, RequestSpec } from '../net/connection.ts';
import { ForeignAnswer, mediaTypeOf, parseJson } from '../net/foreign-answer.ts';
import type { HttpHead } from '../net/http-transport.ts';
import { readAnswer } from '../protocol/answer.ts';
import { findFileIdIssue } from '../protocol/files-rules.ts';
import type { FilePurpose } from '../protocol/files-rules.ts';
import { WireFile, WireFileDeletion, WireFileList } from '../protocol/files.ts';
import { toValidationError } from '../protocol/validation-error.ts';

/** A file that the service keeps for the account. */
export type StoredFile = {
  id: string;
  filename: string | undefined;
  /** Length of its contents. */
  bytes: number | undefined;
  purpose: FilePurpose | (string & {}) | undefined;
  createdAt: Date | undefined;
  /** As the service says: `processed` or `success` where it is ready. */
  status: string | undefined;
};

/** Options of `files.upload()`: either `data` or `url`. */
export type FileUploadOptions = {
  /** The file itself. A stream is read into memory first, because the service wants to know the length. */
  data?: ByteSource | undefined;
  /** An http(s) address that the service fetches the file from. It must be able to reach it without a key. */
  url?: string | undefined;
  /** What it is called there, in any script. Default: the name of a `File`, else `file` with the extension of its type. */
  filename?: string | undefined;
  /**
   * Default `storage`: audio to clone voices from, images, video; up to 128 MiB of mp4, jpg, png, webp, gif, mp3, wav.
   * The others take up to 64 MiB.
   */
  purpose?: FilePurpose | undefined;
  /** Default: told from the contents. */
  mediaType?: string | undefined;
  signal?: AbortSignal | undefined;
};

type CallOptions = { signal?: AbortSignal | undefined };

const MAX_TEXT_BYTES = 128 * 1024 * 1024;

/**
 * The files of the account: references of cloned voices, and what the service reads or shows. Not part of the
 * subscription (plan `step-plan`), where every call throws a `CapabilityError`.
 *
 * All calls throw {@link AuthenticationError}, {@link RateLimitError}, {@link ServiceError} (an unknown id is a 404 or a
 * 400), {@link ConnectionError}, {@link TimeoutError} and {@link ProtocolError} as they come; an abort throws
 * `signal.reason`.
 */
export class Files {
  readonly #connection: Connection;

  /** `new StepAudio(…).files` is one; by itself it takes a connection from `createConnection()`. */
  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /**
   * Uploads a file, or has the service fetch it from an address. A lost answer is asked for again, which can leave the
   * file there twice.
   *
   * @throws {ValidationError} before anything is sent: for a purpose that does not exist, a file that is empty, too large
   *   or of a type that is not kept for the purpose.
   */
  async upload(options: FileUploadOptions): Promise<StoredFile> {
    const { toUploadForm } = await import('./file-upload.ts');
    const content = await toUploadForm(options);
    const { signal } = options;
    const raw = await this.#json({ path: '/files', content, signal }, 'a stored file');
    return toStoredFile(raw);
  }

  /** All files of the account. The service has no pages for them; 1000 is the most there can be. */
  async list({ signal }: CallOptions = {}): Promise<StoredFile[]> {
    const exchange = await this.#connection.request({ method: 'GET', path: '/files', signal });
    const raw = await collectJson(exchange, new CallErrors(this.#connection, []), 'files');
    const { requestId } = exchange;
    const { data } = readAnswer(WireFileList, raw, { what: 'a list of files', requestId });
    return data.map(toStoredFile);
  }

  /** What the service knows about one file. */
  async get(id: string, { signal }: CallOptions = {}): Promise<StoredFile> {
    const path = toPath(id);
    return toStoredFile(await this.#json({ method: 'GET', path, signal }, 'a stored file'));
  }

  /**
   * The text that the service has read out of a file. For files of purpose `file-extract` only.
   *
   * @param options.maxBytes most bytes to take into memory; default 128 MiB
   */
  async content(
    id: string,
    options: CallOptions & { maxBytes?: number | undefined } = {},
  ): Promise<string> {
    const { signal, maxBytes = MAX_TEXT_BYTES } = options;
    const path = `${toPath(id)}/content`;
    const exchange = await this.#connection.request({ method: 'GET', path, signal });
    const body = await collectBody(exchange, maxBytes, false);
    if (isForeignToText(exchange.head, body)) {
      const errors = new CallErrors(this.#connection, []);
      const foreign = new ForeignAnswer(exchange.head, errors, 'the text of a file');
      foreign.push(body);
      throw foreign.toError();
    }
    return new TextDecoder().decode(body);
  }

  /**
   * Deletes a file for good. Voices that were cloned from it stay.
   *
   * @throws {ServiceError} also where the service answers that it did not delete it.
   */
  async delete(id: string, { signal }: CallOptions = {}): Promise<void> {
    const path = toPath(id);
    let exchange;
    try {
      exchange = await this.#connection.request({ method: 'DELETE', path, signal });
    } catch (error) {
      // The answer to an attempt before this one was lost, and the file is gone.
      if (error instanceof ServiceError && error.status === 404 && error.attempts.length > 0)
        return;
      throw error;
    }
    const raw = await collectJson(exchange, new CallErrors(this.#connection, []), 'a deletion');
    const { requestId } = exchange;
    const { deleted } = readAnswer(WireFileDeletion, raw, { what: 'a deletion', requestId });
    if (deleted === false) {
      throw new ServiceError('The service did not delete the file.', {
        code: 'not_deleted',
        requestId,
      });
    }
  }

  async #json(spec: RequestSpec, what: string): Promise<WireFile> {
    const exchange = await this.#connection.request(spec);
    const raw = await collectJson(exchange, new CallErrors(this.#connection, []), what);
    return readAnswer(WireFile, raw, { what, requestId: exchange.requestId });
  }
}

function toStoredFile(wire: WireFile): StoredFile {
  const { id, filename, bytes, purpose, created_at: createdAt, status } = wire;
  return {
    id,
    filename,
    bytes,
    purpose,
    createdAt: createdAt === undefined ? undefined : new Date(createdAt * 1000),
    status,
  };
}

/** Any text is a good one, but a gateway's page and an error told with status 200 are none. */
function isForeignToText(head: HttpHead, body: Uint8Array): boolean {
  const mediaType = mediaTypeOf(head);
  if (mediaType === 'text/html') return true;
  if (mediaType !== 'application/json') return false;
  const raw = parseJson(new TextDecoder().decode(body));
  return typeof raw === 'object' && raw !== null && isFailure(raw);
}

function toPath(id: string): string {
  const issue = findFileIdIssue('id', id);
  if (issue !== undefined) throw toValidationError(issue);
  return `/files/${id}`;
}
