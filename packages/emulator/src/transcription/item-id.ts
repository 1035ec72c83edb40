import { randomUUID } from 'node:crypto';

/** An id as the items of a transcription have it. */
export function createItemId(): string {
  return `item_${randomUUID()}`;
}
