import type { Buffer } from 'node:buffer';
import { randomBytes } from 'node:crypto';
import { networkInterfaces } from 'node:os';
import { Server as TlsServer } from 'node:tls';
import { systemClock, type Clock } from './clock.ts';
import { LocalizedError } from './flow-error.ts';
import type { AdminRequest, AdminResponse, NodeRed, Routes } from './node-red.ts';

export const MAX_CLIP_BYTES = 32 * 1024 * 1024;
const MAX_TOTAL_BYTES = 128 * 1024 * 1024;
const MAX_CLIPS = 10_000;
const MIN_EXPIRY_MS = 1000;
const MAX_EXPIRY_MS = 24 * 60 * 60 * 1000;

/** Under the root of Node-RED's own HTTP nodes. */
const ROUTE = '/stepvoice/clips/';

/** A sound, or a file that goes with one. */
export type Clip = {
  /** Stays as it is while it is served: not a part of a buffer that is used again. */
  bytes: Buffer;
  /** Such as `audio/mpeg`. */
  mediaType: string;
  /** Such as `mp3`: some players look at nothing else. */
  extension: string;
};

export type ServeClipOptions = {
  /** From a second to a day; what is beyond counts as that. */
  expiresAfterMs: number;
  /**
   * Where players reach this Node-RED, such as `https://home.example.org`. With a path, it stands for Node-RED's own root of
   * HTTP nodes. Default: this machine's address in its network.
   */
  publicURL?: string | undefined;
  clock?: Clock | undefined;
};

export type ServedClip = {
  /** For any player. */
  url: string;
  /** The same without the server. */
  path: string;
  /** Milliseconds of the epoch. */
  expiresAt: number;
};

/**
 * To be asked before a sound is paid for that is to be served.
 *
 * @throws {LocalizedError} `http_disabled` and `invalid_input`, as {@link serveClip}
 */
export function checkServing(RED: NodeRed, publicURL: string | undefined): void {
  if (RED.settings.httpNodeRoot === false) throw httpDisabled();
  if (publicURL !== undefined) parsePublicURL(publicURL);
}

/**
 * Serves a clip under a random address that nobody can guess, from memory, until it expires. Whoever has the address can hear it.
 *
 * @throws {LocalizedError} `clip_too_large` beyond 32 MiB; `clips_full` where 128 MiB or 10 000 clips are served already;
 *   `http_disabled` where Node-RED serves nothing; `invalid_input` for a public URL that is none
 */
export function serveClip(
  RED: NodeRed,
  clip: Clip,
  { expiresAfterMs, publicURL, clock = systemClock }: ServeClipOptions,
): ServedClip {
  const root = RED.settings.httpNodeRoot ?? '/';
  if (root === false) throw httpDisabled();
  const base = publicURL === undefined ? localURL(RED) : parsePublicURL(publicURL);
  let clips = stores.get(RED.httpNode);
  if (clips === undefined) {
    clips = new ClipStore();
    stores.set(RED.httpNode, clips);
    const store = clips;
    // Express answers HEAD by the same handler.
    RED.httpNode.get(`${ROUTE}:name`, (request, response) => answer(store, request, response));
  }
  const lastsMs = Math.min(MAX_EXPIRY_MS, Math.max(MIN_EXPIRY_MS, expiresAfterMs));
  const name = clips.add(clip, lastsMs, clock);
  const ownPath = `${root.replace(/\/+$/, '')}${ROUTE}${name}`;
  const hasPath = base.pathname !== '/';
  const url = hasPath
    ? `${base.origin}${base.pathname.replace(/\/+$/, '')}${ROUTE}${name}`
    : `${base.origin}${ownPath}`;
  return { url, path: ownPath, expiresAt: Date.now() + lastsMs };
}

/** One for each runtime, whichever nodes serve. What they have served outlives them: a player may be about to ask for it. */
const stores = new WeakMap<Routes, ClipStore>();

type StoredClip = Clip & { expiresAt: number };

class ClipStore {
  readonly #clips = new Map<string, StoredClip>();
  #bytes = 0;

  add(clip: Clip, lastsMs: number, clock: Clock): string {
    const { byteLength } = clip.bytes;
    if (byteLength > MAX_CLIP_BYTES) throw clipTooLarge(byteLength);
    if (this.#bytes + byteLength > MAX_TOTAL_BYTES || this.#clips.size >= MAX_CLIPS) {
      throw clipsFull();
    }
    const name = `${randomBytes(16).toString('hex')}.${clip.extension}`;
    this.#clips.set(name, { ...clip, expiresAt: Date.now() + lastsMs });
    this.#bytes += byteLength;
    clock.after(lastsMs, () => this.#delete(name));
    return name;
  }

  get(name: string): StoredClip | undefined {
    return this.#clips.get(name);
  }

  #delete(name: string): void {
    const clip = this.#clips.get(name);
    if (clip === undefined) return;
    this.#clips.delete(name);
    this.#bytes -= clip.bytes.byteLength;
  }
}

/** Of Express: the ranges of the request's header, -1 where none can be had, -2 where it makes no sense. */
type Ranges = (
  size: number,
) => (readonly { start: number; end: number }[] & { type: string }) | -1 | -2 | undefined;

function answer(
  store: ClipStore,
  request: AdminRequest & { range?: Ranges },
  response: AdminResponse,
): void {
  const clip = store.get(request.params['name'] ?? '');
  response.setHeader('X-Content-Type-Options', 'nosniff');
  if (clip === undefined) {
    response.setHeader('Cache-Control', 'no-store');
    response.setHeader('Content-Type', 'text/plain; charset=utf-8');
    response.statusCode = 404;
    response.end('There is no such sound, or its time is over.\n');
    return;
  }
  const { bytes, mediaType, expiresAt } = clip;
  const size = bytes.byteLength;
  const lastsSeconds = Math.max(0, Math.floor((expiresAt - Date.now()) / 1000));
  response.setHeader('Content-Type', mediaType);
  response.setHeader('Cache-Control', `private, max-age=${lastsSeconds}, immutable`);
  response.setHeader('Accept-Ranges', 'bytes');
  // Whatever it holds, it is no page.
  response.setHeader('Content-Security-Policy', "default-src 'none'; sandbox");
  const ranges = request.range?.(size);
  if (ranges === -1) {
    response.setHeader('Content-Range', `bytes */${size}`);
    response.statusCode = 416;
    response.end();
    return;
  }
  const [range, ...others] = typeof ranges === 'object' && ranges.type === 'bytes' ? ranges : [];
  // Several ranges would be an answer of several parts, which no player asks for: the whole is an allowed answer, too.
  const isPart = range !== undefined && others.length === 0;
  const body = isPart ? bytes.subarray(range.start, range.end + 1) : bytes;
  if (isPart) {
    response.statusCode = 206;
    response.setHeader('Content-Range', `bytes ${range.start}-${range.end}/${size}`);
  }
  response.setHeader('Content-Length', body.byteLength);
  response.end(request.method === 'HEAD' ? undefined : body);
}

function parsePublicURL(publicURL: string): URL {
  const url = URL.parse(publicURL.trim());
  const isWeb = url?.protocol === 'http:' || url?.protocol === 'https:';
  if (url === null || !isWeb || url.search !== '' || url.hash !== '' || url.username !== '') {
    throw new LocalizedError(
      'invalid_input',
      {
        en: 'The public address must be one such as http://192.168.1.5:1880 or https://example.org/red, without a question mark, a hash or a user.',
        zh: '公开地址应形如 http://192.168.1.5:1880 或 https://example.org/red，不能包含问号、井号或用户名。',
      },
      { badge: 'badInput', path: 'publicURL' },
    );
  }
  return url;
}

/** What other machines of the network reach, as far as can be told from here. */
function localURL(RED: NodeRed): URL {
  const address = RED.server.address();
  // Not listening yet, or on a socket of the file system behind a proxy.
  const bound = typeof address === 'object' ? address : null;
  const host = bound === null ? 'localhost' : hostOf(bound.address);
  const port = bound?.port ?? 1880;
  const scheme = RED.server instanceof TlsServer ? 'https' : 'http';
  return new URL(`${scheme}://${host}:${port}`);
}

function hostOf(address: string): string {
  const isAny = address === '0.0.0.0' || address === '::';
  if (!isAny) return address.includes(':') ? `[${address}]` : address;
  for (const addresses of Object.values(networkInterfaces())) {
    const found = addresses?.find(({ family, internal }) => family === 'IPv4' && !internal);
    if (found !== undefined) return found.address;
  }
  return 'localhost';
}

function httpDisabled(): LocalizedError {
  return new LocalizedError('http_disabled', {
    en: 'This Node-RED serves no addresses (httpNodeRoot is false in its settings). Choose another output.',
    zh: '此 Node-RED 未启用 HTTP 服务（设置中 httpNodeRoot 为 false）。请选择其他输出方式。',
  });
}

function clipTooLarge(bytes: number): LocalizedError {
  return new LocalizedError('clip_too_large', {
    en: `The sound has ${bytes} bytes; at most ${MAX_CLIP_BYTES} can be served. Choose MP3, or make it shorter.`,
    zh: `音频大小为 ${bytes} 字节，最多可提供 ${MAX_CLIP_BYTES} 字节。请选择 MP3 或缩短内容。`,
  });
}

function clipsFull(): LocalizedError {
  return new LocalizedError('clips_full', {
    en: `Too many sounds are served already (${MAX_TOTAL_BYTES} bytes or ${MAX_CLIPS} sounds). Let them expire sooner.`,
    zh: `已提供的音频过多（上限 ${MAX_TOTAL_BYTES} 字节或 ${MAX_CLIPS} 个）。请缩短有效时间。`,
  });
}
