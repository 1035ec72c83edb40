import type { NodeRed } from '../kit/node-red.ts';
import { registerNode } from '../kit/register-node.ts';
import { playDefinition } from '../nodes/play/definition.ts';
import { createPlay } from '../nodes/play/play-node.ts';

export default (RED: NodeRed): void => registerNode(RED, playDefinition, createPlay);
