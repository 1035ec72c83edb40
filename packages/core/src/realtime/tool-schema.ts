import { toValidationError } from '../protocol/validation-error.ts';

export type JsonSchema = { readonly [keyword: string]: unknown };

type StandardIssue = {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
};
type StandardResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly StandardIssue[] };

/**
 * A schema of any library that follows Standard Schema (https://standardschema.dev). `jsonSchema` is that of Standard JSON
 * Schema, which not every library has.
 */
export interface StandardSchema<Output = unknown> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => StandardResult<Output> | Promise<StandardResult<Output>>;
    readonly jsonSchema?:
      | { readonly input: (options: { readonly target: string }) => JsonSchema }
      | undefined;
  };
}

export function isStandardSchema(value: unknown): value is StandardSchema {
  // Some libraries make schemas that can be called.
  const isObject = (typeof value === 'object' && value !== null) || typeof value === 'function';
  return isObject && '~standard' in value;
}

/**
 * The JSON Schema of a tool's parameters.
 *
 * @throws {ValidationError} for a Standard Schema that has none.
 */
export function toJsonSchema(parameters: unknown, path: string): JsonSchema {
  if (isStandardSchema(parameters)) {
    const json = parameters['~standard'].jsonSchema;
    if (json !== undefined) {
      try {
        return json.input({ target: 'draft-2020-12' });
      } catch {
        // Not every check of a library has words in JSON Schema.
      }
    }
    throw toValidationError({
      path,
      value: undefined,
      allowed: 'a JSON Schema, or a schema that can give one (Standard JSON Schema)',
      instead: 'parameters for the JSON Schema, and schema for the one that checks',
    });
  }
  if (typeof parameters === 'object' && parameters !== null && !Array.isArray(parameters)) {
    return parameters as JsonSchema;
  }
  throw toValidationError({ path, value: typeof parameters, allowed: 'a JSON Schema' });
}

export type CheckedArguments = { value: unknown } | { fault: string };

/**
 * Checks arguments by a Standard Schema, whose value may be another than was given, or by a JSON Schema. Of the latter
 * only `type`, `required`, `enum`, `const`, `properties` and `items` are looked at.
 */
export async function checkArguments(
  schema: StandardSchema | JsonSchema,
  value: unknown,
): Promise<CheckedArguments> {
  if (!isStandardSchema(schema)) {
    const fault = findFault(schema, value, 'arguments', 0);
    return fault === undefined ? { value } : { fault };
  }
  const result = await schema['~standard'].validate(value);
  if (result.issues === undefined) return { value: result.value };
  return { fault: result.issues.map(describeIssue).join('; ') };
}

function describeIssue({ message, path = [] }: StandardIssue): string {
  const keys = path.map((step) => String(typeof step === 'object' ? step.key : step));
  return keys.length === 0 ? message : `${keys.join('.')}: ${message}`;
}

/** A schema nested deeper than this refers to itself; what lies below is left to the tool. */
const MAX_DEPTH = 32;

function findFault(
  schema: unknown,
  value: unknown,
  path: string,
  depth: number,
): string | undefined {
  if (!isRecord(schema) || depth > MAX_DEPTH) return undefined;
  const { type, required, properties, items } = schema;
  const types = (Array.isArray(type) ? type : [type]).filter((name) => typeof name === 'string');
  if (types.length > 0 && !types.some((name) => isOfType(value, name))) {
    return `${path} must be ${types.join(' or ')}`;
  }
  const choices = Array.isArray(schema['enum'])
    ? schema['enum']
    : 'const' in schema
      ? [schema['const']]
      : undefined;
  const written = JSON.stringify(value);
  if (choices !== undefined && !choices.some((choice) => JSON.stringify(choice) === written)) {
    return `${path} must be one of ${JSON.stringify(choices)}`;
  }
  if (Array.isArray(value)) {
    for (const [index, entry] of value.entries()) {
      const fault = findFault(items, entry, `${path}[${index}]`, depth + 1);
      if (fault !== undefined) return fault;
    }
  }
  if (!isRecord(value)) return undefined;
  for (const key of Array.isArray(required) ? required : []) {
    if (typeof key === 'string' && !Object.hasOwn(value, key)) return `${path}.${key} is required`;
  }
  for (const [key, inner] of Object.entries(isRecord(properties) ? properties : {})) {
    if (!Object.hasOwn(value, key)) continue;
    const fault = findFault(inner, value[key], `${path}.${key}`, depth + 1);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function isOfType(value: unknown, type: string): boolean {
  switch (type) {
    case 'null':
      return value === null;
    case 'array':
      return Array.isArray(value);
    case 'object':
      return isRecord(value);
    case 'integer':
      return Number.isInteger(value);
    case 'string':
    case 'number':
    case 'boolean':
      return typeof value === type;
    default:
      return true;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
