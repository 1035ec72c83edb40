import { narrate } from '../../../../packages/core/src/narration/narration.ts';
import type { Figures } from '../../harness/row.ts';
import { readBySentence, readWhole } from '../naive-reader.ts';
import type { NarrationTaskOf } from '../narration-task.ts';
import { NOTES, SAMPLE_RATE, VOICE, createSimulation, passUntil } from '../simulation.ts';

/** A note is read to its end: when its first sound came, how long it broke off, and how many requests it took. */
export async function measureReading(task: NarrationTaskOf<'reading'>): Promise<Figures> {
  const { contender, language, rate, buffered } = task;
  const { clock, service, speech, output, device } = createSimulation({ buffered });
  const text = NOTES[language];
  if (contender === 'ours') {
    const narration = narrate(
      { text, format: 'markdown' },
      { speech, output, clock, rate, voice: { voice: VOICE }, sampleRate: SAMPLE_RATE },
    );
    narration.play();
    await passUntil(clock, () => narration.state === 'ended' || narration.state === 'failed');
    await narration.done;
    await narration.close();
  } else {
    const read = contender === 'whole text' ? readWhole : readBySentence;
    let isOver = false;
    const reading = read(text, { speech, clock, output, rate }).finally(() => (isOver = true));
    await passUntil(clock, () => isOver && output.isIdle);
    await reading;
  }
  device.close();
  if (device.firstSoundMs === undefined) throw new Error('nothing was heard');
  return {
    firstSound: device.firstSoundMs / 1000,
    broken: device.brokenMs / 1000,
    requests: service.requests.length,
    refused: service.rateLimited,
  };
}
