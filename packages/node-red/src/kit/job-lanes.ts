import type { Properties, SettingsOf } from '../definition/node-definition.ts';
import { actionOf, hasSession, unknownAction } from './action.ts';
import { FlowError, LocalizedError, toFlowError } from './flow-error.ts';
import { Inbox } from './inbox.ts';
import { withFields } from './message-fields.ts';
import type { FlowMessage } from './node-red.ts';
import type { Call, NodeHost } from './register-node.ts';
import { sessionKey } from './session-key.ts';
import type { StreamPlace } from './stream-place.ts';

const MAX_LANES = 1000;
/** How many streams that ended early are remembered, so that what still comes of them is no news. */
const MAX_ENDED_STREAMS = 1000;

/** Why a job ended that nobody wants any more. It is no failure. */
export class JobCancelled extends Error {
  override name = 'JobCancelled';
}

/** A message, or a stream of messages, being worked on. */
export type Job<P extends Properties = Properties> = {
  /** Random, for `parts.id`. */
  readonly id: string;
  /** The session. */
  readonly lane: string;
  /** The message it began with: what it sends carries that message's other properties. */
  readonly message: FlowMessage;
  /** When that came, on the host's clock. */
  readonly arrivedMs: number;
  readonly settings: SettingsOf<P>;
  /** Aborted by a cancel, an interruption and the node's close. */
  readonly signal: AbortSignal;
  /** Where the message opened a stream: that stream's place. */
  readonly stream: StreamPlace | undefined;
  /** The first message and those that follow it in its stream, in their order, as they come. To be read once. */
  messages(): AsyncIterable<FlowMessage>;
  /**
   * Sends a copy of the first message with these properties; one that is `undefined` is left out. Nothing is sent once the job
   * is over.
   */
  send(output: number, fields: FlowMessage): void;
  /** Sends an event on the events output: `msg.event` is its name, the payload what there is to say. */
  event(name: string, payload: Readonly<Record<string, unknown>>): void;
};

export type JobLanesOptions<P extends Properties> = {
  /** Works on a job. What it throws is the error of the message it began with. */
  run(job: Job<P>): Promise<void>;
  /** Which messages are one stream. Default: none are. */
  streamOf?(message: FlowMessage): StreamPlace | undefined;
  /** A command that is not of the lanes themselves, such as `flush`. @returns whether it was understood */
  command?(action: string, call: Call<P>): boolean | Promise<boolean>;
  /** Where events leave. */
  eventsOutput?: number;
  /** What the badge says while a job runs. */
  busyStatus?: string;
};

type Queueing = { overlap?: 'queue' | 'interrupt' | 'drop'; maxQueued?: number };

/**
 * The order in which messages are worked on: one at a time in each session, in the order they came, sessions side by side.
 * Node-RED has neither order nor a limit for nodes that take their time.
 *
 * Commands (`msg.action`) do not wait: `cancel` (or `msg.reset`) ends what runs and forgets what waits, `clear` forgets what
 * waits. In a session, if the message names one, else in all.
 */
export class JobLanes<P extends Properties> {
  readonly #host: NodeHost<P>;
  readonly #options: JobLanesOptions<P>;
  readonly #lanes = new Map<string, RunningJob<P>[]>();
  readonly #endedStreams = new Set<string>();

  constructor(host: NodeHost<P>, options: JobLanesOptions<P>) {
    this.#host = host;
    this.#options = options;
  }

  /** Jobs that run or wait. */
  get size(): number {
    let size = 0;
    for (const lane of this.#lanes.values()) size += lane.length;
    return size;
  }

  /** For `NodeBehaviour.input`. Resolves when the message is done. */
  async take(call: Call<P>): Promise<void> {
    const { message } = call;
    const action = actionOf(message);
    if (action !== undefined) return this.#command(action, call);
    const key = sessionKey(message);
    const place = this.#options.streamOf?.(message);
    const lane = this.#lanes.get(key) ?? [];
    if (place !== undefined) {
      const streamId = `${key}\n${place.id}`;
      const open = lane.find((job) => job.streamId === streamId);
      if (open !== undefined) return open.push(message, place.isLast);
      if (this.#endedStreams.has(streamId)) {
        if (place.isLast) this.#endedStreams.delete(streamId);
        return;
      }
    }
    const { overlap = 'queue', maxQueued = 100 } = this.#host.fixed as Queueing;
    if (lane.length > 0) {
      if (overlap === 'drop') {
        this.#host.status.show('dropped');
        if (place !== undefined && !place.isLast) this.#forget(`${key}\n${place.id}`);
        this.#event(call, 'dropped', {});
        return;
      }
      if (overlap === 'interrupt') this.#cancelLane(key);
      else if (lane.length > maxQueued) {
        if (place !== undefined && !place.isLast) this.#forget(`${key}\n${place.id}`);
        throw queueFull(maxQueued);
      }
    } else if (this.#lanes.size >= MAX_LANES) {
      throw queueFull(MAX_LANES);
    }
    const job = new RunningJob(this.#host, call, key, place, this.#options.eventsOutput);
    const jobs = this.#lanes.get(key);
    if (jobs === undefined) {
      this.#lanes.set(key, [job]);
      void this.#work(key);
    } else {
      jobs.push(job);
    }
    return job.ended;
  }

  /** Ends everything; the messages are done, without an error. For `NodeBehaviour.close`. */
  close(): void {
    for (const key of this.#lanes.keys()) this.#cancelLane(key);
    this.#endedStreams.clear();
  }

  async #command(action: string, call: Call<P>): Promise<void> {
    const { message } = call;
    const keys = hasSession(message) ? [sessionKey(message)] : [...this.#lanes.keys()];
    if (action === 'cancel') {
      for (const key of keys) this.#cancelLane(key);
    } else if (action === 'clear') {
      for (const key of keys) this.#clearLane(key);
    } else if ((await this.#options.command?.(action, call)) !== true) {
      throw unknownAction(action, Object.keys(this.#host.definition.actions));
    }
  }

  /** One lane, until it is empty. Never rejects. */
  async #work(key: string): Promise<void> {
    const lane = this.#lanes.get(key);
    if (lane === undefined) return;
    for (let job = lane[0]; job !== undefined; job = lane[0]) {
      const { status } = this.#host;
      let failure: FlowError | undefined;
      status.begin(this.#options.busyStatus);
      try {
        await job.run((ready) => this.#options.run(ready));
      } catch (error) {
        failure = toFlowError(error, this.#host.language);
      }
      status.end(failure);
      if (job.streamId !== undefined && !job.isComplete) this.#forget(job.streamId);
      job.finish(failure);
      if (lane[0] === job) lane.shift();
    }
    if (this.#lanes.get(key) === lane) this.#lanes.delete(key);
  }

  #cancelLane(key: string): void {
    this.#clearLane(key);
    this.#lanes.get(key)?.[0]?.cancel();
  }

  #clearLane(key: string): void {
    const waiting = this.#lanes.get(key)?.splice(1) ?? [];
    for (const job of waiting) {
      if (job.streamId !== undefined && !job.isComplete) this.#forget(job.streamId);
      job.cancel();
      job.finish(undefined);
    }
  }

  #forget(streamId: string): void {
    this.#endedStreams.add(streamId);
    if (this.#endedStreams.size <= MAX_ENDED_STREAMS) return;
    for (const oldest of this.#endedStreams) {
      this.#endedStreams.delete(oldest);
      return;
    }
  }

  #event(call: Call<P>, event: string, payload: Record<string, unknown>): void {
    const { eventsOutput } = this.#options;
    if (eventsOutput !== undefined) call.send(eventsOutput, toEvent(call.message, event, payload));
  }
}

class RunningJob<P extends Properties> {
  readonly streamId: string | undefined;
  /** Settles when the message it began with is done. */
  readonly ended: Promise<void>;
  readonly #host: NodeHost<P>;
  readonly #call: Call<P>;
  readonly #lane: string;
  readonly #stream: StreamPlace | undefined;
  readonly #eventsOutput: number | undefined;
  readonly #controller = new AbortController();
  readonly #inbox: Inbox;
  #settle: (failure: FlowError | undefined) => void = () => undefined;

  constructor(
    host: NodeHost<P>,
    call: Call<P>,
    lane: string,
    stream: StreamPlace | undefined,
    eventsOutput: number | undefined,
  ) {
    this.#host = host;
    this.#call = call;
    this.#lane = lane;
    this.#stream = stream;
    this.#eventsOutput = eventsOutput;
    this.streamId = stream === undefined ? undefined : `${lane}\n${stream.id}`;
    this.#inbox = new Inbox(call.message, stream === undefined || stream.isLast);
    this.ended = new Promise((resolve, reject) => {
      this.#settle = (failure) => (failure === undefined ? resolve() : reject(failure));
    });
    // Whoever waits gets it; where the node was closed, nobody does.
    this.ended.catch(() => undefined);
  }

  /** Whether all messages of its stream have come. */
  get isComplete(): boolean {
    return this.#inbox.isComplete;
  }

  push(message: FlowMessage, isLast: boolean): Promise<void> {
    return this.#inbox.push(message, isLast);
  }

  /** Settles with the work, or at once when the job is cancelled: what unwinds slowly does not hold up the next. */
  async run(work: (job: Job<P>) => Promise<void>): Promise<void> {
    const { signal } = this.#controller;
    if (signal.aborted) return;
    const working = (async () => {
      const job = await this.#ready();
      if (!signal.aborted) await work(job);
    })();
    const cancelled = new Promise<void>((resolve) => {
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
    await Promise.race([
      cancelled,
      working.catch((error: unknown) => {
        if (!signal.aborted) throw error;
      }),
    ]);
  }

  cancel(): void {
    if (this.#controller.signal.aborted) return;
    this.#notify('cancelled', {});
    const reason = new JobCancelled('The job was cancelled.');
    this.#controller.abort(reason);
    this.#inbox.close(reason);
  }

  finish(failure: FlowError | undefined): void {
    this.#inbox.close();
    this.#settle(failure);
    // Whoever works on after the end is not heard any more.
    this.#controller.abort(new JobCancelled('The job is over.'));
  }

  async #ready(): Promise<Job<P>> {
    const { message, arrivedMs } = this.#call;
    return {
      id: this.#host.RED.util.generateId(),
      lane: this.#lane,
      message,
      arrivedMs,
      settings: await this.#call.settings(),
      signal: this.#controller.signal,
      stream: this.#stream,
      messages: () => this.#inbox,
      send: (output, fields) => {
        if (!this.#controller.signal.aborted) this.#call.send(output, withFields(message, fields));
      },
      event: (name, payload) => this.#notify(name, payload),
    };
  }

  #notify(event: string, payload: Readonly<Record<string, unknown>>): void {
    if (this.#eventsOutput === undefined || this.#controller.signal.aborted) return;
    this.#call.send(this.#eventsOutput, toEvent(this.#call.message, event, payload));
  }
}

/** It says nothing of the payload the message came with, whose place it takes. */
function toEvent(
  message: FlowMessage,
  event: string,
  facts: Readonly<Record<string, unknown>>,
): FlowMessage {
  const nothing = { parts: undefined, complete: undefined, audio: undefined, stepvoice: undefined };
  return withFields(message, { ...nothing, event, payload: withFields({}, facts) });
}

function queueFull(limit: number): LocalizedError {
  return new LocalizedError(
    'queue_full',
    {
      en: `${limit} messages wait already. Send fewer, raise the queue length, or let new messages interrupt.`,
      zh: `已有 ${limit} 条消息在等待。请减少消息、加大队列长度，或设为打断当前。`,
    },
    { badge: 'queueFull' },
  );
}
