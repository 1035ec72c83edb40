import { badInput } from '../../kit/flow-error.ts';

/**
 * The bytes of a text file: UTF-8 or UTF-16 by its mark, UTF-8 where it is valid, else GB 18030, in which Chinese texts come
 * that are not.
 *
 * @param where such as `msg.payload`, for the error
 * @throws {LocalizedError} for bytes that are no text
 */
export function decodeText(bytes: Uint8Array, where: string): string {
  const [first, second] = bytes;
  const mark =
    first === 0xff && second === 0xfe
      ? 'utf-16le'
      : first === 0xfe && second === 0xff
        ? 'utf-16be'
        : undefined;
  for (const encoding of mark === undefined ? ['utf-8', 'gb18030'] : [mark]) {
    try {
      const text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
      // No text has it, and any sound or picture does.
      if (!text.includes('\0')) return text;
    } catch {
      // The next one.
    }
  }
  throw badInput(where, {
    en: `holds ${bytes.byteLength} bytes that are no text in UTF-8, UTF-16 or GB 18030.`,
    zh: `包含 ${bytes.byteLength} 字节，不是 UTF-8、UTF-16 或 GB 18030 文本。`,
  });
}
