import { HUGE_BYTES, ODD_PIECE_BYTES } from '../faults/fault.ts';
import type { FaultOf } from '../faults/fault.ts';
import type { Exchange } from './exchange.ts';

const BLANKS = new Uint8Array(64 * 1024).fill(0x20);

/**
 * Writes the body of an answer no faster than the client takes it, and lets the faults that work on bytes loose on it.
 * Every method throws {@link ExchangeEnded} once nobody listens any more.
 */
export class BodySink {
  readonly #exchange: Exchange;
  readonly #pieceBytes: number | undefined;
  #sent = 0;
  #isEventStream = false;

  constructor(exchange: Exchange) {
    this.#exchange = exchange;
    const tiny = exchange.faults.get('tiny-writes');
    const odd = exchange.faults.get('odd-splits') === undefined ? undefined : ODD_PIECE_BYTES;
    this.#pieceBytes = tiny === undefined ? odd : (tiny.bytes ?? 1);
  }

  /** Writes the head. A known length is kept back where a fault ends the body properly but elsewhere. */
  async open(
    status: number,
    headers: Readonly<Record<string, string>>,
    length?: number,
  ): Promise<void> {
    const { faults } = this.#exchange;
    this.#isEventStream = headers['content-type']?.startsWith('text/event-stream') === true;
    const moved = faults.get('cut')?.how === 'end' || faults.get('huge') !== undefined;
    const known = length !== undefined && !moved;
    this.#exchange.writeHead(status, {
      ...headers,
      ...(known ? { 'content-length': length } : {}),
    });
    if (faults.byteBreak?.bytes === 0) {
      this.#exchange.response.flushHeaders();
      await this.#exchange.breakOff(faults.byteBreak.fault);
    }
  }

  async write(bytes: Uint8Array): Promise<void> {
    const strike = this.#exchange.faults.byteBreak;
    const room = strike === undefined ? Infinity : strike.bytes - this.#sent;
    const whole = bytes.length < room ? bytes : bytes.subarray(0, room);
    const step = this.#pieceBytes ?? whole.length;
    for (let offset = 0; offset < whole.length; offset += step) {
      await this.#writePiece(whole.subarray(offset, offset + step));
    }
    if (strike !== undefined && bytes.length >= room) await this.#exchange.breakOff(strike.fault);
  }

  /** Writes as many blanks as a fault asks for. */
  async pad(fault: FaultOf<'huge'>): Promise<void> {
    let left = fault.bytes ?? HUGE_BYTES;
    while (left > 0) {
      await this.write(BLANKS.subarray(0, left));
      left -= Math.min(left, BLANKS.length);
    }
  }

  /** Ends the body; one that a fault wants huge goes on with blanks before, which leave JSON as it is. */
  async end(): Promise<void> {
    const huge = this.#exchange.faults.get('huge');
    if (huge !== undefined && !this.#isEventStream) await this.pad(huge);
    this.#exchange.response.end();
  }

  async #writePiece(piece: Uint8Array): Promise<void> {
    const { response, signal, record, faults, context } = this.#exchange;
    signal.throwIfAborted();
    const jitter = faults.get('jitter');
    if (jitter !== undefined && this.#sent > 0) {
      await this.#exchange.sleep(context.random() * jitter.ms);
    }
    this.#sent += piece.length;
    record.bytesSent += piece.length;
    const separate = this.#pieceBytes !== undefined || faults.byteBreak !== undefined;
    if (separate) await this.#writeThrough(piece);
    else if (!response.write(piece)) await this.#drained();
  }

  /** Waits until the system has the bytes, so that they make a packet of their own. */
  async #writeThrough(piece: Uint8Array): Promise<void> {
    await this.#settled((done) => this.#exchange.response.write(piece, () => done()));
    await new Promise((resolve) => setImmediate(resolve));
  }

  #drained(): Promise<void> {
    return this.#settled((done) => this.#exchange.response.once('drain', done));
  }

  #settled(start: (done: () => void) => void): Promise<void> {
    const { signal, response } = this.#exchange;
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        response.off('drain', done);
        reject(signal.reason as Error);
      };
      const done = (): void => {
        signal.removeEventListener('abort', onAbort);
        resolve();
      };
      signal.addEventListener('abort', onAbort, { once: true });
      start(done);
    });
  }
}
