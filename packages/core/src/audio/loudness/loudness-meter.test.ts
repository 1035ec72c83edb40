import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ValidationError } from '../../errors.ts';
import { concatSamples } from '../pcm.ts';
import { syntheticVoice } from '../vad/testing/synthetic-voice.ts';
import { LoudnessMeter, measureLoudness, type LoudnessOptions } from './loudness-meter.ts';

/** The signals of EBU Tech 3341 and 3342 have the same sound on both channels of stereo. */
const STEREO: LoudnessOptions = { channels: 2 };
/** The gates do not care for the rate, and a low one is quick; other rates have tests of their own. */
const SAMPLE_RATE = 8000;

type Segment = readonly [dbfs: number, seconds: number];
const SILENT = -Infinity;

describe('EBU Tech 3341', () => {
  const integrated: readonly [name: string, segments: readonly Segment[], lufs: number][] = [
    ['1: −23 dBFS', [[-23, 20]], -23],
    ['2: −33 dBFS', [[-33, 20]], -33],
    [
      '3: the relative gate',
      [
        [-36, 10],
        [-23, 60],
        [-36, 10],
      ],
      -23,
    ],
    [
      '4: both gates',
      [
        [-72, 10],
        [-36, 10],
        [-23, 60],
        [-36, 10],
        [-72, 10],
      ],
      -23,
    ],
    [
      '5: the mean of powers',
      [
        [-26, 20],
        [-20, 20.1],
        [-26, 20],
      ],
      -23,
    ],
  ];
  test.each(integrated)('integrated loudness, case %s', (_, segments, lufs) => {
    expect(Math.abs(measure(segments).integratedLufs - lufs)).toBeLessThanOrEqual(0.1);
  });

  test('cases 1 and 2: momentary and short-term loudness', () => {
    for (const dbfs of [-23, -33]) {
      const meter = listen([[dbfs, 5]]);
      expect(Math.abs(meter.momentaryLufs - dbfs)).toBeLessThanOrEqual(0.1);
      expect(Math.abs(meter.shortTermLufs - dbfs)).toBeLessThanOrEqual(0.1);
    }
  });

  test('case 9: short-term loudness of a level that changes every 3 s stays at −23', () => {
    const readings = readEvery(
      0.1,
      repeat(5, [
        [-20, 1.34],
        [-30, 1.66],
      ]),
      'shortTermLufs',
    );
    for (const lufs of readings.slice(30)) expect(Math.abs(lufs + 23)).toBeLessThanOrEqual(0.1);
    expect(readings).toHaveLength(150);
  });

  test('case 12: momentary loudness of a level that changes every 0.4 s stays at −23', () => {
    const readings = readEvery(
      0.1,
      repeat(25, [
        [-20, 0.18],
        [-30, 0.22],
      ]),
      'momentaryLufs',
    );
    for (const lufs of readings.slice(10)) expect(Math.abs(lufs + 23)).toBeLessThanOrEqual(0.1);
    expect(readings).toHaveLength(100);
  });

  test('case 10: the loudest 3 s are found wherever they begin', () => {
    for (let i = 0; i < 20; i++) {
      const { maxShortTermLufs } = measure([
        [SILENT, i * 0.15],
        [-23, 3],
        [SILENT, 1],
      ]);
      expect(Math.abs(maxShortTermLufs + 23)).toBeLessThanOrEqual(0.1);
    }
  });

  test('case 11: the loudest 3 s of all so far, one louder than the other', () => {
    const meter = new LoudnessMeter(SAMPLE_RATE, STEREO);
    for (let i = 0; i < 20; i++) {
      meter.push(
        signal([
          [SILENT, i * 0.15],
          [-38 + i, 3],
          [SILENT, 3 - i * 0.15],
        ]),
      );
      expect(Math.abs(meter.maxShortTermLufs - (-38 + i))).toBeLessThanOrEqual(0.1);
    }
  });

  test('case 13: the loudest 400 ms are found wherever they begin', () => {
    for (let i = 0; i < 20; i++) {
      const { maxMomentaryLufs } = measure([
        [SILENT, i * 0.02],
        [-23, 0.4],
        [SILENT, 1],
      ]);
      expect(Math.abs(maxMomentaryLufs + 23)).toBeLessThanOrEqual(0.1);
    }
  });

  test('case 14: the loudest 400 ms of all so far, one louder than the other', () => {
    const meter = new LoudnessMeter(SAMPLE_RATE, STEREO);
    for (let i = 0; i < 20; i++) {
      meter.push(
        signal([
          [SILENT, i * 0.02],
          [-38 + i, 0.4],
          [SILENT, 0.4 - i * 0.02],
        ]),
      );
      expect(Math.abs(meter.maxMomentaryLufs - (-38 + i))).toBeLessThanOrEqual(0.1);
    }
  });

  const peaks: readonly [
    name: string,
    share: number,
    degrees: number,
    amplitude: number,
    dbtp: number,
  ][] = [
    ['15: between no samples', 1 / 4, 0, 0.5, -6],
    ['16: half-way', 1 / 4, 45, 0.5, -6],
    ['17: a sixth of the rate', 1 / 6, 60, 0.5, -6],
    ['18: an eighth of the rate', 1 / 8, 67.5, 0.5, -6],
    ['19: above full scale', 1 / 4, 45, 1.41, 3],
  ];
  test.each(peaks)('true peak, case %s', (_, share, degrees, amplitude, dbtp) => {
    for (const sampleRate of [8000, 24_000, 48_000]) {
      const samples = Int16Array.from({ length: sampleRate / 10 }, (_, i) => {
        const angle = 2 * Math.PI * share * i + (degrees * Math.PI) / 180;
        // The tone comes and goes slowly, as in the files, so that no edge is higher than the tone.
        const envelope = Math.sin((Math.PI * i) / (sampleRate / 10)) ** 0.25;
        return Math.round(32_767 * amplitude * envelope * Math.sin(angle));
      });
      const { truePeakDbtp } = measureLoudness({ samples, sampleRate });
      expect(truePeakDbtp - dbtp).toBeLessThanOrEqual(0.2);
      expect(truePeakDbtp - dbtp).toBeGreaterThanOrEqual(-0.4);
    }
  });

  test('cases 20 to 23: a peak between the samples, a quarter of a sample apart', () => {
    for (const offset of [0, 0.25, 0.5, 0.75]) {
      // A pulse without anything above a quarter of the rate, whose highest point is full scale.
      const samples = Int16Array.from({ length: 400 }, (_, i) => {
        const x = (i - 200 - offset) / 2;
        const window = Math.cos((Math.PI * (i - 200)) / 400) ** 2;
        return Math.round(32_767 * window * (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x)));
      });
      const { truePeakDbtp } = measureLoudness({ samples, sampleRate: 48_000 });
      expect(truePeakDbtp).toBeLessThanOrEqual(0.2);
      expect(truePeakDbtp).toBeGreaterThanOrEqual(-0.4);
    }
  });
});

describe('EBU Tech 3342, loudness range', () => {
  const ranges: readonly [name: string, segments: readonly Segment[], lu: number][] = [
    [
      '1',
      [
        [-20, 20],
        [-30, 20],
      ],
      10,
    ],
    [
      '2',
      [
        [-20, 20],
        [-15, 20],
      ],
      5,
    ],
    [
      '3',
      [
        [-40, 20],
        [-20, 20],
      ],
      20,
    ],
    [
      '4',
      [
        [-50, 20],
        [-35, 20],
        [-20, 20],
        [-35, 20],
        [-50, 20],
      ],
      15,
    ],
  ];
  test.each(ranges)('case %s', (_, segments, lu) => {
    expect(Math.abs(measure(segments).loudnessRangeLu - lu)).toBeLessThanOrEqual(1);
  });

  test('one level has none, nor has what is too short', () => {
    expect(measure([[-23, 10]]).loudnessRangeLu).toBe(0);
    expect(
      measure([
        [-23, 1],
        [-40, 1],
      ]).loudnessRangeLu,
    ).toBe(0);
  });
});

describe('one channel', () => {
  test.each([8000, 11_025, 16_000, 22_050, 24_000, 44_100, 48_000, 96_000])(
    'a full-scale sine of 997 Hz is −3.01 LUFS at %d Hz, and 0 on two loudspeakers',
    (sampleRate) => {
      const pcm = { samples: tone(0, 1, { sampleRate, hertz: 997 }), sampleRate };
      const mono = measureLoudness(pcm);
      const stereo = measureLoudness(pcm, { channels: 2 });
      expect(Math.abs(mono.integratedLufs + 3.01)).toBeLessThan(0.02);
      expect(stereo.integratedLufs - mono.integratedLufs).toBeCloseTo(3.01, 2);
      expect(stereo.truePeakDbtp).toBe(mono.truePeakDbtp);
    },
  );

  test('K-weighting: bass counts less, treble more', () => {
    const lufs = (hertz: number) =>
      measureLoudness({
        samples: tone(-20, 1, { sampleRate: 48_000, hertz }),
        sampleRate: 48_000,
      }).integratedLufs;
    expect(lufs(60)).toBeLessThan(-25);
    expect(lufs(6000)).toBeGreaterThan(-20);
  });
});

test('how the stream is cut makes no difference', () => {
  // Its steps of 10 ms are 110 samples or 111.
  const sampleRate = 11_025;
  const voice = syntheticVoice({ seconds: 3.5, sampleRate, pitch: 140, dbfs: -20 });
  const whole = measureLoudness({ samples: voice, sampleRate });
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 8000 }), { maxLength: 20 }), (lengths) => {
      const meter = new LoudnessMeter(sampleRate);
      let place = 0;
      for (const length of [...lengths, voice.length]) {
        meter.push(voice.subarray(place, place + length));
        place += length;
      }
      expect(meter.integratedLufs()).toBe(whole.integratedLufs);
      expect(meter.loudnessRangeLu()).toBe(whole.loudnessRangeLu);
      expect(meter.maxMomentaryLufs).toBe(whole.maxMomentaryLufs);
      expect(meter.truePeakDbtp).toBe(whole.truePeakDbtp);
    }),
    { numRuns: 10 },
  );
});

test('the true peak of a loud moment is found before and behind softer sound', () => {
  const quiet = tone(-40, 0.5, { sampleRate: 24_000, hertz: 300 });
  const loud = tone(-6, 0.1, { sampleRate: 24_000, hertz: 5900 });
  for (const parts of [
    [quiet, loud, quiet],
    [loud, quiet],
    [quiet, loud],
  ]) {
    const { truePeakDbtp } = measureLoudness({
      samples: concatSamples(parts),
      sampleRate: 24_000,
    });
    expect(Math.abs(truePeakDbtp + 6)).toBeLessThan(0.5);
  }
});

test('silence, what is softer than −70 LUFS, and less than 400 ms have no loudness', () => {
  const nothing = { integratedLufs: -Infinity, loudnessRangeLu: 0, maxShortTermLufs: -Infinity };
  const sounds = [new Int16Array(0), new Int16Array(40_000), signal([[-23, 0.39]])];
  for (const samples of sounds) {
    expect(measureLoudness({ samples, sampleRate: SAMPLE_RATE })).toMatchObject(nothing);
  }
  const meter = listen([[-78, 4]]);
  expect(meter.integratedLufs()).toBe(-Infinity);
  expect(meter.momentaryLufs).toBeLessThan(-70);
  expect(measureLoudness({ samples: new Int16Array(9), sampleRate: 8000 }).truePeakDbtp).toBe(
    -Infinity,
  );
});

describe('bad input', () => {
  test.each([
    [() => new LoudnessMeter(0), 'sampleRate'],
    [() => new LoudnessMeter(NaN), 'sampleRate'],
    [() => new LoudnessMeter(24_000, { channels: 3 as 2 }), 'channels'],
  ])('is refused', (create, path) => {
    expect(create).toThrow(ValidationError);
    expect(create).toThrow(expect.objectContaining({ path }));
  });
});

function listen(segments: readonly Segment[]): LoudnessMeter {
  const meter = new LoudnessMeter(SAMPLE_RATE, STEREO);
  meter.push(signal(segments));
  return meter;
}

function measure(segments: readonly Segment[]): ReturnType<typeof measureLoudness> {
  return measureLoudness({ samples: signal(segments), sampleRate: SAMPLE_RATE }, STEREO);
}

function readEvery(
  seconds: number,
  segments: readonly Segment[],
  name: 'momentaryLufs' | 'shortTermLufs',
): number[] {
  const samples = signal(segments);
  const meter = new LoudnessMeter(SAMPLE_RATE, STEREO);
  const step = seconds * SAMPLE_RATE;
  return Array.from({ length: Math.floor(samples.length / step) }, (_, i) => {
    meter.push(samples.subarray(i * step, (i + 1) * step));
    return meter[name];
  });
}

function repeat(times: number, segments: readonly Segment[]): Segment[] {
  return Array.from({ length: times }, () => segments).flat();
}

/** A sine of 1000 Hz, as loud and as long as each of the segments says, without a break. */
function signal(segments: readonly Segment[]): Int16Array {
  const sound = { sampleRate: SAMPLE_RATE, hertz: 1000 };
  return concatSamples(segments.map(([dbfs, seconds]) => tone(dbfs, seconds, sound)));
}

function tone(
  dbfs: number,
  seconds: number,
  { sampleRate, hertz }: { sampleRate: number; hertz: number },
): Int16Array {
  const amplitude = 32_767 * 10 ** (dbfs / 20);
  const step = (2 * Math.PI * hertz) / sampleRate;
  const samples = new Int16Array(Math.round(seconds * sampleRate));
  for (let i = 0; i < samples.length; i++) samples[i] = Math.round(amplitude * Math.sin(step * i));
  return samples;
}
