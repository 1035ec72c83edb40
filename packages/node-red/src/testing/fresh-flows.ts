import { createRequire } from 'node:module';
import type { ManualClock } from '@stepvoice/emulator';
import { systemClock, type Clock } from '../kit/clock.ts';
import type { FlowMessage } from '../kit/node-red.ts';
import {
  startFlowRig,
  type Ended,
  type FlowItem,
  type FlowRig,
  type NodeFile,
} from './flow-rig.ts';

const require = createRequire(import.meta.url);
/** Of Node-RED itself, as `sequence/17-split`. */
export const coreNode = (path: string): NodeFile =>
  require(`@node-red/nodes/core/${path}.js`) as NodeFile;

export type Caught = FlowMessage & { error: { message: string; code: string; cause: object } };

/** Where a test puts its nodes. */
export type FreshFlow = (account: string, named: (id: string) => string) => readonly FlowItem[];

/**
 * Flows that share one runtime and one emulator, since starting these takes longer than most tests. Each test deploys a flow
 * of its own, whose nodes no other test's are taken for.
 */
export class FreshFlows {
  readonly rig: FlowRig;
  /** In place of the system's, for the nodes that were registered with that of `start`. */
  clock: ManualClock | undefined;
  #run = 0;

  private constructor(rig: FlowRig) {
    this.rig = rig;
  }

  /** @param makeFiles the node files beside Catch's, with the clock to register nodes with */
  static async start(makeFiles: (clock: Clock) => readonly NodeFile[]): Promise<FreshFlows> {
    const clockNow = (): Clock => flows?.clock ?? systemClock;
    const clock: Clock = {
      now: () => clockNow().now(),
      after: (delayMs, callback) => clockNow().after(delayMs, callback),
    };
    let flows: FreshFlows | undefined;
    flows = new FreshFlows(
      await startFlowRig([coreNode('common/25-catch'), ...makeFiles(clock)], () => []),
    );
    return flows;
  }

  /** Deploys nodes, helpers of these ids, and a Catch node for {@link caught}; forgets what was counted. */
  async deploy(helpers: readonly string[], flow: FreshFlow): Promise<void> {
    this.#run += 1;
    this.rig.emulator.resetCounters();
    await this.rig.deploy((account) => [
      ...flow(account, this.named),
      ...helpers.map((id) => ({ id: this.named(id), type: 'helper' })),
      { id: 'catch', type: 'catch', scope: null, wires: [[this.named('caught')]] },
      { id: this.named('caught'), type: 'helper' },
    ]);
  }

  /** For `afterEach`. */
  reset(): void {
    this.clock = undefined;
    this.rig.emulator.faults.clear();
  }

  /** The id that a node of this test has. */
  readonly named = (id: string): string => `${id}-${this.#run}`;

  send(id: string, message: FlowMessage): void {
    this.rig.send(this.named(id), message);
  }

  next(id: string): Promise<FlowMessage> {
    return this.rig.next(this.named(id));
  }

  nextEnded(id: string): Promise<Ended> {
    return this.rig.nextEnded(this.named(id));
  }

  ended(id: string): readonly Ended[] {
    return this.rig.ended(this.named(id));
  }

  async caught(): Promise<Caught> {
    return (await this.next('caught')) as Caught;
  }

  /** All of a stream, up to its last message. */
  async wholeStream(id: string): Promise<FlowMessage[]> {
    const messages: FlowMessage[] = [];
    do messages.push(await this.next(id));
    while (messages.at(-1)?.complete !== true);
    return messages;
  }

  /** Up to the one of this name. They leave a moment after the message is done. */
  async eventsUpTo(name: string): Promise<FlowMessage[]> {
    const events: FlowMessage[] = [];
    do events.push(await this.next('events'));
    while (events.at(-1)?.['event'] !== name);
    return events;
  }

  /** Until the emulator has no request and no socket open. */
  async quiet(): Promise<void> {
    const { emulator } = this.rig;
    await until(() => emulator.counters.openRequests + emulator.counters.openSockets === 0);
  }
}

export async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
}
