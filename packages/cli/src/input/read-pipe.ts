import { closeSync, constants, openSync } from 'node:fs';
import { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** How often is looked whether somebody writes to a named pipe by now. */
const LOOK_MS = 100;

/**
 * The bytes of a pipe with a name, such as one of `mkfifo`, or of a shell's `<(…)`. A file stream would hold a thread
 * while it waits for the writer, and a process with such a thread cannot end.
 */
export async function* readPipe(file: string): AsyncGenerator<Uint8Array, void, void> {
  // A shell's pipe has its writer from the start; without one it is at its end.
  const isAnonymous = /^\/(dev\/fd|proc\/[^/]+\/fd)\//.test(file);
  for (;;) {
    const fd = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
    let socket: Socket;
    try {
      socket = new Socket({ fd, readable: true, writable: false });
    } catch (error) {
      closeSync(fd);
      throw error;
    }
    let hasWriter = isAnonymous;
    for await (const chunk of socket as AsyncIterable<Uint8Array>) {
      hasWriter = true;
      yield chunk;
    }
    if (hasWriter) return;
    await sleep(LOOK_MS);
  }
}
