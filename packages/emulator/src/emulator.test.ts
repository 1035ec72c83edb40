import { Agent, createServer, request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { createManualClock } from './clock.ts';
import { startEmulator, startEmulatorWith } from './emulator.ts';
import type { Emulator } from './emulator.ts';
import { DEMO_API_KEY, EmulatorOptionError } from './options.ts';
import {
  SPEECH,
  bearer,
  createSession,
  errorOf,
  openSocket,
  speak,
  until,
} from './testing/raw-client.ts';
import { createToneEngine } from './testing/tone-engine.ts';

function start(options: Parameters<typeof startEmulator>[0] = {}): Promise<Emulator> {
  return startEmulatorWith(options, createToneEngine);
}

function get(emulator: Emulator, path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(`${emulator.url}${path}`, { headers: bearer(emulator), ...init });
}

describe('starting', () => {
  test('has an address without a path, and the demo key on loopback', async () => {
    await using emulator = await start();
    expect(emulator.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(emulator.apiKey).toBe(DEMO_API_KEY);
    await using sixth = await start({ host: '::1', apiKey: 'k' });
    expect(sixth.url).toMatch(/^http:\/\/\[::1\]:\d+$/);
    expect((await get(sixth, '/v1/models')).status).toBe(200);
  });

  test.each([
    [{ host: '0.0.0.0' }, /can be reached by other machines: give an apiKey/],
    [{ host: '0.0.0.0', apiKey: 'short' }, /apiKey of your own/],
    [{ host: '::', apiKey: DEMO_API_KEY }, /apiKey of your own/],
    [{ port: 70_000 }, /port is 70000/],
    [{ apiKey: 'two words' }, /visible ASCII/],
    [{ apiKey: '' }, /visible ASCII/],
    [{ region: 'moon' as 'cn' }, /region is moon/],
    [{ rateLimit: 'V5' as const, region: 'intl' as const }, /V0, V1, V2, V3, V4/],
    [{ rateLimit: { concurrency: 0, requestsPerMinute: 1 } }, /rateLimit.concurrency is 0/],
    [{ seed: 0.5 }, /seed is 0.5/],
  ])('refuses %j and says what to do', async (options, message) => {
    await expect(start(options)).rejects.toThrow(EmulatorOptionError);
    await expect(start(options)).rejects.toThrow(message);
  });

  test('another address is listened on with a key of one’s own, which no message holds', async () => {
    const apiKey = 'a-key-of-ones-own-0123';
    await using emulator = await start({ host: '0.0.0.0', apiKey });
    expect(emulator.url).toMatch(/^http:\/\/127\.0\.0\.1:/);
    expect((await get(emulator, '/v1/models')).status).toBe(200);
    await expect(start({ apiKey: `${apiKey} x` })).rejects.not.toThrow(apiKey);
  });

  test('a port in use is the system’s error', async () => {
    await using emulator = await start();
    await expect(start({ port: Number(new URL(emulator.url).port) })).rejects.toThrow('EADDRINUSE');
  });

  test('a fault that cannot be understood is refused before anything listens', async () => {
    await expect(start({ faults: [{ fault: 'explode' }] })).rejects.toThrow('kind');
  });
});

describe('the key', () => {
  test.each([
    [{}],
    [{ authorization: 'Bearer wrong' }],
    [{ authorization: `Bearer ${DEMO_API_KEY}x` }],
  ])('is asked for: %j', async (headers) => {
    await using emulator = await start();
    const answer = await fetch(`${emulator.url}/v1/models`, { headers });
    expect([answer.status, await answer.json()]).toEqual([
      401,
      { error: { message: 'Incorrect API key provided', type: 'invalid_api_key' } },
    ]);
    expect(answer.headers.get('x-trace-id')).toMatch(/^[0-9a-f]{32}$/);
  });

  test.each([
    `Bearer ${DEMO_API_KEY}`,
    `bearer ${DEMO_API_KEY}`,
    `BEARER ${DEMO_API_KEY}`,
    DEMO_API_KEY,
  ])('is taken as %s', async (authorization) => {
    await using emulator = await start();
    expect((await fetch(`${emulator.url}/v1/models`, { headers: { authorization } })).status).toBe(
      200,
    );
  });
});

describe('lists', () => {
  test('models, all and one', async () => {
    await using emulator = await start();
    const list = (await (await get(emulator, '/v1/models')).json()) as {
      object: string;
      data: object[];
    };
    expect(list.object).toBe('list');
    const model = {
      id: 'step-tts-2',
      object: 'model',
      created: expect.any(Number),
      owned_by: 'stepai',
    };
    expect(list.data).toContainEqual(model);
    expect(await (await get(emulator, '/v1/models/step-tts-2')).json()).toEqual(model);
    const unknown = await get(emulator, '/v1/models/gpt-4');
    expect([unknown.status, (await errorOf(unknown)).message]).toEqual([
      404,
      'model gpt-4 does not exist',
    ]);
  });

  type Voices = { voices: string[]; 'voices-details': Record<string, Record<string, string>> };

  test('the voices of step-tts-2, two of them without details', async () => {
    await using emulator = await start();
    const answer = await get(emulator, '/v1/audio/system_voices?model=step-tts-2');
    const { voices, 'voices-details': details } = (await answer.json()) as Voices;
    expect([voices.length, Object.keys(details).length]).toEqual([39, 37]);
    expect(details['cixingnansheng']).toEqual({
      'voice-name': '磁性男声',
      'voice-description': '男，中文',
      recommended_scene: '有声书、情感陪伴',
    });
    expect(details['energeticconfident-female']?.['voice-name']).toBe('');
    expect(voices.filter((voice) => !(voice in details))).toEqual([
      'yingwennansheng',
      'yingwennvsheng',
    ]);
  });

  test('the seven voices of the international host', async () => {
    await using emulator = await start({ region: 'intl' });
    const answer = await get(emulator, '/v1/audio/system_voices?model=step-tts-2');
    const { voices, 'voices-details': details } = (await answer.json()) as Voices;
    expect(voices).toHaveLength(7);
    expect(Object.keys(details).toSorted()).toEqual(voices.toSorted());
    expect(details['lively-girl']?.['voice-description']).toMatch(/^女/);
  });

  test.each([
    ['?model=stepaudio-2.5-tts', 'model stepaudio-2.5-tts not supported'],
    ['', 'model is required'],
  ])('no voices for %s', async (query, message) => {
    await using emulator = await start();
    const answer = await get(emulator, `/v1/audio/system_voices${query}`);
    expect([answer.status, (await errorOf(answer)).message]).toEqual([400, message]);
  });
});

describe('refusals in the service’s form', () => {
  test.each([
    ['GET', '/', 404],
    ['GET', '/v1/nothing', 404],
    ['GET', '/step_plan/v1/models', 404],
    ['GET', '/step_plan/v1/audio/system_voices?model=step-tts-2', 404],
    ['GET', '/v1/audio/speech', 405],
    ['DELETE', '/v1/models', 405],
    ['OPTIONS', '/v1/audio/speech', 405],
    ['GET', '/files/none.mp3', 404],
    ['GET', '//evil.example/v1/models', 404],
  ])('%s %s', async (method, path, status) => {
    await using emulator = await start();
    const answer = await get(emulator, path, { method });
    expect([answer.status, await errorOf(answer)]).toEqual([
      status,
      { message: expect.any(String), type: expect.any(String) },
    ]);
  });

  test('a wrong method is told the right one', async () => {
    await using emulator = await start();
    expect((await get(emulator, '/v1/audio/speech')).headers.get('allow')).toBe('POST');
    const wrong = await get(emulator, '/v1/models/step-tts-2', { method: 'DELETE' });
    expect(wrong.headers.get('allow')).toBe('GET');
  });

  test.each([
    ['no json', 'request body is not valid JSON'],
    ['', 'request body is not valid JSON'],
    ['[]', 'request body must be a JSON object'],
    [new Uint8Array([0x7b, 0xff, 0x7d]), 'request body is not valid UTF-8'],
    ['{}', 'model is required'],
  ])('the body %s', async (body, message) => {
    await using emulator = await start();
    const answer = await get(emulator, '/v1/audio/speech', { method: 'POST', body });
    expect([answer.status, (await errorOf(answer)).message]).toEqual([400, message]);
  });

  test('an offer of another protocol is passed over, where Node can', async () => {
    await using emulator = await start();
    const canPassOver = 'shouldUpgradeCallback' in createServer();
    const sent = request(`${emulator.url}/v1/audio/speech`, {
      method: 'POST',
      headers: {
        ...bearer(emulator),
        connection: 'Upgrade, HTTP2-Settings',
        upgrade: 'h2c',
        'http2-settings': 'AAMAAABkAAQAAP__',
      },
    });
    sent.end(JSON.stringify(SPEECH));
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    answer.resume();
    expect(answer.statusCode).toBe(canPassOver ? 200 : 400);
  });

  test('an absolute address, and one that is none', async () => {
    await using emulator = await start();
    const { port, hostname } = new URL(emulator.url);
    const statusOf = async (target: string): Promise<string> => {
      const socket = connect(Number(port), hostname);
      socket.write(
        `GET ${target} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${emulator.apiKey}\r\nConnection: close\r\n\r\n`,
      );
      return (
        Buffer.concat((await socket.toArray()) as Buffer[])
          .toString()
          .split('\r\n')[0] ?? ''
      );
    };
    expect(await statusOf('http://elsewhere.example/v1/models')).toBe('HTTP/1.1 200 OK');
    expect(await statusOf('*')).toBe('HTTP/1.1 404 Not Found');
    expect(await statusOf('//elsewhere.example/v1/models')).toBe('HTTP/1.1 404 Not Found');
  });

  test('a body without end is not read to its end', async () => {
    await using emulator = await start();
    const sent = request(`${emulator.url}/v1/audio/speech`, {
      method: 'POST',
      headers: bearer(emulator),
    });
    sent.on('error', () => undefined);
    const answered = once(sent, 'response') as Promise<[IncomingMessage]>;
    let isAnswered = false;
    void answered.then(() => (isAnswered = true));
    while (!isAnswered) {
      sent.write(' '.repeat(64 * 1024));
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect((await answered)[0].statusCode).toBe(413);
    sent.destroy();
    await until(() => emulator.counters.openConnections === 0);
  });

  test('a voice that breaks down before the first byte is a 500', async () => {
    await using emulator = await startEmulatorWith({}, () => createToneEngine({ failAfter: 0 }));
    const answer = await speak(emulator, {});
    expect([answer.status, (await errorOf(answer)).type]).toEqual([500, 'internal_error']);
  });

  test('a voice that breaks down later leaves an answer that does not look whole', async () => {
    await using emulator = await startEmulatorWith({}, () => createToneEngine({ failAfter: 3 }));
    const answer = await speak(emulator, {});
    expect(answer.status).toBe(200);
    await expect(answer.arrayBuffer()).rejects.toThrow('terminated');
    await until(() => emulator.counters.openRequests === 0);
  });

  test('what is not HTTP harms nobody', async () => {
    await using emulator = await start();
    const { port, hostname } = new URL(emulator.url);
    const socket = connect(Number(port), hostname);
    socket.end('\x16\x03\x01 not http at all\r\n\r\n');
    socket.resume();
    await once(socket, 'close');
    expect((await get(emulator, '/v1/models')).status).toBe(200);
  });
});

describe('cross-origin', () => {
  const preflight = {
    method: 'OPTIONS',
    headers: {
      origin: 'https://page.example',
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization,content-type,x-emulator-fault',
      'access-control-request-private-network': 'true',
    },
  };

  test('pages are answered when cors is on', async () => {
    await using emulator = await start({ cors: true });
    const asked = await fetch(`${emulator.url}/v1/audio/speech`, preflight);
    expect(asked.status).toBe(204);
    expect(Object.fromEntries(asked.headers)).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-allow-methods': expect.stringContaining('POST'),
      'access-control-allow-headers': 'authorization,content-type,x-emulator-fault',
      'access-control-allow-private-network': 'true',
    });
    const answer = await speak(emulator, {}, { origin: 'https://page.example' });
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    expect(answer.headers.get('access-control-expose-headers')).toContain('x-trace-id');
    const refused = await speak(emulator, { voice: 'x' }, { origin: 'https://page.example' });
    expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([
      400,
      '*',
    ]);
  });

  test('and not when it is off', async () => {
    await using emulator = await start();
    expect((await fetch(`${emulator.url}/v1/audio/speech`, preflight)).status).toBe(401);
    const answer = await speak(emulator, {}, { origin: 'https://page.example' });
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  });
});

describe('administration', () => {
  async function administer(emulator: Emulator, method: string, name: string, body?: unknown) {
    const answer = await get(emulator, `/_emulator/${name}`, {
      method,
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    return [answer.status, (await answer.json()) as Record<string, unknown>] as const;
  }

  test('adds, lists and removes faults', async () => {
    await using emulator = await start();
    expect(await administer(emulator, 'POST', 'faults', { fault: 'status:503', times: 1 })).toEqual(
      [
        201,
        {
          rules: [{ fault: [{ kind: 'status', status: 503 }], skip: 0, times: 1, probability: 1 }],
        },
      ],
    );
    expect((await speak(emulator)).status).toBe(503);
    expect((await speak(emulator)).status).toBe(200);
    await administer(emulator, 'POST', 'faults', 'status:500; latency:1');
    await administer(emulator, 'POST', 'faults', [
      { kind: 'stall' },
      { fault: 'stall', endpoint: 'models' },
    ]);
    const [, { rules }] = await administer(emulator, 'GET', 'faults');
    expect(rules).toHaveLength(3);
    expect(await administer(emulator, 'DELETE', 'faults')).toEqual([200, { rules: [] }]);
    expect((await speak(emulator)).status).toBe(200);
  });

  test('says what is wrong', async () => {
    await using emulator = await start();
    const wrong = [
      ['POST', 'faults', 'explode', 400],
      ['POST', 'faults', '{"fault":', 400],
      ['POST', 'faults', { fault: 'stall', often: true }, 400],
      ['PUT', 'faults', 'stall', 405],
      ['GET', 'kitchen', undefined, 404],
    ] as const;
    for (const [method, name, body, status] of wrong) {
      const [actual, answer] = await administer(emulator, method, name, body);
      expect([actual, answer]).toEqual([
        status,
        { error: { message: expect.any(String), type: expect.any(String) } },
      ]);
    }
  });

  test('needs the key, and refuses pages of other origins', async () => {
    await using emulator = await start({ cors: true });
    expect((await fetch(`${emulator.url}/_emulator/counters`)).status).toBe(401);
    const headers = { ...bearer(emulator), origin: 'https://page.example' };
    expect((await get(emulator, '/_emulator/faults', { method: 'DELETE', headers })).status).toBe(
      403,
    );
    const own = { ...bearer(emulator), origin: emulator.url };
    expect((await get(emulator, '/_emulator/counters', { headers: own })).status).toBe(200);
  });

  test('gives the counters and the log, and resets them', async () => {
    await using emulator = await start();
    await (await speak(emulator)).arrayBuffer();
    await until(() => emulator.counters.openRequests === 0);
    const [, counters] = await administer(emulator, 'GET', 'counters');
    expect(counters).toEqual({
      ...emulator.counters,
      openConnections: expect.any(Number),
      connections: expect.any(Number),
    });
    const [, log] = await administer(emulator, 'GET', 'log');
    expect(log['requests']).toMatchObject([
      { endpoint: 'speech', status: 200, outcome: 'complete' },
    ]);
    expect(JSON.stringify(log)).not.toContain(emulator.apiKey);
    expect(JSON.stringify(log)).not.toContain(SPEECH.input);
    const [, cleared] = await administer(emulator, 'DELETE', 'counters');
    expect(cleared).toMatchObject({
      requests: {},
      characters: 0,
      audioSeconds: 0,
      abortedRequests: 0,
    });
    expect(emulator.log).toEqual([]);
  });
});

describe('counters', () => {
  test('are exact', async () => {
    await using emulator = await start();
    await (await speak(emulator, { input: '你好😀', response_format: 'pcm' })).arrayBuffer();
    await (
      await speak(emulator, { input: 'abcde', sample_rate: 8000 }, {}, undefined)
    ).arrayBuffer();
    await (await speak(emulator, { voice: 'x' })).text();
    await (await get(emulator, '/nowhere')).text();
    const session = await createSession(emulator);
    session.send('tts.text.delta', { text: 'seven..' });
    session.send('tts.text.done');
    await session.closed;
    await until(() => emulator.counters.openSockets === 0 && emulator.counters.openRequests === 0);
    expect(emulator.counters).toMatchObject({
      requests: {
        speech: { 200: 2, 400: 1 },
        unknown: { 404: 1 },
        'speech-socket': { 101: 1 },
      },
      characters: 3 + 5 + 7,
      audioSeconds: 1.5,
      abortedRequests: 0,
    });
    expect(
      emulator.log.map(({ id, characters, audioSeconds }) => [id, characters, audioSeconds]),
    ).toEqual([
      [1, 3, 0.3],
      [2, 5, 0.5],
      [3, 0, 0],
      [4, 0, 0],
      [5, 7, 0.7],
    ]);
  });

  test('count connections, and which request came over which', async () => {
    await using emulator = await start();
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (let i = 0; i < 3; i += 1) {
      const sent = request(`${emulator.url}/v1/models`, { agent, headers: bearer(emulator) });
      sent.end();
      const [answer] = (await once(sent, 'response')) as [IncomingMessage];
      await answer.toArray();
    }
    const session = await openSocket(emulator);
    expect(emulator.counters).toMatchObject({
      connections: 2,
      openConnections: 2,
      openSockets: 1,
      openRequests: 0,
    });
    expect(emulator.log.map(({ connection }) => connection)).toEqual([1, 1, 1, 2]);
    session.socket.terminate();
    agent.destroy();
    await until(() => emulator.counters.openConnections === 0);
    expect(emulator.counters).toMatchObject({ connections: 2, openSockets: 0, abortedRequests: 1 });
  });
});

describe('rate limits', () => {
  test('requests per minute, on the clock', async () => {
    const clock = createManualClock();
    await using emulator = await start({ clock, rateLimit: 'V0' });
    const statuses = await Promise.all(
      Array.from({ length: 5 }, () => speak(emulator).then(({ status }) => status)),
    );
    expect(statuses).toEqual([200, 200, 200, 200, 200]);
    await until(() => emulator.counters.openRequests === 0);
    for (let i = 0; i < 5; i += 1) await (await speak(emulator)).arrayBuffer();
    const refused = await speak(emulator);
    expect([refused.status, await errorOf(refused)]).toEqual([
      429,
      { message: expect.any(String), type: expect.any(String) },
    ]);
    expect(refused.headers.get('retry-after')).toBeNull();
    await expect(openSocket(emulator)).rejects.toThrow('429');
    expect((await get(emulator, '/v1/models')).status).toBe(200);
    clock.advance(60_000);
    expect((await speak(emulator)).status).toBe(200);
  });

  test('concurrency, of requests and sockets together', async () => {
    await using emulator = await start({ rateLimit: { concurrency: 2, requestsPerMinute: 100 } });
    const session = await openSocket(emulator);
    const controller = new AbortController();
    const stalled = speak(emulator, {}, { 'x-emulator-fault': 'stall' }, controller.signal).catch(
      () => undefined,
    );
    await until(() => emulator.log.length === 2);
    expect((await speak(emulator)).status).toBe(429);
    session.socket.terminate();
    await until(() => emulator.counters.openSockets === 0);
    expect((await speak(emulator)).status).toBe(200);
    controller.abort();
    await stalled;
    await until(() => emulator.counters.openRequests === 0);
  });
});

describe('closing', () => {
  test('ends open answers and stalled ones, and leaves nothing behind', async () => {
    const clock = createManualClock();
    const emulator = await start({ clock });
    const answers = [
      speak(emulator, { input: 'x'.repeat(1000) }).then((answer) => answer.arrayBuffer()),
      speak(emulator, { input: 'x'.repeat(1000), stream_format: 'sse' }).then((answer) =>
        answer.text(),
      ),
      speak(emulator, {}, { 'x-emulator-fault': 'stall' }),
      speak(emulator, {}, { 'x-emulator-fault': 'stall:bytes=10' }).then((answer) =>
        answer.arrayBuffer(),
      ),
      speak(emulator, {}, { 'x-emulator-fault': 'latency:3600000' }),
    ];
    const endings = Promise.allSettled(answers);
    const session = await createSession(emulator);
    await until(() => emulator.log.length === 6);
    await emulator.close();
    await emulator.close();
    expect((await endings).map(({ status }) => status)).toEqual(answers.map(() => 'rejected'));
    expect((await session.closed).code).toBe(1006);
    expect(emulator.counters).toMatchObject({
      openConnections: 0,
      openRequests: 0,
      openSockets: 0,
    });
    expect(clock.pending).toBe(0);
    await expect(speak(emulator)).rejects.toThrow('fetch failed');
  });

  test('with the real voice, in the middle of its speech', async () => {
    const emulator = await startEmulator();
    const answer = await speak(emulator, {
      input: 'All work and no play. '.repeat(40),
      sample_rate: 48_000,
    });
    const ending = answer.arrayBuffer().catch((error: unknown) => String(error));
    await emulator.close();
    expect(await ending).toMatch('terminated');
  });
});
