import { runMeasured } from '../harness/measured-process.ts';
import type { Transport } from '../client/speech-client.ts';
import type { ClientName, Task, TaskResults } from '../client/task.ts';
import type { Answer, RequestLog } from '../service/answer.ts';
import type { SpeechService } from '../service/speech-service.ts';

/** Distributes over the kinds of task, so that what belongs to a kind stays with it. */
type WithoutBaseUrl<T> = T extends unknown ? Omit<T, 'baseUrl'> : never;
export type TaskOf<Kind extends Task['kind']> = WithoutBaseUrl<Extract<Task, { kind: Kind }>>;

/** What every experiment of the speech bench runs in. */
export type BenchContext = {
  /** The short form: fewer runs, less audio. Its figures count for nothing. */
  quick: boolean;
  /** Performs one task in a fresh process against answers of its own. */
  perform: <Kind extends Task['kind']>(
    task: TaskOf<Kind> & { kind: Kind },
    answers?: readonly Answer[],
  ) => Promise<{ result: TaskResults[Kind]; requests: RequestLog[] }>;
};

export function createBenchContext(options: {
  quick: boolean;
  service: SpeechService;
  program: string;
}): BenchContext {
  const { quick, service, program } = options;
  return {
    quick,
    async perform(task, answers = []) {
      const run = await service.open(answers);
      try {
        const result = await runMeasured<TaskResults[typeof task.kind]>(program, {
          ...task,
          baseUrl: run.baseUrl,
        });
        return { result, requests: await run.close() };
      } catch (error) {
        await run.close();
        throw error;
      }
    },
  };
}

/** Clients without a socket are compared with one by what they do have: events. */
export function transportOf(client: ClientName, transport: Transport): Transport {
  const hasSocket = client === 'ours' || client === 'ws' || client === 'ws with pause';
  return transport === 'socket' && !hasSocket ? 'events' : transport;
}
