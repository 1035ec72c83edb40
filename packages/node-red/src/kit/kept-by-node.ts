import type { NodeRed } from './node-red.ts';

/**
 * What a node keeps from one deployment to the next, such as what it has spent today. Node-RED's own context does not, unless
 * its settings name a store. Gone with the process.
 */
export class KeptByNode<Value> {
  readonly #runtimes = new WeakMap<object, Map<string, Value>>();

  /** @param make of a node that has nothing yet */
  get({ httpNode }: NodeRed, nodeId: string, make: () => Value): Value {
    let values = this.#runtimes.get(httpNode);
    if (values === undefined) {
      values = new Map();
      this.#runtimes.set(httpNode, values);
    }
    let value = values.get(nodeId);
    if (value === undefined) {
      value = make();
      values.set(nodeId, value);
    }
    return value;
  }

  /** The node was removed. */
  forget({ httpNode }: NodeRed, nodeId: string): void {
    this.#runtimes.get(httpNode)?.delete(nodeId);
  }
}
