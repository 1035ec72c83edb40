import type { Ear } from './ear.ts';
import { LocalHearing } from './local-hearing.ts';
import { Recognizer } from './recognizer.ts';
import { TranscriptShelf, loadTranscripts, type Transcript } from './transcripts.ts';

export type EarOptions = {
  /** What shall be understood: path of a JSON file, or the list itself. */
  transcripts?: string | readonly Transcript[] | undefined;
  /** A program that turns a WAV file into text, with `{wav}` for its path: a command line, or program and arguments. */
  recognizer?: string | readonly string[] | undefined;
};

/**
 * An ear that understands what is spoken with `data-voice` to the letter; of other speech what the transcripts say, else
 * what the recogniser makes of it, else only how long it was. The same sound in the same order is always heard the same.
 *
 * @throws {EmulatorOptionError} for transcripts and a recogniser that cannot be used.
 */
export async function createEar({ transcripts, recognizer }: EarOptions = {}): Promise<Ear> {
  const shelf =
    transcripts === undefined ? undefined : new TranscriptShelf(await loadTranscripts(transcripts));
  const program = recognizer === undefined ? undefined : new Recognizer(recognizer);
  return {
    listen: (options) => new LocalHearing(options, { shelf, recognizer: program }),
    close: async () => program?.close(),
  };
}
