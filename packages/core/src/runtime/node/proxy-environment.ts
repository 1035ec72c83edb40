import type { Agent, AgentOptions } from 'node:http';
import { ValidationError } from '../../errors.ts';
import { parseUrl } from '../../net/parse-url.ts';

/**
 * Variables of an environment, such as `process.env`: `http_proxy`, `https_proxy` and `no_proxy`, in small letters or
 * capitals, the small ones first.
 */
export type ProxyEnvironment = Readonly<Record<string, string | undefined>>;

/** Which proxies an environment names. Blank where it names none. */
export type ProxyRoutes = {
  readonly httpProxy: string;
  readonly httpsProxy: string;
  /** Hosts to be reached directly, with commas between. */
  readonly noProxy: string;
};

/** Within which a proxy has to make a tunnel: a caller who has left cannot take back what was asked of it. */
export const TUNNEL_TIMEOUT_MS = 10_000;

/** A proxy cannot reach this machine: it would reach itself. */
const THIS_MACHINE = 'localhost,127.0.0.1,[::1],::1';

/**
 * What an environment says; `undefined` where nothing goes through a proxy. Without a proxy for https, that for http
 * serves both.
 *
 * @throws {ValidationError} for a proxy that is no http(s) address; it is not repeated, since it may hold a password.
 */
export function readProxyEnvironment(env: ProxyEnvironment): ProxyRoutes | undefined {
  const read = (name: string): string => (env[name] || env[name.toUpperCase()] || '').trim();
  const noProxy = read('no_proxy');
  if (noProxy === '*') return undefined;
  const httpProxy = toProxy('http_proxy', read('http_proxy'));
  const httpsProxy = toProxy('https_proxy', read('https_proxy')) || httpProxy;
  if (httpsProxy === '') return undefined;
  return {
    httpProxy,
    httpsProxy,
    noProxy: noProxy === '' ? THIS_MACHINE : `${noProxy},${THIS_MACHINE}`,
  };
}

/**
 * An agent for sockets, by Node's own support for proxies. Where Node has none (before 22.21 and 24.5) its sockets
 * connect directly.
 */
export async function createProxyAgent(routes: ProxyRoutes, isSecure: boolean): Promise<Agent> {
  const { Agent } = isSecure ? await import('node:https') : await import('node:http');
  const options: AgentOptions & { proxyEnv: ProxyEnvironment } = {
    timeout: TUNNEL_TIMEOUT_MS,
    proxyEnv: {
      HTTP_PROXY: routes.httpProxy,
      HTTPS_PROXY: routes.httpsProxy,
      NO_PROXY: routes.noProxy,
    },
  };
  return new Agent(options);
}

function toProxy(variable: string, value: string): string {
  if (value === '') return '';
  const url = parseUrl(value.includes('://') ? value : `http://${value}`);
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url.href;
  const allowed = 'an http or https address, such as http://proxy.example:3128';
  throw new ValidationError(`proxyEnv.${variable} must be ${allowed}.`, {
    path: `proxyEnv.${variable}`,
    value: undefined,
    allowed,
  });
}
