import type { Bench } from '../harness/bench.ts';
import { bundleProgram, runMeasured } from '../harness/measured-process.ts';
import type { Figures } from '../harness/row.ts';
import type { PerformAudioTask } from './audio-task.ts';
import { createBrowserPage } from './browser-page.ts';
import { base64Experiments, parserExperiments } from './coding-experiments.ts';
import {
  detectionExperiment,
  framingExperiments,
  pcmExperiments,
  resamplerExperiments,
} from './sound-experiments.ts';

/** What happens to audio between the wire and the loudspeaker or the microphone, against what a developer would use instead. */
export const audioBench: Bench = {
  name: 'audio',
  async open({ quick }) {
    const program = await bundleProgram(new URL('audio-process.ts', import.meta.url));
    const page = createBrowserPage();
    const perform: PerformAudioTask = (task) => runMeasured<Figures>(program, task);
    const performInBrowser: PerformAudioTask = async (task) => {
      if (task.kind !== 'base64') throw new Error(`${task.kind} is not measured in a browser`);
      return page.measureBase64(task);
    };
    const rounds = quick ? 1 : 3;
    return {
      experiments: [
        ...parserExperiments(perform, rounds),
        ...base64Experiments(perform, performInBrowser, rounds),
        ...pcmExperiments(perform, rounds),
        ...framingExperiments(perform, rounds),
        ...resamplerExperiments(perform, rounds),
        detectionExperiment(perform, rounds),
      ],
      close: () => page.close(),
    };
  },
};
