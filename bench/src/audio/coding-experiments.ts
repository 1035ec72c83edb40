import type { Experiment } from '../harness/experiment.ts';
import { comparison } from './audio-experiments.ts';
import type { PerformAudioTask } from './audio-task.ts';

const SPEED = { unit: 'MB of audio a second', better: 'higher', figure: 'speed' } as const;

/** Out of an event stream, four ways in which it is written and read. */
export function parserExperiments(perform: PerformAudioTask, rounds: number): Experiment[] {
  const patterns = [
    { name: '100ms.64k', eventSeconds: 0.1, events: 600, readBytes: 65_536 },
    { name: '100ms.1k4', eventSeconds: 0.1, events: 600, readBytes: 1400 },
    { name: '2s.64k', eventSeconds: 2, events: 30, readBytes: 65_536 },
    { name: '60s.1k4', eventSeconds: 60, events: 1, readBytes: 1400 },
  ];
  return patterns.map(({ name, ...pattern }) =>
    comparison(
      {
        metric: `parser.${name}`,
        work: { kind: 'eventParsing', ...pattern },
        ...SPEED,
        rounds,
        // With one large event it scans from the beginning for each read: minutes.
        peers: ['eventsource-parser', 'byte scan', ...(pattern.events > 1 ? ['split'] : [])],
        targets: [
          {
            target: { of: 'eventsource-parser', ratio: 0.9 },
            worldClass: { of: 'byte scan', ratio: 0.9 },
          },
        ],
      },
      perform,
    ),
  );
}

export function base64Experiments(
  perform: PerformAudioTask,
  performInBrowser: PerformAudioTask,
  rounds: number,
): Experiment[] {
  return (['decode', 'encode'] as const).flatMap((direction) => {
    const work = { kind: 'base64', direction } as const;
    const row = { work, ...SPEED, rounds };
    return [
      comparison(
        {
          metric: `base64.${direction}.node`,
          ...row,
          peers: ['Buffer', 'atob and a loop'],
          targets: [{ target: { of: 'Buffer', ratio: 0.9 } }],
        },
        perform,
      ),
      comparison(
        {
          metric: `base64.${direction}.node.fallback`,
          ...row,
          ours: 'our table',
          peers: ['table'],
          targets: [{ target: { of: 'table', ratio: 0.9 } }],
        },
        perform,
      ),
      comparison(
        {
          metric: `base64.${direction}.chromium`,
          ...row,
          peers: ['platform', 'atob and a loop'],
          targets: [{ target: { of: 'platform', ratio: 0.9 } }],
        },
        performInBrowser,
      ),
      comparison(
        {
          metric: `base64.${direction}.chromium.fallback`,
          ...row,
          ours: 'our table',
          peers: ['table'],
          targets: [{ target: { of: 'table', ratio: 0.9 } }],
        },
        performInBrowser,
      ),
    ];
  });
}
