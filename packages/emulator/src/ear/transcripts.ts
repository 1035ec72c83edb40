import { readFile } from 'node:fs/promises';
import * as v from 'valibot';
import { EmulatorOptionError } from '../options.ts';
import type { HeardWord } from './ear.ts';

const milliseconds = v.pipe(v.number(), v.minValue(0));

const Transcript = v.strictObject({
  /** What is said in the sound. */
  text: v.string(),
  /** Of the file it belongs to, in hex. */
  sha256: v.optional(v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/i, 'expected 64 hex digits'))),
  /** Name of that file, without folders. */
  filename: v.optional(v.pipe(v.string(), v.nonEmpty())),
  /** Length of the sound; the nearest one within a tenth, or a quarter of a second, is taken. */
  seconds: v.optional(v.pipe(v.number(), v.minValue(0))),
  /** When what was said; `text` must be made of these words in their order. */
  words: v.optional(
    v.array(v.strictObject({ text: v.string(), startMs: milliseconds, endMs: milliseconds })),
  ),
});

const Transcripts = v.union([
  v.array(Transcript),
  v.pipe(
    v.strictObject({ transcripts: v.array(Transcript) }),
    v.transform(({ transcripts }) => transcripts),
  ),
]);

/**
 * What the emulator shall understand. One that names `sha256`, `filename` or `seconds` answers to every sound that fits;
 * one that names none of them answers once, to the next speech that no other fits.
 */
export type Transcript = v.InferInput<typeof Transcript>;

export type SoundTraits = {
  sha256?: string | undefined;
  filename?: string | undefined;
};

const NEAR_SECONDS = 0.25;
const NEAR_SHARE = 0.1;

/** Keeps the transcripts and gives out the one that belongs to a sound. */
export class TranscriptShelf {
  readonly #transcripts: readonly Transcript[];
  #inOrder: Transcript[];

  constructor(transcripts: readonly Transcript[]) {
    this.#transcripts = transcripts;
    this.#inOrder = transcripts.filter(
      ({ sha256, filename, seconds }) => (sha256 ?? filename ?? seconds) === undefined,
    );
  }

  /** By what is known of the sound's file. */
  findByFile({ sha256, filename }: SoundTraits): Transcript | undefined {
    const find = (key: 'sha256' | 'filename', value: string | undefined): Transcript | undefined =>
      value === undefined
        ? undefined
        : this.#transcripts.find((entry) => entry[key]?.toLowerCase() === value.toLowerCase());
    return find('sha256', sha256) ?? find('filename', filename);
  }

  /** The nearest in length. */
  findByLength(soundSeconds: number): Transcript | undefined {
    let nearest: Transcript | undefined;
    let distance = Math.max(NEAR_SECONDS, soundSeconds * NEAR_SHARE);
    for (const entry of this.#transcripts) {
      if (entry.seconds === undefined || entry.sha256 !== undefined || entry.filename !== undefined)
        continue;
      const own = Math.abs(entry.seconds - soundSeconds);
      if (own > distance || (own === distance && nearest !== undefined)) continue;
      nearest = entry;
      distance = own;
    }
    return nearest;
  }

  /** Whether {@link takeNext} would give one. */
  get hasNext(): boolean {
    return this.#inOrder.length > 0;
  }

  /** The next of those that are used in order. */
  takeNext(): Transcript | undefined {
    return this.#inOrder.shift();
  }

  /** Puts one back in front that was taken for a sound nobody waited for. */
  giveBack(transcript: Transcript): void {
    this.#inOrder.unshift(transcript);
  }
}

/**
 * Reads transcripts: a JSON file (its path), or the list itself.
 *
 * @throws {EmulatorOptionError} for a file that cannot be read, and for what is no list of transcripts.
 */
export async function loadTranscripts(
  source: string | readonly Transcript[],
): Promise<Transcript[]> {
  const value = typeof source === 'string' ? await readJson(source) : source;
  const result = v.safeParse(Transcripts, value, { abortEarly: true });
  if (!result.success) {
    // The list of the issues of a union says which of its forms fits best only inside.
    const list = Array.isArray(value)
      ? value
      : ((value as { transcripts?: unknown } | null)?.transcripts ?? value);
    const detail = v.safeParse(v.array(Transcript), list, { abortEarly: true });
    const issue = detail.issues?.[0];
    const path = issue === undefined ? undefined : v.getDotPath(issue);
    throw new EmulatorOptionError(
      `transcripts: ${path ?? 'the value'} is not valid: ${issue?.expected ?? 'a list of {text, sha256?, filename?, seconds?, words?}'} is expected.`,
    );
  }
  for (const [index, { text, words }] of result.output.entries()) {
    if (words !== undefined && alignWords(text, words) === undefined) {
      throw new EmulatorOptionError(
        `transcripts: words of entry ${index} are not those of its text, in order and one after the other in time.`,
      );
    }
  }
  return result.output;
}

/** Words as the ear gives them, with the signs between them; `undefined` where they are not those of the text. */
export function alignWords(
  text: string,
  words: NonNullable<Transcript['words']>,
): HeardWord[] | undefined {
  const aligned: HeardWord[] = [];
  let offset = 0;
  let nowMs = 0;
  for (const { text: word, startMs, endMs } of words) {
    const at = text.indexOf(word, offset);
    if (at < 0 || word === '' || startMs < nowMs || endMs < startMs) return undefined;
    const before = text.slice(offset, at);
    const last = aligned.at(-1);
    if (last !== undefined) last.text += before;
    const own = last === undefined ? before + word : word;
    aligned.push({ text: own, startMs: Math.round(startMs), endMs: Math.round(endMs) });
    offset = at + word.length;
    nowMs = endMs;
  }
  const last = aligned.at(-1);
  if (last === undefined) return text === '' ? [] : undefined;
  last.text += text.slice(offset);
  return aligned;
}

async function readJson(path: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    const { code = 'an error' } = cause as NodeJS.ErrnoException;
    throw new EmulatorOptionError(`transcripts: the file cannot be read (${code}).`, { cause });
  }
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new EmulatorOptionError('transcripts: the file is not valid JSON.');
  }
}
