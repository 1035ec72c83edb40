import { extname, parse } from 'node:path';
import type { RenderSource } from '@stepvoice/core/narration';
import { badInput } from '../../kit/flow-error.ts';
import type { FileAccess } from '../../kit/file-access.ts';
import { kindOf } from '../../kit/settings.ts';
import { decodeText } from './decode-text.ts';

/** Far more than any book has. */
const MAX_BYTES = 16 * 1024 * 1024;

type TextFormat = 'markdown' | 'plain';

export type TextSettings = {
  text: unknown;
  sourceFile: string | undefined;
  textFormat: 'auto' | TextFormat;
};

/**
 * What is to be read, of a message or of a file.
 *
 * @throws {LocalizedError} for what is no text, and as {@link FileAccess} does
 */
export async function readSource(
  { text, sourceFile, textFormat }: TextSettings,
  files: FileAccess,
  signal: AbortSignal,
): Promise<RenderSource> {
  const format = (isPlain: boolean): TextFormat => {
    if (textFormat !== 'auto') return textFormat;
    return isPlain ? 'plain' : 'markdown';
  };
  if (sourceFile !== undefined) {
    const bytes = await files.read(sourceFile, { maxBytes: MAX_BYTES, signal });
    const isPlain = extname(sourceFile).toLowerCase() === '.txt';
    return { text: decodeText(bytes, 'sourceFile'), format: format(isPlain) };
  }
  if (!Array.isArray(text)) return { text: toText(text, 'text'), format: format(false) };
  const chapters = text.map((chapter: unknown, index) => {
    const where = `text[${index}]`;
    if (typeof chapter !== 'object' || chapter === null || ArrayBuffer.isView(chapter)) {
      return { title: '', text: toText(chapter, where) };
    }
    const { title, text: body } = chapter as { title?: unknown; text?: unknown };
    if (title !== undefined && typeof title !== 'string') {
      throw badInput(`${where}.title`, {
        en: `must be text, and is ${kindOf(title)}.`,
        zh: `应为文本，实际为 ${kindOf(title)}。`,
      });
    }
    return { title: title ?? '', text: toText(body, `${where}.text`) };
  });
  const length = chapters.reduce((sum, chapter) => sum + chapter.text.length, 0);
  if (length > MAX_BYTES) throw tooLong('text', length);
  if (chapters.length === 0) throw noText('text', text);
  return chapters.map(({ title, text: body }) => ({
    title,
    source: { text: body, format: format(false) },
  }));
}

/** What a file of sound is called that is made of a text file. */
export function nameAfter(sourceFile: string, format: string): string {
  const { dir, name } = parse(sourceFile);
  return `${dir === '' ? '' : `${dir}/`}${name}.${format}`;
}

function toText(value: unknown, where: string): string {
  if (ArrayBuffer.isView(value)) {
    if (value.byteLength > MAX_BYTES) throw tooLong(where, value.byteLength);
    const { buffer, byteOffset, byteLength } = value;
    return decodeText(new Uint8Array(buffer, byteOffset, byteLength), where);
  }
  if (typeof value !== 'string') throw noText(where, value);
  if (value.length > MAX_BYTES) throw tooLong(where, value.length);
  return value;
}

function noText(where: string, value: unknown): Error {
  return badInput(where, {
    en: `must be text, a Buffer with text, or an array of chapters, and is ${kindOf(value)}.`,
    zh: `应为文本、包含文本的 Buffer，或章节数组，实际为 ${kindOf(value)}。`,
  });
}

function tooLong(where: string, length: number): Error {
  return badInput(where, {
    en: `is ${length} long; at most ${MAX_BYTES} are read at once. Send it in parts.`,
    zh: `长度为 ${length}，一次最多读取 ${MAX_BYTES}。请分段发送。`,
  });
}
