import { BAND_COUNT, BandSpectrum, POWER_FLOOR } from './band-spectrum.ts';
import type { RealFft } from './real-fft.ts';

/** 250 ms: what comes out of the loudspeaker is heard within it, reverberation included. */
const HISTORY_HOPS = 25;
/** Reverberation beyond that: 15 % less power each 10 ms. */
const DECAY = 0.85;
const INITIAL_COUPLING = 0.001;
/** With headphones there is next to none; below this it would take too long to learn of a loudspeaker again. */
const LEAST_COUPLING = 1e-5;
/**
 * 8 % up for each hop that is louder than expected, 1 % down for the others: it settles where one in nine is louder. A
 * user who speaks up has not been learned for echo by the time that speech is known to have started.
 */
const RISE = 1.08;
const FALL = 0.99;

/** Estimates how much of what is being played comes back through the microphone, by band. */
export class EchoPath {
  /** Echo power to expect in each band. */
  readonly expected = new Float64Array(BAND_COUNT);
  readonly #spectrum: BandSpectrum;
  readonly #history = new Float64Array(HISTORY_HOPS * BAND_COUNT).fill(POWER_FLOOR);
  readonly #played = new Float64Array(BAND_COUNT).fill(POWER_FLOOR);
  readonly #coupling = new Float64Array(BAND_COUNT).fill(INITIAL_COUPLING);
  #position = 0;

  constructor(fft: RealFft) {
    this.#spectrum = new BandSpectrum(fft);
  }

  /** Takes in the next hop of what is being played; `undefined` for silence. Refreshes `expected`. */
  push(reference: Int16Array | undefined): void {
    const { expected } = this;
    const { bands } = this.#spectrum;
    const history = this.#history;
    const played = this.#played;
    const coupling = this.#coupling;
    this.#spectrum.push(reference);
    history.set(bands, this.#position * BAND_COUNT);
    this.#position = (this.#position + 1) % HISTORY_HOPS;
    for (let b = 0; b < BAND_COUNT; b++) {
      let loudest = played[b]! * DECAY;
      for (let i = b; i < history.length; i += BAND_COUNT) {
        if (history[i]! > loudest) loudest = history[i]!;
      }
      played[b] = loudest;
      // Nothing at all while nothing is played.
      expected[b] = coupling[b]! * (loudest - POWER_FLOOR);
    }
  }

  /**
   * Learns from what the microphone picked up at the same time.
   *
   * @param noise of the place: where playback is fainter than that, nothing can be learned
   * @param isSpeaking the user's voice is no echo: what exceeds the echo known so far is left out
   */
  learn(heard: Float64Array, noise: Float64Array, isSpeaking: boolean): void {
    const played = this.#played;
    const coupling = this.#coupling;
    for (let b = 0; b < BAND_COUNT; b++) {
      if (played[b]! <= noise[b]!) continue;
      const ratio = heard[b]! / played[b]!;
      const known = coupling[b]!;
      if (isSpeaking && ratio >= 2 * known) continue;
      coupling[b] = ratio > known ? known * RISE : Math.max(known * FALL, LEAST_COUPLING);
    }
  }
}
