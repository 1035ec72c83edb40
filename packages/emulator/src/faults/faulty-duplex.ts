import { Duplex } from 'node:stream';
import type { Socket } from 'node:net';
import type { FaultSet } from './fault-set.ts';

/** A connection whose bytes are meddled with on their way out. */
export type FaultyDuplex = {
  stream: Duplex;
  /** From here on bytes are meddled with; what was written before is the handshake. */
  arm(): void;
};

/**
 * Wraps a socket: bytes leave it in writes of a few each, and stop for good, or with the connection, after a number of
 * them.
 *
 * @param onCut called when the connection was broken off.
 */
export function createFaultyDuplex(
  socket: Socket,
  faults: FaultSet,
  onCut: () => void,
): FaultyDuplex {
  const strike = faults.byteBreak;
  const tiny = faults.get('tiny-writes');
  let armed = false;
  let sent = 0;
  let isBroken = false;

  async function write(bytes: Uint8Array): Promise<boolean> {
    if (!armed) {
      await writeThrough(socket, bytes);
      return true;
    }
    const room = strike === undefined ? Infinity : strike.bytes - sent;
    const whole = bytes.length < room ? bytes : bytes.subarray(0, room);
    const step = tiny === undefined ? Math.max(1, whole.length) : (tiny.bytes ?? 1);
    for (let offset = 0; offset < whole.length; offset += step) {
      await writeThrough(socket, whole.subarray(offset, offset + step));
    }
    sent += whole.length;
    return bytes.length < room;
  }

  function breakOff(): void {
    if (strike?.fault.kind !== 'cut') return;
    if (strike.fault.how === 'reset') socket.resetAndDestroy();
    else socket.destroySoon();
    onCut();
  }

  async function pass(chunk: Uint8Array, callback: (error?: Error) => void): Promise<void> {
    try {
      if (await write(chunk)) return callback();
    } catch (error) {
      return callback(error as Error);
    }
    // A stall keeps its callback: to the writer the client has simply stopped reading.
    isBroken = true;
    breakOff();
    if (socket.readableEnded) socket.destroy();
  }

  const stream = new Duplex({
    read: () => void socket.resume(),
    write(chunk: Uint8Array, _encoding, callback) {
      void pass(chunk, callback);
    },
    final(callback) {
      socket.end(callback);
    },
    destroy(error, callback) {
      socket.destroy();
      callback(error);
    },
  });
  socket.on('data', (chunk) => {
    if (!stream.push(chunk)) socket.pause();
  });
  socket.on('end', () => {
    // What is stalled can never be ended in good order.
    if (isBroken) socket.destroy();
    else stream.push(null);
  });
  socket.on('close', () => stream.destroy());
  socket.on('error', () => stream.destroy());
  return {
    stream,
    arm() {
      armed = true;
      if (strike?.bytes === 0) breakOff();
    },
  };
}

function writeThrough(socket: Socket, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.write(bytes, (error) => {
      // The next write is another packet only if the loop turns in between.
      if (error == null) setImmediate(resolve);
      else reject(error);
    });
  });
}
