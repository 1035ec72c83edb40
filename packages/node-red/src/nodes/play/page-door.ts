import { createHash } from 'node:crypto';
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { AcceptedSocket, SocketAcceptor } from '@stepvoice/core/node';
import { loadCore } from '../../kit/core.ts';
import { LocalizedError } from '../../kit/flow-error.ts';
import type { AdminRequest, AdminResponse, NodeRed, Routes } from '../../kit/node-red.ts';
import { isAllowedOrigin } from './page-origin.ts';

/** Under the root of Node-RED's own HTTP nodes. */
const ROUTE = '/stepvoice/play/';
const SOCKET = '/socket';
/** A frame of the microphone has 640 bytes, and nothing else that a page says is longer than that. */
const MAX_PAYLOAD_BYTES = 16 * 1024;

/** What a play node wants of the door. */
export type DoorGuest = {
  readonly id: string;
  /** Beside those of this server. */
  readonly origins: readonly string[];
  /** A page has connected; who it is, is not known yet. */
  readonly receive: (socket: AcceptedSocket) => void;
};

export type LoadPage = () => Promise<string>;

/**
 * Lets the pages of a play node in: serves the page and takes its sockets, all on Node-RED's own server. The nodes of a runtime
 * share one route and one listener for upgrades, which goes with the last of them.
 *
 * @returns lets no more in; those that are in stay
 * @throws {LocalizedError} `http_disabled` where Node-RED serves nothing
 */
export function openPageDoor(RED: NodeRed, guest: DoorGuest, loadPage: LoadPage): () => void {
  const root = RED.settings.httpNodeRoot ?? '/';
  if (root === false) throw httpDisabled();
  let door = doors.get(RED.httpNode);
  if (door === undefined) {
    door = new PageDoor(loadPage);
    doors.set(RED.httpNode, door);
    const opened = door;
    // Express answers HEAD by the same handler.
    RED.httpNode.get(`${ROUTE}:id`, (request, response) => void opened.answer(request, response));
  }
  return door.admit(RED.server, `${root.replace(/\/+$/, '')}${ROUTE}`, guest);
}

/** One for each runtime: Express takes no route back. */
const doors = new WeakMap<Routes, PageDoor>();

class PageDoor {
  readonly #loadPage: LoadPage;
  readonly #guests = new Map<string, DoorGuest>();
  #page: Promise<ServedPage> | undefined;
  #acceptor: SocketAcceptor | undefined;
  #detach: (() => void) | undefined;

  constructor(loadPage: LoadPage) {
    this.#loadPage = loadPage;
  }

  admit(server: Server, prefix: string, guest: DoorGuest): () => void {
    this.#guests.set(guest.id, guest);
    this.#detach ??= this.#listen(server, prefix);
    return () => {
      // A node that was deployed anew has taken its place already.
      if (this.#guests.get(guest.id) === guest) this.#guests.delete(guest.id);
      if (this.#guests.size > 0) return;
      this.#detach?.();
      this.#detach = undefined;
    };
  }

  async answer(request: AdminRequest, response: AdminResponse): Promise<void> {
    const id = request.params['id'] ?? '';
    if (!this.#guests.has(id)) {
      response.status(404);
      response.setHeader('Content-Type', 'text/plain; charset=utf-8');
      response.end('There is no such page any more. Take its link from the node again.\n');
      return;
    }
    try {
      // A first failure is not kept.
      this.#page ??= this.#loadPage().then(toServedPage);
      const page = await this.#page;
      for (const [name, value] of Object.entries(page.headers)) response.setHeader(name, value);
      response.end(page.html);
    } catch {
      this.#page = undefined;
      response.status(500);
      response.setHeader('Content-Type', 'text/plain; charset=utf-8');
      response.end(
        'The page is missing from this installation: install @stepvoice/node-red again.\n',
      );
    }
  }

  #listen(server: Server, prefix: string): () => void {
    const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Uint8Array): void => {
      const id = guestIn(request.url ?? '', prefix);
      // Somebody else's: they all get to see each request.
      if (id === undefined) return;
      const guest = this.#guests.get(id);
      if (guest === undefined) refuse(socket, '404 Not Found');
      else if (!isAllowedOrigin(request.headers, guest.origins)) refuse(socket, '403 Forbidden');
      else void this.#accept(guest, request, socket, head);
    };
    server.on('upgrade', onUpgrade);
    return () => server.off('upgrade', onUpgrade);
  }

  async #accept(
    guest: DoorGuest,
    request: IncomingMessage,
    socket: Duplex,
    head: Uint8Array,
  ): Promise<void> {
    // Until the library is loaded, nobody else listens for a connection that breaks.
    const ignore = (): void => undefined;
    socket.on('error', ignore);
    try {
      const { createSocketAcceptor } = await loadCore();
      this.#acceptor ??= createSocketAcceptor({ maxPayloadBytes: MAX_PAYLOAD_BYTES });
      const accepted = await this.#acceptor.accept(request, socket, head);
      if (this.#guests.get(guest.id) === guest) guest.receive(accepted);
      else accepted.close(1012);
    } catch {
      // Not a handshake, which was answered; or a connection that is gone.
      if (!socket.writableEnded) socket.destroy();
    } finally {
      socket.off('error', ignore);
    }
  }
}

type ServedPage = { html: string; headers: Readonly<Record<string, string>> };

/** Its own script and style run on it and nothing else does; it talks to this server and to nobody else. */
function toServedPage(html: string): ServedPage {
  const hashes = (tag: string): string =>
    [...html.matchAll(new RegExp(`<${tag}[^>]*>([^]*?)</${tag}>`, 'g'))]
      .map(
        ([, content = '']) => `'sha256-${createHash('sha256').update(content).digest('base64')}'`,
      )
      .join(' ');
  const policy = [
    "default-src 'none'",
    // The microphone's worklet is made by the script.
    `script-src ${hashes('script')} blob:`,
    `style-src ${hashes('style')}`,
    "connect-src 'self' ws: wss:",
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ];
  return {
    html,
    headers: {
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Security-Policy': policy.join('; '),
      'Permissions-Policy': 'microphone=(self), screen-wake-lock=(self), camera=(), geolocation=()',
      'Referrer-Policy': 'no-referrer',
      'X-Content-Type-Options': 'nosniff',
      'Cache-Control': 'no-cache',
    },
  };
}

/** The node that an address such as `/stepvoice/play/1a2b/socket` is of. */
function guestIn(url: string, prefix: string): string | undefined {
  const [path = ''] = url.split('?', 1);
  if (!path.startsWith(prefix) || !path.endsWith(SOCKET)) return undefined;
  const id = path.slice(prefix.length, -SOCKET.length);
  try {
    return id === '' || id.includes('/') ? undefined : decodeURIComponent(id);
  } catch {
    return undefined;
  }
}

function refuse(socket: Duplex, status: string): void {
  socket.on('error', () => undefined);
  socket.once('finish', () => socket.destroy());
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

function httpDisabled(): LocalizedError {
  return new LocalizedError('http_disabled', {
    en: 'Node-RED serves no pages: `httpNodeRoot` is false in its settings. The page needs it.',
    zh: 'Node-RED 不提供网页：设置中的 `httpNodeRoot` 为 false，而网页需要它。',
  });
}
