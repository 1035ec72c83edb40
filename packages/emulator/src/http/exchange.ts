import type { IncomingMessage, ServerResponse } from 'node:http';
import { sleep, untilAborted } from '../clock.ts';
import type { EmulatorContext } from '../context.ts';
import type { Outcome, RequestRecord } from '../counters.ts';
import type { FaultOf } from '../faults/fault.ts';
import { FaultSet } from '../faults/fault-set.ts';

/** Why an exchange is over before its answer is: nothing more can or shall be sent. */
export class ExchangeEnded extends Error {
  override name = 'ExchangeEnded';
}

type Parts = {
  request: IncomingMessage;
  response: ServerResponse;
  url: URL;
  parameter: string;
  context: EmulatorContext;
  record: RequestRecord;
};

/** One request with its answer, or one socket from its handshake on. */
export class Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URL;
  /** The path segment that the route leaves open. */
  readonly parameter: string;
  readonly context: EmulatorContext;
  readonly record: RequestRecord;
  #faults = new FaultSet([]);
  #isComplete = false;
  readonly #controller = new AbortController();

  constructor(parts: Parts) {
    this.request = parts.request;
    this.response = parts.response;
    this.url = parts.url;
    this.parameter = parts.parameter;
    this.context = parts.context;
    this.record = parts.record;
  }

  get faults(): FaultSet {
    return this.#faults;
  }

  set faults(faults: FaultSet) {
    this.#faults = faults;
    this.record.faults = faults.kinds;
  }

  /** Aborted as soon as nobody waits for the answer any more: the client left, a fault broke it off, or all ends. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Everything is sent: a client that leaves from here on has left nothing behind, until there is more to send. */
  markComplete(isComplete = true): void {
    this.#isComplete = isComplete;
  }

  /** Only the first call counts. */
  end(outcome: Exclude<Outcome, 'open'>): void {
    if (this.signal.aborted) return;
    const seen = outcome === 'aborted' && this.#isComplete ? 'complete' : outcome;
    this.context.ledger.ended(this.record, seen, this.context.clock.now());
    this.#controller.abort(new ExchangeEnded(`the exchange has ended: ${seen}`));
  }

  /** Writes status line and headers; the body follows. */
  writeHead(status: number, headers: Readonly<Record<string, string | number>>): void {
    this.context.ledger.answered(this.record, status);
    this.response.writeHead(status, headers);
  }

  /** @throws {ExchangeEnded} when the exchange ends before the time is over. */
  sleep(ms: number): Promise<void> {
    return sleep(this.context.clock, ms, this.signal);
  }

  /** Breaks the answer off as a fault asks. @throws {ExchangeEnded} always, if only when all ends. */
  async breakOff(fault: FaultOf<'cut' | 'stall'>): Promise<never> {
    if (fault.kind === 'stall') return untilAborted(this.signal);
    const { response } = this;
    if (fault.how === 'end') response.end();
    else if (fault.how === 'reset') {
      // A reset throws away what the system does not have yet, and a head may still be on its way there.
      await new Promise((resolve) => setImmediate(resolve));
      response.socket?.resetAndDestroy();
    } else response.socket?.destroySoon();
    this.end('cut');
    throw this.signal.reason;
  }
}
