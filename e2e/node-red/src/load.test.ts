import { afterEach, describe, expect, inject, it } from 'vitest';
import { DEFINITIONS } from '../../../packages/node-red/src/nodes/index.ts';
import { HOSTS } from './hosts.ts';
import { startNodeRed, type NodeRedProcess } from './node-red-process.ts';

const MODULE = '@stepvoice/node-red';

describe.each(HOSTS)('Node-RED $nodeRed on Node.js $node', (host) => {
  let nodeRed: NodeRedProcess;
  afterEach(() => nodeRed.stop().catch(() => undefined));

  it('loads every node, says nothing, and ends when it is told to', async () => {
    nodeRed = await startNodeRed({ host, userFolder: inject('userFolder') });
    const sets = (await nodeRed.admin.nodeSets()).filter(({ module }) => module === MODULE);
    expect(sets.filter(({ enabled, err }) => !enabled || err !== undefined)).toEqual([]);
    expect(sets.flatMap(({ types }) => types).toSorted()).toEqual(
      DEFINITIONS.map(({ type }) => type).toSorted(),
    );
    expect(nodeRed.complaints()).toEqual([]);
    expect(await nodeRed.stop()).toBe(0);
  });
});
