/** Bytes that cannot be made sound of; the message says what they are and what would do, and holds nothing of them. */
export class UndecodableAudioError extends Error {
  override name = 'UndecodableAudioError';
  /** `invalid`: not what it is said to be, or broken. `unsupported`: nothing here can decode it. `too-long`. */
  readonly reason: 'invalid' | 'unsupported' | 'too-long';

  constructor(reason: UndecodableAudioError['reason'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}
