import type { EditorTextKey } from '../definition/editor-texts.ts';
import type { PropertyView } from '../generate/node-view.ts';

/** Why a value is not allowed: a text of the dialogs and what to put into it. */
export type Reason = { key: EditorTextKey; values?: Record<string, unknown> };

/**
 * Of a value that stands in the dialog. What is read from a message or a context is not known before it runs.
 *
 * @returns `undefined` for a value that is allowed
 */
export function findFault(property: PropertyView, value: unknown): Reason | undefined {
  const isBlank = value === undefined || value === null || value === '';
  switch (property.value) {
    case 'number':
      return isBlank && property.optional ? undefined : findNumberFault(property, value);
    case 'choice': {
      const choices = property.choices ?? [];
      if ((isBlank && property.optional) || property.open) return undefined;
      return choices.includes(String(value))
        ? undefined
        : { key: 'invalidChoice', values: { choices: choices.join(', ') } };
    }
    case 'boolean':
      return ['true', 'false'].includes(String(value)) ? undefined : { key: 'invalidBoolean' };
    case 'string':
      return isBlank && !property.optional ? { key: 'invalidBlank' } : undefined;
    case 'tools':
      return findToolFault(value);
    case 'json':
    case 'list':
    case 'account':
    case 'secret':
    case 'token':
      return undefined;
  }
}

/** Of JSON that stands in the dialog as text. */
export function findJsonFault(value: unknown): Reason | undefined {
  if (typeof value !== 'string' || value.trim() === '') return undefined;
  try {
    JSON.parse(value);
    return undefined;
  } catch (error) {
    const detail = error instanceof Error ? error.message : '';
    return { key: 'invalidJson', values: { detail } };
  }
}

function findNumberFault({ range }: PropertyView, value: unknown): Reason | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  const { min, max, integer } = range ?? { min: -Infinity, max: Infinity, integer: false };
  const isNumber = typeof number === 'number' && Number.isFinite(number);
  if (isNumber && number >= min && number <= max && (!integer || Number.isInteger(number))) {
    return undefined;
  }
  return { key: integer ? 'invalidInteger' : 'invalidNumber', values: { min, max } };
}

/** As the service has it for the names of tools. */
const TOOL_NAME = /^[\w-]{1,64}$/;

function findToolFault(value: unknown): Reason | undefined {
  if (!Array.isArray(value)) return { key: 'invalidTools' };
  const names = new Set<string>();
  for (const row of value as readonly unknown[]) {
    const { name, parameters } = (row ?? {}) as { name?: unknown; parameters?: unknown };
    if (typeof name !== 'string' || !TOOL_NAME.test(name)) {
      return { key: 'invalidToolName', values: { name: typeof name === 'string' ? name : '' } };
    }
    if (names.has(name)) return { key: 'duplicateTool', values: { name } };
    names.add(name);
    if (!isSchema(parameters)) return { key: 'invalidToolSchema', values: { name } };
  }
  return undefined;
}

function isSchema(text: unknown): boolean {
  if (text === undefined || text === '') return true;
  if (typeof text !== 'string') return false;
  try {
    const schema: unknown = JSON.parse(text);
    return typeof schema === 'object' && schema !== null && !Array.isArray(schema);
  } catch {
    return false;
  }
}
