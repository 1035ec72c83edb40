/** Where the sound of one command goes. */
export interface AudioSink {
  /** Whether somebody listens while it arrives: then text is not spoken, nor paid for, far ahead of the ear. */
  readonly isLive: boolean;
  /** Takes the next bytes. Rejects where they cannot be kept: disk full, reader gone, player dead. */
  write(audio: Uint8Array): Promise<void>;
  /** Settles when little enough is waiting behind a slow player or reader that more text may be asked for. */
  room(signal: AbortSignal): Promise<void>;
  /** All sound has arrived: makes it final (a file gets its name, a player is waited for). */
  finish(signal: AbortSignal): Promise<SinkReport>;
  /** The sound broke off: keeps what is usable, stops the rest. Never throws. */
  abandon(): Promise<SinkReport>;
}

export type SinkReport = {
  /** Where the sound lies now, if it lies anywhere. */
  readonly file?: string | undefined;
  /** The player that played it, if one did. */
  readonly player?: string | undefined;
};
