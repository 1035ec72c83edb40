import type { Pcm } from '@stepvoice/core/audio';
import type { AudioLibrary } from '../../kit/incoming-sound.ts';

/** Sound kept from before speech was found: where it began lies up to 250 ms back, and its first consonant before that. */
const KEPT_MS = 1000;
/** Of no importance here: the gate is open with the start of speech. */
const END_MS = 500;

/** Listens while nobody is connected: lets sound through from the moment somebody speaks. */
export class SpeechGate {
  readonly #library: AudioLibrary;
  #rate = 0;
  #detector: InstanceType<AudioLibrary['SpeechDetector']> | undefined;
  #kept: Int16Array[] = [];
  #keptSamples = 0;

  constructor(library: AudioLibrary) {
    this.#library = library;
  }

  /** @returns what was said so far, once speech has begun */
  push({ samples, sampleRate }: Pcm): Pcm | undefined {
    if (this.#detector === undefined || sampleRate !== this.#rate) {
      this.#detector = new this.#library.SpeechDetector({ sampleRate, endMs: END_MS });
      this.#rate = sampleRate;
      this.#kept = [];
      this.#keptSamples = 0;
    }
    // A copy: whoever sent it may use its memory again.
    this.#kept.push(samples.slice());
    this.#keptSamples += samples.length;
    const isSpeech = this.#detector
      .push(samples)
      .some((activity) => activity.type === 'speech-started');
    if (isSpeech) return { samples: this.#library.concatSamples(this.#kept), sampleRate };
    const keep = (KEPT_MS * sampleRate) / 1000;
    for (let first = this.#kept[0]; first !== undefined; first = this.#kept[0]) {
      if (this.#keptSamples - first.length < keep) break;
      this.#keptSamples -= first.length;
      this.#kept.shift();
    }
    return undefined;
  }
}
