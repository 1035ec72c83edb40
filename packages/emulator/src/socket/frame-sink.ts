import type { WebSocket } from 'ws';
import { untilAborted } from '../clock.ts';
import { HUGE_BYTES } from '../faults/fault.ts';
import type { FaultOf, SocketStage } from '../faults/fault.ts';
import { isDue } from '../faults/fault-set.ts';
import { ExchangeEnded } from '../http/exchange.ts';
import type { Exchange } from '../http/exchange.ts';

/** How the events of one protocol look, as far as the faults that work on frames need to know. */
export interface FrameDialect<Event> {
  /** The whole message. */
  encode(event: Event): string;
  isAudio(event: Event): boolean;
  /** An audio delta without audio, to come before `next`; `undefined` where there is none. */
  emptyDelta(next: Event): Event | undefined;
  /** The event with broken base64 in place of its audio. */
  withBrokenAudio(event: Event): Event;
  /** What the service says when it fails. */
  failure(fault: FaultOf<'error-event'>): Event;
  /** Called after such an event where the session goes on; without it nothing is sent any more. */
  onFailure?(): void;
}

const BLANKS = ' '.repeat(64 * 1024);
const NO_CLOSE_CODE = 1005;
const NO_CLOSE_FRAME = 1006;

/**
 * Sends events in order, one at a time and no faster than the client takes them, and lets the faults that work on frames
 * loose on them. Every promise rejects with {@link ExchangeEnded} once the socket is over.
 */
export class FrameSink<Event> {
  readonly #exchange: Exchange;
  readonly #socket: WebSocket;
  readonly #dialect: FrameDialect<Event>;
  #tail: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #sent = 0;
  #audioSent = 0;
  #failed = false;

  constructor(exchange: Exchange, socket: WebSocket, dialect: FrameDialect<Event>) {
    this.#exchange = exchange;
    this.#socket = socket;
    this.#dialect = dialect;
  }

  /** How many events are not with the system yet. */
  get waiting(): number {
    return this.#waiting;
  }

  send(event: Event): Promise<void> {
    return this.#inOrder(() => this.#sendNow(event));
  }

  /** Tells that the session has come to a stage, for the faults that wait for it. */
  reach(stage: SocketStage): Promise<void> {
    return this.#inOrder(() => this.#strike({ stage }));
  }

  /** Closes after everything that is waiting. */
  close(code: number, reason?: string): Promise<void> {
    return this.#inOrder(async () => this.#socket.close(code, reason));
  }

  /** Settles when everything that is waiting now is with the system, or never will be. */
  async drained(): Promise<void> {
    await this.#tail;
  }

  #inOrder(step: () => Promise<void>): Promise<void> {
    this.#waiting += 1;
    const done = this.#tail.then(step).finally(() => {
      this.#waiting -= 1;
    });
    this.#tail = done.catch(() => undefined);
    return done;
  }

  async #sendNow(event: Event): Promise<void> {
    const { faults, context } = this.#exchange;
    if (this.#failed) throw new ExchangeEnded('the session has failed');
    const jitter = faults.get('jitter');
    if (jitter !== undefined && this.#sent > 0) {
      await this.#exchange.sleep(context.random() * jitter.ms);
    }
    await this.#strike({ events: this.#sent });
    const isAudio = this.#dialect.isAudio(event);
    const isFirstAudio = isAudio && this.#audioSent === 0;
    const empty = faults.get('empty-delta');
    if (empty !== undefined && this.#isStruck(empty.events, isFirstAudio)) {
      const delta = this.#dialect.emptyDelta(event);
      if (delta !== undefined) await this.#write(this.#dialect.encode(delta));
    }
    const malformed = faults.get('malformed');
    const huge = faults.get('huge');
    if (malformed !== undefined && this.#isStruck(malformed.events, isFirstAudio)) {
      await this.#writeMalformed(event, malformed.how ?? 'json');
    } else if (huge !== undefined && isFirstAudio) await this.#writeHuge(event, huge);
    else await this.#write(this.#dialect.encode(event));
    this.#sent += 1;
    if (!isAudio) return;
    this.#audioSent += 1;
    if (isFirstAudio) await this.#strike({ stage: 'audio' });
  }

  async #strike(moment: { events: number } | { stage: SocketStage }): Promise<void> {
    const { faults } = this.#exchange;
    for (const fault of [faults.get('cut'), faults.get('stall')]) {
      if (fault !== undefined && isDue(fault, moment)) await this.#breakOff(fault);
    }
    const close = faults.get('close');
    if (close !== undefined && isDue(placed(close), moment)) this.#closeBy(close);
    const failure = faults.get('error-event');
    if (failure !== undefined && isDue(placed(failure), moment)) await this.#fail(failure);
  }

  /** A fault that names no place strikes where `byDefault` says. */
  #isStruck(events: number | undefined, byDefault: boolean): boolean {
    return events === undefined ? byDefault : events === this.#sent;
  }

  async #write(text: string, fin = true): Promise<void> {
    const { signal, record } = this.#exchange;
    signal.throwIfAborted();
    if (this.#socket.readyState !== this.#socket.OPEN) throw new ExchangeEnded('socket is closing');
    if (fin) record.eventsSent += 1;
    record.bytesSent += Buffer.byteLength(text);
    await new Promise<void>((resolve, reject) => {
      const onAbort = (): void => reject(signal.reason as Error);
      signal.addEventListener('abort', onAbort, { once: true });
      this.#socket.send(text, { fin }, (error) => {
        signal.removeEventListener('abort', onAbort);
        if (error == null) resolve();
        else reject(new ExchangeEnded('socket is closed', { cause: error }));
      });
    });
  }

  async #writeMalformed(event: Event, how: 'json' | 'base64' | 'half'): Promise<void> {
    if (how === 'base64') {
      return this.#write(this.#dialect.encode(this.#dialect.withBrokenAudio(event)));
    }
    const text = this.#dialect.encode(event);
    const half = text.slice(0, Math.ceil(text.length / 2));
    if (how === 'json') return this.#write(half);
    await this.#write(half, false);
    return this.#breakOff({ kind: 'cut' });
  }

  async #writeHuge(event: Event, fault: FaultOf<'huge'>): Promise<void> {
    let left = fault.bytes ?? HUGE_BYTES;
    while (left > 0) {
      await this.#write(BLANKS.slice(0, left), false);
      left -= Math.min(left, BLANKS.length);
    }
    await this.#write(this.#dialect.encode(event));
  }

  /** The service says that it failed. The socket stays open: nothing says that the service closes it. */
  async #fail(fault: FaultOf<'error-event'>): Promise<void> {
    await this.#write(this.#dialect.encode(this.#dialect.failure(fault)));
    if (this.#dialect.onFailure !== undefined) return this.#dialect.onFailure();
    this.#failed = true;
    throw new ExchangeEnded('the session has failed');
  }

  async #breakOff(fault: FaultOf<'cut' | 'stall'>): Promise<never> {
    const { signal, request } = this.#exchange;
    if (fault.kind === 'stall') return untilAborted(signal);
    if (fault.how === 'end') this.#socket.close(1000);
    else if (fault.how === 'reset') request.socket.resetAndDestroy();
    // Not `terminate()`: with messages unread, the system would make a reset of it.
    else request.socket.end();
    this.#exchange.end('cut');
    throw signal.reason;
  }

  #closeBy({ code, reason }: FaultOf<'close'>): never {
    if (code === NO_CLOSE_FRAME) this.#exchange.request.socket.end();
    else if (code === NO_CLOSE_CODE) this.#socket.close();
    else this.#socket.close(code ?? 1000, reason);
    this.#exchange.end('cut');
    throw this.#exchange.signal.reason;
  }
}

/** Closing and failing strike in the middle of the audio unless they name a place. */
function placed<Placed extends FaultOf<'close' | 'error-event'>>(fault: Placed): Placed {
  return fault.events === undefined && fault.at === undefined ? { ...fault, at: 'audio' } : fault;
}
