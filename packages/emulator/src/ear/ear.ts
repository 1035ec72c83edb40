/**
 * A word of what was heard; for Chinese, a character. Punctuation and spaces cling to the words beside them: the texts
 * of all words joined are the whole text. Times in whole milliseconds from the first sample of the hearing.
 */
export type HeardWord = { text: string; startMs: number; endMs: number };

/**
 * What has been understood so far of a hearing that still goes on: the whole text, not what is new in it. Each begins
 * with the one before, save where something turned out to be damaged.
 */
export type HeardPartial = { text: string; words: readonly HeardWord[] };

/** Where a text comes from; the further down, the less it says about the sound. */
export type HeardSource = 'data-voice' | 'transcripts' | 'recognizer' | 'placeholder';

/** What was understood in the end. Silence is an empty text. */
export type Heard = { text: string; words: readonly HeardWord[]; source: HeardSource };

export type ListenOptions = {
  /** Of what will be pushed, Hz, mono. */
  sampleRate: number;
  /** As the client named it (`zh`, `en-US` …); in it are the words that stand for sound nobody can understand. */
  language?: string | undefined;
  /** Name of the file that is heard, where there is one, for transcripts that are kept by name. */
  filename?: string | undefined;
  /** Lower-case hex SHA-256 of the file that is heard, likewise. */
  sha256?: string | undefined;
  signal: AbortSignal;
};

/** One stretch of sound that is listened to: a file, a segment, a turn. Must be freed. */
export interface Hearing {
  /** Takes the next samples, any number of them; answers what is understood by now where that has changed. */
  push(samples: Int16Array): readonly HeardPartial[];
  /**
   * No more sound comes. Rejects with the signal's reason once it is aborted, and with {RecognizerError} where the
   * user's recogniser fails.
   */
  end(): Promise<Heard>;
  /** Gives back what listening needs. May be called at any time, and twice. */
  free(): void;
}

/** What understands speech. */
export interface Ear {
  /** @throws {ValidationError} a rate that cannot be used. */
  listen(options: ListenOptions): Hearing;
  /** Ends the programs it started. May be called twice. */
  close(): Promise<void>;
}
