import type { FaultOf } from '../faults/fault.ts';
import { BodySink } from './body-sink.ts';
import type { Exchange } from './exchange.ts';

/** How the events of one endpoint look, as far as the faults that work on events need to know. */
export interface EventDialect<Event> {
  /** Whether it carries a piece of what was asked for: audio, text. Faults that name no place strike there. */
  isContent(event: Event): boolean;
  /** An event of that kind without content, to come before `next`; `undefined` where there is none. */
  emptyDelta(next: Event): Event | undefined;
  /** The event with broken base64 in place of its audio; `undefined` where no event has audio. */
  withBrokenAudio?(event: Event): Event;
  /** What the service says when it fails in the middle. */
  failure(fault: FaultOf<'error-event'>): Event;
  /** Stands behind the last event: `[DONE]`; `undefined` where nothing does. */
  endMarker: string | undefined;
}

const ENCODER = new TextEncoder();
const LINE_ENDS = { crlf: '\r\n', cr: '\r' } as const;

/** Server-sent events as the service writes them, `data:` lines only, with the faults that work on events. */
export class EventStream<Event> {
  readonly #exchange: Exchange;
  readonly #dialect: EventDialect<Event>;
  readonly #sink: BodySink;
  readonly #lineEnd: string;
  #sent = 0;
  #contentSent = 0;

  constructor(exchange: Exchange, dialect: EventDialect<Event>) {
    this.#exchange = exchange;
    this.#dialect = dialect;
    this.#sink = new BodySink(exchange);
    const ends = exchange.faults.get('line-ends');
    this.#lineEnd = ends === undefined ? '\n' : LINE_ENDS[ends.as];
  }

  open(): Promise<void> {
    return this.#sink.open(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache',
    });
  }

  async send(event: Event): Promise<void> {
    const { faults } = this.#exchange;
    for (const fault of [faults.get('cut'), faults.get('stall')]) {
      if (fault?.events === this.#sent) await this.#exchange.breakOff(fault);
    }
    const failure = faults.get('error-event');
    if (failure !== undefined && this.#isStruck(failure.events, this.#contentSent === 1)) {
      await this.#write(this.#dialect.failure(failure));
      return this.#breakEnd();
    }
    const isContent = this.#dialect.isContent(event);
    const isFirstContent = this.#contentSent === 0 && isContent;
    const empty = faults.get('empty-delta');
    if (empty !== undefined && this.#isStruck(empty.events, isFirstContent)) {
      const delta = this.#dialect.emptyDelta(event);
      if (delta !== undefined) await this.#write(delta);
    }
    const huge = faults.get('huge');
    if (huge !== undefined && this.#sent === 0) {
      // A line of blanks before the first event's own line: still one event, and still JSON.
      await this.#sink.write(ENCODER.encode('data: '));
      await this.#sink.pad(huge);
      await this.#sink.write(ENCODER.encode(this.#lineEnd));
    }
    const malformed = faults.get('malformed');
    if (malformed !== undefined && this.#isStruck(malformed.events, isFirstContent)) {
      await this.#writeMalformed(event, malformed.how ?? 'json');
    } else await this.#write(event);
    this.#sent += 1;
    if (isContent) this.#contentSent += 1;
  }

  /** Sends what ends the stream, `done` if there is such an event, and ends it. */
  async finish(done?: Event): Promise<void> {
    const { endMarker } = this.#dialect;
    const missing = this.#exchange.faults.get('missing-end');
    // Without a marker there is nothing else that could be missing.
    const isDoneMissing =
      missing !== undefined && (missing.from === 'done' || endMarker === undefined);
    if (done !== undefined && !isDoneMissing) await this.send(done);
    if (endMarker !== undefined && missing === undefined) await this.#writeData(endMarker);
    await this.#sink.end();
  }

  /** A fault that names no place strikes where `byDefault` says. */
  #isStruck(events: number | undefined, byDefault: boolean): boolean {
    return events === undefined ? byDefault : events === this.#sent;
  }

  #write(event: Event): Promise<void> {
    return this.#writeData(JSON.stringify(event));
  }

  #writeData(data: string): Promise<void> {
    this.#exchange.record.eventsSent += 1;
    return this.#sink.write(this.#encode(data));
  }

  async #writeMalformed(event: Event, how: 'json' | 'base64' | 'half'): Promise<void> {
    const text = JSON.stringify(event);
    if (how === 'json') return this.#writeData(text.slice(0, Math.ceil(text.length / 2)));
    if (how === 'base64') return this.#write(this.#dialect.withBrokenAudio?.(event) ?? event);
    const bytes = this.#encode(text);
    await this.#sink.write(bytes.subarray(0, Math.ceil(bytes.length / 2)));
    return this.#breakEnd();
  }

  #encode(data: string): Uint8Array {
    return ENCODER.encode(`data: ${data}${this.#lineEnd}${this.#lineEnd}`);
  }

  /** Ends the body properly though the stream of events is not at its end. */
  async #breakEnd(): Promise<never> {
    return this.#exchange.breakOff({ kind: 'cut', how: 'end' });
  }
}
