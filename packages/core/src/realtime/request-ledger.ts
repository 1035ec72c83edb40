import { StepAudioError, TimeoutError } from '../errors.ts';
import type { Clock } from '../net/clock.ts';
import type { WireRealtimeInputItem, WireRealtimeItem } from '../protocol/realtime-items.ts';
import type {
  WireRealtimeError,
  WireRealtimeServerEvent,
} from '../protocol/realtime-server-events.ts';

export type RequestKind =
  | 'update'
  | 'commit'
  | 'clear'
  | 'item'
  | 'delete'
  | 'truncate'
  | 'response'
  | 'cancel';

/** Something that was sent and is to be answered. */
export type PendingRequest = {
  readonly kind: RequestKind;
  readonly eventId: string;
  /** Of kind `item`: what was sent. */
  readonly item?: WireRealtimeInputItem | undefined;
  /** Of kind `delete` and `truncate`: of which item. */
  readonly itemId?: string | undefined;
};

type Waiting = PendingRequest & {
  resolve: (event: WireRealtimeServerEvent) => void;
  reject: (error: unknown) => void;
  promise: Promise<WireRealtimeServerEvent>;
  stopTimer: () => void;
};

const KIND_OF_ANSWER: Partial<Record<WireRealtimeServerEvent['type'], RequestKind>> = {
  'session.updated': 'update',
  'input_audio_buffer.committed': 'commit',
  'input_audio_buffer.cleared': 'clear',
  'response.created': 'response',
};

/** What the service says when something is asked of it that it cannot do now. */
const NOTHING_TO_CANCEL = /no (?:ongoing|active) response|has no active/i;
const ONGOING_RESPONSE = /ongoing response already|already has an active response/i;

/** What a message without the id of what it is about tells of that, in the order in which they are looked at. */
const HINTS: readonly [RegExp, readonly RequestKind[]][] = [
  [NOTHING_TO_CANCEL, ['cancel']],
  [ONGOING_RESPONSE, ['response']],
  [/continue_final_message|chat template/i, ['response']],
  [/previous item|item type|call_id/i, ['item']],
  [/commit|append/i, ['commit']],
  [/\bitem\b/i, ['delete', 'truncate', 'item']],
  [/voice|session|tool|turn_detection|instructions/i, ['update']],
];

/** Only the parts of an error that tell what it is about. */
export function isNothingToCancel(error: WireRealtimeError): boolean {
  return NOTHING_TO_CANCEL.test(error.message ?? '');
}

export function isOngoingResponse(error: WireRealtimeError): boolean {
  return ONGOING_RESPONSE.test(error.message ?? '');
}

export type RequestLedgerOptions = {
  clock: Clock;
  /** How long the service may take for an answer. */
  limitMs: number;
  /** Called whenever one was added or settled. */
  onChange: () => void;
};

/**
 * What was asked for and not answered yet. The service repeats neither our ids nor anything else that would tell which
 * answer belongs to what, but it answers in order: so they are matched by kind, order and what they are about.
 */
export class RequestLedger {
  readonly #options: RequestLedgerOptions;
  #waiting: Waiting[] = [];

  constructor(options: RequestLedgerOptions) {
    this.#options = options;
  }

  get size(): number {
    // Nobody waits for the answer to a truncation: it is not documented that there is one.
    return this.#waiting.filter(({ kind }) => kind !== 'truncate').length;
  }

  add(request: PendingRequest): Promise<WireRealtimeServerEvent> {
    const { promise, resolve, reject } = Promise.withResolvers<WireRealtimeServerEvent>();
    const { clock, limitMs } = this.#options;
    const stopTimer =
      limitMs === Number.POSITIVE_INFINITY
        ? () => undefined
        : clock.after(limitMs, () => this.#expire(waiting));
    const waiting: Waiting = { ...request, promise, resolve, reject, stopTimer };
    this.#waiting.push(waiting);
    this.#options.onChange();
    return promise;
  }

  /**
   * Settles the request that an event answers, and tells which it was.
   *
   * @param isAnswer whether an item is new, and so may be one that was asked for
   */
  answer(
    event: WireRealtimeServerEvent,
    isAnswer: (item: WireRealtimeItem) => boolean,
  ): PendingRequest | undefined {
    const { type } = event;
    if (type === 'response.cancelled' || type === 'response.done')
      return this.#settleCancels(event);
    if (type === 'conversation.item.created') {
      return isAnswer(event.item)
        ? this.#settle(event, (request) => isAbout(request, event.item))
        : undefined;
    }
    if (type === 'conversation.item.deleted' || type === 'conversation.item.truncated') {
      const kind = type === 'conversation.item.deleted' ? 'delete' : 'truncate';
      const { item_id: itemId } = event;
      return this.#settle(
        event,
        (request) => request.kind === kind && (itemId === undefined || request.itemId === itemId),
      );
    }
    // Without an id the item that follows is the answer.
    if (type === 'input_audio_buffer.committed' && event.item_id === undefined) return undefined;
    const kind = KIND_OF_ANSWER[type];
    return kind === undefined ? undefined : this.#settle(event, (request) => request.kind === kind);
  }

  /**
   * The request that an error of the service is about: by its id, else by what it says, else the oldest.
   *
   * @param isOurs whether an id is one that we gave to something
   */
  blame(
    error: WireRealtimeError,
    isOurs: (eventId: string) => boolean,
  ): PendingRequest | undefined {
    const { event_id: eventId, message = '' } = error;
    if (eventId !== undefined && isOurs(eventId)) {
      return this.#waiting.find((request) => request.eventId === eventId);
    }
    for (const [pattern, kinds] of HINTS) {
      if (!pattern.test(message)) continue;
      const found = this.#waiting.find(({ kind }) => kinds.includes(kind));
      if (found !== undefined) return found;
      // It is about something that nobody waits for.
      if (pattern === NOTHING_TO_CANCEL || pattern === ONGOING_RESPONSE) return undefined;
    }
    return this.#waiting[0];
  }

  /** Ends a request as if the event had answered it. */
  settle(request: PendingRequest, event: WireRealtimeServerEvent): void {
    this.#take(request)?.resolve(event);
  }

  reject(request: PendingRequest, error: unknown): void {
    this.#take(request)?.reject(error);
  }

  /** Nothing will be answered any more. Whoever still waits is told, and whoever did not wait is left in peace. */
  close(error: unknown): void {
    for (const { promise, reject, stopTimer } of this.#waiting.splice(0)) {
      stopTimer();
      promise.catch(() => undefined);
      reject(error);
    }
  }

  #settleCancels(event: WireRealtimeServerEvent): PendingRequest | undefined {
    const first = this.#settle(event, (request) => request.kind === 'cancel');
    while (this.#settle(event, (request) => request.kind === 'cancel') !== undefined);
    return first;
  }

  #settle(
    event: WireRealtimeServerEvent,
    isMeant: (request: PendingRequest) => boolean,
  ): PendingRequest | undefined {
    const request = this.#waiting.find(isMeant);
    if (request !== undefined) this.settle(request, event);
    return request;
  }

  #take(request: PendingRequest): Waiting | undefined {
    const waiting = this.#waiting.find(({ eventId }) => eventId === request.eventId);
    if (waiting === undefined) return undefined;
    this.#waiting = this.#waiting.filter((other) => other !== waiting);
    waiting.stopTimer();
    this.#options.onChange();
    return waiting;
  }

  #expire(waiting: Waiting): void {
    const { limitMs } = this.#options;
    const seconds = Math.round(limitMs / 100) / 10;
    this.reject(
      waiting,
      new TimeoutError(
        `The service did not answer ${WHAT[waiting.kind]} within ${seconds} s. The session goes on; try again.`,
        { phase: 'idle', timeoutMs: limitMs },
      ),
    );
  }
}

const WHAT: Readonly<Record<RequestKind, string>> = {
  update: 'the update of the session',
  commit: 'the commit',
  clear: 'the clearing',
  item: 'the new item',
  delete: 'the deletion',
  truncate: 'the truncation',
  response: 'the request for a response',
  cancel: 'the cancellation',
};

/** Whether a request can have led to this item: what both sides tell must agree. */
function isAbout(request: PendingRequest, item: WireRealtimeItem): boolean {
  const { type = 'message', role, call_id: callId } = item;
  if (request.kind === 'commit') return type === 'message' && (role ?? 'user') === 'user';
  const sent = request.item;
  if (sent === undefined || sent.type !== type) return false;
  if (sent.type === 'function_call_output') {
    return !callId || callId === sent.call_id;
  }
  return role === undefined || role === sent.role;
}

/** Whether an error says that the service is still speaking, and the same request may succeed later. */
export function isOngoingResponseError(error: unknown): boolean {
  return StepAudioError.isInstance(error) && error.code === ONGOING_RESPONSE_CODE;
}

export const ONGOING_RESPONSE_CODE = 'ongoing_response';
