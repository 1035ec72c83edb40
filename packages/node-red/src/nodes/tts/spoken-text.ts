import { badInput, LocalizedError } from '../../kit/flow-error.ts';
import type { FlowMessage } from '../../kit/node-red.ts';
import { kindOf } from '../../kit/settings.ts';

/** In code points, as the service counts. */
export function characterCount(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

/** @throws {LocalizedError} for what cannot be read out; numbers and truth values can */
export function toSpokenText(value: unknown, where: string): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw badInput(where, {
    en: `must be text, and is ${kindOf(value)}.`,
    zh: `应为文本，实际为 ${kindOf(value)}。`,
  });
}

/** @throws {LocalizedError} for a blank text and for one over the limit */
export function checkWholeText(text: string, maxCharacters: number): number {
  const count = characterCount(text);
  if (text.trim() === '') {
    throw badInput('text', {
      en: `must be something that can be said, and is blank (${count} characters).`,
      zh: `不能为空白（${count} 个字符）。`,
    });
  }
  if (count > maxCharacters) throw textTooLong(count, maxCharacters);
  return count;
}

/**
 * The text of a piece of a stream. Pieces that a Split node has cut out of a text get back what stood between them.
 *
 * @throws {LocalizedError} for what is no text
 */
export function textOfPiece({ payload, parts }: FlowMessage, isFirst: boolean): string {
  // The last message of a stream may carry nothing.
  const text = payload === undefined || payload === null ? '' : toSpokenText(payload, 'payload');
  const between = parts?.['ch'];
  return isFirst || typeof between !== 'string' ? text : between + text;
}

export function textTooLong(count: number, limit: number): LocalizedError {
  return new LocalizedError(
    'text_too_long',
    {
      en: `text: has ${count} characters, and this node speaks up to ${limit}. Raise its limit, or use a narrate node, which is made for long texts.`,
      zh: `text：共 ${count} 个字符，此节点最多朗读 ${limit} 个。请提高上限，或使用适合长文本的 narrate 节点。`,
    },
    { badge: 'badInput', path: 'text' },
  );
}
