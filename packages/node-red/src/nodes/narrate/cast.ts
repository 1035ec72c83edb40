import type { NarrationCast } from '@stepvoice/core/narration';
import { badInput } from '../../kit/flow-error.ts';

/**
 * Lines such as `Anna = linjiajiejie`.
 *
 * @throws {LocalizedError} for a line that is none, by its number
 */
export function parseCast(lines: readonly string[]): NarrationCast {
  const members = lines.map((line, index) => {
    const [, name, voice] = /^([^=＝]*[^=＝\s])\s*[=＝]\s*([^=＝\s]+)$/.exec(line.trim()) ?? [];
    if (name !== undefined && voice !== undefined) return [name, { voice }] as const;
    throw badInput('cast', {
      en: `line ${index + 1} must be a name and the id of a voice, such as Anna = linjiajiejie.`,
      zh: `第 ${index + 1} 行应为名称和音色 ID，例如 小红 = linjiajiejie。`,
    });
  });
  return Object.fromEntries(members);
}
