/**
 * Keeps the loudspeaker out of the microphone: while a reply can be heard, silence goes to the service in place of the
 * room. Without it a service without echo cancellation hears itself, takes that for the user, and interrupts itself. With
 * headphones there is no echo, and the gate stays open: then one can speak into a reply.
 */
export class EchoGate {
  readonly #isSounding: () => boolean;
  readonly isNeeded: boolean;

  constructor(isSounding: () => boolean, options: { isNeeded: boolean }) {
    this.#isSounding = isSounding;
    this.isNeeded = options.isNeeded;
  }

  /** The samples, or as much silence. */
  pass(samples: Int16Array): Int16Array {
    return this.isNeeded && this.#isSounding() ? new Int16Array(samples.length) : samples;
  }
}
