import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerOptions } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { systemClock } from './clock.ts';
import { createCloningEngine } from './clones/cloning-engine.ts';
import { VoiceClones } from './clones/voice-clones.ts';
import type { EmulatorContext } from './context.ts';
import { Ledger } from './counters.ts';
import type { Counters, RequestRecord } from './counters.ts';
import { createEar } from './ear/create-ear.ts';
import { FaultPlan } from './faults/fault-plan.ts';
import type { FaultControl } from './faults/fault-plan.ts';
import { createRandom } from './faults/random.ts';
import { Dispatcher } from './http/dispatcher.ts';
import { FileShelf } from './http/file-shelf.ts';
import { createMind } from './mind/create-mind.ts';
import { DEMO_API_KEY, checkOptions, toRateLimit } from './options.ts';
import type { EmulatorOptions } from './options.ts';
import { RateLimiter } from './rate-limit.ts';
import { StoredFiles } from './stored-files/stored-files.ts';
import { FileTasks } from './transcription/file-tasks.ts';
import { createSpeechEngine } from './voice/index.ts';
import type { SpeechEngine } from './voice/index.ts';

/** Longer than clients keep a connection for their next request, so that none is closed under such a request. */
const KEEP_ALIVE_MS = 75_000;

const SERVER_OPTIONS: ServerOptions & { shouldUpgradeCallback(request: IncomingMessage): boolean } =
  {
    keepAliveTimeout: KEEP_ALIVE_MS,
    // Java's client offers HTTP/2 with each first request; where Node can, that offer is passed over (Node 24.9).
    shouldUpgradeCallback: ({ headers }) => headers.upgrade?.toLowerCase() === 'websocket',
  };

/** A running emulator. */
export interface Emulator extends AsyncDisposable {
  /** Scheme, host and port, as in `http://127.0.0.1:4010`: the service's prefixes follow. */
  readonly url: string;
  readonly apiKey: string;
  readonly faults: FaultControl;
  /** As of now. */
  readonly counters: Counters;
  /** What was asked, oldest first, the last 10 000 requests; as of now. */
  readonly log: readonly Readonly<RequestRecord>[];
  /** Sets the totals of `counters` to nothing and empties `log`. */
  resetCounters(): void;
  /** Ends everything at once, open answers and sockets too. May be called twice. */
  close(): Promise<void>;
}

/**
 * Starts a server that speaks the service's protocol on one port.
 *
 * @throws {EmulatorOptionError} for options that cannot be, {FaultSyntaxError} for faults that cannot be understood, and
 *   the system's error (`EADDRINUSE` …) where the address cannot be listened on.
 */
export function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  return startEmulatorWith(options, createSpeechEngine);
}

/** As {@link startEmulator}, with another voice. */
export async function startEmulatorWith(
  options: EmulatorOptions,
  createEngine: () => SpeechEngine,
): Promise<Emulator> {
  checkOptions(options);
  const { clock = systemClock, region = 'cn', apiKey = DEMO_API_KEY, seed = 1 } = options;
  const limit =
    options.rateLimit === undefined ? undefined : toRateLimit(options.rateLimit, region);
  const plan = new FaultPlan(seed);
  for (const rule of options.faults ?? []) plan.add(rule);
  const mind = createMind(options, clock);
  const ear = await createEar(options);
  const server = createServer(SERVER_OPTIONS);
  const url = await listen(server, options.port ?? 0, options.host ?? '127.0.0.1');
  const clones = new VoiceClones(clock, options.clonedVoices);
  const engine = createCloningEngine(createEngine(), clones);
  if (options.warm === true) void warmUp(engine);
  const context: EmulatorContext = {
    clock,
    engine,
    ear,
    fileTasks: new FileTasks(clock),
    mind,
    url,
    ledger: new Ledger(),
    files: new FileShelf(clock),
    storedFiles: new StoredFiles(clock),
    clones,
    voices: { region, clonedVoices: clones },
    socketHabits: {
      audioDone: options.audioDone ?? 'complete',
      idleEnd: options.idleEnd ?? 'finish',
    },
    realtimeHabits: {
      itemIds: options.itemIds ?? (options.strict === true ? 'client' : 'server'),
      vadTranscripts: options.vadTranscripts ?? 'sent',
    },
    pace: options.pace ?? 'fast',
    strict: options.strict ?? false,
    random: createRandom(seed + 1),
  };
  const dispatcher = new Dispatcher({
    context,
    plan,
    apiKey,
    limiter: limit === undefined ? undefined : new RateLimiter(limit, clock),
    cors: options.cors ?? false,
  });
  const sockets = connect(server, dispatcher);
  let closed: Promise<void> | undefined;

  async function closeAll(): Promise<void> {
    dispatcher.close();
    const stopped = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const socket of sockets) socket.destroy();
    await Promise.all([
      stopped,
      engine.close(),
      ear.close(),
      context.fileTasks.close(),
      mind.close(),
    ]);
  }

  const close = (): Promise<void> => (closed ??= closeAll());
  return {
    url,
    apiKey,
    faults: plan,
    get counters() {
      return context.ledger.counters;
    },
    get log() {
      return context.ledger.log;
    },
    resetCounters: () => context.ledger.reset(),
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Has the engine loaded in both languages by the time somebody asks. */
async function warmUp(engine: SpeechEngine): Promise<void> {
  const request = { text: '好 a', voice: 'cixingnansheng', sampleRate: 24_000, directives: false };
  try {
    for await (const _ of engine.synthesize(request)) continue;
  } catch {
    // Closed meanwhile, or a failure that the first request will be told of.
  }
}

/** Answers the address that clients use. */
function listen(server: Server, port: number, host: string): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      const { address, family, port: actual } = server.address() as AddressInfo;
      // Nobody can connect to "every address", but this machine can to its own.
      const reachable = address === '0.0.0.0' ? '127.0.0.1' : address === '::' ? '::1' : address;
      resolve(`http://${family === 'IPv6' ? `[${reachable}]` : reachable}:${actual}`);
    });
  });
}

/** Hands everything that arrives to the dispatcher. Answers the connections, kept up to date. */
function connect(server: Server, dispatcher: Dispatcher): ReadonlySet<Socket> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    dispatcher.connected(socket);
  });
  server.on('request', (request, response) => {
    dispatcher.request(request, response).catch(() => response.destroy());
  });
  server.on('upgrade', (request, socket, head) => {
    dispatcher.upgrade(request, socket as Socket, head).catch(() => socket.destroy());
  });
  return sockets;
}
