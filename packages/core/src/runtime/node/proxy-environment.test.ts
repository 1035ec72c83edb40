import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ConnectionError, ValidationError } from '../../errors.ts';
import { ScriptedServer } from '../../net/testing/scripted-server.ts';
import { StepAudio } from '../../node.ts';
import { readProxyEnvironment } from './proxy-environment.ts';

const SPEECH = { text: '一。', voice: 'ruyananshi', format: 'pcm' } as const;
/** Reserved for documentation: whatever goes there directly goes nowhere. */
const HOST = 'speech.example';
const KEY = 'sk-geheim';

/** A proxy that makes tunnels to one server, whatever host is asked for, and notes what it sees. */
async function startProxy(target: string, status = 200): Promise<{ url: string; seen: string[] }> {
  const seen: string[] = [];
  const { hostname, port } = new URL(target);
  const open = new Set<Socket>();
  const keep = (socket: Socket): void => {
    open.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => open.delete(socket));
  };
  const proxy = createServer((request, answer) => {
    seen.push(`${request.method} ${request.url}`);
    answer.writeHead(502).end();
  });
  proxy.on('connect', (request, socket: Socket, head: Uint8Array) => {
    seen.push(`CONNECT ${request.url} ${JSON.stringify(request.headers)}`);
    keep(socket);
    if (status !== 200) {
      socket.end(`HTTP/1.1 ${status} No\r\n\r\n`);
      return;
    }
    const upstream = connect(Number(port), hostname);
    keep(upstream);
    upstream.on('connect', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      upstream.write(head);
      socket.pipe(upstream).pipe(socket);
    });
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  onTestFinished(() => {
    for (const socket of open) socket.destroy();
    proxy.close();
  });
  return { url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`, seen };
}

describe('a client with the environment of its process', () => {
  test('asks its proxy for a tunnel, and the proxy does not see the key', async () => {
    await using server = await ScriptedServer.start((_, answer) => answer.end('audio'));
    const proxy = await startProxy(server.url);
    await using client = new StepAudio({
      apiKey: KEY,
      baseURL: `http://${HOST}`,
      allowInsecure: true,
      proxyEnv: { http_proxy: proxy.url },
    });
    expect((await client.speech.create(SPEECH)).audio).toHaveLength(4);
    expect(server.lastRequest.headers.authorization).toBe(`Bearer ${KEY}`);
    expect(proxy.seen).toHaveLength(1);
    expect(proxy.seen[0]).toMatch(/^CONNECT speech\.example:80 /);
    expect(proxy.seen[0]).not.toContain(KEY);
  });

  test('opens its sockets through the proxy, too', async () => {
    const proxy = await startProxy('http://127.0.0.1:1', 403);
    await using client = new StepAudio({
      apiKey: KEY,
      baseURL: `https://${HOST}`,
      proxyEnv: { HTTPS_PROXY: proxy.url },
      retry: false,
    });
    const failure: unknown = await client.speech
      .connect({ voice: 'ruyananshi' })
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ConnectionError);
    expect(proxy.seen).toHaveLength(1);
    expect(proxy.seen[0]).toMatch(/^CONNECT speech\.example:443 /);
    expect(proxy.seen[0]).not.toContain(KEY);
  });

  test('tells of a proxy that refuses, or is not there', async () => {
    const proxy = await startProxy('http://127.0.0.1:1', 407);
    for (const url of [proxy.url, 'http://127.0.0.1:1']) {
      await using client = new StepAudio({
        apiKey: KEY,
        proxyEnv: { https_proxy: url },
        retry: false,
      });
      await expect(client.speech.create(SPEECH)).rejects.toBeInstanceOf(ConnectionError);
    }
  });

  test('that is closed does not wait for a proxy that says nothing', async () => {
    const asked = Promise.withResolvers<void>();
    const proxy = createServer().on('connect', () => asked.resolve());
    proxy.listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    onTestFinished(() => void proxy.close());
    const url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    const client = new StepAudio({ apiKey: KEY, proxyEnv: { https_proxy: url } });
    const leaving = new AbortController();
    const speaking = client.speech.create({ ...SPEECH, signal: leaving.signal });
    await asked.promise;
    leaving.abort(new Error('left'));
    await expect(speaking).rejects.toThrow('left');
    const startedMs = performance.now();
    await client.close();
    await client.close();
    expect(performance.now() - startedMs).toBeLessThan(1000);
  });

  test.each([
    ['of this machine', {}],
    ['named in no_proxy', { no_proxy: 'other.example 127.0.0.1' }],
  ])('reaches a server %s directly', async (_, more) => {
    await using server = await ScriptedServer.start((_request, answer) => answer.end('audio'));
    const proxyEnv = { http_proxy: 'http://127.0.0.1:1', ...more };
    await using client = new StepAudio({ apiKey: KEY, baseURL: server.url, proxyEnv });
    expect((await client.speech.create(SPEECH)).audio).toHaveLength(4);
    server.socketScript = (socket) => socket.close(4000);
    await client.speech.connect({ voice: 'ruyananshi' }).catch(() => undefined);
    expect(server.handshakes).toHaveLength(1);
  });
});

test.each([
  ['nothing', {}],
  ['blank values', { http_proxy: '', HTTPS_PROXY: ' ' }],
  ['hosts without a proxy', { no_proxy: 'a.example' }],
  ['that all is reached directly', { https_proxy: 'http://p.example', no_proxy: '*' }],
])('an environment that says %s has no proxy', (_, env) => {
  expect(readProxyEnvironment(env)).toBeUndefined();
});

test('small letters come first, a scheme may be left out, and one proxy serves both', () => {
  const env = {
    http_proxy: 'p.example:3128',
    HTTP_PROXY: 'http://q.example',
    NO_PROXY: 'a.example',
  };
  expect(readProxyEnvironment(env)).toEqual({
    httpProxy: 'http://p.example:3128/',
    httpsProxy: 'http://p.example:3128/',
    noProxy: expect.stringMatching(/^a\.example,localhost,127\.0\.0\.1,/),
  });
});

test.each(['socks5://user:geheim@p.example', 'http://', 'http://user:geheim@:99999'])(
  'a proxy that is no http address is refused, and not repeated',
  (value) => {
    const make = (): unknown => new StepAudio({ apiKey: KEY, proxyEnv: { https_proxy: value } });
    expect(make).toThrow(ValidationError);
    expect(make).toThrow(/proxyEnv\.https_proxy must be an http or https address/);
    expect(make).not.toThrow(/geheim/);
  },
);
