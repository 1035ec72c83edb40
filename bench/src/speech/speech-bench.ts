import type { Bench } from '../harness/bench.ts';
import { bundleProgram } from '../harness/measured-process.ts';
import { startSpeechService } from '../service/speech-service.ts';
import { createBenchContext } from './bench-context.ts';
import { browserSocketExperiment } from './browser-socket.ts';
import { idleConnectionsExperiment } from './connections.ts';
import { firstAudioExperiments } from './first-audio.ts';
import { footprintExperiments, readPackages } from './footprint.ts';
import { peakMemoryExperiment } from './peak-memory.ts';
import { processorTimeExperiments } from './processor-time.ts';
import { silentFailuresExperiment } from './silent-failures.ts';
import { slowConsumerExperiment } from './slow-consumer.ts';
import { stoppingExperiments } from './stopping.ts';

/** The client for speech, against what a developer would use instead, with a mock service on loopback. */
export const speechBench: Bench = {
  name: 'speech',
  async open({ quick }) {
    const program = await bundleProgram(new URL('../client/client-process.ts', import.meta.url));
    const service = await startSpeechService();
    const context = createBenchContext({ quick, service, program });
    await readPackages(context);
    return {
      experiments: [
        ...processorTimeExperiments(context),
        ...firstAudioExperiments(context),
        idleConnectionsExperiment(context),
        ...footprintExperiments(context),
        ...stoppingExperiments(context),
        slowConsumerExperiment(context),
        browserSocketExperiment(context),
        peakMemoryExperiment(context),
        silentFailuresExperiment(context),
      ],
      close: () => service.stop(),
    };
  },
};
