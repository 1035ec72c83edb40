import { defineNode, type Properties } from '../../definition/node-definition.ts';
import { registerNode, type NodeBehaviour, type NodeHost } from '../register-node.ts';
import type { Clock } from '../clock.ts';
import type {
  Done,
  FlowMessage,
  FlowNode,
  NodeConfig,
  NodeRed,
  NodeStatus,
  Send,
} from '../node-red.ts';

/** A node of the kit without a Node-RED around it. */
export type FakeNode = {
  /** Hands it a message; what it did with it. */
  input(message: unknown): { dones: unknown[] };
  close(): Promise<void>;
  sent: (readonly (FlowMessage | FlowMessage[] | null)[])[];
  statuses: NodeStatus[];
  errors: { error: unknown; message: FlowMessage | undefined }[];
};

/** @param create as for `registerNode` */
export function fakeNode<P extends Properties>(
  properties: P,
  create: (host: NodeHost<P>) => NodeBehaviour<P>,
  options: {
    config?: Partial<NodeConfig>;
    outputs?: number;
    version?: number;
    migrations?: readonly ((config: Record<string, unknown>) => void)[];
    language?: string;
    clock?: Clock;
    onSend?: (message: FlowMessage) => void;
  } = {},
): FakeNode {
  const fake: FakeNode = {
    input(message) {
      const dones: unknown[] = [];
      const done: Done = (error) => void dones.push(error);
      onInput.call(node, message as FlowMessage, send, done);
      return { dones };
    },
    close: () => new Promise((resolve) => onClose.call(node, false, resolve)),
    sent: [],
    statuses: [],
    errors: [],
  };
  const send: Send = (messages) => {
    const ports = messages as readonly (FlowMessage | FlowMessage[] | null)[];
    fake.sent.push(ports);
    for (const port of ports.flat()) if (port !== null) options.onSend?.(port);
  };
  let onInput: (this: FlowNode, message: FlowMessage, through: Send, done: Done) => void;
  let onClose: (this: FlowNode, removed: boolean, done: () => void) => void;
  const node = {
    id: 'node',
    type: 'stepvoice-fake',
    send,
    status: (status: NodeStatus) => void fake.statuses.push(status),
    error: (error: unknown, message?: FlowMessage) => void fake.errors.push({ error, message }),
    warn: () => undefined,
    context: () => {
      const store = new Map<string, unknown>();
      return {
        get: (key: string) => store.get(key),
        set: (key: string, value: unknown) => void store.set(key, value),
      };
    },
    on(event: string, listener: never) {
      if (event === 'input') onInput = listener;
      else onClose = listener;
    },
  } as unknown as FlowNode;
  const RED = {
    httpNode: {},
    settings: {},
    nodes: {
      registerType: (_: string, make: (this: FlowNode, config: NodeConfig) => void) =>
        make.call(node, { id: 'node', type: 'stepvoice-fake', ...options.config }),
      createNode: () => undefined,
      getNode: () => undefined,
    },
    util: {
      generateId: () => Math.random().toString(16).slice(2),
      evaluateNodeProperty(
        value: string,
        type: string,
        _: FlowNode,
        message: FlowMessage,
        callback: (error: unknown, result?: unknown) => void,
      ) {
        if (type === 'msg') callback(null, message[value]);
        else callback(new Error(`${type} is not there.`));
      },
    },
    _: (key: string) => (key.endsWith('.language') ? (options.language ?? key) : key),
  } as unknown as NodeRed;
  const text = { en: 'fake', zh: '假' };
  const definition = defineNode({
    type: 'stepvoice-fake',
    version: options.version ?? 1,
    migrations: options.migrations ?? [],
    isConfig: false,
    label: text,
    summary: text,
    icon: '',
    color: '',
    properties,
    input: { text, fields: [] },
    actions: { cancel: text, clear: text, flush: text },
    outputs: Array.from({ length: options.outputs ?? 2 }, () => ({
      label: text,
      text,
      fields: [],
    })),
    statuses: {},
    details: text,
  });
  registerNode(RED, definition, create, { clock: options.clock });
  return fake;
}
