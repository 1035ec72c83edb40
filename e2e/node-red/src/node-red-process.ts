import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { stripVTControlCharacters } from 'node:util';
import { AdminApi } from './admin-api.ts';
import { nodePath, nodeRedPath, type Host } from './hosts.ts';

const START_MS = 30_000;
const STOP_MS = 20_000;

/** What Node-RED says of itself in any fresh folder with these settings. */
const KNOWN_WARNINGS = [/Projects disabled/, /Encrypted credentials not found/];

/** Node-RED as a user would start it, with the packed package in its folder. */
export type NodeRedProcess = {
  readonly url: string;
  /** The user's folder, gone after the stop. */
  readonly folder: string;
  readonly admin: AdminApi;
  /** All that it printed so far. */
  log(): string;
  /** Lines of warnings and errors that are not Node-RED's own. */
  complaints(): string[];
  /** SIGTERM. @returns the exit status */
  stop(): Promise<number>;
};

/**
 * @param options.userFolder is copied
 * @param options.settings as in `settings.js`, beside or instead of those that keep it quiet and on loopback
 * @throws where it does not listen in time; the message holds what it printed
 */
export async function startNodeRed(options: {
  host: Host;
  userFolder: string;
  settings?: Readonly<Record<string, unknown>>;
  env?: Readonly<Record<string, string>>;
  /** Files of the user, by name. */
  files?: Readonly<Record<string, Uint8Array>>;
}): Promise<NodeRedProcess> {
  const folder = await mkdtemp(join(tmpdir(), 'stepvoice-node-red-'));
  await cp(options.userFolder, folder, { recursive: true, verbatimSymlinks: true });
  for (const [name, bytes] of Object.entries(options.files ?? {})) {
    await writeFile(join(folder, name), bytes);
  }
  const settingsPath = join(folder, 'settings.js');
  const settings = { ...quietSettings(), ...options.settings };
  await writeFile(settingsPath, `module.exports = ${JSON.stringify(settings)};\n`);

  const child = spawn(
    nodePath(options.host),
    [nodeRedPath(options.host), '--userDir', folder, '--settings', settingsPath],
    {
      cwd: folder,
      // Nothing of the machine that would change what it does: no proxy, no key, no language.
      env: {
        PATH: process.env['PATH'],
        HOME: folder,
        LANG: 'en_US.UTF-8',
        ...options.env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const exited = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  let log = '';
  let onOutput = (): void => undefined;
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      log += stripVTControlCharacters(text);
      onOutput();
    });
  }

  const stop = async (): Promise<number> => {
    child.kill('SIGTERM');
    const kill = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
    const [status, signal] = await exited;
    clearTimeout(kill);
    await rm(folder, { recursive: true, force: true });
    if (status === null) throw new Error(`Node-RED was ended by ${signal}:\n${log}`);
    return status;
  };

  let url: string;
  try {
    url = await new Promise<string>((resolve, reject) => {
      const fail = (what: string): void => reject(new Error(`Node-RED ${what}:\n${log}`));
      const timer = setTimeout(() => fail('did not listen in time'), START_MS);
      void exited.then(() => fail('ended'));
      onOutput = () => {
        const address = /Server now running at (http:\S+?)\/?\s/.exec(log)?.[1];
        if (address === undefined || !/Started flows/.test(log)) return;
        clearTimeout(timer);
        resolve(address);
      };
    });
  } catch (error) {
    await stop().catch(() => undefined);
    throw error;
  }
  return {
    url,
    folder,
    admin: new AdminApi(url),
    log: () => log,
    complaints: () =>
      log
        .split('\n')
        .filter((line) => / - \[(?:warn|error|fatal)\]|UnhandledPromise|^\s+at /.test(line))
        .filter((line) => !KNOWN_WARNINGS.some((known) => known.test(line))),
    stop,
  };
}

function quietSettings(): Record<string, unknown> {
  return {
    uiHost: '127.0.0.1',
    uiPort: 0,
    flowFile: 'flows.json',
    credentialSecret: 'a secret of the tests',
    telemetry: { enabled: false, updateNotification: false },
    editorTheme: { tours: false, projects: { enabled: false }, palette: { catalogues: [] } },
    externalModules: { autoInstall: false },
    logging: { console: { level: 'info', metrics: false, audit: false } },
  };
}
