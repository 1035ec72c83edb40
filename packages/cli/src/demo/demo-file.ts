import { stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

/**
 * Puts the sound into `demo.wav` in the folder, or, where that is some other file, into `demo-2.wav` and so on: nothing
 * but an earlier demo is replaced, which has the same length to the byte (its noise alone differs). A folder that cannot be written gives way to the one for temporary files.
 *
 * @returns the file the sound is in.
 */
export async function writeDemoFile(folder: string, audio: Uint8Array): Promise<string> {
  for (let number = 1; ; number++) {
    const file = path.join(folder, number === 1 ? 'demo.wav' : `demo-${number}.wav`);
    try {
      await writeFile(file, audio, { flag: 'wx' });
      return file;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EEXIST') {
        if (!(await hasLength(file, audio.length))) continue;
        await writeFile(file, audio);
        return file;
      }
      if (folder !== tmpdir() && (code === 'EACCES' || code === 'EROFS' || code === 'EPERM')) {
        return writeDemoFile(tmpdir(), audio);
      }
      throw error;
    }
  }
}

async function hasLength(file: string, bytes: number): Promise<boolean> {
  const found = await stat(file).catch(() => undefined);
  return found?.isFile() === true && found.size === bytes;
}
