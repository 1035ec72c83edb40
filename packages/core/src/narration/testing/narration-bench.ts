import { CollectOutput } from '../../audio/output/collect-output.ts';
import type { AudioOutput } from '../../audio/output/audio-output.ts';
import { PullOutput } from '../../audio/output/pull-output.ts';
import { concatSamples } from '../../audio/pcm.ts';
import type { Pcm } from '../../audio/pcm.ts';
import { ManualClock } from '../../net/testing/manual-clock.ts';
import { createMemoryCache } from '../memory-cache.ts';
import { narrate } from '../narration.ts';
import type { Narration } from '../narration.ts';
import type { NarrationEvents } from '../narration-events.ts';
import type { NarrationOptions } from '../narration-options.ts';
import { PulledDevice } from './pulled-device.ts';
import { createSimulatedSpeech } from './simulated-service.ts';
import type { SimulatedServiceOptions } from './simulated-service.ts';

export const SAMPLE_RATE = 8000;
export const SHORT_NOTE =
  'Some words to begin with. A second sentence comes here. And a third one.\n\n' +
  'Another paragraph starts now. It has two sentences.\n\n# A heading\n\nThe last words of all.';

type Setup = Partial<NarrationOptions> & { service?: Omit<SimulatedServiceOptions, 'clock'> };

export function setUp({ service: serviceOptions, ...more }: Setup = {}) {
  const clock = new ManualClock();
  const { service, speech } = createSimulatedSpeech({ clock, ...serviceOptions });
  const output = new PullOutput({ sampleRate: SAMPLE_RATE, now: () => clock.now() });
  const device = new PulledDevice(clock, output);
  const cache = createMemoryCache();
  const start = (text: string, options: Partial<NarrationOptions> = {}) =>
    narrate(
      { text, format: 'markdown' },
      {
        speech,
        voice: { voice: 'ruyananshi' },
        output,
        cache,
        clock,
        sampleRate: SAMPLE_RATE,
        ...more,
        ...options,
      },
    );
  return { clock, service, output, device, cache, start };
}

/** Lets time pass until it is there. */
export async function until(clock: ManualClock, isThere: () => boolean, stepMs = 500) {
  for (let waited = 0; !isThere(); waited += stepMs) {
    if (waited > 1_200_000) throw new Error('it never came to that');
    await clock.advance(stepMs);
  }
}

export function collect<Name extends keyof NarrationEvents>(narration: Narration, name: Name) {
  const events: NarrationEvents[Name][] = [];
  narration.on(name, (event) => events.push(event));
  return events;
}

export async function hearAll(clock: ManualClock, narration: Narration): Promise<void> {
  narration.play();
  await until(clock, () => narration.state === 'ended' || narration.state === 'failed');
  await narration.done;
}

/** The sound of all pieces of a narration, as fast as it can be had. */
export async function collectSound(clock: ManualClock, start: (output: AudioOutput) => Narration) {
  const parts: Int16Array[] = [];
  const output = new CollectOutput({
    write: ({ sound }) => void parts.push((sound as Pcm).samples),
  });
  const narration = start(output);
  const told = collect(narration, 'utterance');
  await hearAll(clock, narration);
  await narration.close();
  return { utterances: told.map(({ utterance }) => utterance), samples: concatSamples(parts) };
}
