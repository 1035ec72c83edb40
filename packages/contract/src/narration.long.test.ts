import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { concatSamples } from '@stepvoice/core/audio';
import { createMemoryCache } from '@stepvoice/core/narration';
import { StepAudio } from '@stepvoice/core/node';
import { hearDataSpeech, startEmulator } from '@stepvoice/emulator';
import type { Emulator } from '@stepvoice/emulator';
import * as fc from 'fast-check';
import {
  HeardNarration,
  SAMPLE_RATE,
  inOrder,
  isSame,
  recordSpeech,
  soundOf,
  utterancesOf,
} from './heard-narration.ts';

const PARAGRAPH = 'Part N of the harbour was empty. 第N部分，街上没有人。 Or is it N after all? ';
const NOTE = Array.from({ length: 8 }, (_, part) => PARAGRAPH.replaceAll('N', `${part}`)).join(
  '\n\n',
);

let emulator: Emulator;
let client: StepAudio;
beforeAll(async () => {
  emulator = await startEmulator({ port: 0 });
  client = new StepAudio({
    apiKey: emulator.apiKey,
    baseURL: emulator.url,
    retry: false,
    timeouts: { firstByteMs: 2000, idleMs: 1000 },
  });
});
beforeEach(() => emulator.faults.clear());
afterAll(async () => {
  await client.close();
  await emulator.close();
});

const fault = fc.oneof(
  fc.tuple(fc.nat(400_000), fc.constantFrom('reset', 'fin', 'end')).map(([bytes, how]) => ({
    kind: 'cut' as const,
    bytes,
    how: how as 'reset' | 'fin' | 'end',
  })),
  fc.nat(400_000).map((bytes) => ({ kind: 'stall' as const, bytes })),
  fc.tuple(fc.nat(6), fc.constantFrom('json', 'base64', 'half')).map(([events, how]) => ({
    kind: 'malformed' as const,
    events,
    how: how as 'json' | 'base64' | 'half',
  })),
  fc.constantFrom(500, 503).map((status) => ({ kind: 'status' as const, status })),
  fc.constant({ kind: 'odd-splits' as const }),
  fc.constant({ kind: 'slow-read' as const, ms: 1 }),
  fc.constant({ kind: 'missing-end' as const }),
);

describe('reading aloud', () => {
  test('wherever answers break off: every sample is heard once', { timeout: 600_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fault, { minLength: 4, maxLength: 12 }), async (faults) => {
        emulator.faults.clear();
        for (const [skip, one] of faults.entries()) {
          emulator.faults.add({ fault: one, skip, times: 1 });
        }
        const { speech, answers } = recordSpeech(client);
        const heard = new HeardNarration(NOTE, {
          speech,
          voice: { voice: 'cixingnansheng' },
          pauses: { paragraphMs: 0 },
        });
        heard.narration.play();
        await heard.untilEnd();
        const utterances = utterancesOf(heard.narration);
        expect(heard.utterances).toEqual(utterances.map(({ index }) => index));
        const spoken = inOrder(answers, utterances).map((answer) => soundOf(answer));
        expect(isSame(heard.samples, concatSamples(spoken))).toBe(true);
        await heard.narration.close();
      }),
      { numRuns: 20 },
    );
  });

  test(
    'whatever is done to it, then all of it is heard to the letter',
    { timeout: 600_000 },
    async () => {
      const sentences = Array.from({ length: 8 }, (_, index) => `No. ${index} 号。`);
      const cache = createMemoryCache();
      const options = { speech: client.speech, voice: { voice: 'data-voice' }, cache };
      for (const sentence of sentences) {
        const alone = new HeardNarration(sentence, options);
        alone.narration.play();
        await alone.untilEnd();
        await alone.narration.close();
      }
      const command = fc.oneof(
        fc.record({ type: fc.constant('seek' as const), utterance: fc.nat(8) }),
        fc.record({ type: fc.constant('skip' as const), direction: fc.constantFrom(1, -1) }),
        fc.record({ type: fc.constant('rate' as const), rate: fc.constantFrom(0.5, 1, 1.5, 3) }),
        fc.record({ type: fc.constant('pause' as const) }),
        fc.record({ type: fc.constant('edit' as const), at: fc.nat(7) }),
      );
      await fc.assert(
        fc.asyncProperty(fc.array(command, { minLength: 1, maxLength: 8 }), async (commands) => {
          const heard = new HeardNarration(sentences.join('\n\n'), options);
          const { narration } = heard;
          narration.play();
          for (const one of commands) {
            const before = heard.words.length;
            await heard.until(() => heard.words.length > before || narration.state === 'ended');
            if (one.type === 'seek') narration.seek({ utterance: one.utterance });
            else if (one.type === 'skip') narration.skip('sentence', one.direction as 1 | -1);
            else if (one.type === 'rate') narration.setRate(one.rate);
            else if (one.type === 'pause') narration.pause();
            else {
              // There and back: the text is the same in the end.
              const { text } = narration.plan.source;
              const start = text.indexOf(sentences[one.at]!);
              narration.edit({ start, end: start + 2, insert: 'Nr' });
              narration.edit({ start, end: start + 2, insert: 'No' });
            }
            narration.play();
          }
          narration.setRate(1);
          narration.pause();
          narration.seek({ utterance: 0 });
          narration.play();
          const begin = heard.samples.length;
          await heard.until(() => narration.state === 'ended');
          const samples = heard.samples.subarray(begin);
          const text = await hearDataSpeech({ samples, sampleRate: SAMPLE_RATE });
          expect(text).toBe(sentences.join(''));
          await narration.close();
        }),
        { numRuns: 15 },
      );
    },
  );
});
