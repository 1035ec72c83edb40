/** A filter of second order: `b` the feed-forward coefficients, `a` those of the feedback without the leading 1. */
export type Biquad = {
  readonly b: readonly [b0: number, b1: number, b2: number];
  readonly a: readonly [a1: number, a2: number];
};

const PUBLISHED_RATE = 48_000;

/** What a head does to the sound: Recommendation ITU-R BS.1770-4, Annex 1, table 1. */
const HEAD: Biquad = {
  b: [1.535_124_859_586_97, -2.691_696_189_406_38, 1.198_392_810_852_85],
  a: [-1.690_659_293_182_41, 0.732_480_774_215_85],
};

/** A high-pass ("RLB weighting"): the same, table 2. */
const HIGH_PASS: Biquad = { b: [1, -2, 1], a: [-1.990_047_454_833_98, 0.990_072_250_366_21] };

/** Where the Recommendation calibrates: each rate's curve must be right here. */
const CALIBRATION_HZ = 997;
/** Where the high-pass does its work. */
const HIGH_PASS_HZ = 38;

/**
 * The two filters of K-weighting for any rate: those published for 48 kHz, taken back to the analogue filter behind
 * them and made digital again (both by the bilinear transform, which is exact at one frequency of choice).
 */
export function kWeighting(sampleRate: number): readonly [head: Biquad, highPass: Biquad] {
  return [atRate(HEAD, sampleRate, CALIBRATION_HZ), atRate(HIGH_PASS, sampleRate, HIGH_PASS_HZ)];
}

function atRate({ b, a }: Biquad, sampleRate: number, exactHz: number): Biquad {
  const scale =
    Math.tan((Math.PI * exactHz) / PUBLISHED_RATE) / Math.tan((Math.PI * exactHz) / sampleRate);
  const [a0, a1, a2] = toDigital(toAnalogue([1, ...a]), scale);
  const [b0, b1, b2] = toDigital(toAnalogue(b), scale);
  return { b: [b0 / a0, b1 / a0, b2 / a0], a: [a1 / a0, a2 / a0] };
}

type Polynomial = readonly [number, number, number];

/** Puts (1 − s) / (1 + s) for the delay: 1, s, s². */
function toAnalogue([c0, c1, c2]: Polynomial): Polynomial {
  return [c0 + c1 + c2, 2 * (c0 - c2), c0 - c1 + c2];
}

/** Puts `scale` × (1 − d) / (1 + d) for s: 1, d, d² of the delay d. */
function toDigital([p0, p1, p2]: Polynomial, scale: number): Polynomial {
  const q1 = p1 * scale;
  const q2 = p2 * scale * scale;
  return [p0 + q1 + q2, 2 * (p0 - q2), p0 - q1 + q2];
}

/** Sums up the power of a stream of samples behind K-weighting. */
export class KWeightedPower {
  readonly #head: Biquad;
  readonly #highPass: Biquad;
  #head1 = 0;
  #head2 = 0;
  #high1 = 0;
  #high2 = 0;

  constructor(sampleRate: number) {
    [this.#head, this.#highPass] = kWeighting(sampleRate);
  }

  /** The sum of the squares of the samples from `from` to `to`, where full scale is 1. */
  add(samples: Int16Array, from: number, to: number): number {
    const [b0, b1, b2] = this.#head.b;
    const [a1, a2] = this.#head.a;
    const [d0, d1, d2] = this.#highPass.b;
    const [c1, c2] = this.#highPass.a;
    let s1 = this.#head1;
    let s2 = this.#head2;
    let t1 = this.#high1;
    let t2 = this.#high2;
    let sum = 0;
    for (let i = from; i < to; i++) {
      const input = samples[i]! / 32_768;
      const middle = b0 * input + s1;
      s1 = b1 * input - a1 * middle + s2;
      s2 = b2 * input - a2 * middle;
      const output = d0 * middle + t1;
      t1 = d1 * middle - c1 * output + t2;
      t2 = d2 * middle - c2 * output;
      sum += output * output;
    }
    this.#head1 = settled(s1);
    this.#head2 = settled(s2);
    this.#high1 = settled(t1);
    this.#high2 = settled(t2);
    return sum;
  }
}

/** Numbers too small to be heard: in silence they would fade into the range where processors calculate slowly. */
function settled(value: number): number {
  return Math.abs(value) < 1e-30 ? 0 : value;
}
