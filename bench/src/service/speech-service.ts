import { fork } from 'node:child_process';
import { once } from 'node:events';
import { bundleProgram } from '../harness/measured-process.ts';
import type { Answer, Command, Reply, RequestLog } from './answer.ts';

/** The mock service, in a process of its own on loopback. */
export interface SpeechService {
  /** Prepares the answers for one client; the last one is repeated. */
  open(answers: readonly Answer[]): Promise<ServiceRun>;
  stop(): Promise<void>;
}

export type ServiceRun = {
  /** Base address for the client, with the prefix. */
  baseUrl: string;
  /** Forgets the run and gives its requests in the order they came. */
  close(): Promise<RequestLog[]>;
};

export async function startSpeechService(): Promise<SpeechService> {
  const program = await bundleProgram(new URL('./service-process.ts', import.meta.url));
  const child = fork(program, { execArgv: [], serialization: 'advanced' });
  const [first] = (await once(child, 'message')) as [Reply];
  if (first.type !== 'listening') throw new Error(`the service began with ${first.type}`);
  const { port } = first;

  const pending = new Map<number, PromiseWithResolvers<Reply>>();
  child.on('message', (reply: Reply) => {
    if (!('id' in reply)) return;
    pending.get(reply.id)?.resolve(reply);
    pending.delete(reply.id);
  });
  child.once('exit', (code) => {
    for (const { reject } of pending.values()) reject(new Error(`the service ended with ${code}`));
  });
  let commands = 0;
  const send = (command: Command): Promise<Reply> => {
    const reply = Promise.withResolvers<Reply>();
    pending.set(command.id, reply);
    child.send(command);
    return reply.promise;
  };

  let runs = 0;
  return {
    async open(answers) {
      const run = `run-${(runs += 1)}`;
      await send({ id: (commands += 1), type: 'open', run, answers });
      return {
        baseUrl: `http://127.0.0.1:${port}/${run}/v1`,
        async close() {
          const reply = await send({ id: (commands += 1), type: 'close', run });
          return reply.type === 'closed' ? reply.requests : [];
        },
      };
    },
    async stop() {
      child.disconnect();
      await once(child, 'exit');
    },
  };
}
