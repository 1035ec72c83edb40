import { readFile, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { TextSource } from '@stepvoice/core/text';
import { UsageError } from '../cli-error.ts';
import type { CommandContext } from '../command-context.ts';
import { TextReader } from '../input/decode-text.ts';
import type { Translate } from '../language/translate.ts';
import { reasonOf } from '../system-error.ts';

/** A file that is read aloud, as one chapter of what was asked for. */
export type Chapter = {
  readonly title: string;
  /** As the user named it; `-` for standard input. */
  readonly file: string;
  readonly source: TextSource;
};

const PROSE: Readonly<Record<string, TextSource['format']>> = {
  '.md': 'markdown',
  '.markdown': 'markdown',
  '.mdx': 'markdown',
  '.txt': 'plain',
  '.text': 'plain',
  '': 'plain',
};

/** Whose comments and names can be read; the ids are those of editors. */
const CODE: Readonly<Record<string, string>> = {
  '.ts': 'typescript',
  '.mts': 'typescript',
  '.tsx': 'typescriptreact',
  '.js': 'javascript',
  '.mjs': 'javascript',
  '.jsx': 'javascriptreact',
  '.py': 'python',
  '.rs': 'rust',
  '.go': 'go',
  '.java': 'java',
  '.kt': 'kotlin',
  '.swift': 'swift',
  '.c': 'c',
  '.h': 'c',
  '.cpp': 'cpp',
  '.cc': 'cpp',
  '.hpp': 'cpp',
  '.cs': 'csharp',
  '.rb': 'ruby',
  '.php': 'php',
  '.lua': 'lua',
  '.sh': 'shellscript',
  '.sql': 'sql',
};

const FORMATS = ['markdown', 'plain', 'code'] as const;

/** Whole books of one folder; more is a mistake, such as the folder of everything. */
const MOST_FILES = 2000;

export type ReadOptions = {
  encoding?: string | undefined;
  /** `--as`: how to read it, whatever its name says. */
  as?: string | undefined;
};

/**
 * Reads what is to be narrated: files, `-` for standard input, and folders, whose Markdown and text files are taken in the
 * order that people number them in (2 before 10), those of subfolders too.
 *
 * @throws {UsageError} for what is not there, is no text, or is of a kind that cannot be read.
 */
export async function readChapters(
  names: readonly string[],
  options: ReadOptions,
  context: CommandContext,
): Promise<Chapter[]> {
  const { t } = context;
  const format = toFormat(options.as, t);
  const chapters: Chapter[] = [];
  for (const name of names) {
    const files = name === '-' ? [name] : await findFiles(name, t);
    for (const file of files) {
      const kind = format === undefined ? kindOf(file, t) : { format };
      const text = await readText(file, options.encoding, context);
      chapters.push({ title: titleOf(file, text, t), file, source: { text, ...kind } });
    }
  }
  return chapters;
}

function toFormat(value: string | undefined, t: Translate): TextSource['format'] | undefined {
  if (value === undefined) return undefined;
  const format = FORMATS.find((known) => known === value);
  if (format !== undefined) return format;
  const choices = FORMATS.join(', ');
  throw new UsageError(t('error.choice', { label: '--as', value, choices }));
}

async function findFiles(name: string, t: Translate): Promise<string[]> {
  try {
    if (!(await stat(name)).isDirectory()) return [name];
    const found = (await readdir(name, { recursive: true }))
      .filter((file) => path.extname(file).toLowerCase() in PROSE && path.extname(file) !== '')
      .filter((file) => !file.split(path.sep).some((part) => part.startsWith('.')));
    if (found.length === 0) throw new UsageError(t('error.emptyFolder', { file: name }));
    if (found.length > MOST_FILES) {
      const count = found.length;
      throw new UsageError(t('error.fullFolder', { file: name, count, most: MOST_FILES }));
    }
    return found.toSorted(byNumber).map((file) => path.join(name, file));
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(
      t('error.fileUnreadable', { file: name, reason: reasonOf(error, t) }),
      t('advice.narrate'),
    );
  }
}

const COLLATOR = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });

/** A folder's own files before those of its subfolders, as a table of contents has them. */
function byNumber(one: string, other: string): number {
  const [left, right] = [one.split(path.sep), other.split(path.sep)];
  for (let depth = 0; depth < Math.min(left.length, right.length); depth += 1) {
    const isFile = [left, right].map((parts) => depth === parts.length - 1);
    if (isFile[0] !== isFile[1]) return isFile[0] === true ? -1 : 1;
    const order = COLLATOR.compare(left[depth]!, right[depth]!);
    if (order !== 0) return order;
  }
  return 0;
}

function kindOf(
  file: string,
  t: Translate,
): { format: TextSource['format']; codeLanguage?: string } {
  if (file === '-') return { format: 'markdown' };
  const extension = path.extname(file).toLowerCase();
  const format = PROSE[extension];
  if (format !== undefined) return { format };
  const codeLanguage = CODE[extension];
  if (codeLanguage !== undefined) return { format: 'code', codeLanguage };
  throw new UsageError(t('error.fileKind', { file, extension }), t('advice.fileKind'));
}

async function readText(
  file: string,
  encoding: string | undefined,
  { terminal, t }: CommandContext,
): Promise<string> {
  const isPiped = file === '-';
  const reader = new TextReader(isPiped ? t('label.standardInput') : file, encoding, t);
  if (!isPiped) {
    let bytes: Uint8Array;
    try {
      bytes = await readFile(file);
    } catch (error) {
      throw new UsageError(t('error.fileUnreadable', { file, reason: reasonOf(error, t) }));
    }
    return reader.push(bytes) + reader.flush();
  }
  let text = '';
  for await (const chunk of terminal.stdin) text += reader.push(chunk as Uint8Array);
  return text + reader.flush();
}

/** The heading that a file begins with, front matter aside; else its name. */
function titleOf(file: string, text: string, t: Translate): string {
  const body = text.replace(/^\uFEFF?---\r?\n[^]*?\n---[ \t]*(?:\r?\n|$)/, '');
  const [, heading] = /^\s*#{1,2}[ \t]+(\S.*?)[ \t#]*(?:\r?\n|\r|$)/.exec(body) ?? [];
  if (heading !== undefined) return heading;
  return file === '-' ? t('label.standardInput') : path.parse(file).name;
}
