import type { Bench } from '../harness/bench.ts';
import type { Experiment } from '../harness/experiment.ts';
import { bundleProgram, runMeasured } from '../harness/measured-process.ts';
import type { Figures, RowPlan, Target } from '../harness/row.ts';
import type { Answer } from '../service/answer.ts';
import { startSpeechService } from '../service/speech-service.ts';
import { startProtocolService } from '../protocol/protocol-service.ts';
import type { FlowTask, PerformFlowTask } from './flow-task.ts';
import { measureStartup } from './startup.ts';

const ONE_PIECE: Answer = { pieces: 2, pieceSeconds: 0.1, intervalMs: 0 };
/** 10.1 MB of PCM. */
const CLIP: Answer = { pieces: 42, pieceSeconds: 5, intervalMs: 0 };

/** What a flow costs beside the library alone, in a Node-RED of its own with the built package in it. */
export const nodeRedBench: Bench = {
  name: 'node-red',
  async open({ quick }) {
    const program = await bundleProgram(new URL('flow-process.ts', import.meta.url));
    const speech = await startSpeechService();
    const transcription = await startProtocolService();
    const perform: PerformFlowTask = (task) => runMeasured<Figures>(program, task);
    const speaking = async (
      answer: Answer,
      task: (baseUrl: string) => FlowTask,
    ): Promise<Figures> => {
      const run = await speech.open([answer]);
      try {
        return await perform(task(run.baseUrl));
      } finally {
        await run.close();
      }
    };
    const rounds = quick ? 1 : 5;
    const requests = quick ? 50 : 200;
    const baseUrl = transcription.baseUrl({ deltas: 0, deltaMs: 0, intervalMs: 0 });
    const frames = (contender: FlowTask['contender']) => () =>
      perform({ kind: 'frames', contender, baseUrl, streams: 200, seconds: quick ? 4 : 10 });
    const firstAudio = (contender: FlowTask['contender']) => () =>
      speaking(ONE_PIECE, (url) => ({ kind: 'firstAudio', contender, baseUrl: url, requests }));
    const experiments: Experiment[] = [
      {
        name: 'firstAudio',
        rounds,
        contenders: { ours: firstAudio('flow'), core: firstAudio('core') },
        rows: [row('firstAudio', 'ms', 'first', { of: 'core', plus: 1 }, { p95: 'first.p95' })],
      },
      {
        name: 'frames',
        rounds,
        contenders: { ours: frames('flow'), core: frames('core') },
        rows: [
          row('frames.cpu', 'share of a core', 'cpu', { of: 'absolute', value: 1 }),
          row('frames.cpu.core', 'share of a core', 'cpu', { of: 'core', ratio: 1.3 }),
          row(
            'frames.utterances',
            'found',
            'utterances',
            { of: 'core', ratio: 1 },
            { better: 'higher' },
          ),
          row(
            'frames.heard',
            's of speech',
            'heard',
            { of: 'core', ratio: 1 },
            { better: 'higher' },
          ),
          row(
            'frames.transcribed',
            'transcribed',
            'transcribed',
            { of: 'core', ratio: 1 },
            { better: 'higher' },
          ),
        ],
      },
      {
        name: 'fanOut',
        rounds,
        contenders: {
          ours: () =>
            speaking(CLIP, (url) => ({
              kind: 'fanOut',
              contender: 'flow',
              baseUrl: url,
              clips: 6,
              branches: 10,
            })),
        },
        rows: [row('fanOut.delay', 'ms', 'delay', { of: 'absolute', value: 20 })],
      },
      {
        name: 'redeploy',
        rounds,
        contenders: {
          ours: () => perform({ kind: 'redeploy', contender: 'flow', times: quick ? 30 : 200 }),
        },
        rows: [
          row('redeploy.leaks', 'left open', 'leaks', { of: 'absolute', value: 0 }),
          row('redeploy.deploy', 'ms', 'deploy', { of: 'absolute', value: 100 }),
        ],
      },
      {
        name: 'startup',
        rounds,
        contenders: { ours: () => measureStartup(true), without: () => measureStartup(false) },
        rows: [
          row('startup.time', 'ms', 'start', { of: 'without', plus: 150 }),
          row('startup.memory', 'MiB', 'memory', { of: 'without', plus: 15 }),
        ],
      },
    ];
    return {
      experiments,
      async close() {
        await speech.stop();
        await transcription.stop();
      },
    };
  },
};

function row(
  metric: string,
  unit: string,
  figure: string,
  target: Target,
  more: Partial<RowPlan> = {},
): RowPlan {
  return { metric, unit, better: 'lower', figure, statistic: 'median', target, ...more };
}
