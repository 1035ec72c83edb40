import { getEventListeners } from 'node:events';
import { describe, expect, test } from 'vitest';
import {
  AuthenticationError,
  CapabilityError,
  ConnectionError,
  ModerationError,
  RateLimitError,
  ServiceError,
  TimeoutError,
  ValidationError,
} from '../errors.ts';
import { createNodeRuntime } from '../runtime/node/node-runtime.ts';
import { Connection } from './connection.ts';
import type { ConnectionOptions } from './connection.ts';
import type { Exchange } from './exchange.ts';
import { createLimiter } from './limiter.ts';
import { createPlatformRuntime } from './runtime.ts';
import type { FailureReader } from './service-failure.ts';
import { ManualClock } from './testing/manual-clock.ts';
import { ScriptedServer } from './testing/scripted-server.ts';
import type { ReceivedRequest } from './testing/scripted-server.ts';

const readFailure: FailureReader = (raw) => {
  const { error } = raw as { error?: { message: string; type?: string } };
  return error && { ...error, blocked: error.type === 'censorship_block' };
};

const KEY = 'sk-geheim-0123456789';

describe.each([
  ['fetch', createPlatformRuntime],
  ['undici', createNodeRuntime],
])('over %s', (name, createRuntime) => {
  function connect(server: ScriptedServer, options: ConnectionOptions = {}) {
    const clock = new ManualClock();
    const runtime = { ...createRuntime(), clock, random: () => 0.5 };
    const connection = new Connection(
      { apiKey: KEY, baseURL: server.url, ...options },
      { runtime, readFailure },
    );
    const post = (signal?: AbortSignal, secrets?: string[]) =>
      connection.request({ path: '/audio/speech', body: { input: 'hallo' }, signal, secrets });
    return { connection, clock, post };
  }

  describe('a request', () => {
    test('carries the key, JSON and the headers of the options', async () => {
      await using server = await ScriptedServer.start((_, answer) => answer.end('ok'));
      const { connection, post } = connect(server, {
        headers: { 'X-Team': 'blue', Accept: 'audio/*' },
        plan: 'step-plan',
      });
      expect(await text(await post())).toBe('ok');
      expect(server.lastRequest).toMatchObject({
        method: 'POST',
        url: '/step_plan/v1/audio/speech',
        body: '{"input":"hallo"}',
      });
      expect(server.lastRequest.headers).toMatchObject({
        authorization: `Bearer ${KEY}`,
        'content-type': 'application/json',
        'x-team': 'blue',
        accept: 'audio/*',
      });
      await connection.close();
    });

    test('names its trace', async () => {
      await using server = await ScriptedServer.start((_, answer) => {
        answer.setHeader('x-trace-id', 't-1').end('ok');
      });
      const exchange = await connect(server).post();
      expect(exchange.requestId).toBe('t-1');
      expect(await text(exchange)).toBe('ok');
    });

    test('that was aborted before it began never leaves', async () => {
      await using server = await ScriptedServer.start((_, answer) => answer.end('ok'));
      const { post } = connect(server);
      const reason = new Error('not any more');
      await expect(post(AbortSignal.abort(reason))).rejects.toBe(reason);
      expect(server.requests).toHaveLength(0);
    });

    test('over the same connection as the one before', async () => {
      await using server = await ScriptedServer.start((_, answer) => answer.end('ok'));
      const { post } = connect(server);
      for (let count = 0; count < 3; count += 1) await text(await post());
      // The platform's fetch takes a connection back a little late.
      expect(server.connections).toBeLessThanOrEqual(name === 'fetch' ? 2 : 1);
    });
  });

  describe('a failure told by the service', () => {
    const refuse =
      (status: number, error?: object, headers: Record<string, string> = {}) =>
      (_: ReceivedRequest, answer: import('node:http').ServerResponse) =>
        answer
          .writeHead(status, {
            'content-type': 'application/json',
            'x-trace-id': 't-9',
            ...headers,
          })
          .end(error === undefined ? '' : JSON.stringify({ error }));

    test.each<[number, object | undefined, unknown, RegExp]>([
      [
        400,
        { message: 'model X not supported', type: 'request_params_invalid' },
        ServiceError,
        /model X not supported/,
      ],
      [
        401,
        { message: 'Incorrect API key provided', type: 'invalid_api_key' },
        AuthenticationError,
        /127\.0\.0\.1/,
      ],
      [402, undefined, AuthenticationError, /balance/],
      [404, undefined, ServiceError, /HTTP 404/],
      [451, { message: 'blocked', type: 'censorship_block' }, ModerationError, /blocked/],
      [400, { message: 'blocked', type: 'censorship_block' }, ModerationError, /Change the text/],
    ])('%i is told once and not tried again', async (status, error, kind, message) => {
      await using server = await ScriptedServer.start(refuse(status, error));
      const { post } = connect(server);
      const failure: unknown = await post().catch((thrown: unknown) => thrown);
      expect(failure).toBeInstanceOf(kind);
      expect(failure).toMatchObject({ status, requestId: 't-9', attempts: [], retryable: false });
      expect((failure as Error).message).toMatch(message);
      expect(server.requests).toHaveLength(1);
    });

    test.each([
      [404, {}],
      [404, { error: { message: 'no input here' } }],
      [
        400,
        { error: { message: 'model step-tts-2 not supported', type: 'request_params_invalid' } },
      ],
      [403, {}],
    ] as [number, { error?: object }][])(
      'on the subscription %i says what it covers',
      async (status, body) => {
        await using server = await ScriptedServer.start(refuse(status, body.error));
        const failure = await connect(server, { plan: 'step-plan' })
          .post()
          .catch((error: unknown) => error);
        expect(failure).toBeInstanceOf(CapabilityError);
        expect(failure).toMatchObject({ code: 'not_in_plan', status, retryable: false });
        expect((failure as Error).message).toMatch(/step-plan.*stepaudio-2\.5-realtime.*payg/);
      },
    );

    test.each([
      [401, {}, AuthenticationError],
      [402, {}, AuthenticationError],
      [429, {}, RateLimitError],
      [451, {}, ModerationError],
      [500, {}, ServiceError],
      [400, { error: { message: 'bad', param: 'voice' } }, ServiceError],
      [400, { error: { message: 'input is too long' } }, ServiceError],
    ] as [number, { error?: object }, typeof ServiceError][])(
      'on the subscription %i %j is no matter of the plan',
      async (status, body, kind) => {
        await using server = await ScriptedServer.start(refuse(status, body.error));
        await expect(
          connect(server, { plan: 'step-plan', retry: false }).post(),
        ).rejects.toBeInstanceOf(kind);
      },
    );

    test('a GET has its query and no body, bytes go as they are', async () => {
      await using server = await ScriptedServer.start((_, answer) => answer.end('ok'));
      const { connection } = connect(server);
      const query = { limit: '3', after: 'a b' };
      await text(
        await connection.request({ method: 'GET', path: '/files', query, signal: undefined }),
      );
      expect(server.lastRequest).toMatchObject({ method: 'GET', body: '' });
      expect(server.lastRequest.url).toMatch(/\/files\?limit=3&after=a(\+|%20)b$/);
      expect(server.lastRequest.headers).not.toHaveProperty('content-type');
      const content = { type: 'text/plain', bytes: new TextEncoder().encode('你好') };
      await text(await connection.request({ path: '/files', content, signal: undefined }));
      expect(server.lastRequest).toMatchObject({ method: 'POST', body: '你好' });
      expect(server.lastRequest.headers['content-type']).toBe('text/plain');
      await connection.close();
    });

    test('neither the key nor the text is repeated', async () => {
      await using server = await ScriptedServer.start((request, answer) => {
        const message = `key ${request.headers.authorization} cannot say "lies das vor"`;
        answer.writeHead(401).end(JSON.stringify({ error: { message } }));
      });
      const failure: unknown = await connect(server)
        .post(undefined, ['lies das vor'])
        .catch((thrown: unknown) => thrown);
      expect(JSON.stringify(failure) + String(failure) + (failure as Error).stack).not.toMatch(
        /geheim|lies das/,
      );
    });

    test('a page of a gateway is not taken for a sentence', async () => {
      await using server = await ScriptedServer.start((_, answer) => {
        answer.writeHead(400, { 'content-type': 'text/html' }).end('<html>Bad Gateway</html>');
      });
      await expect(connect(server).post()).rejects.toThrow(
        /^The service refused the request \(HTTP 400\)\.$/,
      );
    });

    test('a body without end is cut', async () => {
      await using server = await ScriptedServer.start((_, answer) => {
        answer.writeHead(400, { 'content-type': 'text/plain' }).end('x'.repeat(1_000_000));
      });
      const failure: unknown = await connect(server)
        .post()
        .catch((thrown: unknown) => thrown);
      expect((failure as Error).message.length).toBeLessThan(400);
    });

    test('whose body breaks off still counts as what it is', async () => {
      await using server = await ScriptedServer.start((_, answer) => {
        answer.writeHead(401, { 'content-length': '100' }).write('{"error"');
        answer.socket?.end();
      });
      await expect(connect(server).post()).rejects.toBeInstanceOf(AuthenticationError);
    });
  });

  describe('trying again', () => {
    test.each([429, 500, 502, 503, 504])('after %i', async (status) => {
      await using server = await ScriptedServer.start((_, answer) => {
        if (server.requests.length === 1) answer.writeHead(status, { 'retry-after': '1' }).end();
        else answer.end('ok');
      });
      const { clock, post } = connect(server);
      const answered = post();
      await clock.timer(1000);
      await clock.advance(1000);
      expect(await text(await answered)).toBe('ok');
      expect(server.requests).toHaveLength(2);
    });

    test('after connections that broke, with every attempt kept', async () => {
      await using server = await ScriptedServer.start((_, answer) => answer.socket?.destroy());
      const { clock, post } = connect(server);
      const failed = post().catch((thrown: unknown) => thrown);
      await clock.timer(250);
      await clock.advance(250);
      await clock.timer(500);
      await clock.advance(500);
      const failure = await failed;
      expect(failure).toBeInstanceOf(ConnectionError);
      expect(failure).toMatchObject({ code: 'connection_failed', retryable: true });
      expect((failure as ConnectionError).attempts.map((error) => error.code)).toEqual([
        'connection_failed',
        'connection_failed',
      ]);
      expect(server.requests).toHaveLength(3);
      expect(clock.pending).toBe(0);
    });

    test('when the service asked for it, and no longer than is bearable', async () => {
      await using server = await ScriptedServer.start((_, answer) => {
        const wishes = ['2', 'Tue, 19 Jan 2038 03:14:07 GMT'];
        const wish = wishes[server.requests.length - 1];
        if (wish === undefined) answer.end('ok');
        else answer.writeHead(503, { 'retry-after': wish }).end();
      });
      const { clock, post } = connect(server);
      const answered = post();
      await clock.timer(2000);
      await clock.advance(2000);
      await clock.timer(30_000);
      await clock.advance(30_000);
      expect(await text(await answered)).toBe('ok');
    });

    test('not when the answer had begun', async () => {
      await using server = await ScriptedServer.start((_, answer) => {
        answer.writeHead(200).write('begun');
        setImmediate(() => answer.socket?.destroy());
      });
      const { post } = connect(server);
      await expect(post().then(text)).rejects.toMatchObject({ code: 'connection_cut' });
      expect(server.requests).toHaveLength(1);
    });

    test('not where it is switched off', async () => {
      await using server = await ScriptedServer.start((_, answer) => answer.writeHead(503).end());
      await expect(connect(server, { retry: false }).post()).rejects.toBeInstanceOf(ServiceError);
      expect(server.requests).toHaveLength(1);
    });

    test('ends with an abort between two attempts', async () => {
      await using server = await ScriptedServer.start((_, answer) => answer.writeHead(503).end());
      const { clock, post } = connect(server);
      const abort = new AbortController();
      const failed = post(abort.signal).catch((thrown: unknown) => thrown);
      await clock.timer(250);
      abort.abort('stop');
      expect(await failed).toBe('stop');
      expect(clock.pending).toBe(0);
      expect(getEventListeners(abort.signal, 'abort')).toHaveLength(0);
    });

    test('nobody at all listens there', async () => {
      const server = await ScriptedServer.start();
      const { url } = server;
      await server[Symbol.asyncDispose]();
      const { post } = connect({ url } as ScriptedServer, { retry: false });
      await expect(post()).rejects.toThrow(/could not be reached \(ECONNREFUSED\)/);
    });
  });

  describe('the limiter', () => {
    test('is told of a refusal and asked again', async () => {
      await using server = await ScriptedServer.start((_, answer) => {
        if (server.requests.length === 1) answer.writeHead(429, { 'retry-after': '3' }).end();
        else answer.end('ok');
      });
      const { clock, connection, post } = connect(server);
      const answered = post();
      await clock.timer(3000);
      const other = connection.request({ path: '/audio/speech', body: {}, signal: undefined });
      await clock.advance(2999);
      expect(server.requests).toHaveLength(1);
      await clock.advance(1);
      await text(await answered);
      await text(await other);
    });

    test('shares one slot among clients, until an answer has ended', async () => {
      await using server = await ScriptedServer.start((_, answer) => {
        answer.writeHead(200).write('begun');
        void server.until(() => server.requests.length > 5).then(() => answer.end());
      });
      const limiter = createLimiter({ concurrency: 1 });
      const first = connect(server, { limiter });
      const second = connect(server, { limiter });
      const exchange = await first.post();
      const abort = new AbortController();
      const waiting = second.post(abort.signal);
      abort.abort('tired');
      await expect(waiting).rejects.toBe('tired');
      expect(server.requests).toHaveLength(1);
      const next = second.post();
      exchange.cancel();
      (await next).cancel();
      expect(server.requests).toHaveLength(2);
      await server.untilAllClosed();
    });
  });

  describe('a limit of time', () => {
    test('for the first byte', async () => {
      await using server = await ScriptedServer.start((_, answer) => answer.flushHeaders());
      const { clock, post } = connect(server, { retry: false, timeouts: { firstByteMs: 700 } });
      const failed = post().catch((thrown: unknown) => thrown);
      await server.until(() => server.requests.length === 1);
      await clock.timer(700);
      await clock.advance(700);
      expect(await failed).toBeInstanceOf(TimeoutError);
      expect(await failed).toMatchObject({
        phase: 'first-byte',
        timeoutMs: 700,
        code: 'first_byte_timeout',
      });
      await server.untilAllClosed();
      expect(clock.pending).toBe(0);
    });

    test('for the first byte is tried again', async () => {
      await using server = await ScriptedServer.start((_, answer) => {
        if (server.requests.length > 1) answer.end('ok');
      });
      const { clock, post } = connect(server, { timeouts: { firstByteMs: 700 } });
      const answered = post();
      await server.until(() => server.requests.length === 1);
      await clock.timer(700);
      await clock.advance(700);
      await clock.timer(250);
      await clock.advance(250);
      expect(await text(await answered)).toBe('ok');
    });

    test('between two pieces, while somebody wants them', async () => {
      await using server = await ScriptedServer.start((_, answer) => {
        answer.setHeader('x-trace-id', 't-4').writeHead(200).write('begun');
      });
      const { clock, post } = connect(server, { timeouts: { idleMs: 900 } });
      const exchange = await post();
      await clock.advance(10_000);
      const failed = text(exchange).catch((thrown: unknown) => thrown);
      await clock.timer(900);
      await clock.advance(899);
      expect(server.openConnections).toBe(1);
      await clock.advance(1);
      expect(await failed).toMatchObject({ phase: 'idle', timeoutMs: 900, requestId: 't-4' });
      await server.untilAllClosed();
      expect(clock.pending).toBe(0);
    });

    test('is pushed back by every piece, not by somebody who is slow', async () => {
      await using server = await ScriptedServer.start(async (_, answer) => {
        answer.writeHead(200).write('0');
        for (let piece = 1; piece < 4; piece += 1) {
          await server.until(() => steps.includes(piece));
          answer.write(String(piece));
        }
        answer.end();
      });
      const steps: number[] = [];
      const step = (piece: number) => {
        steps.push(piece);
        server.requests.push(server.requests[0]!);
        void fetch(server.url).catch(() => undefined);
      };
      const { clock, post } = connect(server, { timeouts: { idleMs: 900 } });
      const exchange = await post();
      let heard = '';
      const ended = new Promise<void>((resolve, reject) => {
        exchange.consume({
          onData: (chunk) => (heard += new TextDecoder().decode(chunk)),
          onEnd: resolve,
          onError: reject,
        });
      });
      for (let piece = 1; piece < 4; piece += 1) {
        await clock.advance(800);
        exchange.pause();
        await clock.advance(5000);
        exchange.resume();
        step(piece);
        while (heard.length <= piece) await new Promise((resolve) => setImmediate(resolve));
      }
      await ended;
      expect(heard).toBe('0123');
    });

    test('that makes no sense is refused', () => {
      expect(
        () =>
          new Connection(
            { apiKey: 'k', timeouts: { idleMs: 0 } },
            { runtime: createRuntime(), readFailure },
          ),
      ).toThrow(/timeouts.idleMs/);
    });
  });

  describe('an abort', () => {
    test.each([
      ['before the head', () => undefined],
      [
        'before the first byte',
        (answer: import('node:http').ServerResponse) => answer.flushHeaders(),
      ],
    ])('%s closes the connection and gives the reason as it is', async (_, begin) => {
      await using server = await ScriptedServer.start((__, answer) => begin(answer));
      const { clock, post } = connect(server);
      const abort = new AbortController();
      const failed = post(abort.signal).catch((thrown: unknown) => thrown);
      await server.until(() => server.requests.length === 1);
      const reason = { my: 'reason' };
      abort.abort(reason);
      expect(await failed).toBe(reason);
      await server.untilAllClosed();
      expect(clock.pending).toBe(0);
      expect(getEventListeners(abort.signal, 'abort')).toHaveLength(0);
    });

    test('in the middle of the answer too', async () => {
      await using server = await ScriptedServer.start((_, answer) =>
        answer.writeHead(200).write('a'),
      );
      const { clock, post } = connect(server);
      const abort = new AbortController();
      const failed = text(await post(abort.signal)).catch((thrown: unknown) => thrown);
      abort.abort('enough');
      expect(await failed).toBe('enough');
      await server.untilAllClosed();
      expect(clock.pending).toBe(0);
      expect(getEventListeners(abort.signal, 'abort')).toHaveLength(0);
    });

    test('after the end leaves nothing behind', async () => {
      await using server = await ScriptedServer.start((_, answer) => answer.end('ok'));
      const { clock, post } = connect(server);
      const abort = new AbortController();
      await text(await post(abort.signal));
      expect(getEventListeners(abort.signal, 'abort')).toHaveLength(0);
      expect(clock.pending).toBe(0);
    });
  });

  describe('a redirect', () => {
    test('to another origin is refused, and the key stays here', async () => {
      await using elsewhere = await ScriptedServer.start((_, answer) => answer.end('stolen'));
      await using server = await ScriptedServer.start((_, answer) => {
        answer.writeHead(307, { location: `${elsewhere.url}/v1/audio/speech?token=geheim` }).end();
      });
      const failure: unknown = await connect(server)
        .post()
        .catch((thrown: unknown) => thrown);
      expect(failure).toMatchObject({ code: 'redirect_refused', status: 307, retryable: false });
      expect((failure as Error).message).toContain(elsewhere.url);
      expect((failure as Error).message).not.toContain('geheim');
      expect(elsewhere.connections).toBe(0);
    });

    test.each([301, 302, 303])('%i, which would drop the text, is refused', async (status) => {
      await using server = await ScriptedServer.start((_, answer) => {
        answer.writeHead(status, { location: '/v1/elsewhere' }).end();
      });
      await expect(connect(server).post()).rejects.toMatchObject({
        code: 'redirect_refused',
        status,
      });
    });

    test.each([307, 308])('%i within the origin is followed', async (status) => {
      await using server = await ScriptedServer.start((request, answer) => {
        if (request.url === '/v1/audio/speech') {
          answer.writeHead(status, { location: '/v2/audio/speech' }).end();
        } else answer.end(request.body);
      });
      expect(await text(await connect(server).post())).toBe('{"input":"hallo"}');
      expect(server.lastRequest.headers.authorization).toBe(`Bearer ${KEY}`);
    });

    test('in a circle ends', async () => {
      await using server = await ScriptedServer.start((_, answer) => {
        answer.writeHead(307, { location: '/v1/audio/speech' }).end();
      });
      await expect(connect(server).post()).rejects.toThrow(/sixth in a row/);
    });
  });

  describe('a download', () => {
    test('follows redirects to other origins, and tells none of them who asks', async () => {
      await using store = await ScriptedServer.start((_, answer) => answer.end('file'));
      await using server = await ScriptedServer.start((_, answer) => {
        answer.writeHead(302, { location: `${store.url}/f.mp3?signature=1` }).end();
      });
      const { connection } = connect(server, { headers: { 'x-team': 'blue' } });
      expect(await text(await connection.download(`${server.url}/f`, undefined))).toBe('file');
      for (const request of [...server.requests, ...store.requests]) {
        expect(request.method).toBe('GET');
        expect(request.headers).not.toHaveProperty('authorization');
        expect(request.headers).not.toHaveProperty('x-team');
      }
      expect(store.lastRequest.url).toBe('/f.mp3?signature=1');
    });

    test.each(['file:///etc/passwd', 'data:audio/wav,x', 'http://203.0.113.9/f', 'nonsense', ''])(
      'from %j is refused',
      async (href) => {
        await using server = await ScriptedServer.start();
        const { connection } = connect(server);
        const failure: unknown = await connection
          .download(href, undefined)
          .catch((thrown: unknown) => thrown);
        expect(failure).toMatchObject({ code: 'unsafe_url', retryable: false });
      },
    );

    test('from this machine is refused where the service is another', async () => {
      const connection = new Connection({ apiKey: KEY }, { runtime: createRuntime(), readFailure });
      await expect(connection.download('http://127.0.0.1:9/', undefined)).rejects.toMatchObject({
        code: 'unsafe_url',
      });
    });

    test('of a file that is gone says so', async () => {
      await using server = await ScriptedServer.start((_, answer) => answer.writeHead(403).end());
      const { connection } = connect(server);
      await expect(connection.download(`${server.url}/f`, undefined)).rejects.toMatchObject({
        code: 'download_failed',
        status: 403,
        message: expect.stringContaining('12 hours') as string,
      });
    });
  });

  test(`${name}: a thousand pieces pushed at somebody who does not read stay at the service`, async () => {
    const piece = Buffer.alloc(64 * 1024, 1);
    let written = 0;
    await using server = await ScriptedServer.start((_, answer) => {
      const write = () => {
        while (written < 1000) {
          written += 1;
          if (!answer.write(piece)) {
            answer.once('drain', write);
            return;
          }
        }
        answer.end();
      };
      write();
    });
    const exchange = await connect(server).post();
    // The buffers of both kernels fill first, with some megabytes: until nothing moves in many turns of the event loop.
    for (let before = -1; before !== written;) {
      before = written;
      for (let turn = 0; turn < 500; turn += 1) {
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
    expect(written).toBeLessThan(300);
    let length = 0;
    await new Promise<void>((resolve, reject) => {
      exchange.consume({
        onData: (chunk) => (length += chunk.length),
        onEnd: resolve,
        onError: reject,
      });
    });
    expect(length).toBe(1000 * piece.length);
  });
});

describe('what is refused before anything is sent', () => {
  const runtime = createPlatformRuntime();
  const build = (options: ConnectionOptions) => () =>
    new Connection(options, { runtime, readFailure });

  test.each<[ConnectionOptions, string]>([
    [{}, 'missing_api_key'],
    [{ apiKey: '' }, 'missing_api_key'],
    [{ apiKey: '  \n' }, 'missing_api_key'],
    [{ apiKey: 'sk-ge heim' }, 'unusable_api_key'],
    [{ apiKey: 'sk-geheim\r\nx: y' }, 'unusable_api_key'],
    [{ apiKey: 'sk-geheim–' }, 'unusable_api_key'],
  ])('a key like %j', (options, code) => {
    expect(build(options)).toThrow(expect.objectContaining({ name: 'AuthenticationError', code }));
    expect(build(options)).not.toThrow(/geheim/);
  });

  test('a key may have blanks around it, and a relay needs none', () => {
    expect(build({ apiKey: ' sk-1\n' })).not.toThrow();
    expect(build({ baseURL: 'http://localhost:1' })).not.toThrow();
    expect(build({ headers: { Authorization: 'Basic x' } })).not.toThrow();
  });

  test.each([
    { 'x-a': 'geheim\r\nx: y' },
    { 'x a': 'geheim' },
    { 'x-a': 'geheim\0' },
    { '': 'geheim' },
  ])('headers like %j', (headers) => {
    expect(build({ apiKey: 'k', headers })).toThrow(ValidationError);
    expect(build({ apiKey: 'k', headers })).not.toThrow(/geheim/);
  });

  test('buffered without the fetch that is', () => {
    expect(build({ apiKey: 'k', buffered: true })).toThrow(
      expect.objectContaining({ path: 'fetch' }),
    );
  });
});

test('a rate limit error says how long to wait', async () => {
  await using server = await ScriptedServer.start((_, answer) => {
    answer.writeHead(429, { 'retry-after': '12' }).end();
  });
  const connection = new Connection(
    { apiKey: KEY, baseURL: server.url, retry: false },
    { runtime: createPlatformRuntime(), readFailure },
  );
  const failure: unknown = await connection
    .request({ path: '/', body: {}, signal: undefined })
    .catch((thrown: unknown) => thrown);
  expect(failure).toBeInstanceOf(RateLimitError);
  expect(failure).toMatchObject({ retryAfterMs: 12_000 });
});

function text(exchange: Exchange): Promise<string> {
  let heard = '';
  const decoder = new TextDecoder();
  return new Promise((resolve, reject) => {
    exchange.consume({
      onData: (chunk) => (heard += decoder.decode(chunk, { stream: true })),
      onEnd: () => resolve(heard),
      onError: reject,
    });
  });
}
