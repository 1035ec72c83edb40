import type { Fault, FaultKind, FaultOf, SocketStage } from './fault.ts';

/** The faults that strike one request. Of two of a kind the first counts. */
export class FaultSet {
  readonly #faults: readonly Fault[];

  constructor(faults: readonly Fault[]) {
    this.#faults = faults;
  }

  get kinds(): FaultKind[] {
    return this.#faults.map((fault) => fault.kind);
  }

  get<Kind extends FaultKind>(kind: Kind): FaultOf<Kind> | undefined {
    return this.#faults.find((fault): fault is FaultOf<Kind> => fault.kind === kind);
  }

  /**
   * What breaks the answer off after a number of bytes: the nearest of `cut` and `stall`, or nothing. A cut that names
   * no place comes right after the head.
   */
  get byteBreak(): { fault: FaultOf<'cut' | 'stall'>; bytes: number } | undefined {
    const cut = this.get('cut');
    const stall = this.get('stall');
    const cutBytes =
      cut?.bytes ?? (cut?.events === undefined && cut?.at === undefined ? 0 : undefined);
    const cutBreak =
      cut !== undefined && cutBytes !== undefined ? { fault: cut, bytes: cutBytes } : undefined;
    const stallBreak =
      stall?.bytes !== undefined ? { fault: stall, bytes: stall.bytes } : undefined;
    if (cutBreak === undefined || stallBreak === undefined) return cutBreak ?? stallBreak;
    return stallBreak.bytes < cutBreak.bytes ? stallBreak : cutBreak;
  }

  /** A stall that names no place: nothing is ever answered. */
  get stallsAtOnce(): FaultOf<'stall'> | undefined {
    const stall = this.get('stall');
    const placed = stall?.bytes ?? stall?.events ?? stall?.at;
    return placed === undefined ? stall : undefined;
  }

  /** Whether the bytes on the wire are to be meddled with, and not only the events they carry. */
  get touchesBytes(): boolean {
    return this.byteBreak !== undefined || this.get('tiny-writes') !== undefined;
  }
}

/** Whether a fault is due before event number `events` (from 0), or on reaching `stage`. */
export function isDue(
  fault: { events?: number | undefined; at?: SocketStage | undefined },
  moment: { events: number } | { stage: SocketStage },
): boolean {
  if ('events' in moment) return fault.events === moment.events;
  return fault.at === moment.stage;
}
