import type { Experiment } from '../harness/experiment.ts';
import type { RowPlan, Target } from '../harness/row.ts';
import { comparison } from './audio-experiments.ts';
import type { PerformAudioTask } from './audio-task.ts';

const QUARTER_HOUR_IN_ONE = 15 * 60 * 24_000;

export function pcmExperiments(perform: PerformAudioTask, rounds: number): Experiment[] {
  const conversions = [
    { conversion: 'toFloat', best: 'Int16Array view', peers: ['DataView', 'Float32Array.from'] },
    { conversion: 'toFloatOdd', best: 'copy and view', peers: ['DataView'] },
    { conversion: 'fromFloat', best: 'Int16Array with branches', peers: ['DataView'] },
  ] as const;
  return conversions.map(({ conversion, best, peers }) =>
    comparison(
      {
        metric: `pcm.${conversion}`,
        work: { kind: 'pcm', conversion },
        unit: 'million samples a second',
        better: 'higher',
        figure: 'speed',
        rounds,
        peers: [best, ...peers],
        targets: [{ target: { of: best, ratio: 0.9 } }],
      },
      perform,
    ),
  );
}

export function framingExperiments(perform: PerformAudioTask, rounds: number): Experiment[] {
  const row = { unit: 'ms per minute of audio', better: 'lower', figure: 'time' } as const;
  const work = { kind: 'framing', minutes: 1 } as const;
  const atOnce = { ...work, minutes: 10, chunkSamples: QUARTER_HOUR_IN_ONE };
  const run = (task: Parameters<PerformAudioTask>[0]) => () => perform(task);
  return [
    comparison(
      {
        metric: 'framing',
        // Reads of a socket: 16 kB, which end in the middle of a frame.
        work: { ...work, chunkSamples: 8192 },
        ...row,
        rounds,
        peers: ['views', 'concatenate'],
        targets: [{ target: { of: 'views', ratio: 2 }, worldClass: { of: 'views', ratio: 1.2 } }],
      },
      perform,
    ),
    {
      name: 'framing.atOnce',
      rounds,
      contenders: {
        ours: run({ ...atOnce, contender: 'ours' }),
        'ours, one minute': run({ ...atOnce, minutes: 1, contender: 'ours' }),
        views: run({ ...atOnce, contender: 'views' }),
        'concatenate, one minute': run({ ...atOnce, minutes: 1, contender: 'concatenate' }),
      },
      rows: [
        {
          metric: 'framing.atOnce',
          ...row,
          statistic: 'best',
          target: { of: 'views', ratio: 2 },
          worldClass: { of: 'views', ratio: 1.2 },
        },
        {
          // Ten minutes take ten times as long as one, and something for all the views that are kept at the same time; what
          // is quadratic would take a hundred times as long.
          metric: 'framing.linear',
          ...row,
          statistic: 'best',
          target: { of: 'ours, one minute', ratio: 2 },
        },
      ],
    },
  ];
}

const CONVERSIONS = [
  { name: '24to48', from: 24_000, to: 48_000 },
  { name: '48to16', from: 48_000, to: 16_000 },
  { name: '44to16', from: 44_100, to: 16_000 },
] as const;

export function resamplerExperiments(perform: PerformAudioTask, rounds: number): Experiment[] {
  return [
    ...CONVERSIONS.map(({ name, from, to }): Experiment => {
      const run = (contender: string) => () =>
        perform({ kind: 'resamplerQuality', contender, from, to });
      return {
        name: `resampler.quality.${name}`,
        rounds: 1,
        contenders: {
          ours: run('ours'),
          'speex q7': run('speex q7'),
          'libsamplerate medium': run('libsamplerate medium'),
          linear: run('linear'),
        },
        rows: [
          quality(name, 'thd', 'lower', -96, -105),
          quality(name, 'snr', 'higher', 96, 105),
          quality(name, 'gain', 'lower', 0.1, 0.02),
          ...(from > to ? [quality(name, 'alias', 'lower', -96, -105)] : []),
        ],
      };
    }),
    ...CONVERSIONS.map(({ name, from, to }) =>
      comparison(
        {
          metric: `resampler.speed.${name}`,
          work: { kind: 'resamplerSpeed', from, to },
          unit: 'times real time',
          better: 'higher',
          figure: 'speed',
          rounds,
          peers: ['speex q7', 'libsamplerate medium'],
          targets: [
            {
              target: { of: 'speex q7', ratio: 1.3 },
              worldClass: { of: 'speex q7', ratio: 1.6 },
            },
            {
              target: { of: 'libsamplerate medium', ratio: 3 },
              worldClass: { of: 'libsamplerate medium', ratio: 4 },
            },
          ],
        },
        perform,
      ),
    ),
    comparison(
      {
        metric: 'resampler.streamed',
        work: { kind: 'resamplerStreaming' },
        unit: 'samples that differ',
        better: 'lower',
        figure: 'differing',
        rounds: 1,
        peers: [],
        targets: [{ target: { of: 'absolute', value: 0 } }],
      },
      perform,
    ),
  ];
}

function quality(
  name: string,
  figure: string,
  better: RowPlan['better'],
  value: number,
  worldClass: number,
): RowPlan {
  const absolute = (limit: number): Target => ({ of: 'absolute', value: limit });
  return {
    metric: `resampler.quality.${name}.${figure}`,
    unit: 'dB',
    better,
    figure,
    statistic: 'best',
    target: absolute(value),
    worldClass: absolute(worldClass),
  };
}

export function detectionExperiment(perform: PerformAudioTask, rounds: number): Experiment {
  return comparison(
    {
      metric: 'vad.cpu',
      work: { kind: 'detection' },
      unit: 'µs per 10 ms',
      better: 'lower',
      figure: 'time',
      rounds,
      peers: ['webrtc', 'ours with playback', 'ours by energy'],
      targets: [{ target: { of: 'webrtc', ratio: 15 } }],
    },
    perform,
  );
}
