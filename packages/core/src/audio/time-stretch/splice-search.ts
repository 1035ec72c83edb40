/** The rate of the rough search: it keeps the first formants, which the ear follows, and a tenth of the work. */
const ROUGH_RATE = 6000;
/** So many of the best places of the rough search are looked at closely. */
const CLOSE_LOOKS = 2;

export type Splice = {
  /** Where in the sound the second part begins. */
  place: number;
  /** How alike the two parts are where they overlap: 1 for the same wave at any level, 0 for strangers. */
  correlation: number;
};

/** Finds where sound can go over into itself without being heard: where it goes on most like before. */
export class SpliceSearch {
  readonly #overlap: number;
  readonly #factor: number;
  readonly #template: Float64Array;
  /** Sums of `#factor` samples, at multiples of it. */
  readonly #rough: Float64Array;
  readonly #scores: Float64Array;

  /**
   * @param overlap how many samples of both parts sound together
   * @param width how many places `find` looks through at most
   */
  constructor(sampleRate: number, overlap: number, width: number) {
    this.#overlap = overlap;
    this.#factor = Math.max(1, Math.floor(sampleRate / ROUGH_RATE));
    const terms = Math.floor(overlap / this.#factor);
    const places = Math.ceil(width / this.#factor) + 1;
    this.#template = new Float64Array(terms);
    this.#rough = new Float64Array(places + terms);
    this.#scores = new Float64Array(places);
  }

  /**
   * The place from `least` to `most` from which `sound` is most like what it is from `natural` on. Likeness is twice
   * the common part over the sum of both powers, so that a part that is much softer or louder is unlike, too.
   *
   * @param sound at least `overlap` samples from each of the places
   */
  find(sound: Float64Array, natural: number, range: { least: number; most: number }): Splice {
    const { least, most } = range;
    let best = { place: least, likeness: -Infinity, correlation: 0 };
    const consider = (from: number, to: number) => {
      for (let place = Math.max(least, from); place <= Math.min(most, to); place++) {
        const found = this.#compare(sound, natural, place);
        if (found.likeness > best.likeness) best = { place, ...found };
      }
    };
    const factor = this.#factor;
    const places = Math.floor((most - least) / factor) + 1;
    if (factor === 1 || places <= CLOSE_LOOKS) consider(least, most);
    else {
      this.#scoreRoughly(sound, natural, least, places);
      for (let look = 0; look < CLOSE_LOOKS; look++) {
        const place = least + this.#takeBest(places) * factor;
        consider(place - factor + 1, place + factor - 1);
      }
    }
    return { place: best.place, correlation: best.correlation };
  }

  #compare(
    sound: Float64Array,
    natural: number,
    place: number,
  ): { likeness: number; correlation: number } {
    let common = 0;
    let before = 0;
    let after = 0;
    for (let i = 0; i < this.#overlap; i++) {
      const a = sound[natural + i]!;
      const b = sound[place + i]!;
      common += a * b;
      before += a * a;
      after += b * b;
    }
    if (before === 0 || after === 0) return { likeness: before === after ? 1 : 0, correlation: 0 };
    return {
      likeness: (2 * common) / (before + after),
      correlation: common / Math.sqrt(before * after),
    };
  }

  #scoreRoughly(sound: Float64Array, natural: number, first: number, places: number): void {
    const template = this.#template;
    const rough = this.#rough;
    const terms = template.length;
    sumGroups(sound, natural, this.#factor, template, terms);
    sumGroups(sound, first, this.#factor, rough, places + terms - 1);
    let power = 0;
    let after = 0;
    for (let i = 0; i < terms; i++) {
      power += template[i]! ** 2;
      after += rough[i]! ** 2;
    }
    for (let place = 0; place < places; place++) {
      let common = 0;
      for (let i = 0; i < terms; i++) common += template[i]! * rough[place + i]!;
      const sum = power + after;
      this.#scores[place] = sum > 0 ? common / sum : 0.5;
      after += (rough[place + terms] ?? 0) ** 2 - rough[place]! ** 2;
    }
  }

  /** The best place that has not been taken, nor stands beside one. */
  #takeBest(places: number): number {
    const scores = this.#scores;
    let best = 0;
    for (let place = 1; place < places; place++) if (scores[place]! > scores[best]!) best = place;
    for (let place = Math.max(0, best - 1); place <= Math.min(places - 1, best + 1); place++) {
      scores[place] = -Infinity;
    }
    return best;
  }
}

function sumGroups(
  sound: Float64Array,
  start: number,
  size: number,
  sums: Float64Array,
  count: number,
): void {
  for (let group = 0, at = start; group < count; group++) {
    let sum = 0;
    for (const end = at + size; at < end; at++) sum += sound[at]!;
    sums[group] = sum;
  }
}
