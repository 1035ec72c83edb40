import { Buffer } from 'node:buffer';
import type { Clock } from '../../kit/clock.ts';
import { badInput } from '../../kit/flow-error.ts';
import type { FlowMessage } from '../../kit/node-red.ts';
import { kindOf } from '../../kit/settings.ts';

/** How many calls that are over are remembered, so that an answer which comes too late is no prompt. */
const MAX_ENDED = 1000;

/** Calls of tools that the flow has not answered yet. */
export class ToolCalls {
  readonly #clock: Clock;
  readonly #waiting = new Map<string, (content: string) => void>();
  readonly #ended = new Set<string>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Waits for the answer to a call.
   *
   * @returns what the tool said, `undefined` where it said nothing in time
   * @throws the signal's reason
   */
  wait(
    callId: string,
    { timeoutMs, signal }: { timeoutMs: number; signal: AbortSignal },
  ): Promise<string | undefined> {
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        this.#waiting.delete(callId);
        this.#end(callId);
        cancelTimer();
        signal.removeEventListener('abort', onAbort);
      };
      const onAbort = (): void => {
        settle();
        reject(signal.reason as Error);
      };
      const cancelTimer = this.#clock.after(timeoutMs, () => {
        settle();
        resolve(undefined);
      });
      this.#waiting.set(callId, (content) => {
        settle();
        resolve(content);
      });
      if (signal.aborted) onAbort();
      else signal.addEventListener('abort', onAbort, { once: true });
    });
  }

  /**
   * Takes a message that answers a call of this node.
   *
   * @returns `none` for a message that answers no call, `late` for one whose call is over
   * @throws {LocalizedError} for a payload that cannot be told to a model
   */
  answer({ call_id: callId, payload }: FlowMessage): 'taken' | 'late' | 'none' {
    if (typeof callId !== 'string') return 'none';
    const take = this.#waiting.get(callId);
    if (take === undefined) return this.#ended.has(callId) ? 'late' : 'none';
    take(toContent(payload));
    return 'taken';
  }

  #end(callId: string): void {
    this.#ended.add(callId);
    if (this.#ended.size <= MAX_ENDED) return;
    for (const oldest of this.#ended) {
      this.#ended.delete(oldest);
      return;
    }
  }
}

function toContent(payload: unknown): string {
  if (typeof payload === 'string') return payload;
  // JSON would make a list of numbers of it.
  const isBinary = Buffer.isBuffer(payload) || ArrayBuffer.isView(payload);
  const text = isBinary ? undefined : toJson(payload);
  if (text !== undefined) return text;
  throw badInput('payload', {
    en: `must be what the tool answers, as text or anything JSON can say, and is ${kindOf(payload)}.`,
    zh: `应为工具的结果（文本或可转为 JSON 的值），实际为 ${kindOf(payload)}。`,
  });
}

function toJson(value: unknown): string | undefined {
  try {
    // Of what has no JSON, such as a function, it is `undefined`.
    return JSON.stringify(value) as string | undefined;
  } catch {
    return undefined;
  }
}
