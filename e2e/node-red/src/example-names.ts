import { readdirSync } from 'node:fs';

/** Of the flows in the package's `examples/`, in order. */
export function exampleNames(): string[] {
  return readdirSync(new URL('../../../packages/node-red/examples/', import.meta.url))
    .filter((file) => file.endsWith('.json'))
    .map((file) => file.slice(0, -'.json'.length))
    .toSorted();
}
