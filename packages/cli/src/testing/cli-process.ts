import { spawn } from 'node:child_process';
import type { ChildProcess, StdioOptions } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));
/** Shared by all runs: most of their time would go into reading the same sources. */
const COMPILE_CACHE = path.join(tmpdir(), 'stepvoice-test-compile-cache');
const NODE_OPTIONS = ['--conditions=@stepvoice/source', '--disable-warning=ExperimentalWarning'];

export type CliOptions = {
  /** In addition to what every run has. */
  env?: Readonly<Record<string, string>>;
  /** Given at once; without it standard input stays open for {@link CliProcess.type}. */
  input?: string | Uint8Array;
  /** For stdout, in place of a pipe: a file descriptor. */
  stdout?: number;
  /** Started under this program, such as `script` for a terminal. */
  under?: (command: string[]) => string[];
};

export type CliResult = {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: Buffer;
  stderr: string;
};

/** A home of its own: settings, temporary files, programs and the working folder of the runs of one test. */
export class CliHome {
  readonly folder: string;
  /** Everything any run in this home has printed. */
  readonly printed: Buffer[] = [];
  readonly #running = new Set<CliProcess>();

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async create(): Promise<CliHome> {
    const home = new CliHome(await mkdtemp(path.join(tmpdir(), 'stepvoice-test-')));
    for (const name of ['bin', 'tmp', 'work']) await mkdir(home.at(name));
    return home;
  }

  at(...names: string[]): string {
    return path.join(this.folder, ...names);
  }

  /** The settings file. */
  get config(): string {
    return process.platform === 'darwin'
      ? this.at('Library', 'Application Support', 'stepvoice', 'config.json')
      : this.at('config', 'stepvoice', 'config.json');
  }

  start(args: readonly string[], options: CliOptions = {}): CliProcess {
    const cli = new CliProcess(this, args, options);
    this.#running.add(cli);
    return cli;
  }

  async run(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
    return this.start(args, { input: '', ...options }).over;
  }

  async remove(): Promise<void> {
    for (const cli of this.#running) cli.child.kill('SIGKILL');
    await Promise.all([...this.#running].map((cli) => cli.over));
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** The command line as a process, from its sources. */
export class CliProcess {
  readonly child: ChildProcess;
  /** Settles when it has ended and all it printed was read. */
  readonly over: Promise<CliResult>;
  readonly #stdout: Buffer[] = [];
  #stderr = '';
  #result: CliResult | undefined;
  #changed = Promise.withResolvers<void>();

  constructor(home: CliHome, args: readonly string[], options: CliOptions) {
    const plain = [process.execPath, ...NODE_OPTIONS, MAIN, ...args];
    const [program = '', ...rest] = options.under?.(plain) ?? plain;
    const stdio: StdioOptions = ['pipe', options.stdout ?? 'pipe', 'pipe'];
    this.child = spawn(program, rest, {
      cwd: home.at('work'),
      stdio,
      env: {
        PATH: home.at('bin'),
        HOME: home.folder,
        XDG_CONFIG_HOME: home.at('config'),
        APPDATA: home.at('config'),
        TMPDIR: home.at('tmp'),
        LANG: 'C',
        NODE_COMPILE_CACHE: COMPILE_CACHE,
        ...options.env,
      },
    });
    this.child.stdin?.on('error', () => {});
    this.child.stdout?.on('data', (chunk: Buffer) => {
      this.#stdout.push(chunk);
      home.printed.push(chunk);
      this.#notify();
    });
    this.child.stderr?.on('data', (chunk: Buffer) => {
      this.#stderr += chunk.toString();
      home.printed.push(chunk);
      this.#notify();
    });
    this.over = new Promise((resolve, reject) => {
      this.child.once('error', reject);
      this.child.once('close', (code, signal) => {
        this.#result = { code, signal, stdout: this.stdout, stderr: this.#stderr };
        this.#notify();
        resolve(this.#result);
      });
    });
    if (options.input !== undefined) this.child.stdin?.end(options.input);
  }

  get stdout(): Buffer {
    return Buffer.concat(this.#stdout);
  }

  type(text: string): void {
    this.child.stdin?.write(text);
  }

  /** Settles when all it has printed so far matches; rejects when it ends before. */
  async until(pattern: RegExp): Promise<string> {
    for (;;) {
      const printed = `${this.stdout.toString()}${this.#stderr}`;
      if (pattern.test(printed)) return printed;
      if (this.#result !== undefined) {
        throw new Error(`ended with ${this.#result.code} before ${pattern}: ${printed}`);
      }
      await this.#changed.promise;
    }
  }

  /** Asks it to stop, and tells how it ended and how long that took. */
  async interrupt(signal: NodeJS.Signals = 'SIGINT'): Promise<CliResult & { tookMs: number }> {
    const startedAt = performance.now();
    this.child.kill(signal);
    const result = await this.over;
    return { ...result, tookMs: performance.now() - startedAt };
  }

  #notify(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}
