import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import type { Stats } from 'node:fs';
import { CliError, UsageError } from '../cli-error.ts';
import { EXIT } from '../exit-code.ts';
import type { Translate } from '../language/translate.ts';
import { reasonOf } from '../system-error.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { TextReader } from './decode-text.ts';
import { readPipe } from './read-pipe.ts';

/** What is to be spoken: known as a whole, or arriving over time. */
export type TextSource =
  | { readonly kind: 'whole'; readonly text: string; readonly note?: string | undefined }
  | { readonly kind: 'stream'; readonly pieces: AsyncIterable<string> };

export type TextArguments = {
  /** The words after the command: a text, the name of a file, or `-`. */
  words: readonly string[];
  /** `--text`: a text, whatever it looks like. */
  text?: string | undefined;
  /** `--file`: a file, or `-`. */
  file?: string | undefined;
  /** `--encoding` of a file or of standard input. */
  encoding?: string | undefined;
};

/**
 * Finds what is to be spoken. One word that names an existing file is that file, else it is the text. Without any,
 * standard input is read unless it is a terminal.
 *
 * @throws {UsageError} where there is nothing to speak, or more than one thing.
 */
export async function findText(
  given: TextArguments,
  terminal: Terminal,
  t: Translate,
): Promise<TextSource> {
  const sources = [given.words.length > 0, given.text !== undefined, given.file !== undefined];
  if (sources.filter(Boolean).length > 1) throw new UsageError(t('error.severalTexts'));
  if (given.text !== undefined) return { kind: 'whole', text: given.text };
  if (given.file === '-') return readStandardInput(terminal, given.encoding, t);
  if (given.file !== undefined) {
    return readNamed(given.file, await statFile(given.file, t), given.encoding, terminal, t);
  }

  const [first, ...more] = given.words;
  if (first === undefined) {
    if (terminal.stdin.isTTY) throw new UsageError(t('error.nothingToSay'), t('advice.say'));
    return readStandardInput(terminal, given.encoding, t);
  }
  if (more.length === 0) {
    if (first === '-') return readStandardInput(terminal, given.encoding, t);
    const found = await findFile(first);
    if (found !== undefined) return readNamed(first, found, given.encoding, terminal, t);
    const note = looksLikeFile(first) ? t('note.noSuchFile', { file: first }) : undefined;
    return { kind: 'whole', text: first, note };
  }
  for (const word of given.words) {
    if (looksLikeFile(word) && (await findFile(word)) !== undefined) {
      throw new UsageError(t('error.fileAmongWords', { file: word }), t('advice.oneFile'));
    }
  }
  return { kind: 'whole', text: given.words.join(' ') };
}

async function findFile(name: string): Promise<Stats | undefined> {
  // A text may hold anything, also what no path can.
  if (name === '' || name.includes('\0') || name.includes('\n')) return undefined;
  return stat(name).catch(() => undefined);
}

async function statFile(file: string, t: Translate): Promise<Stats> {
  try {
    return await stat(file);
  } catch (error) {
    throw new UsageError(t('error.fileUnreadable', { file, reason: reasonOf(error, t) }));
  }
}

function looksLikeFile(word: string): boolean {
  return /^\S+\.(txt|text|md|markdown|rst|log|srt)$/i.test(word);
}

async function readNamed(
  file: string,
  found: Stats,
  encoding: string | undefined,
  terminal: Terminal,
  t: Translate,
): Promise<TextSource> {
  if (found.isDirectory()) {
    throw new UsageError(t('error.folder', { file }), t('advice.folder', { file }));
  }
  // As standard input it can be read without holding a thread, also where it is a terminal.
  if (file === '/dev/stdin') return readStandardInput(terminal, encoding, t);
  const reader = new TextReader(file, encoding, t);
  if (found.isFIFO()) return { kind: 'stream', pieces: decode(readPipe(file), reader) };
  if (!found.isFile()) return { kind: 'stream', pieces: decode(createReadStream(file), reader) };
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file);
  } catch (error) {
    throw new CliError(t('error.fileUnreadable', { file, reason: reasonOf(error, t) }), {
      exitCode: EXIT.usage,
      cause: error,
    });
  }
  return { kind: 'whole', text: reader.push(bytes) + reader.flush() };
}

function readStandardInput(
  terminal: Terminal,
  encoding: string | undefined,
  t: Translate,
): TextSource {
  const reader = new TextReader(t('label.standardInput'), encoding, t);
  return { kind: 'stream', pieces: decode(terminal.stdin, reader) };
}

async function* decode(
  bytes: AsyncIterable<Uint8Array>,
  reader: TextReader,
): AsyncGenerator<string> {
  for await (const chunk of bytes) {
    const text = reader.push(chunk);
    if (text !== '') yield text;
  }
  const rest = reader.flush();
  if (rest !== '') yield rest;
}
