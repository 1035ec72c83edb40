import { setImmediate } from 'node:timers/promises';
import { nowMs } from '../harness/monotonic-clock.ts';
import type { Answer, RequestLog } from './answer.ts';

/** Where pieces go. */
export interface PieceSink {
  /** Aborted when the connection closes. */
  readonly closed: AbortSignal;
  /** @returns whether there is room for more */
  write(index: number): boolean;
  /** Settles when there is room again, or the connection closed. */
  drained(): Promise<void>;
}

/** Sends an answer's audio at its pace and no faster than it is taken. */
export async function playPieces(
  { pieces, pieceSeconds, intervalMs, silentAfter = Infinity }: Answer,
  bytesPerSecond: number,
  sink: PieceSink,
  log: RequestLog,
): Promise<void> {
  const startedAt = nowMs();
  const count = Math.min(pieces, silentAfter);
  for (let index = 0; index < count; index += 1) {
    if (intervalMs > 0) await reached(startedAt + index * intervalMs);
    if (sink.closed.aborted) return;
    const writtenAt = nowMs();
    log.firstWriteAt ??= writtenAt;
    log.lastWriteAt = writtenAt;
    if (!sink.write(index)) {
      await sink.drained();
      // While the system takes everything at once, `drain` comes without a turn of the event loop, and `close` never.
      await setImmediate();
    }
    if (sink.closed.aborted) return;
    log.audioBytes += pieceSeconds * bytesPerSecond;
  }
}

async function reached(time: number): Promise<void> {
  const wait = time - nowMs();
  if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
}
