import { StepAudioError } from '../../errors.ts';
import type { Mp3SeekPoint } from '../../audio/mp3/mp3-info-frame.ts';
import type { RenderFile } from './render-file.ts';
import type { TrackState } from './sound-track.ts';

/** A sentence, or a part of one, as it stands in the file; times in milliseconds. */
export type SpokenRecord = {
  readonly chapter: number;
  readonly utterance: number;
  /** In the utterance. */
  readonly offset: number;
  readonly text: string;
  readonly startMs: number;
  readonly endMs: number;
  /** In the chapter's source. */
  readonly source: readonly [start: number, end: number];
  readonly timing: 'service' | 'estimate';
  /** Places in `text`, times, places in the source. */
  readonly words: readonly (readonly [
    start: number,
    end: number,
    startMs: number,
    endMs: number,
    sourceStart: number,
    sourceEnd: number,
  ])[];
  /** Why it is not heard. */
  readonly skipped?: string | undefined;
};

/** What a render has cost, over all of its runs. */
export type RenderTotals = {
  readonly requests: number;
  readonly characters: number;
  readonly billedUnits: number;
  readonly amount: number;
  /** Utterances and characters that are in the file, or skipped. */
  readonly doneUtterances: number;
  readonly doneCharacters: number;
};

export type RenderPlace = {
  readonly chapter: number;
  readonly utterance: number;
  readonly offset: number;
};

/** From where a render goes on. */
export type RenderCheckpoint = {
  readonly place: RenderPlace;
  readonly track: TrackState;
  readonly totals: RenderTotals;
};

type Line =
  | { readonly head: { readonly version: number; readonly render: string } }
  | { readonly spoken: SpokenRecord }
  | { readonly checkpoint: RenderCheckpoint };

/** Raised when a file that an older version has begun cannot be gone on with. */
const VERSION = 1;
const READ_BYTES = 64 * 1024;
const NEWLINE = 0x0a;
const CHECKSUM_DIGITS = 8;

/**
 * What a render has done, in a file that only grows: lines of JSON, each behind a checksum of its own. What stands behind
 * the last checkpoint, or behind a line that a crash has cut, did not happen. The sound that a checkpoint counts is
 * flushed before the checkpoint is written.
 */
export class RenderJournal {
  readonly #file: RenderFile;
  readonly #render: string;
  readonly #seekPoints: Mp3SeekPoint[] = [];
  /** Where the last checkpoint ends. */
  #size = 0;
  #pending: SpokenRecord[] = [];
  #checkpoint: RenderCheckpoint | undefined;
  /** Which render the file is of; `undefined` for none. */
  #found: string | undefined;

  /** Reads what is there. `render` is the digest of all that shapes the file. */
  static async open(file: RenderFile, render: string): Promise<RenderJournal> {
    const journal = new RenderJournal(file, render);
    await journal.#recover();
    return journal;
  }

  private constructor(file: RenderFile, render: string) {
    this.#file = file;
    this.#render = render;
  }

  /** Whether there is something to resume, and it is of the same text, voice and options. */
  get found(): 'nothing' | 'same' | 'other' {
    if (this.#found === undefined) return 'nothing';
    return this.#found === this.#render ? 'same' : 'other';
  }

  get checkpoint(): RenderCheckpoint | undefined {
    return this.#checkpoint;
  }

  /** Of all checkpoints, as places in the file of sound. */
  get seekPoints(): readonly Mp3SeekPoint[] {
    return this.#seekPoints;
  }

  /** Begins anew: what is there is dropped. */
  async begin(): Promise<void> {
    this.#size = 0;
    this.#checkpoint = undefined;
    this.#pending = [];
    this.#seekPoints.length = 0;
    await this.#file.truncate(0);
    await this.#append([{ head: { version: VERSION, render: this.#render } }]);
    this.#found = this.#render;
  }

  /** Notes what will be covered by the next checkpoint. */
  add(record: SpokenRecord): void {
    this.#pending.push(record);
  }

  /** Settles when a crash would not lose it any more. */
  async commit(checkpoint: RenderCheckpoint): Promise<void> {
    const lines: Line[] = this.#pending.map((spoken) => ({ spoken }));
    await this.#append([...lines, { checkpoint }]);
    this.#pending = [];
    this.#checkpoint = checkpoint;
    const { frames, bytes } = checkpoint.track;
    this.#seekPoints.push({ frames, bytes });
  }

  /** All that was said, up to the last checkpoint, and what was added since. */
  async *spoken(): AsyncGenerator<SpokenRecord, undefined> {
    for await (const { line } of readLines(this.#file, this.#size)) {
      if ('spoken' in line) yield line.spoken;
    }
    yield* this.#pending;
  }

  /** The render is whole: there is nothing to resume. */
  async end(): Promise<void> {
    await this.#file.truncate(0);
    await this.#file.flush();
  }

  async #recover(): Promise<void> {
    for await (const { line, end } of readLines(this.#file, await this.#file.size())) {
      if ('head' in line) {
        const isKnown = line.head.version === VERSION;
        this.#found = isKnown ? line.head.render : `version ${line.head.version}`;
        this.#size = end;
      } else if ('checkpoint' in line) {
        this.#checkpoint = line.checkpoint;
        const { frames, bytes } = line.checkpoint.track;
        this.#seekPoints.push({ frames, bytes });
        this.#size = end;
      }
      if (this.found !== 'same') return;
    }
  }

  async #append(lines: readonly Line[]): Promise<void> {
    const text = lines.map(toLine).join('');
    const bytes = new TextEncoder().encode(text);
    await this.#file.truncate(this.#size);
    await this.#file.writeAt(this.#size, bytes);
    await this.#file.flush();
    this.#size += bytes.length;
  }
}

/** Refuses to write over what a caller may want to keep. */
export function refuseOther(): StepAudioError {
  return new StepAudioError(
    'The file is the beginning of another render: text, voice or options were not the same. Render it with those to go on, or set `replace` to begin anew.',
    { code: 'render_changed' },
  );
}

async function* readLines(
  file: RenderFile,
  size: number,
): AsyncGenerator<{ line: Line; end: number }, undefined> {
  let rest = new Uint8Array(0);
  for (let offset = 0; offset < size;) {
    const read = await file.readAt(offset, Math.min(READ_BYTES, size - offset));
    if (read.length === 0) return;
    const bytes = new Uint8Array(rest.length + read.length);
    bytes.set(rest);
    bytes.set(read, rest.length);
    const base = offset - rest.length;
    offset += read.length;
    let start = 0;
    for (let end = bytes.indexOf(NEWLINE); end !== -1; end = bytes.indexOf(NEWLINE, start)) {
      const line = parseLine(bytes.subarray(start, end));
      if (line === undefined) return;
      start = end + 1;
      yield { line, end: base + start };
    }
    rest = bytes.slice(start);
  }
}

function toLine(line: Line): string {
  const json = JSON.stringify(line);
  return `${checksum(new TextEncoder().encode(json))} ${json}\n`;
}

function parseLine(bytes: Uint8Array): Line | undefined {
  const json = bytes.subarray(CHECKSUM_DIGITS + 1);
  const text = new TextDecoder();
  if (text.decode(bytes.subarray(0, CHECKSUM_DIGITS)) !== checksum(json)) return undefined;
  return JSON.parse(text.decode(json)) as Line;
}

/** FNV-1a with 32 bits: tells a line that was cut from one that is whole. */
function checksum(bytes: Uint8Array): string {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return (hash >>> 0).toString(16).padStart(CHECKSUM_DIGITS, '0');
}
