import { Buffer } from 'node:buffer';
import { createServer, request, type IncomingMessage, type RequestListener } from 'node:http';
import { createRequire } from 'node:module';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { NodeRed, Routes } from './node-red.ts';
import { serveClip, type Clip } from './served-clips.ts';

// Node-RED's own.
const express = createRequire(createRequire(import.meta.url).resolve('@node-red/runtime'))(
  'express',
) as () => Routes & RequestListener & { use(path: string, app: unknown): void };

const BYTES = Buffer.from(Uint8Array.from({ length: 1000 }, (_, index) => index % 251));
const CLIP: Clip = { bytes: BYTES, mediaType: 'audio/mpeg', extension: 'mp3' };
const HOUR = { expiresAfterMs: 3_600_000 };

let RED: NodeRed;
let server: ReturnType<typeof createServer>;
let app: ReturnType<typeof express>;

beforeEach(async () => {
  app = express();
  server = createServer(app);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  RED = { httpNode: express(), server, settings: {} } as unknown as NodeRed;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

function serveAt(root: string): void {
  RED.settings.httpNodeRoot = root;
  app.use(root, RED.httpNode);
}

/** Without any of what `fetch` adds by itself. */
function get(
  url: string,
  headers: Record<string, string> = {},
  method = 'GET',
): Promise<{ status: number | undefined; headers: IncomingMessage['headers']; body: Buffer }> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { method, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const { statusCode: status, headers: answered } = response;
        resolve({ status, headers: answered, body: Buffer.concat(chunks) });
      });
    });
    asked.on('error', reject).end();
  });
}

function manualClock() {
  let time = 0;
  const due: { at: number; callback: () => void }[] = [];
  return {
    now: () => time,
    after(delayMs: number, callback: () => void) {
      due.push({ at: time + delayMs, callback });
      return () => undefined;
    },
    advance(byMs: number) {
      time += byMs;
      for (const { at, callback } of due) if (at <= time) callback();
    },
  };
}

describe('a served clip', () => {
  it.each(['/', '/api/', '/api'])('is at its address, with the root %s', async (root) => {
    serveAt(root);
    const { url, path } = serveClip(RED, CLIP, HOUR);
    expect(path).toMatch(/^(\/api)?\/stepvoice\/clips\/[0-9a-f]{32}\.mp3$/);
    expect(new URL(url).pathname).toBe(path);
    const { status, headers, body } = await get(url);
    expect(status).toBe(200);
    expect(body.equals(BYTES)).toBe(true);
    expect(headers).toMatchObject({
      'content-type': 'audio/mpeg',
      'content-length': '1000',
      'accept-ranges': 'bytes',
      'x-content-type-options': 'nosniff',
    });
    expect(headers['cache-control']).toMatch(/^private, max-age=3(599|600), immutable$/);
  });

  it.each([
    ['bytes=0-', 206, 'bytes 0-999/1000', 0, 1000],
    ['bytes=10-19', 206, 'bytes 10-19/1000', 10, 20],
    ['bytes=990-5000', 206, 'bytes 990-999/1000', 990, 1000],
    ['bytes=-5', 206, 'bytes 995-999/1000', 995, 1000],
    ['bytes=1000-', 416, 'bytes */1000', 0, 0],
    ['bytes=0-1,5-6', 200, undefined, 0, 1000],
    ['seconds=1-2', 200, undefined, 0, 1000],
    ['nonsense', 200, undefined, 0, 1000],
  ])('answers the range %s', async (range, status, contentRange, start, end) => {
    serveAt('/');
    const answered = await get(serveClip(RED, CLIP, HOUR).url, { range });
    expect(answered.status).toBe(status);
    expect(answered.headers['content-range']).toBe(contentRange);
    expect(answered.body.equals(BYTES.subarray(start, end))).toBe(true);
  });

  it('answers HEAD, with a range too', async () => {
    serveAt('/');
    const { url } = serveClip(RED, CLIP, HOUR);
    const whole = await get(url, {}, 'HEAD');
    expect(whole).toMatchObject({ status: 200, headers: { 'content-length': '1000' } });
    const part = await get(url, { range: 'bytes=0-9' }, 'HEAD');
    expect(part).toMatchObject({ status: 206, headers: { 'content-length': '10' } });
    expect(part.body.byteLength + whole.body.byteLength).toBe(0);
  });

  it('is gone when its time is over', async () => {
    serveAt('/');
    const clock = manualClock();
    const { url, expiresAt } = serveClip(RED, CLIP, { expiresAfterMs: 60_000, clock });
    expect(Math.abs(expiresAt - Date.now() - 60_000)).toBeLessThan(1000);
    clock.advance(59_999);
    expect((await get(url)).status).toBe(200);
    clock.advance(1);
    const { status, headers } = await get(url);
    expect(status).toBe(404);
    expect(headers['cache-control']).toBe('no-store');
  });

  it('has a name of its own, and nothing lists them', async () => {
    serveAt('/');
    const names = Array.from({ length: 20 }, () => serveClip(RED, CLIP, HOUR).path);
    expect(new Set(names).size).toBe(20);
    const { origin } = new URL(serveClip(RED, CLIP, HOUR).url);
    for (const path of ['', '/', '/..', '/%00', '/constructor', '/__proto__']) {
      expect((await get(`${origin}/stepvoice/clips${path}`)).status, path).toBe(404);
    }
  });
});

describe('the address', () => {
  it.each([
    ['https://home.example', '/', 'https://home.example/stepvoice/clips/'],
    ['http://192.168.1.5:1880/', '/api', 'http://192.168.1.5:1880/api/stepvoice/clips/'],
    ['https://example.org/red/', '/api', 'https://example.org/red/stepvoice/clips/'],
  ])('of %s with the root %s is the public one', (publicURL, root, start) => {
    serveAt(root);
    expect(serveClip(RED, CLIP, { ...HOUR, publicURL }).url.startsWith(start)).toBe(true);
  });

  it.each(['home.example', 'ftp://x', 'http://u:p@x', 'http://x/?a', 'http://x/#a', 'not one'])(
    'is none in %j',
    (publicURL) => {
      serveAt('/');
      const serve = () => serveClip(RED, CLIP, { ...HOUR, publicURL });
      expect(serve).toThrow(expect.objectContaining({ code: 'invalid_input' }));
    },
  );

  it('is of the network where the server listens everywhere', () => {
    serveAt('/');
    const everywhere = { address: () => ({ address: '0.0.0.0', port: 1880 }) };
    const { url } = serveClip({ ...RED, server: everywhere } as unknown as NodeRed, CLIP, HOUR);
    expect(url).toMatch(/^http:\/\/(localhost|\d+\.\d+\.\d+\.\d+):1880\//);
    expect(url).not.toContain('0.0.0.0');
  });
});

describe('limits', () => {
  it('refuses one that is too large', () => {
    serveAt('/');
    const bytes = Buffer.alloc(32 * 1024 * 1024 + 1);
    const serve = () => serveClip(RED, { ...CLIP, bytes }, HOUR);
    expect(serve).toThrow(expect.objectContaining({ code: 'clip_too_large' }));
  });

  it('refuses more than fit, until some have expired', () => {
    serveAt('/');
    const clock = manualClock();
    const bytes = Buffer.alloc(32 * 1024 * 1024);
    const serve = () => serveClip(RED, { ...CLIP, bytes }, { expiresAfterMs: 60_000, clock });
    for (let served = 0; served < 4; served += 1) serve();
    expect(serve).toThrow(expect.objectContaining({ code: 'clips_full' }));
    clock.advance(60_000);
    expect(serve).not.toThrow();
  });

  it('serves nothing where Node-RED does not', () => {
    RED.settings.httpNodeRoot = false;
    const serve = () => serveClip(RED, CLIP, HOUR);
    expect(serve).toThrow(expect.objectContaining({ code: 'http_disabled' }));
  });
});
