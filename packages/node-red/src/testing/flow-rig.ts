import { createRequire } from 'node:module';
import { startEmulator, type Emulator, type EmulatorOptions } from '@stepvoice/emulator';
import type { FlowMessage, FlowNode, NodeConfig, NodeRed, NodeStatus } from '../kit/node-red.ts';

const require = createRequire(import.meta.url);

/** The helper is untyped: what of it is used here. */
type Helper = {
  init(runtimePath: string): void;
  load(
    nodes: readonly NodeFile[],
    flow: readonly object[],
    credentials: Record<string, object>,
  ): Promise<void>;
  _events: { once(event: 'flows:started', listener: () => void): void };
  _redNodes: {
    setFlows(flow: readonly object[], credentials: object, type: string): Promise<unknown>;
  };
  unload(): Promise<void>;
  startServer(): Promise<void>;
  stopServer(): Promise<void>;
  getNode(id: string): (FlowNode & { receive(message: FlowMessage): void }) | undefined;
  url(): string;
  settings(settings: object): object;
};

export type NodeFile = (RED: NodeRed) => void | Promise<void>;
export type FlowItem = {
  id: string;
  type: string;
  wires?: string[][];
  [property: string]: unknown;
};
export type Ended = { message: FlowMessage; error: unknown };

const helper = require('node-red-node-test-helper') as Helper;
helper.init(require.resolve('node-red'));

/** Node-RED's own end of a message, which Complete and Catch nodes are told by. */
const prototype = require('@node-red/runtime/lib/nodes/Node').prototype as {
  _complete: (this: FlowNode, message: FlowMessage, error?: unknown) => void;
};
const complete = prototype._complete;
let onComplete: (id: string, ended: Ended) => void = () => undefined;
prototype._complete = function (message, error) {
  onComplete(this.id, { message, error });
  complete.call(this, message, error);
};

/** Things that come one after the other, to be waited for. */
class Arrivals<T> {
  readonly all: T[] = [];
  #read = 0;
  readonly #waiting: ((thing: T) => void)[] = [];

  push(thing: T): void {
    this.all.push(thing);
    const waiting = this.#waiting.shift();
    if (waiting === undefined) return;
    this.#read += 1;
    waiting(thing);
  }

  next(): Promise<T> {
    if (this.#read < this.all.length) {
      const thing = this.all[this.#read] as T;
      this.#read += 1;
      return Promise.resolve(thing);
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}

/** A runtime of Node-RED with a flow in it, and an emulator behind its account. */
export type FlowRig = {
  readonly emulator: Emulator;
  /** Of the runtime's server. */
  readonly url: string;
  node(id: string): FlowNode & { receive(message: FlowMessage): void };
  send(id: string, message: FlowMessage): void;
  /** The next message that a node of type `helper` gets. */
  next(id: string): Promise<FlowMessage>;
  /** All that it got so far. */
  received(id: string): readonly FlowMessage[];
  /** The next message that a node is done with. */
  nextEnded(id: string): Promise<Ended>;
  /** Every message that a node is done with so far. */
  ended(id: string): readonly Ended[];
  /** Badges that a node has shown. */
  statuses(id: string): readonly NodeStatus[];
  /** Deploys another flow; the account stays as it is. */
  deploy(
    makeFlow: (account: string) => readonly FlowItem[],
    type?: 'full' | 'flows' | 'nodes',
  ): Promise<void>;
  close(): Promise<void>;
};

/** The id of the account in every flow of the rig. */
const ACCOUNT = 'account';

/** Its voice takes a quarter of a second to begin with. It ends with the process. */
let shared: Promise<Emulator> | undefined;

/**
 * @param files the node files the flow needs, `stepvoice-account` among them
 * @param makeFlow items without a `z` are all of one tab; nodes of type `helper` collect what they get
 */
export async function startFlowRig(
  files: readonly NodeFile[],
  makeFlow: (account: string) => readonly FlowItem[],
  options: {
    /** An emulator of its own, for what it remembers or does otherwise; else all rigs of the process share one. */
    emulator?: EmulatorOptions;
    account?: Partial<NodeConfig>;
    credentials?: Record<string, object>;
    settings?: object;
  } = {},
): Promise<FlowRig> {
  const emulator = await (options.emulator === undefined
    ? (shared ??= startEmulator({ port: 0 }))
    : startEmulator({ port: 0, ...options.emulator }));
  await helper.startServer();
  if (options.settings !== undefined) helper.settings(options.settings);
  const received = new Map<string, Arrivals<FlowMessage>>();
  const ended = new Map<string, Arrivals<Ended>>();
  const statuses = new Map<string, NodeStatus[]>();
  onComplete = (id, end) => of(ended, id).push(end);

  const toFlow = (items: readonly FlowItem[]): object[] => [
    { id: 'tab', type: 'tab', label: 'tab' },
    {
      id: ACCOUNT,
      type: 'stepvoice-account',
      baseURL: `${emulator.url}/v1`,
      ...options.account,
    },
    // Without a place, Node-RED takes a node for a configuration.
    ...items.map((item) => ({ z: 'tab', x: 100, y: 100, wires: [], ...item })),
  ];
  const credentials = {
    [ACCOUNT]: { apiKey: emulator.apiKey },
    ...options.credentials,
  };
  const listen = (items: readonly FlowItem[]): void => {
    for (const { id, type } of items) {
      const node = helper.getNode(id) as
        | (FlowNode & { on(event: string, listener: (value: never) => void): void })
        | undefined;
      if (type === 'helper') {
        node?.on('input', (message: FlowMessage) => of(received, id).push(message));
      }
      node?.on('call:status', ({ args }: { args: [NodeStatus] }) => {
        const shown = statuses.get(id) ?? [];
        statuses.set(id, [...shown, args[0]]);
      });
    }
  };

  const first = makeFlow(ACCOUNT);
  await helper.load(files, toFlow(first), credentials);
  listen(first);

  return {
    emulator,
    url: helper.url(),
    node: find,
    send(id, message) {
      find(id).receive(message);
    },
    next: (id) => of(received, id).next(),
    received: (id) => of(received, id).all,
    nextEnded: (id) => of(ended, id).next(),
    ended: (id) => of(ended, id).all,
    statuses: (id) => statuses.get(id) ?? [],
    async deploy(makeNext, type = 'full') {
      const items = makeNext(ACCOUNT);
      // The helper's own way gives up after 300 ms, which a busy machine may need.
      const started = new Promise<void>((resolve) => {
        helper._events.once('flows:started', resolve);
      });
      await helper._redNodes.setFlows(toFlow(items), credentials, type);
      await started;
      listen(items);
    },
    async close() {
      await helper.unload();
      await helper.stopServer();
      if (options.emulator !== undefined) await emulator.close();
      emulator.faults.clear();
      emulator.resetCounters();
      onComplete = () => undefined;
    },
  };
}

function find(id: string): ReturnType<FlowRig['node']> {
  const node = helper.getNode(id);
  if (node === undefined) throw new Error(`No node ${id} runs.`);
  return node;
}

function of<T>(map: Map<string, Arrivals<T>>, id: string): Arrivals<T> {
  let arrivals = map.get(id);
  if (arrivals === undefined) {
    arrivals = new Arrivals();
    map.set(id, arrivals);
  }
  return arrivals;
}
