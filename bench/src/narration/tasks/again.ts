import { countCharacters } from '../../../../packages/core/src/narration/batches.ts';
import { createMemoryCache } from '../../../../packages/core/src/narration/memory-cache.ts';
import { narrate } from '../../../../packages/core/src/narration/narration.ts';
import type { Narration } from '../../../../packages/core/src/narration/narration.ts';
import type { Figures } from '../../harness/row.ts';
import type { NarrationTaskOf } from '../narration-task.ts';
import { NOTES, SAMPLE_RATE, VOICE, createSimulation, passUntil } from '../simulation.ts';

/** What it costs to hear a note again, to look for a place in it, and to change a sentence of it. */
export async function measureAgain({ language }: NarrationTaskOf<'again'>): Promise<Figures> {
  const { clock, service, speech, output, device } = createSimulation();
  const cache = createMemoryCache();
  const text = NOTES[language];
  const start = (from: string): Narration =>
    narrate(
      { text: from, format: 'markdown' },
      { speech, output, clock, cache, voice: { voice: VOICE }, sampleRate: SAMPLE_RATE },
    );
  const hear = async (narration: Narration): Promise<void> => {
    narration.play();
    await passUntil(clock, () => narration.state === 'ended' || narration.state === 'failed');
    await narration.done;
  };

  const first = start(text);
  await hear(first);
  const bought = service.requests.length;
  await hear(first);
  first.seek({ utterance: 20 });
  first.play();
  await clock.advance(2000);
  first.setRate(1.75);
  await clock.advance(2000);
  first.skip('heading', -1);
  await clock.advance(2000);
  await first.close();
  const reopened = start(text);
  await hear(reopened);
  await reopened.close();
  const again = service.requests.length - bought;

  const edited = start(text);
  edited.play();
  await clock.advance(1000);
  const sentence = edited.plan.utteranceAt(40)!;
  const { end } = sentence.range;
  const mark = sentence.spoken.text.trimEnd().length;
  const at = sentence.spoken.toSource({ start: mark - 1, end: mark }).start;
  if (at >= end) throw new Error('the sentence does not end with a mark');
  edited.edit({ start: at, end: at, insert: language === 'English' ? ' again' : '了' });
  const wanted = countCharacters(edited.plan.utteranceAt(40)!.spoken.text.trim());
  await passUntil(clock, () => edited.state === 'ended' || edited.state === 'failed');
  await edited.done;
  await edited.close();
  device.close();
  const bills = service.requests.slice(bought + again);
  const characters = bills.reduce((sum, request) => sum + request.characters, 0);
  return { again, editRequests: bills.length, editSurplus: characters - wanted };
}
