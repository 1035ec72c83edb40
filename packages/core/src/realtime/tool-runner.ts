import { StepAudioError } from '../errors.ts';
import type { Clock } from '../net/clock.ts';
import { toValidationError } from '../protocol/validation-error.ts';
import type { RealtimeToolCallEvent, RealtimeToolResultEvent } from './realtime-events.ts';
import type { RealtimeServiceTool, RealtimeTool } from './realtime-options.ts';
import type { TrackedResponse } from './response-tracker.ts';
import { checkArguments } from './tool-schema.ts';

const DEFAULT_TIMEOUT_MS = 30_000;
/** Of a tool's own error, as the model is told it. */
const LONGEST_MESSAGE = 500;

export type ToolOutput = { callId: string; output: string };

export type ToolRunnerOptions = {
  clock: Clock;
  onResult: (event: RealtimeToolResultEvent) => void;
  /**
   * All calls of an answer have an output, and the answer is over.
   *
   * @param isWanted whether the model should go on with them
   */
  onComplete: (outputs: readonly ToolOutput[], isWanted: boolean) => void;
};

type RunningCall = {
  readonly callId: string;
  readonly name: string;
  readonly abort: AbortController;
  /** Answered by the caller, not by `run`. */
  readonly isManual: boolean;
  stopTimer: () => void;
  output: string | undefined;
};

type Batch = { calls: RunningCall[]; isOver: boolean; isWanted: boolean };
type Failure = { output: string; error: StepAudioError };

/**
 * Runs the functions that the model calls. They start at once, while the model may still be speaking; what they give is
 * told to the model when its answer is over, all of one answer together.
 */
export class ToolRunner {
  readonly #options: ToolRunnerOptions;
  readonly #batches = new Map<TrackedResponse, Batch>();
  #tools = new Map<string, RealtimeTool>();
  #isClosed = false;

  constructor(options: ToolRunnerOptions) {
    this.#options = options;
  }

  /** Whether a call waits for its output. */
  get isBusy(): boolean {
    return this.#batches.size > 0;
  }

  /** Later calls are for these. */
  use(tools: readonly (RealtimeTool | RealtimeServiceTool)[]): void {
    this.#tools = new Map(tools.flatMap((tool) => (isFunction(tool) ? [[tool.name, tool]] : [])));
  }

  start(event: RealtimeToolCallEvent, response: TrackedResponse): void {
    if (this.#isClosed) return;
    const { callId, name } = event;
    let batch = this.#batches.get(response);
    if (batch === undefined) {
      batch = { calls: [], isOver: response.isOver, isWanted: true };
      this.#batches.set(response, batch);
    }
    const tool = this.#tools.get(name);
    const isManual = tool !== undefined && tool.run === undefined;
    const abort = new AbortController();
    const call: RunningCall = {
      callId,
      name,
      abort,
      isManual,
      stopTimer: () => undefined,
      output: undefined,
    };
    batch.calls.push(call);
    if (tool === undefined) {
      this.#settle(call, fail('unknown_tool', `There is no tool "${name}".`));
      return;
    }
    if (isManual && tool.timeoutMs === undefined) return;
    const timeoutMs = tool.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    call.stopTimer = this.#options.clock.after(timeoutMs, () => {
      const message = `The tool "${name}" did not answer within ${timeoutMs / 1000} s.`;
      this.#settle(call, fail('tool_timeout', message));
    });
    if (isManual) return;
    void this.#run(tool, event, abort.signal).then((outcome) => this.#settle(call, outcome));
  }

  /** @param isWanted whether the model should go on once its calls are answered */
  endResponse(response: TrackedResponse, isWanted: boolean): void {
    const batch = this.#batches.get(response);
    if (batch === undefined) return;
    batch.isOver = true;
    batch.isWanted = isWanted;
    this.#deliver(response, batch);
  }

  /** @throws {ValidationError} for a call that waits for no answer of the caller's. */
  answer(callId: string, output: unknown): void {
    const calls = [...this.#batches.values()].flatMap((batch) => batch.calls);
    const call = calls.find((other) => other.callId === callId && other.output === undefined);
    if (call?.isManual !== true) {
      const allowed = 'the callId of a tool call whose tool has no run, answered once';
      throw toValidationError({ path: 'callId', value: callId, allowed });
    }
    this.#settle(call, toOutcome(output, call.name));
  }

  /** The caller cancelled an answer: its tools need not go on. */
  cancel(response: TrackedResponse): void {
    for (const call of this.#batches.get(response)?.calls ?? []) {
      if (call.output === undefined) this.#settle(call, fail('tool_cancelled', 'Cancelled.'));
    }
  }

  close(): void {
    this.#isClosed = true;
    for (const { calls } of this.#batches.values()) {
      for (const call of calls) {
        call.stopTimer();
        call.abort.abort(closedReason());
      }
    }
    this.#batches.clear();
  }

  async #run(
    tool: RealtimeTool,
    { callId, arguments: written, name }: RealtimeToolCallEvent,
    signal: AbortSignal,
  ): Promise<string | Failure> {
    let given: unknown;
    try {
      // A function without parameters may be called with nothing at all.
      given = written.trim() === '' ? {} : JSON.parse(written);
    } catch {
      return fail('invalid_tool_arguments', `The arguments for "${name}" are no JSON.`);
    }
    try {
      const checked = await checkArguments(tool.schema ?? tool.parameters, given);
      if ('fault' in checked) {
        const message = `The arguments for "${name}" do not fit its schema.`;
        return fail('invalid_tool_arguments', message, checked.fault);
      }
      signal.throwIfAborted();
      return toOutcome(await tool.run?.(checked.value, { signal, callId }), name);
    } catch (error) {
      const said = error instanceof Error ? error.message : String(error);
      const message = `The tool "${name}" failed.`;
      return fail('tool_failed', message, said.slice(0, LONGEST_MESSAGE), error);
    }
  }

  /** Once: what comes after the time was up is nobody's any more. */
  #settle(call: RunningCall, outcome: string | Failure): void {
    if (this.#isClosed || call.output !== undefined) return;
    const error = typeof outcome === 'string' ? undefined : outcome.error;
    const output = typeof outcome === 'string' ? outcome : outcome.output;
    call.output = output;
    call.stopTimer();
    if (error !== undefined) call.abort.abort(error);
    const { callId, name } = call;
    this.#options.onResult({ type: 'tool-result', callId, name, output, error });
    for (const [response, batch] of this.#batches) {
      if (batch.calls.includes(call)) this.#deliver(response, batch);
    }
  }

  #deliver(response: TrackedResponse, batch: Batch): void {
    if (!batch.isOver) return;
    const outputs: ToolOutput[] = [];
    for (const { callId, output } of batch.calls) {
      if (output === undefined) return;
      outputs.push({ callId, output });
    }
    this.#batches.delete(response);
    this.#options.onComplete(outputs, batch.isWanted);
  }
}

function isFunction(tool: RealtimeTool | RealtimeServiceTool): tool is RealtimeTool {
  return tool.type === undefined || tool.type === 'function';
}

function toOutcome(value: unknown, name: string): string | Failure {
  if (typeof value === 'string') return value;
  try {
    // Of `undefined`, functions and symbols there is no JSON.
    return JSON.stringify(value) ?? 'null';
  } catch (error) {
    return fail('tool_failed', `What the tool "${name}" returned is no JSON.`, undefined, error);
  }
}

/** @param reason told to the model, and not repeated in the error: it may hold what was said */
function fail(code: string, message: string, reason?: string, cause?: unknown): Failure {
  const told = reason === undefined || reason === '' ? message : `${message} ${reason}`;
  return {
    output: JSON.stringify({ error: told }),
    error: new StepAudioError(message, { code, cause }),
  };
}

function closedReason(): DOMException {
  return new DOMException('The session is closed.', 'AbortError');
}
