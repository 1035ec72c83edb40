import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { ConnectionError, createLimiter } from '@stepvoice/core';
import type { StepAudio, StepAudioOptions } from '@stepvoice/core';
import { addFault, clearFaults, countOpen, readLog } from './emulator-handle.ts';
import type { EmulatorHandle } from './emulator-handle.ts';
import { VOICE, speak } from './speech-calls.ts';

/** Where the contract runs. */
export type SpeechPlatform = {
  emulator(): EmulatorHandle;
  createClient(options: StepAudioOptions): Pick<StepAudio, 'speech'>;
};

const STAGES = ['open', 'connected', 'created', 'audio', 'text-done'] as const;
const CLOSE_CODES = [1000, 1001, 1008, 1011, 1012, 3000, 4001] as const;
const CLOSES = STAGES.flatMap((stage) => CLOSE_CODES.map((code) => ({ stage, code })));

/** What the speech calls do beyond what all calls do. */
export function describeSpeechContract(platform: SpeechPlatform): void {
  let emulator: EmulatorHandle;
  beforeAll(() => {
    emulator = platform.emulator();
  });
  afterEach(() => clearFaults(emulator));

  /** Its limiter has room for one request at a time, so that a slot that is not given back is noticed. */
  function createClient(): Pick<StepAudio, 'speech'> {
    return platform.createClient({
      apiKey: emulator.apiKey,
      baseURL: emulator.url,
      retry: false,
      limiter: createLimiter({ concurrency: 1 }),
    });
  }

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

  test('an answer of 100 MB is refused by its size and let go', async () => {
    await addFault(emulator, 'huge');
    const { speech } = createClient();
    const call = speech.create({ text: '你好。', voice: VOICE, maxBytes: 1_000_000 });
    await expect(call).rejects.toMatchObject({ code: 'answer_too_large' });
    await expectNothingOpen();
    expect((await readLog(emulator)).at(-1)?.bytesSent).toBeLessThan(60_000_000);
  });

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
      interval: 5,
      timeout: 7000,
    });
  }
}
