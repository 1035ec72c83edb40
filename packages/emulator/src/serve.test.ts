import { fork, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { serve } from './serve.ts';

const PROGRAM = fileURLToPath(new URL('./serve.ts', import.meta.url));
const NODE_OPTIONS = ['--conditions=@stepvoice/source', '--disable-warning=ExperimentalWarning'];

function run(args: readonly string[], env: Record<string, string> = {}): ChildProcess {
  return spawn(process.execPath, [...NODE_OPTIONS, PROGRAM, ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, ...env },
  });
}

async function firstLine(output: Readable | null): Promise<string> {
  if (output === null) throw new Error('the program has no output');
  const [line] = (await once(createInterface(output), 'line')) as [string];
  return line;
}

describe('as a program', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)('serves until %s', async (signal) => {
    const program = run(['--json', '--cors']);
    const ended = once(program, 'exit');
    const { url, apiKey } = JSON.parse(await firstLine(program.stdout)) as {
      url: string;
      apiKey: string;
    };
    const answer = await fetch(`${url}/v1/audio/speech`, {
      method: 'POST',
      headers: { authorization: `Bearer ${apiKey}`, origin: 'https://page.example' },
      body: JSON.stringify({ model: 'step-tts-mini', input: 'Hello.', voice: 'cixingnansheng' }),
    });
    expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([200, '*']);
    expect((await answer.arrayBuffer()).byteLength).toBeGreaterThan(1000);
    program.kill(signal);
    expect(await ended).toEqual([0, null]);
  });

  test('ends when its parent closes standard input, and only then', async () => {
    const program = run(['--exit-with-parent']);
    const ended = once(program, 'exit');
    const line = await firstLine(program.stdout);
    expect(line).toMatch(
      /^Stepvoice emulator listening on http:\/\/127\.0\.0\.1:\d+ \(API key: stepvoice-emulator\)$/,
    );
    expect(program.exitCode).toBeNull();
    program.stdin?.end();
    expect(await ended).toEqual([0, null]);
  });

  test('ends when its parent closes the channel between them', async () => {
    const program = fork(PROGRAM, ['--exit-with-parent'], {
      execArgv: NODE_OPTIONS,
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    });
    const ended = once(program, 'exit');
    await firstLine(program.stdout);
    program.disconnect();
    expect(await ended).toEqual([0, null]);
  });
});

/** Runs it in this process; `stop` ends it. */
async function serveWith(args: readonly string[], env: Record<string, string> = {}) {
  let out = '';
  let err = '';
  const status = await serve({
    args,
    env,
    out: (text) => (out += text),
    err: (text) => (err += text),
    stopped: () => Promise.resolve(),
  });
  return { status, out, err };
}

describe('says', () => {
  test('a key of one’s own to programs, and not on the screen', async () => {
    const env = { STEPVOICE_EMULATOR_API_KEY: 'mine-and-nobody-elses' };
    const line = await serveWith([], env);
    expect(line.out).toMatch(/\(API key: that of STEPVOICE_EMULATOR_API_KEY\)\n$/);
    const { out } = await serveWith(['--json', '--host', '0.0.0.0'], env);
    expect(JSON.parse(out)).toEqual({ url: expect.any(String), apiKey: 'mine-and-nobody-elses' });
  });

  test('how it is used', async () => {
    const { status, out } = await serveWith(['--help']);
    expect([status, out.startsWith('Usage:')]).toEqual([0, true]);
  });

  test.each([
    [['--bogus'], 2, '--bogus'],
    [['--port', 'http'], 2, '--port is "http"'],
    [['--port', '99999'], 1, 'port is 99999'],
    [['--region', 'moon'], 1, 'region is moon'],
    [['--rate-limit', 'V9'], 1, 'V0, V1'],
    [['--fault', 'explode'], 1, 'A fault: kind'],
    [['--host', '0.0.0.0'], 1, 'give an apiKey of your own'],
    [['--upstream', 'nonsense'], 1, 'upstream must be an http or https address'],
    [['--upstream-model', 'small'], 2, 'need --upstream'],
    [
      ['--upstream', 'https://model.example', '--upstream-key-variable', 'sk-secret'],
      2,
      'must name an environment variable',
    ],
  ])('what is wrong with %j', async (args, status, words) => {
    const said = await serveWith(args);
    expect([said.status, said.out]).toEqual([status, '']);
    expect(said.err).toContain(words);
    expect(said.err).not.toContain('sk-secret');
  });

  test('that a port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const { status, err } = await serveWith(['--port', String(port)]);
    expect([status, err.includes('EADDRINUSE')]).toEqual([1, true]);
    other.close();
  });
});

test('a language model is asked with the key that a variable holds', async () => {
  const asked: (string | undefined)[] = [];
  const model = createHttpServer((request, response) => {
    asked.push(request.headers.authorization);
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.end('data: {"choices":[{"delta":{"content":"I think."},"finish_reason":"stop"}]}\n\n');
  }).listen(0, '127.0.0.1');
  await once(model, 'listening');
  let finish: () => void = () => undefined;
  const stopped = new Promise<void>((resolve) => (finish = resolve));
  let line: (text: string) => void = () => undefined;
  const said = new Promise<string>((resolve) => (line = resolve));
  const url = `http://127.0.0.1:${(model.address() as AddressInfo).port}`;
  const served = serve({
    args: ['--json', '--upstream', url, '--upstream-key-variable', 'MODEL_KEY'],
    env: { MODEL_KEY: 'sk-mine' },
    out: line,
    err: () => undefined,
    stopped: () => stopped,
  });
  const emulator = JSON.parse(await said) as { url: string; apiKey: string };
  const answer = await fetch(`${emulator.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${emulator.apiKey}` },
    body: '{"model":"stepaudio-2.5-chat","messages":[{"role":"user","content":"So?"}]}',
  });
  expect(await answer.text()).toContain('"content":"I think."');
  expect(asked).toEqual(['Bearer sk-mine']);
  finish();
  expect(await served).toBe(0);
  model.close();
});

test('what the ear is given reaches it, and is looked at before anything listens', async () => {
  const err: string[] = [];
  const start = (args: string[]): Promise<number> =>
    serve({
      args,
      env: {},
      out: () => undefined,
      err: (text) => void err.push(text),
      stopped: () => Promise.resolve(),
    });
  expect(await start(['--transcripts', 'no-such-file.json'])).toBe(1);
  expect(await start(['--recognizer', 'whisper'])).toBe(1);
  expect(err.join('')).toMatch(/transcripts: the file cannot be read \(ENOENT\)[^]*hold \{wav\}/);
  expect(await start(['--recognizer', 'whisper {wav}', '--strict'])).toBe(0);
});

test('options reach the emulator', async () => {
  let finish: () => void = () => undefined;
  const stopped = new Promise<void>((resolve) => (finish = resolve));
  let line: (text: string) => void = () => undefined;
  const said = new Promise<string>((resolve) => (line = resolve));
  const served = serve({
    args: ['--json', '--region', 'intl', '--fault', 'status:503', '--fault', 'latency:1'],
    env: {},
    out: line,
    err: () => undefined,
    stopped: () => stopped,
  });
  const { url, apiKey } = JSON.parse(await said) as { url: string; apiKey: string };
  const headers = { authorization: `Bearer ${apiKey}` };
  expect((await fetch(`${url}/v1/models`, { headers })).status).toBe(503);
  await fetch(`${url}/_emulator/faults`, { method: 'DELETE', headers });
  const voices = await fetch(`${url}/v1/audio/system_voices?model=step-tts-2`, { headers });
  expect(((await voices.json()) as { voices: string[] }).voices).toHaveLength(7);
  finish();
  expect(await served).toBe(0);
});
