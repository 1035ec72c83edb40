import { randomBytes } from 'node:crypto';

/** 32 hex digits that begin with the time, as the service's own event and session ids do. */
export function createWireId(nowMs: number): string {
  return Math.floor(nowMs).toString(16).padStart(12, '0') + randomBytes(10).toString('hex');
}
