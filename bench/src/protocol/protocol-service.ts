import { fork } from 'node:child_process';
import { once } from 'node:events';
import { bundleProgram } from '../harness/measured-process.ts';
import { toBasePath } from './answer-plan.ts';
import type { AnswerPlan } from './answer-plan.ts';

/** The mock service, in a process of its own on loopback. */
export interface ProtocolService {
  /** Base address for a client, with the prefix. */
  baseUrl(plan: AnswerPlan): string;
  stop(): Promise<void>;
}

export async function startProtocolService(): Promise<ProtocolService> {
  const program = await bundleProgram(new URL('./service-process.ts', import.meta.url));
  const child = fork(program, { execArgv: [] });
  const [port] = (await once(child, 'message')) as [number];
  return {
    baseUrl: (plan) => `http://127.0.0.1:${port}${toBasePath(plan)}`,
    async stop() {
      child.disconnect();
      await once(child, 'exit');
    },
  };
}
