import type { Figures } from '../harness/row.ts';
import type { NarrationTask } from './narration-task.ts';
import { measureAgain } from './tasks/again.ts';
import { measureFollowing } from './tasks/following.ts';
import { measureHostile, measurePlanning } from './tasks/planning.ts';
import { measureReading } from './tasks/reading.ts';
import { measureSentences, measureStretching } from './tasks/sound.ts';

async function perform(task: NarrationTask): Promise<Figures> {
  switch (task.kind) {
    case 'reading':
      return measureReading(task);
    case 'again':
      return measureAgain(task);
    case 'following':
      return measureFollowing(task);
    case 'planning':
      return measurePlanning(task);
    case 'hostile':
      return measureHostile();
    case 'sentences':
      return measureSentences(task);
    case 'stretching':
      return measureStretching(task);
  }
}

const task = JSON.parse(process.argv[2] ?? '') as NarrationTask;
process.stdout.write(JSON.stringify(await perform(task)));
