import { access, constants } from 'node:fs/promises';
import path from 'node:path';

/** The absolute path of a program that is installed, by its name; `undefined` where it is not. */
export async function findProgram(
  name: string,
  platform: NodeJS.Platform,
  env: Readonly<Record<string, string | undefined>>,
): Promise<string | undefined> {
  const windows = platform === 'win32';
  const folders = (env['PATH'] ?? env['Path'] ?? '').split(windows ? ';' : ':');
  for (const folder of folders) {
    // An empty entry means the working folder, which may hold anybody's programs.
    if (!path.isAbsolute(folder)) continue;
    const program = path.join(folder, windows ? `${name}.exe` : name);
    try {
      await access(program, windows ? constants.F_OK : constants.X_OK);
      return program;
    } catch {
      continue;
    }
  }
  return undefined;
}
