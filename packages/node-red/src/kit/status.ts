import { STATUS_TEXTS, type StatusKey } from '../definition/shared-texts.ts';
import type { Clock } from './clock.ts';
import type { FlowError } from './flow-error.ts';
import type { NodeStatus, StatusFill } from './node-red.ts';

/** Every editor that is open gets each change. */
const SHORTEST_MS = 250;

type Look = { fill: StatusFill; shape: 'ring' | 'dot' };

const LOOKS: Partial<Record<StatusKey, Look>> = {
  connected: { fill: 'green', shape: 'dot' },
  listening: { fill: 'green', shape: 'dot' },
  done: { fill: 'green', shape: 'dot' },
  connecting: { fill: 'yellow', shape: 'ring' },
  waiting: { fill: 'yellow', shape: 'ring' },
  disconnected: { fill: 'grey', shape: 'ring' },
  cancelled: { fill: 'grey', shape: 'ring' },
  dropped: { fill: 'yellow', shape: 'ring' },
};
const WORKING: Look = { fill: 'blue', shape: 'dot' };
const FAILED: Look = { fill: 'red', shape: 'ring' };

/**
 * The badge of a node. Its texts are keys of the catalogue, which the editor looks up in its reader's language. Changes that
 * come faster than four a second are shown late and only the last of them.
 */
export class Status {
  readonly #set: (status: NodeStatus) => void;
  readonly #type: string;
  readonly #clock: Clock;
  #lastMs = Number.NEGATIVE_INFINITY;
  #pending: NodeStatus | undefined;
  #cancel: (() => void) | undefined;
  #jobs = 0;
  #isClosed = false;

  /** @param type whose catalogue holds the texts */
  constructor(set: (status: NodeStatus) => void, type: string, clock: Clock) {
    this.#set = set;
    this.#type = type;
    this.#clock = clock;
  }

  /** A text of the catalogue: a shared one or one of the definition's `statuses`. */
  show(key: StatusKey | (string & {}), look?: Look): void {
    const shared = key in STATUS_TEXTS ? LOOKS[key as StatusKey] : undefined;
    this.#put({ ...(look ?? shared ?? WORKING), text: `${this.#type}.status.${key}` });
  }

  /** Text that is the same in any language, such as `3/12` or `45 %`. */
  showText(text: string, look: Look = WORKING): void {
    this.#put({ ...look, text: text.slice(0, 19) });
  }

  fail(error: FlowError): void {
    this.#put({ ...FAILED, text: `${this.#type}.status.${error.badge}` });
  }

  clear(): void {
    this.#put({});
  }

  /** A job began. */
  begin(key: StatusKey | (string & {}) = 'working'): void {
    this.#jobs += 1;
    if (this.#jobs === 1) this.show(key);
    else this.showText(String(this.#jobs));
  }

  /** A job ended. The badge of the last is cleared, or, where it failed, stays. */
  end(error?: FlowError): void {
    this.#jobs -= 1;
    if (error !== undefined) this.fail(error);
    else if (this.#jobs === 0) this.clear();
    else if (this.#jobs > 1) this.showText(String(this.#jobs));
    else this.show('working');
  }

  close(): void {
    this.#isClosed = true;
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #put(status: NodeStatus): void {
    if (this.#isClosed) return;
    this.#pending = status;
    if (this.#cancel !== undefined) return;
    const waitMs = this.#lastMs + SHORTEST_MS - this.#clock.now();
    if (waitMs <= 0) this.#flush();
    else this.#cancel = this.#clock.after(waitMs, () => this.#flush());
  }

  #flush(): void {
    this.#cancel = undefined;
    const status = this.#pending;
    this.#pending = undefined;
    if (status === undefined) return;
    this.#lastMs = this.#clock.now();
    this.#set(status);
  }
}
