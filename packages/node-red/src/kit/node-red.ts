import type { IncomingMessage, Server, ServerResponse } from 'node:http';

// What these nodes use of Node-RED 4.1 and 5, and no more. The published types lag behind, and bring jQuery's along.

/** A message of a flow. Properties that nobody here knows pass through. */
export type FlowMessage = {
  _msgid?: string;
  payload?: unknown;
  topic?: unknown;
  /** Of a stream of messages, as the core Split and Join nodes have it. `count` only on the last. */
  parts?: MessageParts | undefined;
  /** The last message of a stream. */
  complete?: unknown;
  /** A command in place of a payload. */
  action?: unknown;
  /** Cancels everything, as in other nodes. */
  reset?: unknown;
  /** What sound the payload is. */
  audio?: AudioFacts | undefined;
  /** How the payload came about. */
  stepvoice?: StepvoiceFacts | undefined;
  /** Messages of one conversation or one stream have the same. */
  sessionId?: unknown;
  /** Of websocket and `stepvoice-play` nodes. */
  _session?: { type?: unknown; id?: unknown };
  /** Answers to a tool call carry that of the call. */
  call_id?: unknown;
  [property: string]: unknown;
};

export type MessageParts = {
  id: string;
  type?: string;
  index?: number;
  count?: number;
  [property: string]: unknown;
};

/** `msg.audio`: on every message whose payload is sound. */
export type AudioFacts = {
  format: string;
  /** Hz. */
  sampleRate?: number | undefined;
  channels?: number | undefined;
  /** Of PCM: `s16le`. */
  encoding?: string | undefined;
  durationMs?: number | undefined;
};

/** `msg.stepvoice`: how a message came about, for debugging and for the nodes behind. */
export type StepvoiceFacts = {
  /** Messages with the same `parts.id` are one text or one sound that is still being made. */
  stream?: 'text' | 'audio' | undefined;
  /** The service's trace id. */
  requestId?: string | undefined;
  model?: string | undefined;
  voice?: string | undefined;
  /** From the message's arrival to the first audio. */
  ttfaMs?: number | undefined;
  totalMs?: number | undefined;
  bytes?: number | undefined;
  /** As the service counts: characters, tokens or seconds. */
  usage?: unknown;
  attempt?: number | undefined;
  [fact: string]: unknown;
};

export type Send = (
  messages: FlowMessage | readonly (FlowMessage | FlowMessage[] | null)[],
) => void;
export type Done = (error?: unknown) => void;

export type StatusFill = 'red' | 'green' | 'yellow' | 'blue' | 'grey';
export type NodeStatus =
  | { fill: StatusFill; shape: 'ring' | 'dot'; text: string }
  | Record<string, never>;

/** What a node is constructed from: its stored configuration. */
export type NodeConfig = {
  id: string;
  type: string;
  name?: string;
  z?: string;
  [property: string]: unknown;
};

export interface FlowNode {
  id: string;
  type: string;
  name?: string;
  z?: string;
  credentials?: Record<string, string | undefined>;
  context(): NodeContext;
  send: Send;
  status(status: NodeStatus): void;
  log(text: string): void;
  warn(text: string): void;
  /** Without a message, no Catch node sees it. */
  error(error: unknown, message?: FlowMessage): void;
  on(
    event: 'input',
    listener: (this: FlowNode, message: FlowMessage, send: Send, done: Done) => void,
  ): void;
  // The runtime waits for two parameters and not for none: it looks at the function's length.
  on(event: 'close', listener: (this: FlowNode, removed: boolean, done: () => void) => void): void;
}

export interface ContextStore {
  get(key: string): unknown;
  set(key: string, value: unknown): void;
}

export interface NodeContext extends ContextStore {
  flow: ContextStore;
  global: ContextStore;
}

/** Of Express 4, as far as it is used here. */
export type AdminRequest = IncomingMessage & {
  body?: unknown;
  params: Record<string, string>;
  query: Record<string, unknown>;
};
export type AdminResponse = ServerResponse & {
  status(code: number): AdminResponse;
  json(value: unknown): void;
};
export type RouteHandler = (
  request: AdminRequest,
  response: AdminResponse,
  next: (error?: unknown) => void,
) => void;
export interface Routes {
  get(path: string, ...handlers: RouteHandler[]): void;
  post(path: string, ...handlers: RouteHandler[]): void;
  delete(path: string, ...handlers: RouteHandler[]): void;
}

/** The `RED` that a node file is called with. */
export interface NodeRed {
  nodes: {
    registerType(
      type: string,
      constructor: (this: FlowNode, config: NodeConfig) => void,
      options?: {
        credentials?: Record<string, { type: 'text' | 'password' }>;
        settings?: Record<string, { value: unknown; exportable?: boolean }>;
      },
    ): void;
    createNode(node: FlowNode, config: NodeConfig): void;
    getNode(id: string): FlowNode | null | undefined;
    getCredentials(id: string): Record<string, string | undefined> | undefined;
  };
  settings: {
    httpNodeRoot?: string | false;
    httpAdminRoot?: string | false;
    lang?: string;
    [property: string]: unknown;
  };
  util: {
    evaluateNodeProperty(
      value: string,
      type: string,
      node: FlowNode,
      message: FlowMessage,
      callback: (error: unknown, result: unknown) => void,
    ): unknown;
    generateId(): string;
  };
  auth: { needsPermission(permission: string): RouteHandler };
  httpAdmin: Routes;
  httpNode: Routes;
  server: Server;
  log: { warn(text: string): void; info(text: string): void; error(text: string): void };
  /** Looks a text up in the server's language. */
  _(key: string, values?: Record<string, unknown>): string;
  version(): string;
}
