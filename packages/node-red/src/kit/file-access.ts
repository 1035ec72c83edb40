import type { Buffer } from 'node:buffer';
import { constants } from 'node:fs';
import { lstat, mkdir, open, realpath } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { text } from '../definition/node-definition.ts';
import { LocalizedError } from './flow-error.ts';

/** For nodes that read or write files. No message changes it: whoever sends messages would choose the files. */
export const folderProperty = text({
  label: { en: 'Folder', zh: '文件夹' },
  help: {
    en: 'The only folder whose files this node may use; a relative one is in Node-RED’s user folder. Blank: no files at all.',
    zh: '此节点唯一可以读写的文件夹；相对路径位于 Node-RED 用户目录下。留空则不能使用任何文件。',
  },
});

/** Files of one folder, and no others. */
export interface FileAccess {
  /**
   * The real path of a file, which need not exist, in a folder that need not exist. Links are followed, and have to end in the
   * folder, too.
   *
   * @param path in the folder, or absolute
   * @throws {LocalizedError} `file_not_allowed` outside of the folder, or where no folder is set
   */
  resolve(path: string): Promise<string>;
  /** As {@link resolve}; makes the folders on the way. */
  prepare(path: string): Promise<string>;
  /**
   * A whole file.
   *
   * @throws {LocalizedError} as {@link resolve}; `file_not_found`; `file_not_readable` for what is no file; `file_too_large`
   */
  read(path: string, options: { maxBytes: number; signal?: AbortSignal }): Promise<Buffer>;
}

/**
 * @param folder a relative one is in `base`; `undefined` allows nothing
 * @param options.base Node-RED's user folder. Default: where the process was started
 */
export function createFileAccess(
  folder: string | undefined,
  { base = '.' }: { base?: string | undefined } = {},
): FileAccess {
  const root = async (): Promise<string> => {
    if (folder === undefined || folder.trim() === '') throw noFolder();
    return realPathOf(resolve(base, folder.trim()));
  };

  const resolveInside = async (path: string): Promise<string> => {
    const inside = await root();
    if (path === '' || path.includes('\0')) throw notAllowed();
    const real = await realPathOf(resolve(inside, path));
    const way = relative(inside, real);
    const isOutside = way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way);
    if (isOutside || way === '') throw notAllowed();
    return real;
  };

  return {
    resolve: resolveInside,

    async prepare(path) {
      const real = await resolveInside(path);
      await mkdir(dirname(real), { recursive: true });
      return real;
    },

    async read(path, { maxBytes, signal }) {
      const real = await resolveInside(path);
      // A link that was put there since is not followed, and to open a pipe that nobody writes to would wait for ever.
      const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
      await using file = await open(real, flags).catch((error: unknown) => {
        throw codeOf(error) === 'ENOENT' ? notFound() : notReadable();
      });
      const stats = await file.stat();
      if (!stats.isFile()) throw notReadable();
      if (stats.size > maxBytes) throw tooLarge(stats.size, maxBytes);
      const bytes = await file.readFile(signal === undefined ? {} : { signal });
      // It may have grown meanwhile.
      if (bytes.byteLength > maxBytes) throw tooLarge(bytes.byteLength, maxBytes);
      return bytes;
    },
  };
}

/** With all links followed, as far as it exists; what does not exist yet can be no link. */
async function realPathOf(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    const parent = dirname(path);
    // A link to nothing is refused: what is written to it would be made at its other end.
    if (codeOf(error) !== 'ENOENT' || parent === path || (await isLink(path))) throw notAllowed();
    return join(await realPathOf(parent), basename(path));
  }
}

async function isLink(path: string): Promise<boolean> {
  return lstat(path).then(
    (stats) => stats.isSymbolicLink(),
    () => false,
  );
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

function noFolder(): LocalizedError {
  return new LocalizedError(
    'file_not_allowed',
    {
      en: 'This node may not use files. Open it and set its Folder to the one whose files it may use.',
      zh: '此节点不能使用文件。请打开节点，在“文件夹”中设置允许使用的文件夹。',
    },
    { badge: 'badInput' },
  );
}

function notAllowed(): LocalizedError {
  return new LocalizedError(
    'file_not_allowed',
    {
      en: 'The file is not in the folder that this node may use. Name one in it, or set another Folder in the node.',
      zh: '该文件不在此节点允许使用的文件夹内。请改用其中的文件，或在节点中修改“文件夹”。',
    },
    { badge: 'badInput' },
  );
}

function notFound(): LocalizedError {
  return new LocalizedError(
    'file_not_found',
    {
      en: 'There is no such file in the folder of this node.',
      zh: '此节点的文件夹中没有该文件。',
    },
    { badge: 'badInput' },
  );
}

function notReadable(): LocalizedError {
  return new LocalizedError(
    'file_not_readable',
    {
      en: 'The file cannot be read: it is no plain file, or Node-RED has no right to it.',
      zh: '无法读取该文件：它不是普通文件，或 Node-RED 没有读取权限。',
    },
    { badge: 'badInput' },
  );
}

function tooLarge(bytes: number, maxBytes: number): LocalizedError {
  return new LocalizedError(
    'file_too_large',
    {
      en: `The file has ${bytes} bytes; at most ${maxBytes} are allowed.`,
      zh: `文件大小为 ${bytes} 字节，最多允许 ${maxBytes} 字节。`,
    },
    { badge: 'badInput' },
  );
}
