import { openFetchClient } from './fetch-client.ts';
import { openFloorClient } from './floor-client.ts';
import { openOpenaiClient } from './openai-client.ts';
import { openParserClient } from './parser-client.ts';
import type { OpenSpeechClient } from './speech-client.ts';
import { openStepvoiceClient } from './stepvoice-client.ts';
import type { ClientName, Task, TaskResults } from './task.ts';
import { measureColdFirstAudio, measureFirstAudio } from './tasks/first-audio.ts';
import { measureFailure } from './tasks/failure.ts';
import { countLateModules, measureImport } from './tasks/import.ts';
import { measurePause } from './tasks/pause.ts';
import { measurePeakMemory } from './tasks/peak-memory.ts';
import { measureProcessorTime } from './tasks/processor-time.ts';
import { measureSlowConsumer } from './tasks/slow-consumer.ts';
import { measureStop } from './tasks/stop.ts';
import { openUndiciClient } from './undici-client.ts';
import { openPausingWsClient, openWsClient } from './ws-client.ts';

// None of these modules loads a package by being imported: that belongs to what is measured.
const CLIENTS: Readonly<Record<ClientName, OpenSpeechClient>> = {
  ours: openStepvoiceClient,
  floor: openFloorClient,
  fetch: openFetchClient,
  openai: openOpenaiClient,
  undici: openUndiciClient,
  'eventsource-parser': openParserClient,
  ws: openWsClient,
  'ws with pause': openPausingWsClient,
};

async function perform(task: Task): Promise<TaskResults[Task['kind']]> {
  const open = (): ReturnType<OpenSpeechClient> => CLIENTS[task.client](task.baseUrl);
  switch (task.kind) {
    case 'import':
      return measureImport(task.specifier);
    case 'lateModules':
      return countLateModules(task.specifier);
    case 'coldFirstAudio':
      return measureColdFirstAudio(open, task);
    case 'unpausableSocket': {
      const { measureUnpausableSocket } = await import('./tasks/unpausable-socket.ts');
      return measureUnpausableSocket(task);
    }
    case 'processorTime':
      return measureProcessorTime(await open(), task);
    case 'firstAudio':
      return measureFirstAudio(await open(), task);
    case 'pause':
      return measurePause(await open(), task);
    case 'stop':
      return measureStop(await open(), task);
    case 'slowConsumer':
      return measureSlowConsumer(await open(), task);
    case 'peakMemory':
      return measurePeakMemory(await open(), task);
    case 'failure':
      return measureFailure(await open(), task);
  }
}

const result = await perform(JSON.parse(process.argv[2] ?? '{}') as Task);
// Calls that were never stopped are part of what is measured: they must not keep the process.
process.stdout.write(JSON.stringify(result), () => process.exit());
