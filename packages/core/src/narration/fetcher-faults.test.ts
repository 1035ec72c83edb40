import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ManualClock } from '../net/testing/manual-clock.ts';
import { SpeechFetcher } from './fetcher.ts';
import { createMemoryCache } from './memory-cache.ts';
import { NarrationPlan } from './plan.ts';
import type { SpokenPlace } from './speech-unit.ts';
import { createSimulatedSpeech } from './testing/simulated-service.ts';
import type { SimulatedFault } from './testing/simulated-service.ts';

const FAULTS: (SimulatedFault | undefined)[] = [
  undefined,
  undefined,
  { status: 503 },
  { status: 429, retryAfterSeconds: 2 },
  { status: 451 },
  { cutAfter: 0.6 },
  { unreachable: true },
  { subtitles: () => [] },
  { subtitles: (tokens) => tokens.toReversed() },
  { subtitles: (tokens) => tokens.filter((_, index) => index % 3 > 0) },
  { delayMs: 5000 },
];

const SENTENCES = [
  'Yes. ',
  'Yes. ',
  'One more of them. ',
  '今天很冷。',
  '\n\n',
  '# Head\n\n',
  'A longer one that has to be cut, since nobody wants to wait for all of it, and it goes on and on. ',
];

const act = fc.oneof(
  { weight: 6, arbitrary: fc.record({ type: fc.constant('take' as const) }) },
  fc.record({ type: fc.constant('seek' as const), to: fc.nat() }),
  fc.record({ type: fc.constant('edit' as const), at: fc.nat() }),
  fc.record({ type: fc.constant('wait' as const), ms: fc.constantFrom(10, 400, 3000) }),
);

test('whatever happens on both sides: all that is read is read once, in order, and nothing is left behind', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom(...SENTENCES), { minLength: 1, maxLength: 25 }),
      fc.infiniteStream(fc.constantFrom(...FAULTS)),
      fc.array(act, { maxLength: 12 }),
      fc.boolean(),
      async (sentences, faults, acts, buffered) => {
        const clock = new ManualClock();
        const { service, speech } = createSimulatedSpeech({
          clock,
          buffered,
          requestsPerMinute: 1000,
          fault: ({ index }) => (index > 40 ? undefined : faults.next().value),
        });
        const plan = new NarrationPlan({ text: sentences.join(''), format: 'markdown' });
        const fetcher = new SpeechFetcher({
          plan,
          speech,
          voice: { voice: 'ruyananshi' },
          cache: createMemoryCache(),
          clock,
          sampleRate: 8000,
          aheadSeconds: 10,
          maxRetries: 100,
        });
        let at: SpokenPlace = { utterance: 0, offset: 0 };
        let isFirst = true;
        let items = fetcher.from(at);

        /** Takes the next, and looks whether it goes on where the last one ended. */
        async function take(): Promise<boolean> {
          let result: Awaited<ReturnType<typeof items.next>> | undefined;
          void items.next().then((next) => {
            result = next;
          });
          await clock.advance(0);
          while (result === undefined)
            await clock.advance(Math.max(1, clock.nextInMs ?? Number.NaN));
          if (result.done === true) return false;
          const item = result.value;
          const from =
            item.type === 'unit' ? item.unit.from : { utterance: item.utterance.index, offset: 0 };
          const isNext = from.utterance === at.utterance && from.offset === at.offset;
          const isInside = from.utterance <= at.utterance && (isFirst || item.type === 'skipped');
          expect(isNext || isInside).toBe(true);
          at = behind(
            item.type === 'unit' ? item.unit.to : { utterance: from.utterance, offset: Infinity },
          );
          isFirst = false;
          return true;
        }

        function behind({ utterance, offset }: SpokenPlace): SpokenPlace {
          const { length } = plan.utteranceAt(utterance)!.spoken.text;
          return offset >= length ? { utterance: utterance + 1, offset: 0 } : { utterance, offset };
        }

        function restart(place: SpokenPlace): void {
          at = place;
          isFirst = true;
          items = fetcher.from(at);
        }

        for (const step of acts) {
          if (step.type === 'take') await take();
          else if (step.type === 'wait') await clock.advance(step.ms);
          else if (step.type === 'seek') {
            restart({ utterance: step.to % (plan.length + 1), offset: step.to % 7 === 0 ? 1 : 0 });
          } else {
            const place = step.at % (plan.source.text.length + 1);
            plan.edit({ start: place, end: place, insert: 'new ' });
            restart({ utterance: Math.min(at.utterance, plan.length), offset: 0 });
          }
        }
        while (await take());
        while (plan.step());
        expect(at.utterance).toBeGreaterThanOrEqual(plan.length);
        await fetcher.close();
        await clock.advance(10_000);
        expect(service.active).toBe(0);
        expect(clock.pending).toBe(0);
      },
    ),
    { numRuns: 40 },
  );
});
