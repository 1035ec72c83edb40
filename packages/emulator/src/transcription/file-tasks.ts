import { randomBytes } from 'node:crypto';
import type { Clock } from '../clock.ts';

/** What a task was asked for, already in the words of the answer. */
export type TaskState =
  | { status: 'PENDING' }
  | { status: 'RUNNING' }
  | { status: 'FAILED'; error: { stage: string; message: string } }
  | { duration: number; result: readonly object[] };

/** Why a task failed, as its answer says it. */
export class TaskFailure extends Error {
  override name = 'TaskFailure';
  readonly stage: string;

  constructor(stage: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.stage = stage;
  }
}

type Task = { state: TaskState; expiresAtMs: number };

/** The service says nothing of how long results are kept. */
const LIFE_MS = 24 * 60 * 60 * 1000;
const MOST_TASKS = 1000;

/** Runs file transcriptions one after the other and keeps what comes of them. */
export class FileTasks {
  readonly #clock: Clock;
  readonly #tasks = new Map<string, Task>();
  readonly #closing = new AbortController();
  #tail: Promise<void> = Promise.resolve();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Answers the task's id; `work` runs when those before it are done. */
  add(work: (signal: AbortSignal) => Promise<TaskState>): string {
    const id = createTaskId(this.#clock.now());
    const task: Task = {
      state: { status: 'PENDING' },
      expiresAtMs: this.#clock.now() + LIFE_MS,
    };
    this.#tasks.set(id, task);
    for (const oldest of this.#tasks.keys()) {
      if (this.#tasks.size <= MOST_TASKS) break;
      this.#tasks.delete(oldest);
    }
    this.#tail = this.#tail.then(() => this.#run(task, work));
    return id;
  }

  get(id: string): TaskState | undefined {
    const task = this.#tasks.get(id);
    if (task === undefined || task.expiresAtMs > this.#clock.now()) return task?.state;
    this.#tasks.delete(id);
    return undefined;
  }

  /** Ends what is running and drops the rest. */
  async close(): Promise<void> {
    this.#closing.abort(new Error('the emulator was closed'));
    await this.#tail;
  }

  async #run(task: Task, work: (signal: AbortSignal) => Promise<TaskState>): Promise<void> {
    const { signal } = this.#closing;
    if (signal.aborted) return;
    task.state = { status: 'RUNNING' };
    try {
      task.state = await work(signal);
    } catch (error) {
      const { stage, message } =
        error instanceof TaskFailure ? error : new TaskFailure('internal', 'internal error');
      task.state = { status: 'FAILED', error: { stage, message } };
    }
  }
}

/** A UUID of version 7, which begins with the time (RFC 9562). */
function createTaskId(nowMs: number): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(Math.floor(nowMs), 0, 6);
  bytes[6] = 0x70 | (bytes[6]! & 0x0f);
  bytes[8] = 0x80 | (bytes[8]! & 0x3f);
  const hex = bytes.toString('hex');
  const parts = [0, 8, 12, 16, 20].map((start, i, all) => hex.slice(start, all[i + 1]));
  return parts.join('-');
}
