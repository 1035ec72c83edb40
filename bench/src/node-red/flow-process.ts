import type { Figures } from '../harness/row.ts';
import type { FlowTask } from './flow-task.ts';
import { measureFanOut } from './tasks/fan-out.ts';
import { measureFirstAudio } from './tasks/first-audio.ts';
import { measureFrames } from './tasks/frames.ts';
import { measureRedeploys } from './tasks/redeploy.ts';

async function perform(task: FlowTask): Promise<Figures> {
  switch (task.kind) {
    case 'firstAudio':
      return measureFirstAudio(task);
    case 'frames':
      return measureFrames(task);
    case 'fanOut':
      return measureFanOut(task);
    case 'redeploy':
      return measureRedeploys(task);
  }
}

const task = JSON.parse(process.argv[2] ?? '') as FlowTask;
const figures = await perform(task);
// Node-RED keeps a process alive; what was measured is all there is to say.
process.stdout.write(JSON.stringify(figures), () => process.exit());
