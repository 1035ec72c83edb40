import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, realpath, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative, resolve, sep } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFileAccess } from './file-access.ts';

let base: string;
let folder: string;

beforeEach(async () => {
  base = await realpath(await mkdtemp(join(tmpdir(), 'file-access-')));
  folder = join(base, 'allowed');
  await mkdir(join(folder, 'books'), { recursive: true });
  await mkdir(join(base, 'allowed-too'));
  await writeFile(join(folder, 'a.txt'), 'inside');
  await writeFile(join(base, 'secret.txt'), 'outside');
});
afterEach(() => rm(base, { recursive: true }));

const ALL = { maxBytes: 1000 };

describe('without a folder', () => {
  it.each([undefined, '', '  '])('%j allows nothing, and says what to set', async (none) => {
    const failure = createFileAccess(none).read('a.txt', ALL);
    await expect(failure).rejects.toMatchObject({
      code: 'file_not_allowed',
      text: { en: expect.stringContaining('Folder'), zh: expect.stringContaining('文件夹') },
    });
  });
});

describe('with a folder', () => {
  it('reads what is in it, by a relative and by an absolute path', async () => {
    const access = createFileAccess(folder);
    expect(String(await access.read('a.txt', ALL))).toBe('inside');
    expect(String(await access.read('books/../a.txt', ALL))).toBe('inside');
    expect(String(await access.read(join(folder, 'a.txt'), ALL))).toBe('inside');
  });

  it('takes a relative folder as one of the user folder', async () => {
    const access = createFileAccess('allowed', { base });
    expect(String(await access.read('a.txt', ALL))).toBe('inside');
  });

  it.each([
    '../secret.txt',
    'books/../../secret.txt',
    '../allowed-too/x',
    '..',
    '.',
    '',
    'a\0.txt',
    '/etc/passwd',
    'a.txt/b',
  ])('refuses %j', async (path) => {
    const access = createFileAccess(folder);
    await expect(access.resolve(path)).rejects.toMatchObject({ code: 'file_not_allowed' });
    await expect(access.read(path, ALL)).rejects.toMatchObject({ code: 'file_not_allowed' });
    await expect(access.prepare(path)).rejects.toMatchObject({ code: 'file_not_allowed' });
  });

  it('follows links in it, and none that leave it', async () => {
    await symlink(join(folder, 'a.txt'), join(folder, 'link.txt'));
    await symlink(join(base, 'secret.txt'), join(folder, 'out.txt'));
    await symlink(base, join(folder, 'up'));
    await symlink(join(base, 'not-yet.txt'), join(folder, 'dangling.txt'));
    const access = createFileAccess(folder);
    expect(String(await access.read('link.txt', ALL))).toBe('inside');
    for (const path of ['out.txt', 'up/secret.txt', 'up/new.txt', 'dangling.txt']) {
      await expect(access.resolve(path), path).rejects.toMatchObject({ code: 'file_not_allowed' });
    }
  });

  it('stays in a folder that is a link itself', async () => {
    await symlink(folder, join(base, 'link'));
    const access = createFileAccess(join(base, 'link'));
    expect(await access.resolve('new/file.mp3')).toBe(join(folder, 'new/file.mp3'));
    expect(String(await access.read(join(base, 'link', 'a.txt'), ALL))).toBe('inside');
    await expect(access.resolve('../secret.txt')).rejects.toMatchObject({
      code: 'file_not_allowed',
    });
  });

  it('makes the folders on the way to a new file, and the allowed one', async () => {
    const path = await createFileAccess(join(base, 'new')).prepare('deep/er/book.mp3');
    expect(path).toBe(join(base, 'new/deep/er/book.mp3'));
    expect((await stat(join(base, 'new/deep/er'))).isDirectory()).toBe(true);
  });

  it('tells a missing file, a folder and one that is too large', async () => {
    const access = createFileAccess(folder);
    await expect(access.read('none.txt', ALL)).rejects.toMatchObject({ code: 'file_not_found' });
    await expect(access.read('books', ALL)).rejects.toMatchObject({ code: 'file_not_readable' });
    await expect(access.read('a.txt', { maxBytes: 5 })).rejects.toMatchObject({
      code: 'file_too_large',
      message: expect.stringContaining('6 bytes; at most 5'),
    });
  });

  it.skipIf(process.platform === 'win32')('does not wait for a pipe', async () => {
    await promisify(execFile)('mkfifo', [join(folder, 'pipe')]);
    const failure = createFileAccess(folder).read('pipe', ALL);
    await expect(failure).rejects.toMatchObject({ code: 'file_not_readable' });
  });

  it('never leaves the folder, whatever the path', async () => {
    const access = createFileAccess(folder);
    const step = fc.constantFrom('..', '.', 'books', 'a.txt', '', 'x', 'allowed', '...', '~');
    const paths = fc
      .tuple(fc.boolean(), fc.array(step, { maxLength: 8 }))
      .map(([isAbsolute, steps]) => (isAbsolute ? '/' : '') + steps.join('/'));
    await fc.assert(
      fc.asyncProperty(paths, async (path) => {
        const real = await access.resolve(path).catch(() => undefined);
        const way = relative(folder, real ?? join(folder, 'x'));
        expect(way === '..' || way.startsWith(`..${sep}`)).toBe(false);
        expect([undefined, resolve(folder, path)]).toContain(real);
      }),
      { numRuns: 200 },
    );
  });
});
