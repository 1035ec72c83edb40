import type { JsonSchema } from '@stepvoice/core/node';
import type { ToolRow } from '../definition/node-definition.ts';
import { badInput } from './flow-error.ts';

/** More, and no model would find the right one. */
const MAX_TOOLS = 128;

/** A row as a message may bring it: the schema need not be text. */
type LooseRow = Omit<ToolRow, 'description' | 'parameters'> & {
  description?: unknown;
  parameters?: unknown;
};

/** A tool that a model may call. */
export type FlowTool = { name: string; description: string; parameters: JsonSchema };

/**
 * The tools of the dialog, or of a message.
 *
 * @throws {LocalizedError} for a row that is no tool; it says which
 */
export function parseTools(rows: readonly LooseRow[]): FlowTool[] {
  if (rows.length > MAX_TOOLS) {
    throw badInput('tools', {
      en: `at most ${MAX_TOOLS} are allowed, and these are ${rows.length}.`,
      zh: `最多 ${MAX_TOOLS} 个工具，实际有 ${rows.length} 个。`,
    });
  }
  const names = new Set<string>();
  return rows.map((row, index) => {
    const where = `tools[${index}]`;
    const name = row.name.trim();
    if (!/^[\w-]{1,64}$/.test(name)) {
      throw badInput(`${where}.name`, {
        en: 'must be 1 to 64 letters, digits, _ or -.',
        zh: '应为 1 到 64 个字母、数字、_ 或 -。',
      });
    }
    if (names.has(name)) {
      throw badInput(`${where}.name`, {
        en: 'is that of another tool, too.',
        zh: '与另一个工具同名。',
      });
    }
    names.add(name);
    const { description = '' } = row;
    if (typeof description !== 'string') {
      throw badInput(`${where}.description`, { en: 'must be text.', zh: '应为文本。' });
    }
    const parameters = toSchema(row.parameters, `${where}.parameters`);
    return { name, description, parameters };
  });
}

/** Blank is a tool without parameters. */
function toSchema(value: unknown, where: string): JsonSchema {
  if (value === undefined || value === null) return { type: 'object', properties: {} };
  let schema = value;
  if (typeof value === 'string') {
    if (value.trim() === '') return { type: 'object', properties: {} };
    try {
      schema = JSON.parse(value);
    } catch {
      throw badInput(where, { en: 'is not valid JSON.', zh: '不是有效的 JSON。' });
    }
  }
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) {
    throw badInput(where, {
      en: 'must be a JSON Schema: an object with "type" and "properties".',
      zh: '应为 JSON Schema：带有 "type" 和 "properties" 的对象。',
    });
  }
  return schema as JsonSchema;
}
