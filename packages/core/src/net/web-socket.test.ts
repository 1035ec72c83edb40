import { getEventListeners } from 'node:events';
import { describe, expect, test } from 'vitest';
import { AuthenticationError, ConnectionError, RateLimitError, TimeoutError } from '../errors.ts';
import { createNodeRuntime } from '../runtime/node/node-runtime.ts';
import { Connection } from './connection.ts';
import type { ConnectionOptions } from './connection.ts';
import { createPlatformRuntime } from './runtime.ts';
import type { FailureReader } from './service-failure.ts';
import { ManualClock } from './testing/manual-clock.ts';
import { ScriptedServer } from './testing/scripted-server.ts';
import type { SocketChannel, SocketClose, WebSocketLike } from './web-socket.ts';

const KEY = 'sk-geheim-0123456789';

const readFailure: FailureReader = (raw) => {
  const { error } = raw as { error?: { message: string; type?: string } };
  return error && { ...error, blocked: false };
};

function connect(url: string, options: ConnectionOptions = {}, createRuntime = createNodeRuntime) {
  const clock = new ManualClock();
  const connection = new Connection(
    { apiKey: KEY, baseURL: url, ...options },
    { runtime: { ...createRuntime(), clock, random: () => 0.5 }, readFailure },
  );
  const open = (signal?: AbortSignal) =>
    connection.openSocket({ path: '/realtime/audio', query: { model: 'm 1' }, signal });
  return { clock, open };
}

function listen(channel: SocketChannel) {
  const messages: string[] = [];
  let onClose: (close: SocketClose) => void = () => undefined;
  const closed = new Promise<SocketClose>((resolve) => (onClose = resolve));
  channel.listen({ onMessage: (text) => messages.push(text), onClose });
  return { messages, closed };
}

describe('in Node', () => {
  test('a handshake carries the key in a header and nowhere else', async () => {
    await using server = await ScriptedServer.start();
    server.socketScript = () => undefined;
    const { clock, open } = connect(server.url, {
      headers: { 'x-team': 'blue' },
      plan: 'step-plan',
    });
    const channel = await open();
    const [handshake] = server.handshakes;
    expect(handshake!.url).toBe('/step_plan/v1/realtime/audio?model=m+1');
    expect(handshake!.headers).toMatchObject({ authorization: `Bearer ${KEY}`, 'x-team': 'blue' });
    expect(handshake!.headers).not.toHaveProperty('sec-websocket-protocol');
    expect(channel.canPause).toBe(true);
    channel.close();
    await server.untilAllClosed();
    expect(clock.pending).toBe(0);
  });

  test('nothing is missed that the service says before somebody listens', async () => {
    await using server = await ScriptedServer.start();
    server.socketScript = (socket) => {
      socket.send('first');
      socket.send(Buffer.from('in bytes'), { binary: true });
      socket.close(1000, 'bye');
    };
    const channel = await connect(server.url).open();
    await server.untilAllClosed();
    const { messages, closed } = listen(channel);
    expect(await closed).toMatchObject({ code: 1000, reason: 'bye' });
    expect(messages).toEqual(['first', 'in bytes']);
  });

  test.each([1000, 1001, 1005, 1006, 1008, 1011, 1013, 4000])(
    'a close with %i is told',
    async (code) => {
      await using server = await ScriptedServer.start();
      server.socketScript = (socket) => {
        if (code === 1006) socket.terminate();
        else if (code === 1005) socket.close();
        else socket.close(code);
      };
      const { closed } = listen(await connect(server.url).open());
      expect((await closed).code).toBe(code);
    },
  );

  test('closing is at once, also while paused and while the other side is silent', async () => {
    await using server = await ScriptedServer.start();
    let code = 0;
    server.socketScript = (socket) => socket.on('close', (closeCode) => (code = closeCode));
    const channel = await connect(server.url).open();
    const { messages } = listen(channel);
    channel.pause();
    channel.close();
    channel.close();
    channel.send('too late');
    await server.untilAllClosed();
    await server.until(() => code !== 0);
    expect(code).toBe(1000);
    expect(messages).toEqual([]);
  });

  test('a paused socket leaves what comes at the service', async () => {
    await using server = await ScriptedServer.start();
    const piece = 'x'.repeat(64 * 1024);
    let unsent = Number.POSITIVE_INFINITY;
    server.socketScript = (socket) => {
      for (let count = 0; count < 500; count += 1) socket.send(piece);
      unsent = socket.bufferedAmount;
      socket.on('message', () => (unsent = socket.bufferedAmount));
    };
    const channel = await connect(server.url).open();
    let bytes = 0;
    channel.pause();
    channel.listen({ onMessage: (text) => (bytes += text.length), onClose: () => undefined });
    channel.send('how much is left?');
    await server.until(() => unsent !== Number.POSITIVE_INFINITY);
    expect(unsent).toBeGreaterThan(20_000_000);
    expect(bytes).toBeLessThan(1_000_000);
    channel.resume();
    while (bytes < 500 * piece.length) await new Promise((resolve) => setImmediate(resolve));
    channel.close();
  });

  test('the other side can be asked for a sign of life', async () => {
    await using server = await ScriptedServer.start();
    server.socketScript = () => undefined;
    const { open } = connect(server.url);
    const channel = await open();
    listen(channel);
    expect(channel.canPing).toBe(true);
    await new Promise<void>((resolve) => channel.ping(resolve));
    channel.close();
    channel.ping(() => undefined);
    await server.untilAllClosed();
  });

  test('what the network does not take shows', async () => {
    await using server = await ScriptedServer.start();
    server.socketScript = () => undefined;
    const { open } = connect(server.url);
    const channel = await open();
    listen(channel);
    expect(channel.bufferedAmount).toBe(0);
    channel.send('x'.repeat(32 * 1024 * 1024));
    expect(channel.bufferedAmount).toBeGreaterThan(1024 * 1024);
    channel.close();
    expect(channel.bufferedAmount).toBe(0);
    await server.untilAllClosed();
  });

  describe('a handshake that is refused', () => {
    test.each<[number, string, unknown, RegExp]>([
      [
        401,
        '{"error":{"message":"Incorrect API key provided","type":"invalid_api_key"}}',
        AuthenticationError,
        /Incorrect API key/,
      ],
      [402, '', AuthenticationError, /balance/],
      [400, '{"error":{"message":"model m not supported"}}', Error, /model m not supported/],
      [404, '<html>', Error, /HTTP 404/],
    ])('with %i says why, once', async (status, body, kind, message) => {
      await using server = await ScriptedServer.start();
      server.refusals.push({ status, body, headers: { 'x-trace-id': 't-3' } });
      const { clock, open } = connect(server.url);
      const failure: unknown = await open().catch((thrown: unknown) => thrown);
      expect(failure).toBeInstanceOf(kind);
      expect(failure).toMatchObject({ status, requestId: 't-3' });
      expect((failure as Error).message).toMatch(message);
      expect((failure as Error).message).not.toContain('geheim');
      expect(server.handshakes).toHaveLength(1);
      await server.untilAllClosed();
      expect(clock.pending).toBe(0);
    });

    test('with 429 is tried again when the service says, and the limiter knows', async () => {
      await using server = await ScriptedServer.start();
      server.socketScript = () => undefined;
      server.refusals.push({ status: 429, headers: { 'retry-after': '4' } });
      const { clock, open } = connect(server.url);
      const opened = open();
      await clock.timer(4000);
      const other = open();
      await clock.advance(3999);
      expect(server.handshakes).toHaveLength(1);
      await clock.advance(1);
      (await opened).close();
      (await other).close();
    });

    test('with 503 every time keeps every attempt', async () => {
      await using server = await ScriptedServer.start();
      server.refusals.push({ status: 503 }, { status: 503 }, { status: 429 });
      const { clock, open } = connect(server.url);
      const failed = open().catch((thrown: unknown) => thrown);
      await clock.timer(250);
      await clock.advance(250);
      await clock.timer(500);
      await clock.advance(500);
      expect(await failed).toBeInstanceOf(RateLimitError);
      expect(((await failed) as RateLimitError).attempts.map(({ status }) => status)).toEqual([
        503, 503,
      ]);
    });
  });

  test('nobody listens there', async () => {
    const server = await ScriptedServer.start();
    const { url } = server;
    await server[Symbol.asyncDispose]();
    const failure: unknown = await connect(url, { retry: false })
      .open()
      .catch((thrown: unknown) => thrown);
    expect(failure).toBeInstanceOf(ConnectionError);
    expect(failure).toMatchObject({ code: 'socket_failed', retryable: true });
    expect((failure as Error).message).toContain('ECONNREFUSED');
  });

  test('a handshake that is never answered', async () => {
    const closed: string[] = [];
    const { clock, open } = connect('http://127.0.0.1:9', {
      retry: false,
      timeouts: { connectMs: 300 },
      openSocket: () => createStalledSocket(closed),
    });
    const failed = open().catch((thrown: unknown) => thrown);
    await clock.timer(300);
    await clock.advance(300);
    expect(await failed).toBeInstanceOf(TimeoutError);
    expect(await failed).toMatchObject({ phase: 'connect', timeoutMs: 300 });
    expect(closed).toEqual(['close', 'terminate']);
    expect(clock.pending).toBe(0);
  });

  test('an abort during the handshake closes it and gives the reason as it is', async () => {
    const closed: string[] = [];
    const { clock, open } = connect('http://127.0.0.1:9', {
      openSocket: () => createStalledSocket(closed),
    });
    const abort = new AbortController();
    const failed = open(abort.signal).catch((thrown: unknown) => thrown);
    await clock.timer();
    abort.abort('stop');
    expect(await failed).toBe('stop');
    expect(closed).toEqual(['close', 'terminate']);
    expect(getEventListeners(abort.signal, 'abort')).toHaveLength(0);
    expect(clock.pending).toBe(0);
  });

  test('aborted before it began, nothing leaves', async () => {
    await using server = await ScriptedServer.start();
    await expect(connect(server.url).open(AbortSignal.abort('no'))).rejects.toBe('no');
    expect(server.connections).toBe(0);
  });

  test('an opener that needs time, and a caller who does not have it', async () => {
    const closed: string[] = [];
    let opened: (socket: WebSocketLike) => void = () => undefined;
    const { clock, open } = connect('http://127.0.0.1:9', {
      openSocket: () => new Promise((resolve) => (opened = resolve)),
    });
    const abort = new AbortController();
    const failed = open(abort.signal).catch((thrown: unknown) => thrown);
    await clock.timer();
    abort.abort('stop');
    expect(await failed).toBe('stop');
    opened(createStalledSocket(closed));
    await clock.advance(0);
    expect(closed).toEqual(['close', 'terminate']);
  });
});

describe('on a platform whose sockets send no header', () => {
  const portable = (url: string, options: ConnectionOptions = {}) =>
    connect(url, options, createPlatformRuntime);

  test('says so and what helps, before anything is sent', async () => {
    await using server = await ScriptedServer.start();
    const failure: unknown = await portable(server.url)
      .open()
      .catch((thrown: unknown) => thrown);
    expect(failure).toMatchObject({ name: 'ValidationError', path: 'openSocket' });
    expect((failure as Error).message).toMatch(
      /cannot send the header.*openSocket.*relay.*keyInSubprotocol/,
    );
    expect(server.connections).toBe(0);
  });

  test('the key goes into the subprotocol where the caller wants that, never into the address', async () => {
    await using server = await ScriptedServer.start();
    server.socketScript = (socket) => socket.send('hello');
    const channel = await portable(server.url, { keyInSubprotocol: true }).open();
    const { messages } = listen(channel);
    const [handshake] = server.handshakes;
    expect(handshake!.headers['sec-websocket-protocol']).toMatch(
      new RegExp(`^realtime, ?openai-insecure-api-key.${KEY}, ?openai-beta.realtime-v1$`),
    );
    expect(handshake!.url).not.toContain('geheim');
    expect(channel.canPause).toBe(false);
    while (messages.length === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(messages).toEqual(['hello']);
    channel.close();
    await server.untilAllClosed();
  });

  test('a key that no subprotocol can carry is not repeated', async () => {
    const failure: unknown = await portable('http://127.0.0.1:9', {
      apiKey: 'sk,geheim',
      keyInSubprotocol: true,
    })
      .open()
      .catch((thrown: unknown) => thrown);
    expect(failure).toMatchObject({ code: 'unusable_api_key' });
    expect(String(failure)).not.toContain('geheim');
  });

  test('a relay that adds the key needs neither', async () => {
    await using server = await ScriptedServer.start();
    server.socketScript = () => undefined;
    const channel = await portable(server.url, { apiKey: undefined }).open();
    expect(server.handshakes[0]!.headers).not.toHaveProperty('authorization');
    expect(server.handshakes[0]!.headers).not.toHaveProperty('sec-websocket-protocol');
    channel.close();
  });

  test('a refusal, whose status the platform hides', async () => {
    await using server = await ScriptedServer.start();
    server.refusals.push({ status: 403 });
    await expect(portable(server.url, { apiKey: undefined, retry: false }).open()).rejects.toThrow(
      /a browser does not tell why/,
    );
  });
});

/** A socket whose handshake nobody answers. */
function createStalledSocket(calls: string[]): WebSocketLike {
  return {
    readyState: 0,
    send: () => undefined,
    close: () => void calls.push('close'),
    terminate: () => void calls.push('terminate'),
    addEventListener: () => undefined,
  };
}
