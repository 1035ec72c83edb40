/** Where the replies of a conversation go: a loudspeaker, a file, or nowhere. */
export interface ReplyOutput {
  /** A reply begins. One that still sounds is stopped. */
  begin(): void;
  /** Takes the next samples of the reply, 24 kHz. Never waits: a reply is made faster than it is heard. */
  write(samples: Int16Array): void;
  /** All of the reply has come. */
  end(): void;
  /**
   * Stops the reply at once.
   *
   * @returns how much of it was heard, in milliseconds; `undefined` where nothing sounded.
   */
  flush(): number | undefined;
  /** Whether the reply can be heard at this moment, its echo in the room included. */
  readonly isSounding: boolean;
  /** How much of the reply has been heard, in seconds. */
  readonly heardSeconds: number;
  /** Settles when nothing sounds any more. */
  drained(): Promise<void>;
  /** Stops, and makes final what is kept. @returns the file that holds it, where it is one. */
  close(options: { complete: boolean }): Promise<string | undefined>;
}
