import { randomUUID } from 'node:crypto';
import { REALTIME_SAMPLE_RATE, REALTIME_SESSION_LIMIT_MS } from '@stepvoice/core/protocol';
import type { WebSocket } from 'ws';
import { ODD_PIECE_BYTES } from '../faults/fault.ts';
import type { Hearing } from '../ear/ear.ts';
import { ExchangeEnded } from '../http/exchange.ts';
import type { Exchange } from '../http/exchange.ts';
import { MindFailure } from '../mind/mind.ts';
import { FrameSink } from '../socket/frame-sink.ts';
import { MessageQueue } from '../socket/message-queue.ts';
import { modelHabits } from './model-habits.ts';
import { createRealtimeDialect } from './realtime-dialect.ts';
import type { Pace } from './realtime-habits.ts';
import { RealtimeMachine } from './realtime-machine.ts';
import type { Effect, ListenOrder, ReplyOrder } from './realtime-machine.ts';
import { ReplyPacer } from './reply-pacer.ts';
import type { ReplyProgress } from './response-script.ts';
import { errorEvent } from './server-event.ts';
import type { ServerEvent } from './server-event.ts';
import { spokenReply } from './spoken-reply.ts';

/** "Some minutes" by the service's documentation, which names no figure. */
const IDLE_MS = 300_000;
/** So long a client has to take what is left when its session ends. */
const GOODBYE_MS = 10_000;
/** Answers not yet taken by the client before its next message is read. */
const MOST_WAITING_FRAMES = 64;
/** So much sound is listened to before others have their turn. */
const LISTENING_SAMPLES = REALTIME_SAMPLE_RATE;
const BYTES_PER_SECOND = REALTIME_SAMPLE_RATE * Int16Array.BYTES_PER_ELEMENT;

/** What is being said at present. */
type Speaking = { responseId: string; controller: AbortController };

/** One connection to `GET /realtime`, from `session.created` to its close. */
export class RealtimeSession {
  readonly #exchange: Exchange;
  readonly #socket: WebSocket;
  readonly #model: string;
  readonly #pace: Pace;
  readonly #machine: RealtimeMachine;
  readonly #sink: FrameSink<ServerEvent>;
  readonly #messages: MessageQueue;
  /** By item, while its sound is being listened to. */
  readonly #hearings = new Map<string, Promise<void>>();
  #speaking: Speaking | undefined;
  #hasAsked = false;
  #hasBegun = false;
  #cancelIdle: () => void = () => undefined;
  #cancelLimit: () => void = () => undefined;

  constructor(
    exchange: Exchange,
    socket: WebSocket,
    { model, pace }: { model: string; pace: Pace },
  ) {
    const { clock, voices, realtimeHabits, strict } = exchange.context;
    this.#exchange = exchange;
    this.#socket = socket;
    this.#model = model;
    this.#pace = pace;
    this.#machine = new RealtimeMachine({
      model,
      access: voices,
      habits: realtimeHabits,
      strict,
      createId: randomUUID,
    });
    const dialect = createRealtimeDialect(clock, () => this.#failReply());
    this.#sink = new FrameSink(exchange, socket, dialect);
    this.#messages = new MessageQueue(exchange, socket, (message) => this.#receive(message));
    exchange.record.model = model;
    exchange.record.voice = this.#machine.voice;
    exchange.record.format = 'pcm16';
    exchange.record.sampleRate = REALTIME_SAMPLE_RATE;
  }

  /** Greets the client and serves it; everything else happens as messages come. */
  start(): void {
    this.#messages.start((work) => this.#settle(work));
    this.#socket.on('ping', () => this.#touch());
    this.#exchange.signal.addEventListener('abort', () => {
      this.#cancelIdle();
      this.#cancelLimit();
      this.#hush();
    });
    this.#touch();
    this.#cancelLimit = this.#exchange.context.clock.after(REALTIME_SESSION_LIMIT_MS, () =>
      this.#end('the session has reached its limit of 30 minutes'),
    );
    this.#settle(this.#greet());
  }

  async #greet(): Promise<void> {
    await this.#sink.reach('open');
    await this.#sink.send(this.#machine.open());
    // Who leaves while nothing is being said has left nothing behind.
    this.#exchange.markComplete();
    await this.#sink.reach('connected');
  }

  async #receive(message: Uint8Array): Promise<void> {
    this.#touch();
    this.#carryOut(this.#machine.receive(parse(message)));
    this.#exchange.record.voice = this.#machine.voice;
    if (this.#sink.waiting > MOST_WAITING_FRAMES) await this.#sink.drained();
  }

  #carryOut(effects: readonly Effect[]): void {
    const { ledger } = this.#exchange.context;
    if (!this.#hasAsked && effects.some(({ type }) => type === 'reply')) {
      this.#hasAsked = true;
      this.#settle(this.#sink.reach('text-done'));
    }
    for (const effect of effects) {
      if (effect.type === 'send') this.#settle(this.#send([effect.event]));
      else if (effect.type === 'listen') this.#listen(effect.order);
      else if (effect.type === 'reply') this.#reply(effect.order);
      else if (effect.type === 'hush') this.#hush();
      else ledger.heard(this.#exchange.record, effect.seconds);
    }
  }

  /** All of them follow each other: what is sent meanwhile comes after. */
  async #send(events: readonly ServerEvent[]): Promise<void> {
    const omitsEnd = this.#exchange.faults.get('missing-end') !== undefined;
    const sent: Promise<void>[] = [];
    for (const event of events) {
      if (omitsEnd && event.type === 'response.done') continue;
      if (event.type === 'response.created') this.#exchange.markComplete(false);
      sent.push(this.#sink.send(event));
      if (event.type === 'response.created' && !this.#hasBegun) {
        this.#hasBegun = true;
        sent.push(this.#sink.reach('created'));
      }
      if (event.type === 'response.done') {
        sent.push(this.#sink.drained().then(() => this.#markIdle()));
      }
    }
    await Promise.all(sent);
  }

  #markIdle(): void {
    if (!this.#machine.isReplying) this.#exchange.markComplete();
  }

  #listen(order: ListenOrder): void {
    const before = this.#hearings.get(order.itemId) ?? Promise.resolve();
    const work = before
      .then(() => this.#hear(order))
      .finally(() => {
        if (this.#hearings.get(order.itemId) === work) this.#hearings.delete(order.itemId);
      });
    this.#hearings.set(order.itemId, work);
    this.#settle(work);
  }

  async #hear(order: ListenOrder): Promise<void> {
    const { signal, context } = this.#exchange;
    let hearing: Hearing | undefined;
    try {
      hearing = context.ear.listen({ sampleRate: REALTIME_SAMPLE_RATE, signal });
      for (let offset = 0; offset < order.samples.length; offset += LISTENING_SAMPLES) {
        const partials = hearing.push(order.samples.subarray(offset, offset + LISTENING_SAMPLES));
        const events = partials.flatMap(({ text }) => this.#machine.heardSoFar(order, text));
        await this.#send(events);
        await new Promise((resolve) => setImmediate(resolve));
        signal.throwIfAborted();
      }
      const { text } = await hearing.end();
      await this.#send(this.#machine.heard(order, text));
    } catch (error) {
      if (signal.aborted || error instanceof ExchangeEnded) throw error;
      await this.#send(this.#machine.notHeard(order, 'the audio could not be transcribed'));
    } finally {
      hearing?.free();
    }
  }

  #reply(order: ReplyOrder): void {
    const speaking = { responseId: order.responseId, controller: new AbortController() };
    this.#speaking = speaking;
    this.#settle(
      this.#say(order, speaking.controller.signal).finally(() => {
        if (this.#speaking === speaking) this.#speaking = undefined;
      }),
    );
  }

  async #say(order: ReplyOrder, signal: AbortSignal): Promise<void> {
    try {
      await Promise.all(order.itemIds.flatMap((id) => this.#hearings.get(id) ?? []));
      signal.throwIfAborted();
      await this.#sayAll(order, signal);
      await this.#send(this.#machine.complete(order.responseId));
    } catch (error) {
      if (signal.aborted || error instanceof ExchangeEnded) return;
      const message = error instanceof MindFailure ? error.message : 'internal error';
      await this.#send(this.#machine.fail(order.responseId, message));
    }
  }

  async #sayAll(order: ReplyOrder, signal: AbortSignal): Promise<void> {
    const { mind, engine, clock, ledger, strict } = this.#exchange.context;
    const pacer = new ReplyPacer(clock, this.#pace);
    const reply = spokenReply({
      mind,
      engine,
      model: this.#model,
      habits: modelHabits(this.#model, strict),
      order,
      turns: this.#machine.turnsFor(order),
      signal,
    });
    for await (const whole of reply) {
      for (const progress of this.#split(whole)) {
        if (progress.type === 'audio') {
          const seconds = progress.bytes.length / BYTES_PER_SECOND;
          await pacer.wait(seconds * 1000, signal);
          ledger.spoken(this.#exchange.record, seconds);
        }
        await this.#send(this.#machine.advance(order.responseId, progress));
        signal.throwIfAborted();
      }
    }
  }

  /** Sound in pieces that end inside a sample, where a fault asks for it. */
  #split(progress: ReplyProgress): ReplyProgress[] {
    if (progress.type !== 'audio' || this.#exchange.faults.get('odd-splits') === undefined) {
      return [progress];
    }
    const pieces: ReplyProgress[] = [];
    for (let at = 0; at < progress.bytes.length; at += ODD_PIECE_BYTES) {
      pieces.push({ type: 'audio', bytes: progress.bytes.subarray(at, at + ODD_PIECE_BYTES) });
    }
    return pieces;
  }

  /** Stops what is being said, at once. */
  #hush(): void {
    this.#speaking?.controller.abort(new ExchangeEnded('the reply is over'));
    this.#speaking = undefined;
  }

  /** A fault has had the service say that it failed; the session goes on without the reply. */
  #failReply(): void {
    const responseId = this.#speaking?.responseId;
    this.#hush();
    if (responseId !== undefined) this.#settle(this.#send(this.#machine.fail(responseId)));
  }

  /** Puts the idle time off. */
  #touch(): void {
    this.#cancelIdle();
    if (this.#exchange.signal.aborted) return;
    this.#cancelIdle = this.#exchange.context.clock.after(IDLE_MS, () => {
      if (this.#machine.isReplying) this.#touch();
      else this.#end('nothing was received for 5 minutes');
    });
  }

  #end(reason: string): void {
    this.#hush();
    this.#exchange.markComplete();
    this.#settle(this.#sink.close(1000, reason));
    this.#cancelIdle();
    this.#cancelLimit();
    // Behind a client that does not read, a goodbye would wait for ever.
    const { clock } = this.#exchange.context;
    this.#cancelLimit = clock.after(GOODBYE_MS, () => this.#socket.terminate());
  }

  /** Looks after work that nobody waits for. */
  #settle(work: Promise<void>): void {
    work.catch((error: unknown) => {
      if (error instanceof ExchangeEnded || this.#exchange.signal.aborted) return;
      const event = errorEvent({ type: 'server_error', message: 'internal error' });
      this.#sink.send(event).catch(() => undefined);
    });
  }
}

/** What a message says, text or binary; `undefined` where it is not JSON. */
function parse(message: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(message)) as unknown;
  } catch {
    return undefined;
  }
}
