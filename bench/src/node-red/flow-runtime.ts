import { once } from 'node:events';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A message as the bench writes and reads them. */
export type FlowMessage = { payload?: unknown; [property: string]: unknown };
export type FlowItem = {
  id: string;
  type: string;
  wires?: string[][];
  [property: string]: unknown;
};

/** Of Node-RED, embedded: what is used here. */
type EmbeddedNodeRed = {
  init(server: Server, settings: object): void;
  start(): Promise<void>;
  stop(): Promise<void>;
  httpAdmin: unknown;
  runtime: {
    flows: { setFlows(options: object): Promise<unknown> };
    events: { once(name: string, listener: () => void): void };
  };
};

/** Nodes of the bench: one that others send through, one that hands over what it gets. */
const BENCH_NODES = `
module.exports = (RED) => {
  const { nodes, onMessage } = globalThis.stepvoiceBench;
  RED.nodes.registerType('bench-in', function (config) {
    RED.nodes.createNode(this, config);
    nodes.set(config.id, this);
  });
  RED.nodes.registerType('bench-out', function (config) {
    RED.nodes.createNode(this, config);
    this.on('input', (message, send, done) => {
      onMessage.get(config.id)?.(message);
      done();
    });
  });
};
`;

type Shared = {
  nodes: Map<string, { send(message: FlowMessage): void }>;
  onMessage: Map<string, (message: FlowMessage) => void>;
};

/** A Node-RED in this process with the built package in it. */
export interface FlowRuntime {
  /** Sends through a node of type `bench-in`. */
  send(id: string, message: FlowMessage): void;
  /** What a node of type `bench-out` gets. */
  receive(id: string, listener: (message: FlowMessage) => void): void;
  /** Resolves when the flows run. */
  deploy(flow: readonly FlowItem[]): Promise<void>;
  readonly server: Server;
  stop(): Promise<void>;
}

/** @param baseUrl what the account of the flow, `account`, is at */
export async function startFlowRuntime(
  baseUrl: string,
  flow: readonly FlowItem[],
): Promise<FlowRuntime> {
  const require = createRequire(import.meta.url);
  const userDir = await makeUserFolder(true);
  await mkdir(join(userDir, 'nodes'));
  await writeFile(join(userDir, 'nodes', 'bench.js'), BENCH_NODES);
  await writeFile(join(userDir, 'nodes', 'bench.html'), '');
  const shared: Shared = { nodes: new Map(), onMessage: new Map() };
  (globalThis as { stepvoiceBench?: Shared }).stepvoiceBench = shared;

  const RED = require('node-red') as EmbeddedNodeRed;
  const server = createServer();
  RED.init(server, { ...SETTINGS, userDir, httpAdminRoot: '/admin' });
  const app = { handle: RED.httpAdmin as (...args: unknown[]) => void };
  server.on('request', (...args) => app.handle(...args));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const started = flowsStarted(RED);
  await RED.start();
  await started;

  const account = {
    id: 'account',
    type: 'stepvoice-account',
    baseURL: baseUrl,
    apiKeyEnv: 'STEPVOICE_BENCH_KEY',
  };
  process.env['STEPVOICE_BENCH_KEY'] = 'bench';
  const runtime: FlowRuntime = {
    send(id, message) {
      const node = shared.nodes.get(id);
      if (node === undefined) throw new Error(`no node ${id} runs`);
      node.send(message);
    },
    receive: (id, listener) => void shared.onMessage.set(id, listener),
    async deploy(items) {
      const running = flowsStarted(RED);
      const flows = [
        { id: 'tab', type: 'tab', label: 'bench' },
        account,
        // Without a place, Node-RED takes a node for a configuration.
        ...items.map((item) => ({ z: 'tab', x: 100, y: 100, wires: [], ...item })),
      ];
      await RED.runtime.flows.setFlows({ flows: { flows }, deploymentType: 'full' });
      await running;
    },
    server,
    async stop() {
      await RED.stop();
      server.close();
      await rm(userDir, { recursive: true, force: true });
    },
  };
  await runtime.deploy(flow);
  return runtime;
}

/** Starting and deploying are answered before the flows run. */
function flowsStarted(RED: EmbeddedNodeRed): Promise<void> {
  return new Promise((resolve) => RED.runtime.events.once('flows:started', resolve));
}

/** What keeps Node-RED from asking the network for anything. */
export const SETTINGS = {
  flowFile: 'flows.json',
  credentialSecret: 'bench',
  telemetry: { enabled: false, updateNotification: false },
  editorTheme: { tours: false, projects: { enabled: false }, palette: { catalogues: [] } },
  externalModules: { autoInstall: false },
  logging: { console: { level: 'off' } },
};

/** A fresh user folder, with the package in it as npm would put it there, or without. */
export async function makeUserFolder(withPackage: boolean): Promise<string> {
  const userDir = await mkdtemp(join(tmpdir(), 'stepvoice-bench-'));
  const dependencies = withPackage ? { '@stepvoice/node-red': '*' } : {};
  await writeFile(
    join(userDir, 'package.json'),
    JSON.stringify({ name: 'bench', private: true, dependencies }),
  );
  if (withPackage) {
    const manifest = createRequire(import.meta.url).resolve('@stepvoice/node-red/package.json');
    const scope = join(userDir, 'node_modules', '@stepvoice');
    await mkdir(scope, { recursive: true });
    await symlink(dirname(manifest), join(scope, 'node-red'), 'dir');
  }
  return userDir;
}
