import type { Figures } from '../harness/row.ts';

/** What a measured process is asked to do: through a flow, or with the library alone. */
export type FlowTask = { contender: 'flow' | 'core' } & (
  | { kind: 'firstAudio'; baseUrl: string; requests: number }
  | { kind: 'frames'; baseUrl: string; streams: number; seconds: number }
  | { kind: 'fanOut'; baseUrl: string; clips: number; branches: number }
  | { kind: 'redeploy'; times: number }
);

export type FlowTaskOf<Kind extends FlowTask['kind']> = Extract<FlowTask, { kind: Kind }>;
export type PerformFlowTask = (task: FlowTask) => Promise<Figures>;
