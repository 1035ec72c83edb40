/** Somebody who waits for what `select` makes of a value. */
type Waiter<T> = {
  select: (value: T) => unknown;
  resolve: (result: IteratorResult<unknown, undefined>) => void;
  reject: (error: unknown) => void;
};

export type PullQueueOptions = {
  /** Called when more than `highWater` has gathered: the source should stop. */
  onFull: () => void;
  /** Called after that, when less than half of it is left: the source may go on. */
  onDrained: () => void;
  /** In the unit of the sizes given to `push`. */
  highWater: number;
};

/**
 * Turns what is pushed into what is pulled, at one promise a value. The values before an end or a failure stay readable.
 */
export class PullQueue<T> {
  readonly #options: PullQueueOptions;
  #values: T[] = [];
  #sizes: number[] = [];
  #first = 0;
  #size = 0;
  #full = false;
  #ending: { error?: unknown } | undefined;
  readonly #waiting: Waiter<T>[] = [];

  constructor(options: PullQueueOptions) {
    this.#options = options;
  }

  /** What has gathered, in the unit of the sizes given to `push`. */
  get size(): number {
    return this.#size;
  }

  push(value: T, size: number): void {
    if (this.#ending !== undefined) return;
    const waiter = this.#waiting[0];
    if (waiter !== undefined) {
      const selected = waiter.select(value);
      if (selected === undefined) return;
      this.#waiting.shift();
      waiter.resolve({ value: selected, done: false });
      return;
    }
    this.#values.push(value);
    this.#sizes.push(size);
    this.#size += size;
    if (this.#size > this.#options.highWater && !this.#full) {
      this.#full = true;
      this.#options.onFull();
    }
  }

  /** Forgets those that nobody has read yet and that are not wanted any more. Answers how many. */
  discard(isUnwanted: (value: T) => boolean): number {
    const unread = this.#values.slice(this.#first);
    const sizes = this.#sizes.slice(this.#first);
    this.#forget();
    for (const [index, value] of unread.entries()) {
      if (isUnwanted(value)) continue;
      this.#values.push(value);
      this.#sizes.push(sizes[index] ?? 0);
      this.#size += sizes[index] ?? 0;
    }
    this.#reportDrained();
    return unread.length - this.#values.length;
  }

  /** Nothing more comes. */
  end(): void {
    if (this.#ending !== undefined) return;
    this.#ending = {};
    this.#finishAll();
  }

  /** Nothing more comes, and that is a failure: it is thrown once, after what had come before. */
  fail(error: unknown): void {
    if (this.#ending !== undefined) return;
    const waiter = this.#waiting.shift();
    this.#ending = waiter === undefined ? { error } : {};
    waiter?.reject(error);
    this.#finishAll();
  }

  /** Forgets what nobody has read yet, and ends. */
  close(): void {
    this.#forget();
    this.#ending = {};
    this.#finishAll();
  }

  /** Forgets what nobody has read yet, and fails. Where everything was read, it stays ended. */
  abort(error: unknown): void {
    const isRead = this.#first === this.#values.length;
    if (isRead && this.#ending !== undefined && !('error' in this.#ending)) return;
    this.#forget();
    this.#ending = undefined;
    this.fail(error);
  }

  next(): Promise<IteratorResult<T, undefined>> {
    return this.nextOf(itself);
  }

  /** What `select` makes of the next value of which it makes something; those before are dropped. */
  nextOf<U>(select: (value: T) => U | undefined): Promise<IteratorResult<U, undefined>> {
    while (this.#first < this.#values.length) {
      const value = select(this.#shift());
      if (value !== undefined) return Promise.resolve({ value, done: false });
    }
    const ending = this.#ending;
    if (ending === undefined) {
      return new Promise((resolve, reject) => {
        this.#waiting.push({ select, resolve: resolve as Waiter<T>['resolve'], reject });
      });
    }
    if (!('error' in ending)) return Promise.resolve({ value: undefined, done: true });
    this.#ending = {};
    return Promise.reject(ending.error);
  }

  #shift(): T {
    const value = this.#values[this.#first] as T;
    this.#size -= this.#sizes[this.#first] ?? 0;
    this.#first += 1;
    if (this.#first === this.#values.length) this.#forget();
    else if (this.#first > 1024) {
      this.#values = this.#values.slice(this.#first);
      this.#sizes = this.#sizes.slice(this.#first);
      this.#first = 0;
    }
    this.#reportDrained();
    return value;
  }

  #reportDrained(): void {
    if (!this.#full || this.#size > this.#options.highWater / 2) return;
    this.#full = false;
    this.#options.onDrained();
  }

  #finishAll(): void {
    for (const { resolve } of this.#waiting.splice(0)) resolve({ value: undefined, done: true });
  }

  #forget(): void {
    this.#values = [];
    this.#sizes = [];
    this.#first = 0;
    this.#size = 0;
  }
}

function itself<T>(value: T): T {
  return value;
}
