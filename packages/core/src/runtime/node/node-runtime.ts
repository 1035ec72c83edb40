import type { Agent } from 'node:http';
import type { Dispatcher } from 'undici';
import { systemClock } from '../../net/clock.ts';
import type { Runtime } from '../../net/runtime.ts';
import { createUndiciTransport } from './undici-transport.ts';
import { createWsOpener } from './ws-socket.ts';

export type NodeRuntimeOptions = {
  /**
   * Of undici 7, for HTTP in place of the own agent: `new ProxyAgent(…)`, an agent with certificates. It stays the
   * caller's to close. Sockets do not go through it: see `socketAgent`.
   */
  dispatcher?: Dispatcher | undefined;
  /** Of `node:http`, for sockets: `new HttpsProxyAgent(…)` of `https-proxy-agent`, for one. */
  socketAgent?: Agent | undefined;
};

/** HTTP over an agent of our own, sockets over `ws`; both are loaded with their first use. */
export function createNodeRuntime(options: NodeRuntimeOptions = {}): Runtime {
  return {
    transport: createUndiciTransport(options.dispatcher),
    openSocket: createWsOpener(options.socketAgent),
    clock: systemClock,
    random: Math.random,
  };
}
