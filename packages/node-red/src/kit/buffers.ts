import { Buffer } from 'node:buffer';

/**
 * A Buffer over the same memory. Node-RED clones messages, and copies any other typed array element by element: 10 MB take
 * seconds, in which the whole runtime stands still.
 *
 * @returns what is no binary data as it is
 */
export function asBuffer(value: unknown): unknown {
  if (Buffer.isBuffer(value)) return value;
  if (ArrayBuffer.isView(value)) {
    return Buffer.from(value.buffer as ArrayBuffer, value.byteOffset, value.byteLength);
  }
  if (value instanceof ArrayBuffer || value instanceof SharedArrayBuffer) return Buffer.from(value);
  return value;
}
