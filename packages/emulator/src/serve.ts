import { realpathSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Emulator } from './emulator.ts';
import type { EmulatorOptions } from './options.ts';

const KEY_VARIABLE = 'STEPVOICE_EMULATOR_API_KEY';
const OLDEST_NODE = [22, 9] as const;

const USAGE = `Usage: node serve.js [options]

Serves a StepFun-compatible speech API until it is told to stop (Ctrl+C).

  --port <number>      TCP port (default: any free one)
  --host <address>     address to listen on (default: 127.0.0.1)
  --region <cn|intl>   which of the service's hosts to emulate (default: cn)
  --cors               answer web pages of any origin
  --rate-limit <tier>  hold the account to the limits of a tier, V0 to V5
  --transcripts <file> what is understood of speech, as JSON (see the README)
  --recognizer <cmd>   a program that understands speech: 'program {wav}', without a shell
  --upstream <url>     let an OpenAI-compatible chat address think in place of the rules
  --upstream-model <name>  the model to ask for there
  --upstream-key-variable <name>  environment variable that holds its key (default: none)
  --pace <pace>        send realtime replies in real-time (default), or fast
  --strict             answer as documented where the service was seen to do otherwise
  --fault <fault>      trouble for every request, as in latency:300 (repeatable)
  --seed <number>      of the randomness behind jitter (default: 1)
  --json               say where it listens as one line of JSON: {"url", "apiKey"}
  --exit-with-parent   stop when standard input, or the channel to the parent process, is closed
  --help               show this text

The key that clients must send is that of ${KEY_VARIABLE}, or a known one on loopback.
`;

/** What a program around the emulator needs; filled by {@link main} with the process's own. */
export type ServeHost = {
  args: readonly string[];
  env: Readonly<Record<string, string | undefined>>;
  out: (text: string) => void;
  err: (text: string) => void;
  /** Settles when the program shall stop; `withParent` also when its parent goes away. */
  stopped: (withParent: boolean) => Promise<void>;
};

type Settings = { options: EmulatorOptions; json: boolean; withParent: boolean };

/**
 * Runs the emulator as a program: says in one line where it listens, and ends when it is told to.
 *
 * @returns the exit status: 0 after a stop, 1 where it could not start, 2 for arguments that cannot be understood.
 */
export async function serve(host: ServeHost): Promise<number> {
  let settings: Settings | 'help';
  try {
    settings = readSettings(host.args, host.env);
  } catch (error) {
    host.err(`${messageOf(error)}\nTry --help.\n`);
    return 2;
  }
  if (settings === 'help') {
    host.out(USAGE);
    return 0;
  }
  const stopped = host.stopped(settings.withParent);
  let emulator: Emulator;
  try {
    const { startEmulator } = await import('./emulator.ts');
    emulator = await startEmulator({ ...settings.options, warm: true });
  } catch (error) {
    host.err(`The emulator cannot start: ${messageOf(error)}\n`);
    return 1;
  }
  host.out(settings.json ? toJson(emulator) : toLine(emulator, settings.options));
  await stopped;
  await emulator.close();
  return 0;
}

function readSettings(args: readonly string[], env: ServeHost['env']): Settings | 'help' {
  const { values } = parseArgs({
    args: [...args],
    options: {
      port: { type: 'string' },
      host: { type: 'string' },
      region: { type: 'string' },
      cors: { type: 'boolean' },
      'rate-limit': { type: 'string' },
      transcripts: { type: 'string' },
      recognizer: { type: 'string' },
      upstream: { type: 'string' },
      'upstream-model': { type: 'string' },
      'upstream-key-variable': { type: 'string' },
      pace: { type: 'string' },
      strict: { type: 'boolean' },
      fault: { type: 'string', multiple: true },
      seed: { type: 'string' },
      json: { type: 'boolean' },
      'exit-with-parent': { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  if (values.help === true) return 'help';
  const apiKey = env[KEY_VARIABLE];
  return {
    json: values.json === true,
    withParent: values['exit-with-parent'] === true,
    options: {
      port: toWhole('--port', values.port),
      host: values.host,
      // What the words may be is said by the emulator itself.
      region: values.region as EmulatorOptions['region'],
      cors: values.cors,
      rateLimit: values['rate-limit'] as EmulatorOptions['rateLimit'],
      transcripts: values.transcripts,
      recognizer: values.recognizer,
      upstream: toUpstream(
        values.upstream,
        values['upstream-model'],
        values['upstream-key-variable'],
        env,
      ),
      pace: (values.pace ?? 'real-time') as EmulatorOptions['pace'],
      strict: values.strict,
      faults: values.fault?.map((fault) => ({ fault })),
      seed: toWhole('--seed', values.seed),
      apiKey: apiKey === '' ? undefined : apiKey,
    },
  };
}

/** The key itself is never an argument: other users of the machine can read those. */
function toUpstream(
  url: string | undefined,
  model: string | undefined,
  keyVariable: string | undefined,
  env: ServeHost['env'],
): EmulatorOptions['upstream'] {
  if (url === undefined) {
    if (model === undefined && keyVariable === undefined) return undefined;
    throw new TypeError('--upstream-model and --upstream-key-variable need --upstream.');
  }
  if (keyVariable === undefined) return { url, model };
  const apiKey = env[keyVariable];
  if (apiKey !== undefined && apiKey !== '') return { url, model, apiKey };
  // What stands there may be the key itself: it is not repeated.
  throw new TypeError('--upstream-key-variable must name an environment variable that is set.');
}

function toWhole(name: string, text: string | undefined): number | undefined {
  if (text === undefined || /^\d{1,9}$/.test(text)) return text === undefined ? text : Number(text);
  throw new TypeError(`${name} is "${text}"; it must be a whole number.`);
}

function toJson({ url, apiKey }: Emulator): string {
  return `${JSON.stringify({ url, apiKey })}\n`;
}

function toLine({ url, apiKey }: Emulator, options: EmulatorOptions): string {
  // A key of the user's own is not for the screen.
  const key = options.apiKey === undefined ? apiKey : `that of ${KEY_VARIABLE}`;
  return `Stepvoice emulator listening on ${url} (API key: ${key})\n`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Settles on SIGTERM or SIGINT, with `withParent` also when the parent closes its end. A second signal ends at once. */
function untilStopped(withParent: boolean): Promise<void> {
  return new Promise((resolve) => {
    const stop = (): void => resolve();
    process.once('SIGTERM', stop);
    process.once('SIGINT', stop);
    if (!withParent) return;
    if (process.connected) {
      process.once('disconnect', stop);
      return;
    }
    process.stdin.once('end', stop).once('close', stop).once('error', stop).resume();
  });
}

async function main(): Promise<void> {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [leastMajor, leastMinor] = OLDEST_NODE;
  if (major < leastMajor || (major === leastMajor && minor < leastMinor)) {
    process.stderr.write(
      `The emulator needs Node.js ${OLDEST_NODE.join('.')} or newer; this is ${process.version}.\n`,
    );
    process.exitCode = 1;
    return;
  }
  const status = await serve({
    args: process.argv.slice(2),
    env: process.env,
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    stopped: untilStopped,
  });
  process.exitCode = status;
  // What still holds the process, such as the parent's pipe, is not the emulator's.
  if (process.connected) process.disconnect();
  process.stdin.destroy();
}

const script = process.argv[1];
if (script !== undefined && realpathSync(script) === fileURLToPath(import.meta.url)) {
  void main();
}
