import type { Agent } from 'node:http';
import type { Dispatcher } from 'undici';
import { systemClock } from '../../net/clock.ts';
import type { Runtime } from '../../net/runtime.ts';
import { readProxyEnvironment } from './proxy-environment.ts';
import type { ProxyEnvironment } from './proxy-environment.ts';
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
  /**
   * Where to read proxies from, which is nowhere by default: `process.env` goes by `http_proxy`, `https_proxy` and
   * `no_proxy`, sockets included from Node 22.21 and 24.5 on. This machine is always reached directly. `dispatcher` and
   * `socketAgent` come first.
   */
  proxyEnv?: ProxyEnvironment | undefined;
};

/**
 * HTTP over an agent of our own, sockets over `ws`; both are loaded with their first use.
 *
 * @throws {ValidationError} for a proxy of `proxyEnv` that is no http(s) address
 */
export function createNodeRuntime(options: NodeRuntimeOptions = {}): Runtime {
  const { dispatcher, socketAgent, proxyEnv = {} } = options;
  const proxies = readProxyEnvironment(proxyEnv);
  return {
    transport: createUndiciTransport(dispatcher, proxies),
    openSocket: createWsOpener(socketAgent, proxies),
    clock: systemClock,
    random: Math.random,
  };
}
