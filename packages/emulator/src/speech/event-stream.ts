import { BodySink } from '../http/body-sink.ts';
import type { Exchange } from '../http/exchange.ts';

type StreamEvent = { type: string; [field: string]: unknown };

const ENCODER = new TextEncoder();
const LINE_ENDS = { crlf: '\r\n', cr: '\r' } as const;

/** Server-sent events as the service writes them, `data:` lines only, with the faults that work on events. */
export class EventStream {
  readonly #exchange: Exchange;
  readonly #sink: BodySink;
  readonly #lineEnd: string;
  #sent = 0;
  #audioSent = 0;

  constructor(exchange: Exchange) {
    this.#exchange = exchange;
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

  async send(event: StreamEvent): Promise<void> {
    const { faults } = this.#exchange;
    for (const fault of [faults.get('cut'), faults.get('stall')]) {
      if (fault?.events === this.#sent) await this.#exchange.breakOff(fault);
    }
    const failure = faults.get('error-event');
    if (failure !== undefined && this.#isStruck(failure.events, this.#audioSent === 1)) {
      const { message = 'engine overloaded', code } = failure;
      await this.#write({
        type: 'speech.audio.error',
        error: { message, ...(code !== undefined && { code: String(code) }) },
      });
      return this.#breakEnd();
    }
    const firstAudio = this.#audioSent === 0 && event.type === 'speech.audio.delta';
    const empty = faults.get('empty-delta');
    if (empty !== undefined && this.#isStruck(empty.events, firstAudio)) {
      await this.#write({ type: 'speech.audio.delta', audio: '' });
    }
    const huge = faults.get('huge');
    if (huge !== undefined && this.#sent === 0) {
      // A line of blanks before the first event's own line: still one event, and still JSON.
      await this.#sink.write(ENCODER.encode('data: '));
      await this.#sink.pad(huge);
      await this.#sink.write(ENCODER.encode(this.#lineEnd));
    }
    const malformed = faults.get('malformed');
    if (malformed !== undefined && this.#isStruck(malformed.events, firstAudio)) {
      await this.#writeMalformed(event, malformed.how ?? 'json');
    } else await this.#write(event);
    this.#sent += 1;
    if (event.type === 'speech.audio.delta') this.#audioSent += 1;
  }

  /** Sends what ends the stream and ends it. */
  async finish(): Promise<void> {
    const missing = this.#exchange.faults.get('missing-end');
    if (missing?.from !== 'done') await this.send({ type: 'speech.audio.done', audio: '' });
    if (missing === undefined) await this.#writeData('[DONE]');
    await this.#sink.end();
  }

  /** A fault that names no place strikes where `byDefault` says. */
  #isStruck(events: number | undefined, byDefault: boolean): boolean {
    return events === undefined ? byDefault : events === this.#sent;
  }

  #write(event: StreamEvent): Promise<void> {
    return this.#writeData(JSON.stringify(event));
  }

  #writeData(data: string): Promise<void> {
    this.#exchange.record.eventsSent += 1;
    return this.#sink.write(this.#encode(data));
  }

  async #writeMalformed(event: StreamEvent, how: 'json' | 'base64' | 'half'): Promise<void> {
    const text = JSON.stringify(event);
    if (how === 'json') return this.#writeData(text.slice(0, Math.ceil(text.length / 2)));
    if (how === 'base64') return this.#write({ ...event, audio: '*not base64*' });
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
