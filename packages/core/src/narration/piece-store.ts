import { decodeEntry, encodeEntry } from './cache-entry.ts';
import type { StoredSpeech } from './cache-entry.ts';
import { joinPieces, partsOf, wholePiece } from './batches.ts';
import type { SpeechPiece } from './batches.ts';
import type { Clock } from '../net/clock.ts';
import type { SpeechCache } from './speech-cache.ts';
import type { Utterance } from './utterance.ts';

/** Speech and what of a plan it speaks: one piece, or several that could not be told apart. */
export type SpokenGroup = {
  readonly pieces: readonly SpeechPiece[];
  readonly speech: StoredSpeech;
};

export type PieceStoreOptions = {
  readonly cache: SpeechCache;
  readonly clock: Clock;
  /** The key of a text's speech, or of the reference to that of which it is a part. */
  readonly keyOf: (text: string, speaker: string | undefined, kind: 'speech' | 'part') => string;
  readonly utteranceAt: (index: number) => Utterance | undefined;
  /** Most characters of one request. */
  readonly limit: number;
};

/** "SVG" and the version of the layout, then JSON: a piece whose sound is stored together with that of others. */
const MAGIC = Uint8Array.of(0x53, 0x56, 0x47, 1);

/** A disk that wakes up takes less; a database that another page blocks may never answer. */
const LONGEST_WAIT_MS = 5000;

type Reference = { readonly key: string; readonly index: number; readonly count: number };

/**
 * The pieces of a plan in a cache: each under its own key, or, where several could not be told apart, all under that of
 * their text, and a reference for each. A cache that fails has nothing, and one that does
 * not answer within five seconds is not asked again.
 */
export class PieceStore {
  readonly #options: PieceStoreOptions;
  /** Nobody waits for it twice. */
  #isStuck = false;

  constructor(options: PieceStoreOptions) {
    this.#options = options;
  }

  keyOf(piece: SpeechPiece): string {
    return this.#keyOf(piece.text, piece);
  }

  /** Whether {@link get} would find it. */
  async has(piece: SpeechPiece): Promise<boolean> {
    if (await this.#has(this.keyOf(piece))) return true;
    const key = this.#keyOf(piece.text, piece, 'part');
    if (!(await this.#has(key))) return false;
    const found = await this.#findGroup(piece);
    return found !== undefined && this.#has(found.key);
  }

  async get(piece: SpeechPiece): Promise<SpokenGroup | undefined> {
    const own = await this.#read(this.keyOf(piece));
    const speech = own && decodeEntry(own);
    if (speech !== undefined) return { pieces: [piece], speech };
    const found = await this.#findGroup(piece);
    const entry = found && (await this.#read(found.key));
    const together = entry && decodeEntry(entry);
    return together && { pieces: found!.pieces, speech: together };
  }

  async put({ pieces, speech }: SpokenGroup): Promise<void> {
    const first = pieces[0]!;
    const key = this.#keyOf(joinPieces(pieces).text, first);
    await this.#write(key, encodeEntry(speech));
    if (pieces.length === 1) return;
    await Promise.all(
      pieces.map((piece, index) => {
        const reference = writeReference({ key, index, count: pieces.length });
        return this.#write(this.#keyOf(piece.text, piece, 'part'), reference);
      }),
    );
  }

  /** What a piece was spoken together with, if that still stands around it. */
  async #findGroup(
    piece: SpeechPiece,
  ): Promise<{ key: string; pieces: readonly SpeechPiece[] } | undefined> {
    const entry = await this.#read(this.#keyOf(piece.text, piece, 'part'));
    const reference = entry && readReference(entry);
    if (reference === undefined) return undefined;
    const { key, index, count } = reference;
    const pieces = piecesAround(piece, { index, count, ...this.#options }).find(
      (some) => this.#keyOf(joinPieces(some).text, piece) === key,
    );
    return pieces && { key, pieces };
  }

  #keyOf(text: string, { utterance }: SpeechPiece, kind: 'speech' | 'part' = 'speech'): string {
    return this.#options.keyOf(text, utterance.speaker, kind);
  }

  async #has(key: string): Promise<boolean> {
    try {
      return (await this.#inTime(() => this.#options.cache.has(key))) === true;
    } catch {
      return false;
    }
  }

  async #read(key: string): Promise<Uint8Array | undefined> {
    try {
      const entry: unknown = await this.#inTime(() => this.#options.cache.get(key));
      // A store of a program in plain JavaScript may answer `null`.
      return ArrayBuffer.isView(entry) ? (entry as Uint8Array) : undefined;
    } catch {
      return undefined;
    }
  }

  async #write(key: string, entry: Uint8Array): Promise<void> {
    try {
      await this.#inTime(() => this.#options.cache.set(key, entry));
    } catch {
      // What was not stored is paid for again.
    }
  }

  /** What the store does, or `undefined` where it does not come to an end. */
  async #inTime<T>(work: () => Promise<T>): Promise<T | undefined> {
    if (this.#isStuck) return undefined;
    const { promise: late, resolve } = Promise.withResolvers<undefined>();
    const cancel = this.#options.clock.after(LONGEST_WAIT_MS, () => {
      this.#isStuck = true;
      resolve(undefined);
    });
    try {
      return await Promise.race([work(), late]);
    } finally {
      cancel();
    }
  }
}

/**
 * The pieces that may have been spoken together with one, where it was the one of that index: the sentences around it; the
 * first of them perhaps only with the end that a long sentence has.
 */
export function piecesAround(
  piece: SpeechPiece,
  {
    index,
    count,
    utteranceAt,
    limit,
  }: Pick<PieceStoreOptions, 'utteranceAt' | 'limit'> & { index: number; count: number },
): SpeechPiece[][] {
  const pieces: SpeechPiece[] = [];
  for (let at = 0; at < count; at += 1) {
    const utterance = utteranceAt(piece.utterance.index - index + at);
    if (utterance === undefined || utterance.speaker !== piece.utterance.speaker) return [];
    pieces.push(at === index ? piece : wholePiece(utterance));
  }
  if (index === 0) return [pieces];
  const [first, ...others] = pieces;
  return [pieces, [partsOf(first!.utterance, limit).at(-1)!, ...others]];
}

function writeReference(reference: Reference): Uint8Array {
  const json = new TextEncoder().encode(JSON.stringify(reference));
  const entry = new Uint8Array(MAGIC.length + json.length);
  entry.set(MAGIC);
  entry.set(json, MAGIC.length);
  return entry;
}

function readReference(entry: Uint8Array): Reference | undefined {
  if (MAGIC.some((byte, at) => entry[at] !== byte)) return undefined;
  try {
    const raw: unknown = JSON.parse(new TextDecoder().decode(entry.subarray(MAGIC.length)));
    const { key, index, count } = raw as Reference;
    const isUsable = typeof key === 'string' && index >= 0 && index < count && count <= 1000;
    return isUsable && Number.isInteger(index) && Number.isInteger(count)
      ? { key, index, count }
      : undefined;
  } catch {
    return undefined;
  }
}
