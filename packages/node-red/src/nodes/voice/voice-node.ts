import { JobLanes, type Job } from '../../kit/job-lanes.ts';
import type { NodeBehaviour, NodeHost } from '../../kit/register-node.ts';
import { CLONE_BUDGETS, CloneBudget } from './clone-budget.ts';
import type { voiceDefinition } from './definition.ts';
import { checkClip, cloneVoice, deleteClip, listVoices, previewVoice } from './operations.ts';

export type VoiceProperties = (typeof voiceDefinition)['properties'];
export type VoiceJob = Job<VoiceProperties>;
export type VoiceHost = NodeHost<VoiceProperties>;

/** Voices of an account: list, check, preview, clone, and delete clips. */
export function createVoice(host: VoiceHost): NodeBehaviour<VoiceProperties> {
  const { operation } = host.fixed;
  const { RED, node, clock } = host;
  const budget = CLONE_BUDGETS.get(RED, node.id, () => new CloneBudget(clock));
  const work = {
    list: listVoices,
    check: checkClip,
    preview: previewVoice,
    clone: (_: VoiceHost, job: VoiceJob) => cloneVoice(host, job, budget),
    delete: deleteClip,
  }[operation];
  const lanes = new JobLanes(host, {
    run: (job) => work(host, job),
    eventsOutput: 1,
    busyStatus: operation === 'clone' ? 'cloning' : 'working',
  });
  return {
    input: (call) => lanes.take(call),
    close(removed) {
      if (removed) CLONE_BUDGETS.forget(RED, node.id);
      return lanes.close();
    },
  };
}
