import type {
  Properties,
  Property,
  SettingsOf,
  Source,
  ToolRow,
} from '../definition/node-definition.ts';
import { badInput } from './flow-error.ts';
import type { FlowMessage, FlowNode, NodeConfig, NodeRed } from './node-red.ts';

/**
 * What holds for one message: of each property what the message says, else what the dialog says, which may be to look
 * somewhere else.
 *
 * @throws {LocalizedError} for a value that is not allowed; it names where the value came from
 */
export async function resolveSettings<P extends Properties>(
  context: { RED: NodeRed; node: FlowNode; properties: P; config: NodeConfig },
  message: FlowMessage,
): Promise<SettingsOf<P>> {
  const { RED, node, properties, config } = context;
  const settings: Record<string, unknown> = {};
  for (const [name, property] of Object.entries(properties)) {
    const own = property.message === undefined ? undefined : message[property.message];
    if (own !== undefined) {
      settings[name] = parseSetting(property, own, `msg.${property.message}`);
      continue;
    }
    const type = sourceOf(name, property, config);
    if (type !== undefined) {
      const stored = config[name] ?? property.default;
      const place = typeof stored === 'string' ? stored : '';
      const found = await evaluate(RED, node, place, type, message);
      settings[name] = parseSetting(property, found, `${name} (${whence(type, place)})`);
    } else {
      settings[name] = parseSetting(property, readLiteral(name, property, config), name);
    }
  }
  return settings as SettingsOf<P>;
}

/** Those that no message changes, as the dialog has them. Throws as {@link resolveSettings} does. */
export function fixedSettings<P extends Properties>(
  properties: P,
  config: NodeConfig,
): SettingsOf<P> {
  const settings: Record<string, unknown> = {};
  for (const [name, property] of Object.entries(properties)) {
    const isElsewhere = sourceOf(name, property, config) !== undefined;
    settings[name] = isElsewhere
      ? undefined
      : parseSetting(property, readLiteral(name, property, config), name);
  }
  return settings as SettingsOf<P>;
}

/** Where the dialog says that a property is to be read from; `undefined` where it holds the value itself. */
function sourceOf(name: string, property: Property, config: NodeConfig): Source | undefined {
  const type = config[`${name}Type`] ?? property.defaultSource;
  return property.sources.find((source) => source === type);
}

/** A value that stands in the dialog. JSON is stored as the text that was typed. */
function readLiteral(name: string, property: Property, config: NodeConfig): unknown {
  const stored = config[name] ?? property.default;
  const isJson = property.value === 'json' && config[`${name}Type`] !== 'str';
  if (!isJson || typeof stored !== 'string' || isBlank(stored)) return stored;
  try {
    return JSON.parse(stored) as unknown;
  } catch {
    throw badInput(name, { en: 'must be JSON.', zh: '应为 JSON。' });
  }
}

function evaluate(
  RED: NodeRed,
  node: FlowNode,
  value: string,
  type: string,
  message: FlowMessage,
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const fail = (error: unknown): void => {
      const detail = error instanceof Error ? error.message : String(error);
      reject(
        badInput(whence(type, value), {
          en: `cannot be read. ${detail}`,
          zh: `无法读取。${detail}`,
        }),
      );
    };
    try {
      RED.util.evaluateNodeProperty(value, type, node, message, (error, result) => {
        if (error === null || error === undefined) resolve(result);
        else fail(error);
      });
    } catch (error) {
      fail(error);
    }
  });
}

function whence(type: string, value: string): string {
  return type === 'jsonata' ? 'JSONata' : `${type}.${value}`;
}

/** @throws {LocalizedError} */
export function parseSetting(property: Property, value: unknown, where: string): unknown {
  switch (property.value) {
    case 'account':
    case 'secret':
    case 'token':
      return typeof value === 'string' ? value : '';
    case 'string':
      return parseText(property, value, where);
    case 'number':
      return parseNumber(property, value, where);
    case 'boolean':
      return parseBoolean(value, where);
    case 'choice':
      return parseChoice(property, value, where);
    case 'list':
      return parseList(value, where);
    case 'json':
      return isBlank(value) && property.optional ? undefined : value;
    case 'tools':
      return parseTools(value, where);
  }
}

function isBlank(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}

function parseText(property: Property, value: unknown, where: string): string | undefined {
  if (isBlank(value)) {
    if (property.optional) return undefined;
    throw badInput(where, { en: 'is needed, and blank.', zh: '必须填写。' });
  }
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw badInput(where, {
    en: `must be text, and is ${kindOf(value)}.`,
    zh: `应为文本，实际为 ${kindOf(value)}。`,
  });
}

function parseNumber(property: Property, value: unknown, where: string): number | undefined {
  if (isBlank(value) && property.optional) return undefined;
  const { min, max, integer } = property.range ?? { min: -Infinity, max: Infinity, integer: false };
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value.trim()) : value;
  const isNumber = typeof number === 'number' && Number.isFinite(number);
  if (isNumber && number >= min && number <= max && (!integer || Number.isInteger(number))) {
    return number;
  }
  const got = isNumber ? String(number) : kindOf(value);
  const kind = integer ? { en: 'a whole number', zh: '整数' } : { en: 'a number', zh: '数字' };
  throw badInput(where, {
    en: `must be ${kind.en} from ${min} to ${max}, and is ${got}.`,
    zh: `应为 ${min} 到 ${max} 的${kind.zh}，实际为 ${got}。`,
  });
}

function parseBoolean(value: unknown, where: string): boolean {
  if (typeof value === 'boolean') return value;
  if (value === 'true' || value === 'false') return value === 'true';
  throw badInput(where, {
    en: `must be true or false, and is ${kindOf(value)}.`,
    zh: `应为 true 或 false，实际为 ${kindOf(value)}。`,
  });
}

function parseChoice(property: Property, value: unknown, where: string): string | undefined {
  if (isBlank(value) && property.optional) return undefined;
  const choices = property.choices ?? {};
  if (typeof value === 'string' && (property.open || Object.hasOwn(choices, value))) return value;
  const allowed = Object.keys(choices).join(', ');
  const got = typeof value === 'string' ? `“${value.slice(0, 40)}”` : kindOf(value);
  throw badInput(where, {
    en: `must be one of ${allowed}, and is ${got}.`,
    zh: `应为 ${allowed} 之一，实际为 ${got}。`,
  });
}

function parseList(value: unknown, where: string): readonly string[] {
  if (isBlank(value)) return [];
  const items = typeof value === 'string' ? value.split('\n') : value;
  if (!Array.isArray(items) || items.some((item) => typeof item !== 'string')) {
    throw badInput(where, {
      en: `must be texts, one a line or in an array, and is ${kindOf(value)}.`,
      zh: `应为每行一条的文本或文本数组，实际为 ${kindOf(value)}。`,
    });
  }
  return (items as string[]).map((item) => item.trim()).filter((item) => item !== '');
}

function parseTools(value: unknown, where: string): readonly ToolRow[] {
  const isRow = (row: unknown): row is ToolRow =>
    typeof row === 'object' && row !== null && 'name' in row && typeof row.name === 'string';
  if (Array.isArray(value) && value.every(isRow)) return value;
  throw badInput(where, {
    en: `must be a list of tools with a name each, and is ${kindOf(value)}.`,
    zh: `应为工具列表，每个工具都有名称，实际为 ${kindOf(value)}。`,
  });
}

/** Of a value: what it is, not what it says. */
export function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (ArrayBuffer.isView(value)) return `${value.constructor.name} of ${value.byteLength} bytes`;
  return typeof value;
}
