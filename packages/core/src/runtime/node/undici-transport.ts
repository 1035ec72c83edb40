import type { Dispatcher } from 'undici';
import type {
  HttpCall,
  HttpHandler,
  HttpRequest,
  HttpTransport,
} from '../../net/http-transport.ts';
import { TUNNEL_TIMEOUT_MS } from './proxy-environment.ts';
import type { ProxyRoutes } from './proxy-environment.ts';

/** How long an unused connection is kept where the server does not say: through the pauses of somebody reading along. */
const KEEP_ALIVE_MS = 120_000;
/** And at most, whatever the server says. */
const KEEP_ALIVE_MAX_MS = 600_000;

/**
 * HTTP over undici's dispatcher, below its streams: a chunk costs a call and no promise. The agent is our own because
 * Node's `fetch` drops a connection after four seconds without use.
 *
 * @param dispatcher in place of that agent: a `ProxyAgent`, an agent with certificates of its own. It is not closed here.
 * @param proxies through which the own agent goes
 */
export function createUndiciTransport(
  dispatcher?: Dispatcher,
  proxies?: ProxyRoutes,
): HttpTransport {
  let own: Promise<Dispatcher> | undefined;
  let closing: Promise<void> | undefined;
  const calls = new Set<UndiciCall>();
  let onIdle: (() => void) | undefined;
  const leave = (call: UndiciCall): void => {
    calls.delete(call);
    if (calls.size === 0) onIdle?.();
  };
  const close = async (): Promise<void> => {
    const agent = await own?.catch(() => undefined);
    if (agent === undefined) return;
    const isIdle = new Promise<void>((resolve) => {
      onIdle = resolve;
      if (calls.size === 0) resolve();
    });
    // Takes no more calls. It is not waited for: it would wait for connections, too, that nobody wants any more, and a proxy
    // that does not answer keeps one for seconds.
    agent.close().catch(() => undefined);
    await isIdle;
    await agent.destroy();
  };
  return {
    reportsConnect: true,
    buffered: false,
    start(request, handler) {
      const call = new UndiciCall(request, handler, leave);
      calls.add(call);
      if (dispatcher === undefined) {
        own ??= createAgent(proxies);
        own.then((agent) => call.dispatch(agent)).catch((error: unknown) => call.fail(error));
      } else {
        call.dispatch(dispatcher);
      }
      return call;
    },
    close: () => (closing ??= close()),
  };
}

/** Undici is loaded here, with the first request, and of it only the agent: the whole takes three times as long. */
async function createAgent(proxies: ProxyRoutes | undefined): Promise<Dispatcher> {
  const options = {
    keepAliveTimeout: KEEP_ALIVE_MS,
    keepAliveMaxTimeout: KEEP_ALIVE_MAX_MS,
    // The limits are ours, on our clock.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: { timeout: 0 },
  };
  if (proxies !== undefined) {
    const { EnvHttpProxyAgent, Pool } = await import('undici');
    return new EnvHttpProxyAgent({
      ...options,
      ...proxies,
      // A proxy that reads along would see the key of what is not encrypted.
      proxyTunnel: true,
      // To the proxy itself.
      clientFactory: (origin, own: object) =>
        new Pool(origin, { ...own, headersTimeout: TUNNEL_TIMEOUT_MS }),
    });
  }
  const { default: Agent } = await importAgent();
  return new Agent(options);
}

type AgentModule = { default: typeof import('undici').Agent };

async function importAgent(): Promise<AgentModule> {
  try {
    // @ts-expect-error The path is not declared; it has been there throughout undici 6 and 7.
    return (await import('undici/lib/dispatcher/agent.js')) as AgentModule;
  } catch {
    const { Agent } = await import('undici');
    return { default: Agent };
  }
}

class UndiciCall implements HttpCall, Dispatcher.DispatchHandler {
  readonly #request: HttpRequest;
  readonly #handler: HttpHandler;
  #controller: Dispatcher.DispatchController | undefined;
  readonly #onOver: (call: UndiciCall) => void;
  #over = false;

  constructor(request: HttpRequest, handler: HttpHandler, onOver: (call: UndiciCall) => void) {
    this.#request = request;
    this.#handler = handler;
    this.#onOver = onOver;
  }

  dispatch(dispatcher: Dispatcher): void {
    if (this.#over) return;
    const { method, url, headers, body } = this.#request;
    dispatcher.dispatch(
      {
        origin: url.origin,
        path: url.pathname + url.search,
        method,
        // What is not asked for compressed needs no decompressing.
        headers: { 'user-agent': 'stepvoice', 'accept-encoding': 'identity', ...headers },
        body: body ?? null,
      },
      this,
    );
  }

  pause(): void {
    this.#controller?.pause();
  }

  resume(): void {
    this.#controller?.resume();
  }

  abort(): void {
    if (!this.#end()) return;
    this.#controller?.abort(new Error('aborted'));
  }

  fail(error: unknown): void {
    if (this.#end()) this.#handler.onError(error);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    // Given up while the connection was being made: the request does not leave.
    if (this.#over) controller.abort(new Error('aborted'));
    else this.#handler.onSent();
  }

  onResponseStart(
    _: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    if (this.#over || status < 200) return;
    this.#handler.onHead({
      status,
      header: (name) => {
        const value = headers[name];
        return Array.isArray(value) ? value[0] : value;
      },
    });
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Uint8Array): void {
    if (!this.#over) this.#handler.onData(chunk);
  }

  onResponseEnd(): void {
    if (!this.#end()) return;
    // Undici takes a connection back one turn of the event loop later: a caller who went on at once would get a new one.
    setImmediate(() => setImmediate(() => this.#handler.onEnd()));
  }

  onResponseError(_: Dispatcher.DispatchController | undefined, error: Error): void {
    this.fail(error);
  }
  /** @returns whether it was not over before */
  #end(): boolean {
    if (this.#over) return false;
    this.#over = true;
    this.#onOver(this);
    return true;
  }
}
