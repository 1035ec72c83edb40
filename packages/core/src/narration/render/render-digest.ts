import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';

/** A digest of values: the same for objects with the same fields, in whatever order, left out or `undefined`. */
export function renderDigest(values: readonly unknown[]): string {
  const hash = sha256.create();
  const encoder = new TextEncoder();
  for (const value of values) hash.update(encoder.encode(`${JSON.stringify(toOrdered(value))}\n`));
  return bytesToHex(hash.digest());
}

function toOrdered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toOrdered);
  if (typeof value !== 'object' || value === null) return value ?? null;
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .toSorted(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(fields.map(([name, field]) => [name, toOrdered(field)]));
}
