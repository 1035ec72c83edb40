import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { createSocketAcceptor, type AcceptedSocket } from './accept-socket.ts';

let server: Server;
let upgrades: Duplex[];

beforeEach(async () => {
  upgrades = [];
  server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
});

afterEach(async () => {
  for (const socket of upgrades) socket.destroy();
  server.close();
  server.closeAllConnections();
  await once(server, 'close');
});

const port = () => (server.address() as AddressInfo).port;

/** The next connection, accepted. */
async function accept(maxPayloadBytes = 1000): Promise<AcceptedSocket> {
  const acceptor = createSocketAcceptor({ maxPayloadBytes });
  const [request, socket, head] = (await once(server, 'upgrade')) as [
    IncomingMessage,
    Duplex,
    Uint8Array,
  ];
  upgrades.push(socket);
  return acceptor.accept(request, socket, head);
}

async function connected(maxPayloadBytes?: number): Promise<[AcceptedSocket, WebSocket]> {
  const accepting = accept(maxPayloadBytes);
  const peer = new WebSocket(`ws://127.0.0.1:${port()}`);
  const opened = once(peer, 'open');
  const socket = await accepting;
  await opened;
  return [socket, peer];
}

/** What a socket tells, to be waited for. */
function hear(socket: AcceptedSocket) {
  const messages: (string | Uint8Array)[] = [];
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.listen({
      onMessage: (data) => messages.push(data),
      onClose: (code, reason) => resolve({ code, reason }),
    });
  });
  return { messages, closed };
}

test('text and bytes pass both ways, and nothing is lost before it is listened to', async () => {
  const [socket, peer] = await connected();
  const answers: (string | number[])[] = [];
  peer.on('message', (data, isBinary) => {
    answers.push(isBinary ? [...(data as Buffer)] : (data as Buffer).toString());
  });
  await new Promise<void>((resolve) => {
    peer.send('你好');
    peer.send(Uint8Array.of(1, 2, 3), () => resolve());
  });
  const { messages, closed } = hear(socket);
  await expect.poll(() => messages.length).toBe(2);
  expect(messages[0]).toBe('你好');
  expect([...(messages[1] as Uint8Array)]).toEqual([1, 2, 3]);
  socket.send('ja');
  socket.send(Uint8Array.of(9));
  await expect.poll(() => answers).toEqual(['ja', [9]]);
  peer.close(4321, 'enough');
  expect(await closed).toEqual({ code: 4321, reason: 'enough' });
  expect(socket.isOpen).toBe(false);
  socket.send('into the void');
  socket.ping(() => expect.unreachable());
});

test('while it is paused it reads nothing', async () => {
  const [socket, peer] = await connected();
  const { messages } = hear(socket);
  socket.pause();
  peer.send('one');
  // The peer's ping is behind its message, and is not answered either.
  let pongs = 0;
  peer.on('pong', () => (pongs += 1));
  peer.ping();
  await new Promise<void>((resolve) => peer.send('two', () => resolve()));
  expect([messages.length, pongs]).toEqual([0, 0]);
  socket.resume();
  await expect.poll(() => messages).toEqual(['one', 'two']);
  await expect.poll(() => pongs).toBe(1);
  const answered = new Promise<void>((resolve) => socket.ping(resolve));
  await answered;
});

test('goodbye is said with a code and a reason that fits', async () => {
  const [socket, peer] = await connected();
  const { closed } = hear(socket);
  const said = once(peer, 'close');
  // Three bytes a character: 41 of them fit.
  socket.close(4401, '错'.repeat(60));
  const [code, reason] = (await said) as [number, Buffer];
  expect([code, reason.toString()]).toEqual([4401, '错'.repeat(41)]);
  expect((await closed).code).toBe(4401);
});

test('a message that is too long ends the socket with 1009', async () => {
  const [socket, peer] = await connected(100);
  const { messages, closed } = hear(socket);
  const said = once(peer, 'close');
  peer.send(new Uint8Array(101));
  expect((await said)[0]).toBe(1009);
  expect((await closed).code).toBe(1009);
  expect(messages).toEqual([]);
});

test('what is no frame ends the socket with 1002', async () => {
  const [socket, peer] = await connected();
  const { closed } = hear(socket);
  peer.on('error', () => undefined);
  const raw = (peer as unknown as { _socket: Duplex })._socket;
  raw.write(Uint8Array.of(0xff, 0xff, 0xff));
  expect((await closed).code).toBe(1002);
});

test('a connection that breaks is closed with 1006, and leaves no listener', async () => {
  const [socket, peer] = await connected();
  const { closed } = hear(socket);
  peer.terminate();
  expect((await closed).code).toBe(1006);
  const [connection] = upgrades;
  await expect.poll(() => connection!.destroyed).toBe(true);
  expect(connection!.listenerCount('data')).toBe(0);
  expect(connection!.listenerCount('error')).toBeLessThanOrEqual(1);
});

test.each([
  ['no key', 'GET / HTTP/1.1\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13', '400'],
  [
    'another version',
    'GET / HTTP/1.1\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 7',
    '400',
  ],
  ['another method', 'POST / HTTP/1.1\r\nUpgrade: websocket\r\nContent-Length: 0', '405'],
])('a handshake with %s is answered as HTTP and thrown', async (_, head, status) => {
  const accepting = accept();
  accepting.catch(() => undefined);
  const peer = connect(port(), '127.0.0.1');
  const text = new Promise<string>((resolve) => {
    let answer = '';
    peer.on('data', (data) => (answer += data.toString()));
    peer.on('close', () => resolve(answer));
  });
  peer.write(`${head}\r\nHost: x\r\nConnection: Upgrade\r\n\r\n`);
  await expect(accepting).rejects.toMatchObject({ code: 'bad_handshake' });
  expect(await text).toContain(`HTTP/1.1 ${status}`);
});

test('a peer that is gone before it was accepted is no crash', async () => {
  const acceptor = createSocketAcceptor({ maxPayloadBytes: 10 });
  const accepting = once(server, 'upgrade').then(([request, socket, head]) => {
    const connection = socket as Duplex;
    upgrades.push(connection);
    const accepted = acceptor.accept(request as IncomingMessage, connection, head as Uint8Array);
    connection.destroy(new Error('reset by peer'));
    return accepted;
  });
  const peer = new WebSocket(`ws://127.0.0.1:${port()}`);
  peer.on('error', () => undefined);
  await expect(accepting).rejects.toMatchObject({ code: 'bad_handshake' });
});

test.each([0, -1, 1.5, Number.NaN, Infinity])('a limit of %s bytes is refused', (limit) => {
  expect(() => createSocketAcceptor({ maxPayloadBytes: limit })).toThrow(/maxPayloadBytes/);
});
