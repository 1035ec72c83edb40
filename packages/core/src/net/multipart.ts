/** One part of a form: a field, or a file with its name and media type. */
export type FormPart =
  | { name: string; value: string }
  | { name: string; filename: string; mediaType: string; bytes: Uint8Array };

/** A form as the content of a request. */
export type FormContent = { type: string; bytes: Uint8Array<ArrayBuffer> };

const BOUNDARY_BYTES = 16;

/**
 * Writes `multipart/form-data` (RFC 7578) as browsers do (HTML, section "Multipart form data"), without the platform's
 * `FormData`, which a host with a `fetch` of its own cannot send: UTF-8, and in names `"`, CR and LF as `%22`, `%0D` and
 * `%0A`.
 */
export function encodeForm(parts: readonly FormPart[]): FormContent {
  const encoder = new TextEncoder();
  // 128 random bits: no content holds them by chance, and nobody can write it so that it does.
  const random = crypto.getRandomValues(new Uint8Array(BOUNDARY_BYTES));
  const boundary = `stepvoice-${Array.from(random, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
  const pieces: Uint8Array[] = [];
  for (const part of parts) {
    const isFile = 'bytes' in part;
    const lines = [
      `--${boundary}`,
      `Content-Disposition: form-data; name="${quoteName(part.name)}"${isFile ? `; filename="${quoteName(part.filename)}"` : ''}`,
      ...(isFile ? [`Content-Type: ${part.mediaType}`] : []),
    ];
    pieces.push(encoder.encode(`${lines.join('\r\n')}\r\n\r\n`));
    pieces.push(isFile ? part.bytes : encoder.encode(part.value), encoder.encode('\r\n'));
  }
  pieces.push(encoder.encode(`--${boundary}--\r\n`));
  const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return { type: `multipart/form-data; boundary=${boundary}`, bytes };
}

function quoteName(name: string): string {
  const escapes: Readonly<Record<string, string>> = { '"': '%22', '\r': '%0D', '\n': '%0A' };
  return name.replace(/["\r\n]/g, (character) => escapes[character] ?? '');
}
