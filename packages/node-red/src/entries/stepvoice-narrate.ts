import type { NodeRed } from '../kit/node-red.ts';
import { registerNode } from '../kit/register-node.ts';
import { narrateDefinition } from '../nodes/narrate/definition.ts';
import { createNarrate } from '../nodes/narrate/narrate-node.ts';

export default (RED: NodeRed): void => registerNode(RED, narrateDefinition, createNarrate);
