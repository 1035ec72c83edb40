/**
 * Fourier transform of a fixed number of real samples, without scaling: by a complex transform of half the size, radix 2.
 * It allocates nothing once it is made.
 */
export class RealFft {
  readonly size: number;
  /** Real parts of the bins 0 … size / 2 of the last transform. */
  readonly re: Float64Array;
  /** Imaginary parts of the same. */
  readonly im: Float64Array;
  readonly #order: Uint16Array;
  readonly #cos: Float64Array;
  readonly #sin: Float64Array;

  /** `size`: a power of two from 4 to 65 536. */
  constructor(size: number) {
    const half = size / 2;
    this.size = size;
    this.re = new Float64Array(half + 1);
    this.im = new Float64Array(half + 1);
    this.#cos = Float64Array.from({ length: half }, (_, k) => Math.cos((2 * Math.PI * k) / size));
    this.#sin = Float64Array.from({ length: half }, (_, k) => -Math.sin((2 * Math.PI * k) / size));
    this.#order = bitReversal(half);
  }

  /** Transforms `size` samples into `re` and `im`. */
  transform(input: Float64Array): void {
    const { re, im } = this;
    const order = this.#order;
    const half = order.length;
    for (let i = 0; i < half; i++) {
      const from = order[i]! * 2;
      re[i] = input[from]!;
      im[i] = input[from + 1]!;
    }
    this.#butterflies(half);
    this.#untangle(half);
  }

  #butterflies(count: number): void {
    const { re, im } = this;
    const cos = this.#cos;
    const sin = this.#sin;
    // The first two stages turn by quarters only and need no multiplication.
    for (let i = 0; i < count; i += 2) {
      const r = re[i + 1]!;
      const m = im[i + 1]!;
      re[i + 1] = re[i]! - r;
      im[i + 1] = im[i]! - m;
      re[i] = re[i]! + r;
      im[i] = im[i]! + m;
    }
    for (let span = 2; span < count; span *= 2) {
      const step = (2 * count) / (2 * span);
      for (let k = 0; k < span; k++) {
        const c = cos[k * step]!;
        const s = sin[k * step]!;
        for (let i = k; i < count; i += 2 * span) {
          const j = i + span;
          const r = re[j]! * c - im[j]! * s;
          const m = re[j]! * s + im[j]! * c;
          re[j] = re[i]! - r;
          im[j] = im[i]! - m;
          re[i] = re[i]! + r;
          im[i] = im[i]! + m;
        }
      }
    }
  }

  /** Even samples went in as real parts and odd ones as imaginary: takes their two spectra apart and joins them to one. */
  #untangle(half: number): void {
    const { re, im } = this;
    const cos = this.#cos;
    const sin = this.#sin;
    const first = re[0]!;
    re[half] = first - im[0]!;
    im[half] = 0;
    re[0] = first + im[0]!;
    im[0] = 0;
    for (let k = 1, l = half - 1; k <= l; k++, l--) {
      const evenRe = (re[k]! + re[l]!) / 2;
      const evenIm = (im[k]! - im[l]!) / 2;
      const oddRe = (im[k]! + im[l]!) / 2;
      const oddIm = (re[l]! - re[k]!) / 2;
      const r = oddRe * cos[k]! - oddIm * sin[k]!;
      const m = oddRe * sin[k]! + oddIm * cos[k]!;
      re[k] = evenRe + r;
      im[k] = evenIm + m;
      re[l] = evenRe - r;
      im[l] = m - evenIm;
    }
  }
}

function bitReversal(count: number): Uint16Array {
  const order = new Uint16Array(count);
  for (let i = 1; i < count; i++) order[i] = (order[i >> 1]! >> 1) | (i & 1 ? count >> 1 : 0);
  return order;
}
