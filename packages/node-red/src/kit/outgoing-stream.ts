import { Buffer } from 'node:buffer';
import type { Properties } from '../definition/node-definition.ts';
import type { Job } from './job-lanes.ts';
import { withFields } from './message-fields.ts';
import type { FlowMessage } from './node-red.ts';
import type { NodeHost } from './register-node.ts';
import { StreamParts } from './stream-place.ts';

/**
 * A text or a sound that leaves in pieces while it is being made. Nobody knows which piece is the last before the end has
 * come, and holding one back would make the first late: so the last message is an empty one.
 */
export class OutgoingStream<P extends Properties> {
  readonly #host: NodeHost<P>;
  readonly #job: Job<P>;
  readonly #output: number;
  readonly #kind: 'text' | 'audio';
  readonly #parts: StreamParts;
  #state: 'new' | 'open' | 'ended' = 'new';

  constructor(host: NodeHost<P>, job: Job<P>, output: number, kind: 'text' | 'audio') {
    this.#host = host;
    this.#job = job;
    this.#output = output;
    this.#kind = kind;
    this.#parts = new StreamParts(`${job.id}.${output}`, kind === 'text' ? 'string' : 'buffer');
  }

  /** Whether something was sent. */
  get hasBegun(): boolean {
    return this.#state !== 'new';
  }

  send(payload: string | Uint8Array, fields: FlowMessage = {}): void {
    this.#state = 'open';
    this.#job.send(this.#output, this.#fields(payload, fields, false));
  }

  /** All was sent: the message that says so. */
  end(fields: FlowMessage = {}): void {
    this.#state = 'ended';
    this.#job.send(this.#output, this.#fields(this.#nothing(), fields, true));
  }

  /**
   * Ends a stream that was cancelled or has failed, with `stepvoice.isCut`: whoever gathers it must not wait for the rest.
   * Does nothing for one that has not begun, or has ended.
   *
   * @param fields what of the job's message does not belong to it, as `undefined`
   */
  cut(fields: FlowMessage = {}): void {
    if (this.#state !== 'open') return;
    this.#state = 'ended';
    const last = this.#fields(this.#nothing(), { ...fields, stepvoice: { isCut: true } }, true);
    // The job itself may be over, and sends nothing any more.
    this.#host.send(this.#output, withFields(this.#job.message, last));
  }

  #nothing(): string | Uint8Array {
    return this.#kind === 'text' ? '' : Buffer.alloc(0);
  }

  #fields(payload: string | Uint8Array, fields: FlowMessage, isLast: boolean): FlowMessage {
    return {
      complete: undefined,
      ...fields,
      payload,
      ...this.#parts.next(isLast),
      stepvoice: { ...fields.stepvoice, stream: this.#kind },
    };
  }
}
