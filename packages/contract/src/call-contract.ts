import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { ConnectionError, RateLimitError, StepAudioError, createLimiter } from '@stepvoice/core';
import type { Limiter, StepAudioOptions } from '@stepvoice/core';
import { FAULT_ROWS } from './call-faults.ts';
import type { ErrorClass, Expectation } from './call-faults.ts';
import { addFault, clearFaults, countOpen, readLog } from './emulator-handle.ts';
import type { EmulatorHandle } from './emulator-handle.ts';
import { joinBytes } from './join-bytes.ts';
import { prepare } from './prepare-calls.ts';
import { SERVICE_CALLS } from './service-calls.ts';
import type { CallContext, Client, Prepared, ServiceCall } from './service-calls.ts';

/** Where the contract runs. */
export type ContractPlatform = {
  emulator(): EmulatorHandle;
  /** A second one, at another origin. */
  otherEmulator(): EmulatorHandle;
  createClient(options: StepAudioOptions): Client;
  /** A browser hides why a socket's handshake was refused, and where a redirect leads. */
  seesHandshake: boolean;
};

/** `audio` is all that came, also when the call failed. */
type Outcome = { result?: unknown; error?: unknown; audio: Uint8Array };

/** Calls whose events are more than can be stopped at one by one are stopped at the first so many. */
const MOST_STOPS = 12;

const CASES = SERVICE_CALLS.flatMap((call) =>
  FAULT_ROWS.flatMap((row) => {
    const { fault, idleMs, calls } = row;
    if (calls?.test(call.name) === false) return [];
    const expected = row[call.transport] ?? (call.transport in row ? undefined : row.all);
    return expected === undefined ? [] : [{ name: call.name, call, fault, expected, idleMs }];
  }),
);

/** Every call of the client, with all that can happen between it and the service. */
export function describeCallContract(platform: ContractPlatform): void {
  let emulator: EmulatorHandle;
  let prepared: Prepared;
  /** What each call gives, and how many events it has, when nothing goes wrong. */
  const whole = new Map<string, { result: unknown; audio: Uint8Array; events: number }>();

  beforeAll(async () => {
    emulator = platform.emulator();
    prepared = await prepare(createClient(), 'data');
    for (const call of SERVICE_CALLS) {
      let events = 0;
      const { result, audio, error } = await perform(call, createClient(), {
        seen: () => void events++,
      });
      if (error !== undefined) throw new Error(call.name, { cause: error });
      whole.set(call.name, { result, audio, events });
    }
  });
  afterEach(() => clearFaults(emulator));

  /** Its limiter has room for one request at a time, so that a slot that is not given back is noticed. */
  function createClient(
    options: { idleMs?: number | undefined; limiter?: Limiter; attempts?: number } = {},
  ): Client {
    const { idleMs = 10_000, limiter = createLimiter({ concurrency: 1 }), attempts = 1 } = options;
    return platform.createClient({
      apiKey: emulator.apiKey,
      baseURL: emulator.url,
      retry: { maxAttempts: attempts, baseDelayMs: 1 },
      timeouts: { idleMs, firstByteMs: idleMs },
      limiter,
    });
  }

  async function perform(
    call: ServiceCall,
    client: Client,
    context: Partial<Pick<CallContext, 'signal' | 'seen'>> = {},
  ): Promise<Outcome> {
    const { signal, seen = () => undefined } = context;
    const pieces: Uint8Array[] = [];
    const hear = (audio: Uint8Array) => void pieces.push(audio);
    try {
      const result = await call.run(client, { ...prepared, signal, seen, hear });
      return { result, audio: joinBytes(pieces) };
    } catch (error) {
      const { partial } = error as { partial?: Uint8Array };
      return { error, audio: joinBytes(partial === undefined ? pieces : [...pieces, partial]) };
    }
  }

  describe('every call under every fault', () => {
    test.each(CASES)('$name under $fault', async ({ call, fault, expected, idleMs }) => {
      const limiter = createLimiter({ concurrency: 1 });
      await addFault(emulator, fault);
      const outcome = await perform(call, createClient({ idleMs, limiter }));
      if (expected === 'whole') expectWhole(call, outcome);
      else expectFailure(call, outcome, seenAs(call, fault, expected));
      await expectNothingOpen();
      // Its slot is free again; after a refusal a limiter waits as long as the service asked.
      const next = expected === RateLimitError ? createLimiter() : limiter;
      expectWhole(call, await perform(call, createClient({ limiter: next })));
    });
  });

  describe.each(SERVICE_CALLS.map((call) => ({ name: call.name, call })))('$name', ({ call }) => {
    const reason = new Error('enough');

    test('survives a refusal that passes by trying again', async () => {
      await addFault(emulator, 'status:503', 2);
      expectWhole(call, await perform(call, createClient({ attempts: 3 })));
    });

    test('is ended by its signal while the service is silent, with the reason as it is', async () => {
      await addFault(emulator, 'stall:bytes=0');
      const abort = new AbortController();
      const limiter = createLimiter({ concurrency: 1 });
      const client = createClient({ limiter });
      const running = perform(call, client, { signal: abort.signal });
      await expectOpen(1);
      abort.abort(reason);
      expect((await running).error).toBe(reason);
      await expectNothingOpen();
      expectWhole(call, await perform(call, client));
    });

    test('with a signal aborted before it sends nothing', async () => {
      const before = (await readLog(emulator)).length;
      const signal = AbortSignal.abort(reason);
      expect((await perform(call, createClient(), { signal })).error).toBe(reason);
      expect(await readLog(emulator)).toHaveLength(before);
    });

    test('is ended by its signal at each of its events', async () => {
      const events = whole.get(call.name)?.events ?? 0;
      for (let stop = 1; stop <= Math.min(events, MOST_STOPS); stop += 1) {
        const abort = new AbortController();
        let seen = 0;
        const outcome = await perform(call, createClient(), {
          signal: abort.signal,
          seen: () => {
            seen += 1;
            if (seen === stop) abort.abort(reason);
          },
        });
        // Behind its last event there is nothing left to end.
        const endedBefore = stop === events && !('error' in outcome);
        expect(outcome.error).toBe(endedBefore ? undefined : reason);
        expect(seen).toBe(stop);
        await expectNothingOpen();
      }
    });

    test('loses nothing to a slow consumer', async () => {
      const seen = () => new Promise<void>((resolve) => setTimeout(resolve, 4));
      expectWhole(call, await perform(call, createClient(), { seen }));
      await expectNothingOpen();
    });
  });

  test('a redirect to another origin never takes the key along', async () => {
    const other = platform.otherEmulator();
    const before = (await readLog(other)).length;
    for (const call of SERVICE_CALLS) {
      await addFault(emulator, `redirect:to=${other.url}/v1/models`);
      const outcome = await perform(call, createClient());
      expectFailure(call, outcome, StepAudioError);
    }
    const seen = (await readLog(other)).slice(before);
    expect(seen.filter((request) => request.authorization !== 'none')).toEqual([]);
  });

  test('all calls at once through one limiter all come whole', async () => {
    const client = createClient({ limiter: createLimiter({ concurrency: 4 }) });
    const outcomes = await Promise.all(SERVICE_CALLS.map((call) => perform(call, client)));
    for (const [index, outcome] of outcomes.entries()) expectWhole(SERVICE_CALLS[index]!, outcome);
    await expectNothingOpen();
  });

  /** What a platform that hides the handshake makes of a refused one. */
  function seenAs({ transport }: ServiceCall, fault: string, expected: ErrorClass): ErrorClass {
    const refused = transport === 'socket' && fault.startsWith('status:');
    return refused && !platform.seesHandshake ? ConnectionError : expected;
  }

  async function expectOpen(count: number): Promise<void> {
    await vi.waitFor(async () => expect(await countOpen(emulator)).toBe(count), {
      interval: 5,
      timeout: 4000,
    });
  }

  /**
   * Whatever happened, the emulator sees no request and no socket of ours any more. Chromium lets what is left of a short
   * answer come for five seconds before it closes the connection of a request that was aborted.
   */
  async function expectNothingOpen(): Promise<void> {
    await vi.waitFor(async () => expect(await countOpen(emulator)).toBe(0), {
      interval: 2,
      timeout: 7000,
    });
  }

  function expectWhole({ name }: ServiceCall, { result, audio, error }: Outcome): void {
    expect(error).toBeUndefined();
    expect(result).toEqual(whole.get(name)?.result);
    expect(audio.length).toBe(whole.get(name)?.audio.length);
    expect(firstDifference(audio, whole.get(name)!.audio)).toBe(-1);
  }

  function expectFailure(
    { name }: ServiceCall,
    { error, audio }: Outcome,
    expected: Exclude<Expectation, 'whole'>,
  ): void {
    expect(error).toBeInstanceOf(expected);
    expect(StepAudioError.isInstance(error)).toBe(true);
    const { message } = error as Error;
    expect(message).not.toContain(emulator.apiKey);
    expect(message).not.toContain('火车');
    expect(message.length).toBeGreaterThan(20);
    // What came before the failure is the beginning of the whole, to the byte, and still there.
    expect(firstDifference(audio, whole.get(name)!.audio)).toBe(-1);
  }
}

function firstDifference(a: Uint8Array, b: Uint8Array): number {
  return a.findIndex((byte, index) => byte !== b[index]);
}
