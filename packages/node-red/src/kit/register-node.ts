import type { StepAudio } from '@stepvoice/core/node';
import type { NodeDefinition, Properties, SettingsOf } from '../definition/node-definition.ts';
import { findAccount, type AccountHandle } from './account-handle.ts';
import { asBuffer } from './buffers.ts';
import { systemClock, type Clock } from './clock.ts';
import { toFlowError } from './flow-error.ts';
import { migrateConfig } from './migrate-config.ts';
import type { Done, FlowMessage, FlowNode, NodeConfig, NodeRed, Send } from './node-red.ts';
import { fixedSettings, resolveSettings } from './settings.ts';
import { Status } from './status.ts';

/** Why what a node was doing ended when it was closed. It is no failure: the message is done. */
export class NodeClosed extends Error {
  override name = 'NodeClosed';
}

/** One message and what can be done about it. Its `done` is called exactly once, by the kit. */
export type Call<P extends Properties = Properties> = {
  readonly host: NodeHost<P>;
  /** Belongs to others, too: never to be changed. */
  readonly message: FlowMessage;
  /** When it arrived, on the host's clock. */
  readonly arrivedMs: number;
  /** What holds for this message. @throws {LocalizedError} */
  settings(): Promise<SettingsOf<P>>;
  /** As {@link NodeHost.send}, to be caught by the Catch node that belongs to this message. */
  send(output: number, message: FlowMessage): void;
};

/** What a node's own code gets from the kit. */
export type NodeHost<P extends Properties = Properties> = {
  readonly RED: NodeRed;
  readonly node: FlowNode;
  readonly definition: NodeDefinition<P>;
  /** As stored, at the definition's version. */
  readonly stored: NodeConfig;
  /** What no message changes; `undefined` for what is read from elsewhere. */
  readonly fixed: SettingsOf<P>;
  readonly status: Status;
  readonly clock: Clock;
  /** Of the server's errors and of nothing else: badges are in their reader's. */
  readonly language: 'en' | 'zh';
  /** Aborted when the node closes, with {@link NodeClosed}. */
  readonly signal: AbortSignal;
  /** @throws {LocalizedError} where there is none, or it is disabled */
  account(): AccountHandle;
  /** The account's client. @throws as {@link account} */
  client(): Promise<StepAudio>;
  /** Sends a message of its own; a binary payload leaves as a Buffer. Nothing is sent any more once the node is closed. */
  send(output: number, message: FlowMessage): void;
  /** A failure that no message is waiting for: shown on the badge and handed to Catch nodes with `message`. */
  report(error: unknown, message: FlowMessage): void;
};

export type NodeBehaviour<P extends Properties = Properties> = {
  /** A message for the node. What it throws becomes the error of that message; when it settles, the message is done. */
  input?(call: Call<P>): void | Promise<void>;
  /** After `signal` was aborted and every message is done. Awaited. */
  close?(removed: boolean): void | Promise<void>;
};

export type RegisterOptions = { clock?: Clock | undefined };

/**
 * Registers a type of node. Around its own code stands what each needs and most forget: a handler that rejects would end
 * Node-RED's process, one that is done twice counts twice, one that is never done hangs whoever waits for it.
 */
export function registerNode<P extends Properties>(
  RED: NodeRed,
  definition: NodeDefinition<P>,
  create: (host: NodeHost<P>) => NodeBehaviour<P>,
  { clock = systemClock }: RegisterOptions = {},
): void {
  const { type, properties } = definition;
  const credentials: Record<string, { type: 'text' | 'password' }> = {};
  for (const [name, property] of Object.entries(properties)) {
    if (property.value === 'secret') credentials[name] = { type: 'password' };
    if (property.value === 'token') credentials[name] = { type: 'text' };
  }
  RED.nodes.registerType(
    type,
    function (this: FlowNode, config: NodeConfig): void {
      RED.nodes.createNode(this, config);
      startNode({ RED, node: this, definition, create, config, clock });
    },
    { credentials },
  );
}

function startNode<P extends Properties>(parts: {
  RED: NodeRed;
  node: FlowNode;
  definition: NodeDefinition<P>;
  create: (host: NodeHost<P>) => NodeBehaviour<P>;
  config: NodeConfig;
  clock: Clock;
}): void {
  const { RED, node, definition, create, clock } = parts;
  const { properties } = definition;
  const language = languageOf(RED, definition.type);
  const status = new Status((next) => node.status(next), definition.type, clock);
  const closing = new AbortController();
  /** Ends a message that nobody has ended when the node closes. */
  const open = new Set<Done>();
  let behaviour: NodeBehaviour<P>;
  let host: NodeHost<P>;

  const send = (through: Send, output: number, message: FlowMessage): void => {
    if (closing.signal.aborted) return;
    const ports: (FlowMessage | null)[] = Array.from(
      { length: definition.outputs.length },
      () => null,
    );
    ports[output] =
      'payload' in message ? { ...message, payload: asBuffer(message.payload) } : message;
    through(ports);
  };

  try {
    const config = migrateConfig(definition, parts.config);
    host = {
      RED,
      node,
      definition,
      stored: config,
      fixed: fixedSettings(properties, config),
      status,
      clock,
      language,
      signal: closing.signal,
      account: () => findAccount(RED, config['account']),
      client: () => findAccount(RED, config['account']).client(),
      send: (output, message) => send((ports) => node.send(ports), output, message),
      report: (error, message) => {
        if (closing.signal.aborted) return;
        const failure = toFlowError(error, language);
        status.fail(failure);
        node.error(failure, message);
      },
    };
    behaviour = create(host);
  } catch (error) {
    const failure = toFlowError(error, language);
    status.fail(failure);
    node.error(failure);
    behaviour = {
      input: () => {
        throw failure;
      },
    };
  }

  node.on('input', function (message, through, done) {
    const finish: Done = (error) => {
      if (!open.delete(finish)) return;
      if (error === undefined) done();
      else done(error);
    };
    open.add(finish);
    if (closing.signal.aborted) {
      finish();
      return;
    }
    const given: unknown = message;
    const whole = typeof given === 'object' && given !== null ? message : { payload: given };
    const call: Call<P> = {
      host,
      message: whole,
      arrivedMs: clock.now(),
      settings: () => resolveSettings({ RED, node, properties, config: host.stored }, whole),
      send: (output, sent) => send(through, output, sent),
    };
    // In a function of its own, so that what is thrown at once is a rejection, too.
    const work = async (): Promise<void> => behaviour.input?.(call);
    work().then(
      () => finish(),
      (error: unknown) => {
        if (closing.signal.aborted) {
          finish();
          return;
        }
        const failure = toFlowError(error, language);
        status.fail(failure);
        finish(failure);
      },
    );
  });

  // Two parameters, or Node-RED does not wait.
  node.on('close', function (removed, done) {
    closing.abort(new NodeClosed('The node was closed.'));
    status.close();
    for (const finish of open) finish();
    const work = async (): Promise<void> => behaviour.close?.(removed);
    work()
      .catch((error: unknown) => node.warn(toFlowError(error, language).message))
      .finally(done);
  });
}

/** The catalogue says which language it is in; without one, as in tests, texts are English. */
function languageOf(RED: NodeRed, type: string): 'en' | 'zh' {
  return RED._(`${type}.language`) === 'zh' ? 'zh' : 'en';
}
