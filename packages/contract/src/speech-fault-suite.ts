import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import {
  AuthenticationError,
  ConnectionError,
  ModerationError,
  ProtocolError,
  RateLimitError,
  ServiceError,
  StepAudioError,
  TimeoutError,
  createLimiter,
} from '@stepvoice/core';
import type { Limiter, StepAudio, StepAudioOptions } from '@stepvoice/core';
import { addFault, clearFaults, countOpen, readLog } from './emulator-handle.ts';
import type { EmulatorHandle } from './emulator-handle.ts';
import { CALLS, VOICE, speak } from './speech-calls.ts';
import type { Call, SpeechOutcome } from './speech-calls.ts';

/** Where the contract runs. */
export type Platform = {
  emulator(): EmulatorHandle;
  /** A second one, at another origin. */
  otherEmulator(): EmulatorHandle;
  createClient(options: StepAudioOptions): Pick<StepAudio, 'speech'>;
  /** A browser hides why a socket's handshake was refused, and where a redirect leads. */
  seesHandshake: boolean;
};

type ErrorClass = new (...parameters: never[]) => Error;
type Expectation = 'whole' | ErrorClass;
type Row = { fault: string; idleMs?: number; all?: Expectation } & {
  [Key in Call]?: Expectation;
};

const ROWS: readonly Row[] = [
  // Slow or odd, but nothing is wrong: everything arrives, byte for byte.
  { fault: 'latency:80', all: 'whole' },
  { fault: 'jitter:10', all: 'whole' },
  { fault: 'slow-read:5', all: 'whole' },
  { fault: 'tiny-writes:7', all: 'whole' },
  { fault: 'odd-splits', all: 'whole' },
  { fault: 'line-ends:crlf', all: 'whole' },
  { fault: 'line-ends:cr', all: 'whole' },
  { fault: 'empty-delta', all: 'whole' },
  { fault: 'missing-end:marker', all: 'whole' },
  // Refusals: the kind of error says what its caller does next.
  { fault: 'status:400', all: ServiceError },
  { fault: 'status:401', all: AuthenticationError },
  { fault: 'status:402', all: AuthenticationError },
  { fault: 'status:404', all: ServiceError },
  { fault: 'status:429,retry-after=1', all: RateLimitError },
  { fault: 'status:451,type=censorship_block', all: ModerationError },
  { fault: 'status:400,type=censorship_block', all: ModerationError },
  { fault: 'status:500', all: ServiceError },
  { fault: 'status:502,body=html', all: ServiceError },
  { fault: 'status:500,body=empty', all: ServiceError },
  { fault: 'status:503,body=text', all: ServiceError },
  // Not the service at all, or a failure that calls itself a success.
  { fault: 'status:200,body=html', all: ProtocolError, connect: StepAudioError },
  { fault: 'status:200,body=service', all: ServiceError, connect: StepAudioError },
  { fault: 'status:200,body=empty', all: StepAudioError },
  // Cut short.
  { fault: 'cut:bytes=0,how=reset', all: ConnectionError },
  { fault: 'cut:bytes=1,how=reset', all: ConnectionError },
  { fault: 'cut:bytes=40,how=fin', all: ConnectionError },
  {
    fault: 'cut:bytes=3000,how=reset',
    create: ConnectionError,
    stream: ConnectionError,
    connect: ConnectionError,
  },
  { fault: 'cut:events=1,how=end', stream: ConnectionError, connect: ConnectionError },
  { fault: 'cut:events=3,how=reset', stream: ConnectionError, connect: ConnectionError },
  { fault: 'missing-end:done', stream: ConnectionError },
  // Silent: a limit ends it.
  { fault: 'stall:bytes=0', idleMs: 150, all: TimeoutError },
  {
    fault: 'stall:bytes=3000',
    idleMs: 150,
    create: TimeoutError,
    stream: TimeoutError,
    connect: TimeoutError,
  },
  { fault: 'stall:events=1', idleMs: 150, stream: TimeoutError, connect: TimeoutError },
  // Broken in the middle.
  { fault: 'error-event:events=1', stream: ServiceError, connect: ServiceError },
  { fault: 'malformed:json,events=1', stream: ProtocolError, connect: ProtocolError },
  { fault: 'malformed:base64,events=1', stream: ProtocolError },
  { fault: 'malformed:half,events=1', stream: StepAudioError, connect: StepAudioError },
];

const CASES = ROWS.flatMap((row) =>
  CALLS.flatMap((call) => {
    const expected = row[call] ?? row.all;
    return expected === undefined ? [] : [{ fault: row.fault, call, expected, idleMs: row.idleMs }];
  }),
);

const STAGES = ['open', 'connected', 'created', 'audio', 'text-done'] as const;
const CLOSE_CODES = [1000, 1001, 1008, 1011, 1012, 3000, 4001] as const;
const CLOSES = STAGES.flatMap((stage) => CLOSE_CODES.map((code) => ({ stage, code })));

/** The contract of the speech calls with everything that goes wrong between client and service. */
export function describeSpeechFaults(platform: Platform): void {
  let emulator: EmulatorHandle;
  /** What each call gives when nothing goes wrong. */
  const whole = new Map<Call, Uint8Array>();

  beforeAll(async () => {
    emulator = platform.emulator();
    for (const call of CALLS) {
      const { audio, error } = await speak(createClient(), call);
      if (error !== undefined) throw error;
      whole.set(call, audio);
    }
  });
  afterEach(() => clearFaults(emulator));

  /** Its limiter has room for one request at a time, so that a slot that is not given back is noticed. */
  function createClient(
    options: { idleMs?: number | undefined; limiter?: Limiter; attempts?: number } = {},
  ): Pick<StepAudio, 'speech'> {
    const { idleMs = 10_000, limiter = createLimiter({ concurrency: 1 }), attempts = 1 } = options;
    return platform.createClient({
      apiKey: emulator.apiKey,
      baseURL: emulator.url,
      retry: { maxAttempts: attempts, baseDelayMs: 1 },
      timeouts: { idleMs, firstByteMs: idleMs },
      limiter,
    });
  }

  describe('every call under every fault', () => {
    test.each(CASES)('$call under $fault', async ({ fault, call, expected, idleMs }) => {
      const limiter = createLimiter({ concurrency: 1 });
      await addFault(emulator, fault);
      const outcome = await speak(createClient({ idleMs, limiter }), call);
      if (expected === 'whole') expectWhole(call, outcome);
      else expectFailure(call, outcome, seenAs(call, fault, expected));
      await expectNothingOpen();
      // Its slot is free again; after a refusal a limiter waits as long as the service asked.
      const next = expected === RateLimitError ? createLimiter() : limiter;
      expectWhole(call, await speak(createClient({ limiter: next }), call));
    });

    test.each(CALLS)('%s survives a fault that passes by trying again', async (call) => {
      // A socket that was open is not opened again by itself: what had been written to it is the caller's to know.
      const faults = ['status:503', 'status:500,body=html', 'cut:bytes=0,how=reset'];
      for (const fault of call === 'connect' ? faults.slice(0, 2) : faults) {
        await addFault(emulator, fault, 2);
        expectWhole(call, await speak(createClient({ attempts: 3 }), call));
      }
    });
  });

  describe('a socket that the service closes', () => {
    test.each(CLOSES)('with $code at stage $stage', async ({ stage, code }) => {
      await addFault(emulator, `close:${code},at=${stage}`);
      const { audio, error } = await speak(createClient(), 'connect');
      // After all text was sent, a close with audio is how some end; otherwise it is a failure that tells the code.
      const mayEnd = stage === 'text-done' && audio.length > 0;
      expect(error instanceof ConnectionError ? error.closeCode : error).toBe(
        mayEnd ? undefined : code,
      );
      await expectNothingOpen();
    });
  });

  describe('leaving while the service is silent', () => {
    const reason = new Error('enough');

    test.each(CALLS)('%s is ended by its signal, with the reason as it is', async (call) => {
      await addFault(emulator, 'stall:bytes=0');
      const abort = new AbortController();
      const speaking = speak(createClient(), call, { signal: abort.signal });
      await expectOpen(1);
      abort.abort(reason);
      expect((await speaking).error).toBe(reason);
      await expectNothingOpen();
    });

    test.each(CALLS)('%s with a signal aborted before sends nothing', async (call) => {
      const before = (await readLog(emulator)).length;
      const { error } = await speak(createClient(), call, { signal: AbortSignal.abort(reason) });
      expect(error).toBe(reason);
      expect(await readLog(emulator)).toHaveLength(before);
    });

    test.each(['stream', 'connect'] as const)(
      '%s is ended by return() under a pending next()',
      async (call) => {
        await addFault(emulator, 'stall:events=1');
        const { speech } = createClient();
        const iterator =
          call === 'stream'
            ? speech.stream({ text: '你好。', voice: VOICE })
            : await speech.connect({ voice: VOICE });
        const reading = (async () => {
          for (;;) if ((await iterator.next()).done === true) return 'ended';
        })();
        await expectOpen(1);
        await iterator.return();
        await iterator.return();
        expect(await reading).toBe('ended');
        await expectNothingOpen();
      },
    );
  });

  test('a redirect to another origin never takes the key along', async () => {
    const other = platform.otherEmulator();
    const before = (await readLog(other)).length;
    for (const call of CALLS) {
      const path = call === 'connect' ? 'realtime/audio' : 'audio/speech';
      await addFault(emulator, `redirect:to=${other.url}/v1/${path}`);
      expectFailure(call, await speak(createClient(), call), StepAudioError);
    }
    const seen = (await readLog(other)).slice(before);
    expect(seen.filter((request) => request.authorization !== 'none')).toEqual([]);
  });

  test('an answer of 100 MB is refused by its size and let go', async () => {
    await addFault(emulator, 'huge');
    const { speech } = createClient();
    const call = speech.create({ text: '你好。', voice: VOICE, maxBytes: 1_000_000 });
    await expect(call).rejects.toMatchObject({ code: 'answer_too_large' });
    await expectNothingOpen();
    expect((await readLog(emulator)).at(-1)?.bytesSent).toBeLessThan(60_000_000);
  });

  test('twenty calls at once through one limiter all come whole', async () => {
    const client = createClient({ limiter: createLimiter({ concurrency: 4 }) });
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, (_, index) => speak(client, CALLS[index % CALLS.length]!)),
    );
    for (const [index, outcome] of outcomes.entries()) {
      expectWhole(CALLS[index % CALLS.length]!, outcome);
    }
    await expectNothingOpen();
  });

  /** What a platform that hides the handshake makes of a refused one. */
  function seenAs(call: Call, fault: string, expected: ErrorClass): ErrorClass {
    const refused = call === 'connect' && fault.startsWith('status:');
    return refused && !platform.seesHandshake ? ConnectionError : expected;
  }

  async function expectOpen(count: number): Promise<void> {
    await vi.waitFor(async () => expect(await countOpen(emulator)).toBe(count), {
      interval: 5,
      timeout: 4000,
    });
  }

  /** Whatever happened, the emulator sees no request and no socket of ours any more. */
  async function expectNothingOpen(): Promise<void> {
    await vi.waitFor(async () => expect(await countOpen(emulator)).toBe(0), {
      interval: 5,
      timeout: 4000,
    });
  }

  function expectWhole(call: Call, { audio, error }: SpeechOutcome): void {
    expect(error).toBeUndefined();
    expect(audio.length).toBe(whole.get(call)?.length);
    expect(firstDifference(audio, whole.get(call)!)).toBe(-1);
  }

  function expectFailure(call: Call, { audio, error }: SpeechOutcome, expected: ErrorClass): void {
    expect(error).toBeInstanceOf(expected);
    expect(StepAudioError.isInstance(error)).toBe(true);
    const { message } = error as Error;
    expect(message).not.toContain(emulator.apiKey);
    expect(message).not.toContain('火车');
    expect(message.length).toBeGreaterThan(20);
    // What came before the failure is the beginning of the whole, to the byte, and still there.
    expect(firstDifference(audio, whole.get(call)!.subarray(0, audio.length))).toBe(-1);
  }
}

function firstDifference(a: Uint8Array, b: Uint8Array): number {
  return a.findIndex((byte, index) => byte !== b[index]);
}
