import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';
import type { EmulatorHandle } from './emulator-handle.ts';

type Address = { url: string; apiKey: string };

declare module 'vitest' {
  interface ProvidedContext {
    emulator: Address;
    otherEmulator: Address;
  }
}

declare module 'vitest/browser' {
  interface BrowserCommands {
    admin(address: Address, ...request: Parameters<EmulatorHandle['admin']>): Promise<unknown>;
  }
}

const PROGRAM = fileURLToPath(new URL('../../emulator/src/serve.ts', import.meta.url));

/** Starts two emulators that a page may talk to, for as long as the browser's tests run. */
export default async function setup(project: TestProject): Promise<() => void> {
  const [emulator, other] = await Promise.all([startProgram(), startProgram()]);
  project.provide('emulator', emulator.address);
  project.provide('otherEmulator', other.address);
  return () => {
    emulator.stop();
    other.stop();
  };
}

async function startProgram(): Promise<{ address: Address; stop: () => void }> {
  const program = spawn(
    process.execPath,
    [
      '--conditions=@stepvoice/source',
      '--disable-warning=ExperimentalWarning',
      PROGRAM,
      '--port=0',
      '--cors',
      '--pace=fast',
      '--json',
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const [line] = (await once(program.stdout, 'data')) as [Buffer];
  return { address: JSON.parse(line.toString()) as Address, stop: () => void program.kill() };
}
