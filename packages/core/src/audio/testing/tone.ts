/** A sine of `length` samples, starting at phase zero. */
export function sine(options: {
  frequency: number;
  sampleRate: number;
  length: number;
  amplitude: number;
}): Float32Array {
  const { frequency, sampleRate, length, amplitude } = options;
  return Float32Array.from(
    { length },
    (_, i) => amplitude * Math.sin((2 * Math.PI * frequency * i) / sampleRate),
  );
}

export type ToneFit = {
  amplitude: number;
  /** Radians; 0 for a sine that starts with the first sample. */
  phase: number;
  /** Everything that is not the tone, relative to the whole, in decibels. */
  residualDb: number;
};

/** Fits a sine of a known frequency by least squares, leaving out `margin` samples at both ends. */
export function fitTone(
  samples: ArrayLike<number>,
  options: { frequency: number; sampleRate: number; margin: number },
): ToneFit {
  const { frequency, sampleRate, margin } = options;
  const step = (2 * Math.PI * frequency) / sampleRate;
  let ss = 0;
  let cc = 0;
  let sc = 0;
  let ys = 0;
  let yc = 0;
  let yy = 0;
  for (let i = margin; i < samples.length - margin; i++) {
    const sin = Math.sin(step * i);
    const cos = Math.cos(step * i);
    const value = samples[i]!;
    ss += sin * sin;
    cc += cos * cos;
    sc += sin * cos;
    ys += value * sin;
    yc += value * cos;
    yy += value * value;
  }
  const determinant = ss * cc - sc * sc;
  const inPhase = (ys * cc - yc * sc) / determinant;
  const quadrature = (yc * ss - ys * sc) / determinant;
  let residual = 0;
  for (let i = margin; i < samples.length - margin; i++) {
    const tone = inPhase * Math.sin(step * i) + quadrature * Math.cos(step * i);
    residual += (samples[i]! - tone) ** 2;
  }
  return {
    amplitude: Math.hypot(inPhase, quadrature),
    phase: Math.atan2(quadrature, inPhase),
    residualDb: 10 * Math.log10(residual / yy),
  };
}
