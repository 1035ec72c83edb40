import { once } from 'node:events';
import { createConnection, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { Agent, MockAgent, ProxyAgent } from 'undici';
import { expect, onTestFinished, test, vi } from 'vitest';
import { StepAudio } from '../../node.ts';
import { TimeoutError } from '../../errors.ts';
import { ManualClock } from '../../net/testing/manual-clock.ts';
import { ScriptedServer } from '../../net/testing/scripted-server.ts';
import { createNodeRuntime } from './node-runtime.ts';

const request = { text: '一。', voice: 'ruyananshi', format: 'pcm' } as const;

test('a connection is kept through a pause of a minute between two sentences', async () => {
  await using server = await ScriptedServer.start((_, answer) => answer.end('audio'));
  // Undici watches connections that are not in use with the platform's own timers.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  await using client = new StepAudio({ apiKey: 'k', baseURL: server.url });
  await client.speech.create(request);
  for (const pauseMs of [30_000, 60_000]) {
    vi.advanceTimersByTime(pauseMs);
    await client.speech.create(request);
  }
  expect(server.connections).toBe(1);
  vi.advanceTimersByTime(119_000);
  await new Promise((resolve) => setImmediate(resolve));
  expect(server.openConnections).toBe(1);
  vi.advanceTimersByTime(2000);
  await server.untilAllClosed();
});

test('ten sentences one after the other use one connection', async () => {
  await using server = await ScriptedServer.start((_, answer) => answer.end('audio'));
  await using client = new StepAudio({ apiKey: 'k', baseURL: server.url });
  for (let count = 0; count < 10; count += 1) await client.speech.create(request);
  expect(server.connections).toBe(1);
});

test('a kept connection that the service has closed is no failure', async () => {
  await using server = await ScriptedServer.start((_, answer) => {
    answer.end('audio', () => setImmediate(() => answer.socket?.destroy()));
  });
  await using client = new StepAudio({
    apiKey: 'k',
    baseURL: server.url,
    retry: { baseDelayMs: 0 },
  });
  for (let count = 0; count < 3; count += 1) await client.speech.create(request);
  expect(server.requests.length).toBeGreaterThanOrEqual(3);
});

test('closing lets what is under way end, and closes what is kept', async () => {
  await using server = await ScriptedServer.start((_, answer) => {
    answer.write('au');
    setImmediate(() => answer.end('dio'));
  });
  const client = new StepAudio({ apiKey: 'k', baseURL: server.url });
  const created = client.speech.create(request);
  await server.until(() => server.requests.length === 1);
  await client.close();
  expect((await created).audio).toHaveLength(4);
  await server.untilAllClosed();
  await expect(client.speech.create(request)).rejects.toMatchObject({ code: 'connection_failed' });
  await new StepAudio({ apiKey: 'k' }).close();
});

test('the time to connect is told from the time to the first byte', async () => {
  // Accepts nothing: a handshake of TLS is never answered.
  const silent = createServer();
  silent.listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const clock = new ManualClock();
  const client = new StepAudio({
    apiKey: 'k',
    baseURL: `https://127.0.0.1:${(silent.address() as AddressInfo).port}`,
    timeouts: { connectMs: 800, firstByteMs: 5000 },
    retry: false,
    runtime: { ...createNodeRuntime(), clock },
  });
  const [[socket], failure] = await Promise.all([
    once(silent, 'connection') as Promise<[import('node:net').Socket]>,
    (async () => {
      const created = client.speech.create(request).catch((thrown: unknown) => thrown);
      await clock.timer(800);
      await clock.advance(800);
      return created;
    })(),
  ]);
  expect(failure).toBeInstanceOf(TimeoutError);
  expect(failure).toMatchObject({ phase: 'connect', timeoutMs: 800 });
  expect(clock.pending).toBe(0);
  socket.destroy();
  silent.close();
});

test('a request that was given up while connecting never leaves', async () => {
  await using server = await ScriptedServer.start((_, answer) => answer.end('audio'));
  await using client = new StepAudio({ apiKey: 'k', baseURL: server.url });
  const abort = new AbortController();
  const created = client.speech.create({ ...request, signal: abort.signal });
  abort.abort('stop');
  await expect(created).rejects.toBe('stop');
  await client.speech.create(request);
  expect(server.requests).toHaveLength(1);
});

test('a dispatcher of the caller’s own is used and left open', async () => {
  await using server = await ScriptedServer.start((_, answer) => answer.end('audio'));
  const dispatcher = new Agent({ keepAliveTimeout: 10_000 });
  const client = new StepAudio({ apiKey: 'k', baseURL: server.url, dispatcher });
  await client.speech.create(request);
  await client.close();
  expect(dispatcher.closed).toBe(false);
  expect(server.connections).toBe(1);
  await dispatcher.close();

  const mock = new MockAgent();
  mock.disableNetConnect();
  mock
    .get('https://api.stepfun.com')
    .intercept({ path: '/v1/audio/speech', method: 'POST' })
    .reply(200, 'mocked');
  const mocked = new StepAudio({ apiKey: 'k', dispatcher: mock });
  expect((await mocked.speech.create(request)).audio).toEqual(new TextEncoder().encode('mocked'));
});

test('a proxy is asked for a tunnel, and does not see the key', async () => {
  await using server = await ScriptedServer.start((_, answer) => answer.end('audio'));
  const heard: string[] = [];
  const proxy = createServer((socket) => {
    socket.once('data', (head) => {
      heard.push(head.toString());
      const [host, port] = /^CONNECT (\S+) /.exec(head.toString())?.[1]?.split(':') ?? [];
      const upstream = createConnection(Number(port), host);
      upstream.once('connect', () => socket.write('HTTP/1.1 200 OK\r\n\r\n'));
      socket.pipe(upstream).pipe(socket);
      socket.on('error', () => upstream.destroy());
      upstream.on('error', () => socket.destroy());
    });
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const dispatcher = new ProxyAgent({
    uri: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    proxyTunnel: true,
  });
  const client = new StepAudio({ apiKey: 'sk-geheim', baseURL: server.url, dispatcher });
  expect((await client.speech.create(request)).audio).toHaveLength(4);
  expect(heard).toHaveLength(1);
  expect(heard[0]).toMatch(/^CONNECT 127\.0\.0\.1:/);
  expect(heard[0]).not.toContain('geheim');
  await dispatcher.close();
  proxy.close();
});
