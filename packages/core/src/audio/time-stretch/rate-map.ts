type Stretch = {
  /** The first sample of the input that has this rate. */
  readonly input: number;
  /** Where it falls in the output, between samples. */
  readonly output: number;
  readonly rate: number;
};

/** Which place of the input belongs to which place of the output, in samples, while the rate changes on the way. */
export class RateMap {
  /** In the order of the input; the last is open. */
  readonly #stretches: Stretch[];

  constructor(rate: number) {
    this.#stretches = [{ input: 0, output: 0, rate }];
  }

  /** The rate of the input that is still to come. */
  get rate(): number {
    return this.#stretches.at(-1)!.rate;
  }

  /** From this sample of the input on; not before the change made last. */
  changeRate(input: number, rate: number): void {
    const last = this.#stretches.at(-1)!;
    if (last.rate === rate) return;
    if (last.input === input) this.#stretches.pop();
    this.#stretches.push({ input, output: this.outputAt(input, last), rate });
  }

  /** The place in the output of a place of the input that lies behind the last change. */
  outputAt(input: number, stretch = this.#stretches.at(-1)!): number {
    return stretch.output + (input - stretch.input) / stretch.rate;
  }

  /** The place in the input of a place in the output. Nobody may ask for an earlier one afterwards. */
  inputAt(output: number): number {
    while (this.#stretches.length > 1 && this.#stretches[1]!.output <= output) {
      this.#stretches.shift();
    }
    const stretch = this.#stretches[0]!;
    return stretch.input + (output - stretch.output) * stretch.rate;
  }
}
