import { systemClock } from './clock.ts';
import type { Clock } from './clock.ts';
import { createFetchTransport } from './fetch-transport.ts';
import type { HttpTransport } from './http-transport.ts';
import type { OpenSocket } from './web-socket.ts';

/** The few things in which runtimes differ. */
export interface Runtime {
  transport: HttpTransport;
  /** Opens sockets that can send headers; left out where the platform's WebSocket, which cannot, is all there is. */
  openSocket?: OpenSocket | undefined;
  clock: Clock;
  /** From 0 up to 1. */
  random: () => number;
}

/** What every platform has: its `fetch`, its timers. */
export function createPlatformRuntime(): Runtime {
  return {
    // Looked up at each call: a page may replace `fetch`, and some refuse to be called without their global object.
    transport: createFetchTransport((url, init) => globalThis.fetch(url, init)),
    clock: systemClock,
    random: Math.random,
  };
}
